//! How many sessions a server lets us have at once, found out by trying.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// OpenSSH allows 10 sessions a connection (`MaxSessions`); two stay free for those still closing.
const WANTED: usize = 8;

/// The places for sessions on one connection.
#[derive(Clone)]
pub(super) struct Slots {
    free: Arc<Semaphore>,
    open: Arc<AtomicUsize>,
}

/// A place that has been taken, to be dropped when the server has been told that its session is closed.
pub(super) struct Slot {
    permit: OwnedSemaphorePermit,
    open: Option<Open>,
}

/// Counts one open session while it lives.
struct Open(Arc<AtomicUsize>);

impl Slots {
    pub(super) fn new() -> Self {
        Self {
            free: Arc::new(Semaphore::new(WANTED)),
            open: Arc::default(),
        }
    }

    /// Waits for a place. `None` when the connection is closed.
    pub(super) async fn take(&self) -> Option<Slot> {
        let permit = self.free.clone().acquire_owned().await.ok()?;
        Some(Slot { permit, open: None })
    }

    /// A place that nobody waits for.
    pub(super) fn take_spare(&self) -> Option<Slot> {
        let permit = self.free.clone().try_acquire_owned().ok()?;
        Some(Slot { permit, open: None })
    }

    /// Notes that the server opened the session of this place.
    pub(super) fn opened(&self, slot: &mut Slot) {
        self.open.fetch_add(1, Ordering::SeqCst);
        slot.open = Some(Open(self.open.clone()));
    }

    /// Gives a place up for good when the server has no session for it although others of ours are open: it allows fewer
    /// than we wanted. Without others the place is handed back, since then the server's reason is another one.
    pub(super) fn shrink(&self, slot: Slot) -> Result<(), Slot> {
        if self.open.load(Ordering::SeqCst) == 0 {
            return Err(slot);
        }
        slot.permit.forget();
        Ok(())
    }

    /// Lets nobody wait any more.
    pub(super) fn close(&self) {
        self.free.close();
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

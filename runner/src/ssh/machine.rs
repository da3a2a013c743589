//! Jobs on a host: each in a session of its own on the one connection, waiting for a place if need be.
//!
//! A shell is kept started ahead, so that a job costs one round trip.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use russh::{ChannelOpenFailure, Disconnect, Error};
use tokio::sync::Notify;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::connect::Link;
use super::session::start_shell;
use super::slots::{Slot, Slots};
use crate::hosts::Destination;
use crate::machine::bootstrap::Nonce;
use crate::machine::drive::{self, Started};
use crate::machine::wire::Wire;
use crate::machine::{Chunk, Ended, Job, MachineError, payload};

/// A session that was just closed keeps its place on the server for a moment: how long to try again before believing
/// that there is none.
const PLACE_IN_FLIGHT: Duration = Duration::from_millis(250);
/// How long to try where no session of ours is open at all.
const NO_PLACE: Duration = Duration::from_secs(5);

/// A host that is connected and logged in. Clones share the connection, which ends with the last of them.
#[derive(Clone)]
pub struct SshMachine {
    inner: Arc<Inner>,
}

struct Inner {
    link: Arc<Link>,
    id: String,
    slots: Slots,
    ahead: Mutex<Ahead>,
    /// Rung when a shell is ready: whoever waits for a place may take it with the place it holds.
    ready: Notify,
}

#[derive(Default)]
struct Ahead {
    shell: Option<Shell>,
    starting: bool,
    closed: bool,
}

struct Shell {
    wire: Wire,
    nonce: Nonce,
}

enum Opening {
    Shell(Shell),
    /// The server has fewer places than we thought.
    Full,
}

impl SshMachine {
    pub(super) fn new(link: Arc<Link>, destination: &Destination) -> Self {
        let inner = Arc::new(Inner {
            link,
            id: destination.id.clone(),
            slots: Slots::new(),
            ahead: Mutex::default(),
            ready: Notify::new(),
        });
        inner.clone().start_ahead();
        Self { inner }
    }

    pub(crate) async fn run(
        &self,
        job: &Job,
        output: &Sender<Chunk>,
        cancel: &CancellationToken,
    ) -> Result<Ended, MachineError> {
        let ended = self.try_run(job, output, cancel).await;
        self.inner.clone().start_ahead();
        ended.map_err(|error| self.inner.explain(error))
    }

    /// Ends the connection, and with it what still runs over it.
    pub(crate) async fn close(&self) {
        let shell = {
            let mut ahead = self.inner.ahead();
            ahead.closed = true;
            ahead.shell.take()
        };
        drop(shell);
        self.inner.slots.close();
        // It fails where the connection has gone already.
        let _ = self
            .inner
            .link
            .handle
            .disconnect(Disconnect::ByApplication, "done", "")
            .await;
    }

    async fn try_run(
        &self,
        job: &Job,
        output: &Sender<Chunk>,
        cancel: &CancellationToken,
    ) -> Result<Ended, MachineError> {
        loop {
            let (shell, was_ahead) = tokio::select! {
                shell = self.inner.shell() => shell?,
                () = cancel.cancelled() => return Ok(Ended::Cancelled),
            };
            let Shell { mut wire, nonce } = shell;
            let payload = payload::build(job, &nonce)?;
            let reach = format!("ssh -t {} ", self.inner.id);
            self.inner.clone().start_ahead();
            match drive::start(&mut wire, &nonce, &payload, job, &reach, cancel).await {
                Ok(Started::Cancelled) => return Ok(Ended::Cancelled),
                Ok(Started::Running(begun)) if job.tmux_session.is_some() => {
                    drive::settle(wire, begun).await;
                    return Ok(Ended::Exit(0));
                }
                Ok(Started::Running(begun)) => {
                    return drive::follow(wire, begun, output, cancel).await;
                }
                // A shell that waited may have been ended meanwhile (`TMOUT`, an administrator). It said nothing, so the
                // command did not start: once more with a new one.
                Err(
                    MachineError::ConnectionLost { .. } | MachineError::BootstrapRefused { .. },
                ) if was_ahead && !self.inner.link.handle.is_closed() => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Inner {
    /// A started shell: the one kept ahead, or a new one as soon as there is a place.
    async fn shell(self: &Arc<Self>) -> Result<(Shell, bool), MachineError> {
        loop {
            if let Some(shell) = self.ahead().shell.take() {
                return Ok((shell, true));
            }
            let slot = tokio::select! {
                slot = self.slots.take() => slot.ok_or_else(|| drive::lost("it was closed"))?,
                () = self.ready.notified() => continue,
            };
            // In a task of its own: given up in the middle, a session that the server opens would stay open for ever.
            let opening = tokio::spawn(self.clone().open(slot));
            match opening
                .await
                .map_err(|_| drive::lost("opening a session failed"))??
            {
                Opening::Shell(shell) => return Ok((shell, false)),
                Opening::Full => {}
            }
        }
    }

    async fn open(self: Arc<Self>, mut slot: Slot) -> Result<Opening, MachineError> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(1);
        let channel = loop {
            match self.link.handle.channel_open_session().await {
                Ok(channel) => break channel,
                Err(Error::ChannelOpenFailure(ChannelOpenFailure::ConnectFailed)) => {
                    if started.elapsed() > PLACE_IN_FLIGHT {
                        match self.slots.shrink(slot) {
                            Ok(()) => return Ok(Opening::Full),
                            Err(kept) => slot = kept,
                        }
                    }
                    if started.elapsed() > NO_PLACE {
                        return Err(MachineError::NoSession("open failed".to_owned()));
                    }
                    sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_millis(200));
                }
                Err(Error::ChannelOpenFailure(reason)) => {
                    return Err(MachineError::NoSession(format!("{reason:?}")));
                }
                Err(error) => return Err(drive::lost(&error.to_string())),
            }
        };
        self.slots.opened(&mut slot);
        let nonce = Nonce::new();
        let mut wire = start_shell(channel, slot, &nonce)
            .await
            .map_err(|error| drive::lost(&error.to_string()))?;
        drive::greet(&mut wire, &nonce).await?;
        Ok(Opening::Shell(Shell { wire, nonce }))
    }

    /// Starts the next shell, if there is a place that nobody waits for.
    fn start_ahead(self: Arc<Self>) {
        let slot = {
            let mut ahead = self.ahead();
            if ahead.closed || ahead.starting || ahead.shell.is_some() {
                return;
            }
            let Some(slot) = self.slots.take_spare() else {
                return;
            };
            ahead.starting = true;
            slot
        };
        tokio::spawn(async move {
            let opened = self.clone().open(slot).await;
            let mut ahead = self.ahead();
            ahead.starting = false;
            // Why it failed is told to the next job, which tries itself.
            if let (Ok(Opening::Shell(shell)), false) = (opened, ahead.closed) {
                ahead.shell = Some(shell);
                self.ready.notify_one();
            }
        });
    }

    fn ahead(&self) -> MutexGuard<'_, Ahead> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A lost connection with what the connection itself says of its end.
    fn explain(&self, error: MachineError) -> MachineError {
        match (error, self.link.seen.end()) {
            (MachineError::ConnectionLost { .. }, Some(reason)) => {
                MachineError::ConnectionLost { reason }
            }
            (error, _) => error,
        }
    }
}

impl fmt::Debug for SshMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SshMachine({})", self.inner.id)
    }
}

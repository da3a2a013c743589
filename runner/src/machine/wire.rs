//! A shell on the other end, whatever lies between: its output as events, its standard input, and how to be rid of it.

use std::any::Any;
use std::sync::Arc;

use tokio::io::AsyncWrite;
use tokio::sync::{Semaphore, mpsc};

use super::{Chunk, Ended, Stream};

/// What a job's reader may be behind by, in bytes, before the process has to wait for it.
const BEHIND: usize = 64 << 20;

/// One shell that has been started.
pub(crate) struct Wire {
    pub(crate) events: Events,
    /// Closing it ends the process group there. `None` once closed.
    pub(crate) stdin: Option<Box<dyn AsyncWrite + Send + Sync + Unpin>>,
    /// Frees what is behind the wire when dropped: a channel, a session slot.
    pub(crate) _guard: Box<dyn Any + Send + Sync>,
}

/// What is noticed about a shell.
pub(crate) enum Event {
    /// It wrote something.
    Output(Chunk),
    /// It ended. Output may still follow.
    Ended(Ended),
}

/// The reading end. When it yields nothing more, all output has been seen or the wire is gone.
pub(crate) struct Events {
    receiver: mpsc::UnboundedReceiver<Event>,
    room: Arc<Semaphore>,
}

/// The writing end, for those who pump a pipe or a channel dry.
#[derive(Clone)]
pub(crate) struct EventSink {
    sender: mpsc::UnboundedSender<Event>,
    room: Arc<Semaphore>,
}

/// A queue bounded by bytes, wide enough that a slow reader of one job does not hold up the others on its connection.
pub(crate) fn channel() -> (EventSink, Events) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(BEHIND));
    (
        EventSink {
            sender,
            room: room.clone(),
        },
        Events { receiver, room },
    )
}

impl EventSink {
    /// Passes output on; false when nobody listens any more.
    pub(crate) async fn output(&self, stream: Stream, bytes: Vec<u8>) -> bool {
        let size = u32::try_from(bytes.len().min(BEHIND)).unwrap_or(u32::MAX);
        match self.room.acquire_many(size).await {
            Ok(permit) => permit.forget(),
            Err(_) => return false,
        }
        self.sender
            .send(Event::Output(Chunk { stream, bytes }))
            .is_ok()
    }

    pub(crate) fn ended(&self, ended: Ended) {
        // Nobody listening is no error: the job was given up.
        let _ = self.sender.send(Event::Ended(ended));
    }

    /// Returns when the reader has gone.
    pub(crate) async fn closed(&self) {
        self.sender.closed().await;
    }
}

impl Events {
    pub(crate) async fn next(&mut self) -> Option<Event> {
        let event = self.receiver.recv().await?;
        if let Event::Output(chunk) = &event {
            self.room.add_permits(chunk.bytes.len().min(BEHIND));
        }
        Some(event)
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.room.close();
    }
}

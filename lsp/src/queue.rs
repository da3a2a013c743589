//! The one queue that everything goes through, in the order it arrived: the client's messages, what
//! the keychain said, what runs do. One thread owns the state and takes from it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::session::Session;

/// Something to do with the state.
type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// Where jobs are put. Putting one never waits.
#[derive(Clone, Debug)]
pub(crate) struct Queue(Sender<Job>);

/// Where the owner takes jobs from.
#[derive(Debug)]
pub(crate) struct Jobs(Receiver<Job>);

/// While somebody types in a big document, what is found is shown once they pause this long …
const LONGEST_PAUSE: Duration = Duration::from_millis(80);
/// … but no later than this.
const LONGEST_DELAY: Duration = Duration::from_millis(400);
/// A document that is analysed within this needs no pause.
const QUICK: Duration = Duration::from_millis(15);

/// A new queue.
pub(crate) fn queue() -> (Queue, Jobs) {
    let (sender, receiver) = channel();
    (Queue(sender), Jobs(receiver))
}

impl Queue {
    /// Does something with the state when its turn comes.
    pub(crate) fn tell(&self, job: impl FnOnce(&mut Session) + Send + 'static) {
        // Nobody takes from the queue when the server ends: then nothing matters any more.
        let _ = self.0.send(Box::new(job));
    }

    /// Asks something of the state. The question is in the queue when this returns; nobody answers
    /// it if what is returned is dropped before its turn, nor if answering it panics.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Session) -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (sender, receiver) = oneshot::channel();
        self.tell(move |session| {
            if !sender.is_closed() {
                // The asker may have gone away meanwhile.
                let _ = sender.send(question(session));
            }
        });
        receiver
    }
}

impl Jobs {
    /// Does everything that is put into the queue, until nobody can put in more. What is found is
    /// shown when the queue is empty, not after each change.
    pub(crate) fn work(self, mut session: Session) {
        while let Ok(job) = self.0.recv() {
            fenced(|| job(&mut session));
            self.settle(&mut session);
            fenced(|| session.publish());
        }
    }

    /// Takes what has arrived; after a change of a document that is slow to analyse, also what
    /// arrives within a pause.
    fn settle(&self, session: &mut Session) {
        let limit = Instant::now() + LONGEST_DELAY;
        while Instant::now() < limit {
            let cost = session.cost_of_publishing();
            let pause = match cost > QUICK {
                true => cost.min(LONGEST_PAUSE),
                false => Duration::ZERO,
            };
            match self.0.recv_timeout(pause) {
                Ok(job) => fenced(|| job(session)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

/// Does a job that may panic: the state stays as the job left it, and the server lives.
fn fenced(job: impl FnOnce()) {
    // The panic hook has said where; there is nothing to add.
    let _ = catch_unwind(AssertUnwindSafe(job));
}

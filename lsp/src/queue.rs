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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use runner::secrets::{Environment, Places, SecretNames};

    use super::*;
    use crate::outbox::Outbox;
    use crate::session::Parts;

    /// A queue whose jobs somebody does.
    fn working() -> (tokio::runtime::Runtime, Queue) {
        let runtime = tokio::runtime::Runtime::new().expect("threads");
        let (queue, jobs) = queue();
        let places = Places::new(&PathBuf::from("/nonexistent"));
        let session = Session::new(Parts {
            queue: queue.clone(),
            outbox: Outbox::default(),
            tasks: runtime.handle().clone(),
            names: SecretNames::new(&places.with_environment(Environment::given([]))),
            executable: PathBuf::new(),
            state_folder: PathBuf::new(),
            hosts: Vec::new,
        });
        std::thread::spawn(move || jobs.work(session));
        (runtime, queue)
    }

    #[test]
    fn jobs_are_done_in_the_order_they_were_put_in() {
        let (runtime, queue) = working();
        let done = Arc::new(Mutex::new(Vec::new()));
        for number in 0..20_000 {
            let done = done.clone();
            queue.tell(move |_| done.lock().expect("nobody panics").push(number));
        }
        let asked = queue.ask(move |_| done.lock().expect("nobody panics").clone());
        let done = runtime.block_on(asked).expect("an answer");
        assert!(done.is_sorted() && done.len() == 20_000);
    }

    #[test]
    fn a_panic_costs_its_own_answer_and_nothing_else() {
        let (runtime, queue) = working();
        queue.tell(|_| panic!("told"));
        let lost = queue.ask(|_| -> usize { panic!("asked") });
        let answered = queue.ask(|_| 7);
        assert!(runtime.block_on(lost).is_err());
        assert_eq!(runtime.block_on(answered), Ok(7));
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_not_looked_for() {
        let (runtime, queue) = working();
        let looked = Arc::new(AtomicUsize::new(0));
        let (open, gate) = std::sync::mpsc::channel::<()>();
        queue.tell(move |_| gate.recv().expect("the gate opens"));
        for _ in 0..6 {
            let looked = looked.clone();
            drop(queue.ask(move |_| looked.fetch_add(1, Ordering::SeqCst)));
        }
        let answered = queue.ask(|_| ());
        open.send(()).expect("it waits");
        assert_eq!(runtime.block_on(answered), Ok(()));
        assert_eq!(looked.load(Ordering::SeqCst), 0);
    }
}

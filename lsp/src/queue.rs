//! The one queue that everything goes through, in the order it arrived: the client's messages, what
//! the keychain said, what runs do. One thread owns the state and takes from it.
//!
//! One client, Helix, sends changes out of order when keys follow one another within milliseconds.
//! Where a change of it shows by its version that another is on its way, that one is waited for, a
//! moment at most, and everything that came meanwhile keeps its place behind it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::session::Session;

/// Something to do with the state.
struct Job {
    /// The document and the version of it that this makes, if it is a change.
    makes: Option<(String, i32)>,
    work: Box<dyn FnOnce(&mut Session) + Send>,
}

/// Where jobs are put. Putting one never waits. `None` says that there will be no more.
#[derive(Clone, Debug)]
pub(crate) struct Queue(Sender<Option<Job>>);

/// Where the owner takes jobs from.
pub(crate) struct Jobs {
    arriving: Receiver<Option<Job>>,
    /// What arrived while a change was waited for.
    waiting: VecDeque<Job>,
    /// Whether there will be no more: the state itself holds a queue, so that nobody hears of it otherwise.
    ended: bool,
}

/// What is asked right after a change, as completions are, is answered before the document is looked
/// through; in a big one also what is typed next is awaited. That pause is this part of what the look takes …
const PAUSE: u32 = 4;
/// … at most this long …
const LONGEST_PAUSE: Duration = Duration::from_millis(80);
/// … and what is found is shown no later than this.
const LONGEST_DELAY: Duration = Duration::from_millis(400);
/// How long a change may be overtaken by those after it.
const OVERTAKEN: Duration = Duration::from_millis(100);

/// A new queue.
pub(crate) fn queue() -> (Queue, Jobs) {
    let (sender, receiver) = channel();
    let jobs = Jobs {
        arriving: receiver,
        waiting: VecDeque::new(),
        ended: false,
    };
    (Queue(sender), jobs)
}

impl Queue {
    /// Does something with the state when its turn comes.
    pub(crate) fn tell(&self, job: impl FnOnce(&mut Session) + Send + 'static) {
        self.put(None, Box::new(job));
    }

    /// The same for a change that makes this version of a document.
    pub(crate) fn tell_change(
        &self,
        uri: String,
        version: i32,
        job: impl FnOnce(&mut Session) + Send + 'static,
    ) {
        self.put(Some((uri, version)), Box::new(job));
    }

    fn put(&self, makes: Option<(String, i32)>, work: Box<dyn FnOnce(&mut Session) + Send>) {
        // Nobody takes from the queue when the server ends: then nothing matters any more.
        let _ = self.0.send(Some(Job { makes, work }));
    }

    /// Has the owner do what was put in before, and no more.
    pub(crate) fn end(&self) {
        let _ = self.0.send(None);
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
    /// Does everything that is put into the queue, until its end. What is found is shown when the queue is
    /// empty, not after each change.
    pub(crate) fn work(mut self, mut session: Session) {
        while let Some(job) = self.take(None) {
            self.do_in_turn(job, &mut session);
            self.settle(&mut session);
            fenced(|| session.publish());
        }
    }

    /// Takes what has arrived; after a change of a document also what arrives within a pause, the longer
    /// the document takes to look through.
    fn settle(&mut self, session: &mut Session) {
        let limit = Instant::now() + LONGEST_DELAY;
        while Instant::now() < limit {
            let pause = session.cost_of_publishing() / PAUSE;
            let pause = pause.min(LONGEST_PAUSE);
            match self.take(Some(pause)) {
                Some(job) => self.do_in_turn(job, session),
                None => return,
            }
        }
    }

    /// The next job, if there is one within `patience`; nothing if there will be none.
    fn take(&mut self, patience: Option<Duration>) -> Option<Job> {
        let waiting = self.waiting.pop_front();
        waiting.or_else(|| self.arrived(patience))
    }

    /// The next job that arrives.
    fn arrived(&mut self, patience: Option<Duration>) -> Option<Job> {
        if self.ended {
            return None;
        }
        let arrived = match patience {
            Some(patience) => self.arriving.recv_timeout(patience).ok()?,
            None => self.arriving.recv().ok()?,
        };
        self.ended = arrived.is_none();
        arrived
    }

    /// Does a job, after the changes that it has overtaken.
    fn do_in_turn(&mut self, job: Job, session: &mut Session) {
        if let Some((uri, version)) = &job.makes {
            let limit = Instant::now() + OVERTAKEN;
            while let Some(next) = session.next_version(uri).filter(|next| next < version) {
                let Some(overtaken) = self.overtaken(uri, next, limit) else {
                    break;
                };
                fenced(|| (overtaken.work)(session));
                if session.next_version(uri) == Some(next) {
                    break;
                }
            }
        }
        fenced(|| (job.work)(session));
    }

    /// The change that makes this version, if it arrives in time. What else arrives waits.
    fn overtaken(&mut self, uri: &str, version: i32, limit: Instant) -> Option<Job> {
        let is_it = |job: &Job| {
            let makes = job.makes.as_ref();
            makes.is_some_and(|(of, it)| of == uri && *it == version)
        };
        if let Some(index) = self.waiting.iter().position(is_it) {
            return self.waiting.remove(index);
        }
        loop {
            let left = limit.saturating_duration_since(Instant::now());
            match self.arrived(Some(left))? {
                job if is_it(&job) => return Some(job),
                job => self.waiting.push_back(job),
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
    fn working() -> (tokio::runtime::Runtime, Queue, std::thread::JoinHandle<()>) {
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
            host: |_| None,
        });
        let owner = std::thread::spawn(move || jobs.work(session));
        (runtime, queue, owner)
    }

    #[test]
    fn the_owner_ends_once_what_was_put_in_is_done() {
        let (runtime, queue, owner) = working();
        let asked = queue.ask(|_| 7);
        queue.end();
        assert_eq!(runtime.block_on(asked), Ok(7));
        let limit = Instant::now() + Duration::from_secs(60);
        while !owner.is_finished() {
            assert!(Instant::now() < limit, "it goes on");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn jobs_are_done_in_the_order_they_were_put_in() {
        let (runtime, queue, _owner) = working();
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
        let (runtime, queue, _owner) = working();
        queue.tell(|_| panic!("told"));
        let lost = queue.ask(|_| -> usize { panic!("asked") });
        let answered = queue.ask(|_| 7);
        assert!(runtime.block_on(lost).is_err());
        assert_eq!(runtime.block_on(answered), Ok(7));
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_not_looked_for() {
        let (runtime, queue, _owner) = working();
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

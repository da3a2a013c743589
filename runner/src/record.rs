//! What a run has come to: its events told as a state, for whoever shows runs.
//!
//! [`RunRecord`] is that state. [`History`] has those of all kept runs and reads on where it stopped, so
//! that a look at a run under way costs what has happened since the last one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::event::{Event, RunStatus, StepInfo, StepStatus, What};
use crate::store::{FindError, KeptStatus, Store, is_locked};

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// Names it for `doppio log`.
    pub id: String,
    /// The recipe's name.
    pub recipe: String,
    /// The recipe's file, if it had one.
    pub path: Option<PathBuf>,
    /// The host that it was started for.
    pub target: Option<String>,
    /// When it started.
    pub started: Timestamp,
    /// When it ended, if it said so.
    pub finished: Option<Timestamp>,
    /// How long it took, if it said so.
    pub seconds: Option<f64>,
    /// How it stands.
    pub status: KeptStatus,
    /// Its steps in written order.
    pub steps: Vec<StepRecord>,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepRecord {
    /// Its id.
    pub id: String,
    /// Its name, or its id.
    pub name: String,
    /// How it stands.
    pub status: StepState,
    /// When it started.
    pub started: Option<Timestamp>,
    /// How long it took.
    pub seconds: Option<f64>,
    /// The exit code of its last attempt, if it came to one.
    pub exit_code: Option<i32>,
    /// Why it failed, is tried again or was skipped, for people.
    pub message: Option<String>,
    /// The line of its `[[step]]`, counted from 1.
    pub line: usize,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// It is under way.
    Running,
    /// It did what it should.
    Success,
    /// It did not.
    Failed,
    /// It did not run.
    Skipped,
    /// It was ended because the run was.
    Cancelled,
}

impl RunRecord {
    /// A run that begins with this event, if a run begins with it.
    pub fn begin(event: &Event) -> Option<Self> {
        let What::RunStarted {
            run_id,
            recipe,
            path,
            target,
            steps,
            ..
        } = &event.what
        else {
            return None;
        };
        Some(Self {
            id: run_id.clone(),
            recipe: recipe.clone(),
            path: path.as_ref().map(PathBuf::from),
            target: target.clone(),
            started: event.time,
            finished: None,
            seconds: None,
            status: KeptStatus::Running,
            steps: steps.iter().map(StepRecord::waiting).collect(),
        })
    }

    /// Takes in what happened next.
    pub fn apply(&mut self, event: &Event) {
        match &event.what {
            What::StepStarted { step, .. } => self.step(step, |it| {
                it.status = StepState::Running;
                it.started = Some(event.time);
            }),
            What::StepRetrying { step, message, .. } => {
                self.step(step, |it| it.message = Some(message.clone()));
            }
            What::StepFinished {
                step,
                status,
                exit_code,
                message,
                seconds,
                ..
            } => self.step(step, |it| {
                it.status = match status {
                    StepStatus::Success => StepState::Success,
                    StepStatus::Failed => StepState::Failed,
                    StepStatus::Cancelled => StepState::Cancelled,
                };
                it.exit_code = *exit_code;
                it.message.clone_from(message);
                it.seconds = Some(*seconds);
            }),
            What::StepSkipped { step, message, .. } => self.step(step, |it| {
                it.status = StepState::Skipped;
                it.message = Some(message.clone());
            }),
            What::RunFinished { status, seconds } => {
                self.status = KeptStatus::Finished(*status);
                self.finished = Some(event.time);
                self.seconds = Some(*seconds);
                self.settle();
            }
            What::RunStarted { .. }
            | What::Refused { .. }
            | What::Output { .. }
            | What::Warning { .. } => {}
        }
    }

    /// Its process is gone and never said how it ended.
    fn interrupted(&mut self) {
        self.status = KeptStatus::Interrupted;
        self.settle();
    }

    /// Nothing happens any more: what did not begin never will.
    fn settle(&mut self) {
        for step in &mut self.steps {
            match step.status {
                StepState::Running => step.status = StepState::Cancelled,
                StepState::Waiting => step.status = StepState::Skipped,
                _ => {}
            }
        }
    }

    fn step(&mut self, id: &str, change: impl FnOnce(&mut StepRecord)) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.id == id) {
            change(step);
        }
    }
}

impl StepRecord {
    fn waiting(info: &StepInfo) -> Self {
        Self {
            id: info.id.clone(),
            name: info.name.clone(),
            status: StepState::Waiting,
            started: None,
            seconds: None,
            exit_code: None,
            message: None,
            line: info.line,
        }
    }
}

/// The kept runs of a store, as they were at the last look.
#[derive(Debug)]
pub struct History {
    store: Store,
    runs: BTreeMap<String, Reading>,
}

/// A run that is being read.
#[derive(Debug)]
struct Reading {
    /// `None` once there is nothing more to come.
    events: Option<BufReader<File>>,
    /// The beginning of a line whose end has not been written yet.
    begun: Vec<u8>,
    record: Option<Arc<RunRecord>>,
}

impl History {
    /// Nothing read yet.
    pub fn of(store: Store) -> Self {
        Self {
            store,
            runs: BTreeMap::new(),
        }
    }

    /// Where a run's log is.
    pub fn log(&self, id: &str) -> PathBuf {
        self.store.log_of(id)
    }

    /// All kept runs as they are now, the newest first.
    ///
    /// # Errors
    /// When there is a folder of runs and it cannot be read.
    pub fn look(&mut self) -> Result<Vec<Arc<RunRecord>>, FindError> {
        let ids = self.store.ids()?;
        self.runs.retain(|id, _| ids.binary_search(id).is_ok());
        for id in ids {
            let events = || File::open(self.store.events_of(&id)).ok();
            let reading = self.runs.entry(id.clone()).or_insert_with(|| Reading {
                events: events().map(BufReader::new),
                begun: Vec::new(),
                record: None,
            });
            reading.read_on();
        }
        let newest_first = self.runs.values().rev();
        Ok(newest_first.filter_map(|it| it.record.clone()).collect())
    }
}

impl Reading {
    fn read_on(&mut self) {
        let Some(mut events) = self.events.take() else {
            return;
        };
        // Asked first: what was written before the lock went is read below.
        let is_over = !is_locked(events.get_ref());
        while let Ok(1..) = events.read_until(b'\n', &mut self.begun) {
            if self.begun.last() != Some(&b'\n') {
                break;
            }
            let line = std::mem::take(&mut self.begun);
            self.take_in(&line);
        }
        let is_finished = self.record.as_ref().is_some_and(|it| it.finished.is_some());
        match self.record.as_mut().map(Arc::make_mut) {
            Some(record) if is_over && !is_finished => record.interrupted(),
            _ if !is_over && !is_finished => self.events = Some(events),
            _ => {}
        }
    }

    fn take_in(&mut self, line: &[u8]) {
        // Most of the lines, and none that changes the state.
        if line.starts_with(br#"{"event":"output""#) {
            return;
        }
        let Ok(event) = serde_json::from_slice::<Event>(line) else {
            return;
        };
        match self.record.as_mut().map(Arc::make_mut) {
            Some(record) => record.apply(&event),
            None => self.record = RunRecord::begin(&event).map(Arc::new),
        }
    }
}

/// How a run stands in one word: `running`, `success`, `failed`, `cancelled`, `refused` or `unknown`.
pub fn word(status: KeptStatus) -> &'static str {
    match status {
        KeptStatus::Running => "running",
        KeptStatus::Interrupted => "unknown",
        KeptStatus::Finished(RunStatus::Success) => "success",
        KeptStatus::Finished(RunStatus::Failed) => "failed",
        KeptStatus::Finished(RunStatus::Cancelled) => "cancelled",
        KeptStatus::Finished(RunStatus::Refused) => "refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::new_id;

    fn started(id: &str) -> Event {
        let step = |id: &str, line| StepInfo {
            id: id.to_owned(),
            name: id.to_owned(),
            line,
        };
        Event::now(What::RunStarted {
            version: crate::event::VERSION,
            run_id: id.to_owned(),
            recipe: "demo".into(),
            path: Some("/work/demo.toml".into()),
            target: None,
            steps: vec![step("one", 1), step("two", 4)],
        })
    }

    fn one_started() -> Event {
        Event::now(What::StepStarted {
            step: "one".into(),
            host: None,
        })
    }

    fn states(record: &RunRecord) -> Vec<StepState> {
        record.steps.iter().map(|step| step.status).collect()
    }

    #[test]
    fn a_run_is_read_on_where_reading_stopped() {
        let home = tempfile::tempdir().expect("a folder");
        let store = Store::at(home.path().join("runs"));
        let mut history = History::of(store.clone());
        assert!(history.look().expect("no folder is no error").is_empty());
        let id = new_id();
        let mut run = store.create(&id).expect("a run");
        assert!(history.look().expect("readable").is_empty(), "not begun");
        run.record(&started(&id)).expect("written");
        run.record(&one_started()).expect("written");
        let seen = history.look().expect("readable");
        assert_eq!(seen[0].status, KeptStatus::Running);
        assert_eq!(states(&seen[0]), [StepState::Running, StepState::Waiting]);
        run.record(&Event::now(What::StepFinished {
            step: "one".into(),
            status: StepStatus::Failed,
            exit_code: Some(3),
            reason: None,
            message: Some("exit code 3".into()),
            attempts: 1,
            seconds: 1.5,
        }))
        .expect("written");
        run.record(&Event::now(What::RunFinished {
            status: RunStatus::Failed,
            seconds: 2.0,
        }))
        .expect("written");
        let seen = history.look().expect("readable");
        assert_eq!(word(seen[0].status), "failed");
        assert_eq!(states(&seen[0]), [StepState::Failed, StepState::Skipped]);
        assert_eq!(seen[0].steps[0].exit_code, Some(3));
        assert_eq!(seen[0].seconds, Some(2.0));
    }

    #[test]
    fn a_killed_run_is_over_too() {
        let home = tempfile::tempdir().expect("a folder");
        let store = Store::at(home.path());
        let id = new_id();
        let mut run = store.create(&id).expect("a run");
        run.record(&started(&id)).expect("written");
        run.record(&one_started()).expect("written");
        let mut history = History::of(store);
        assert_eq!(word(history.look().expect("readable")[0].status), "running");
        drop(run);
        let seen = history.look().expect("readable");
        assert_eq!(word(seen[0].status), "unknown");
        assert_eq!(states(&seen[0]), [StepState::Cancelled, StepState::Skipped]);
    }
}

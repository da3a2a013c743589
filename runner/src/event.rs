//! What happens in a run, one event after the other: the only thing that reporters, logs and the
//! language server ever learn about it.
//!
//! [`crate::execute`] alone writes events, so their order is the truth, and every text in them is
//! masked before it gets here. On the wire (`--format jsonl`, `events.jsonl`) an event is one JSON
//! object a line; `docs/run-events.md` explains each to people who read them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use crate::problem::Problem;

/// The version of the events that [`What::RunStarted`] announces. It changes when a reader that
/// ignores unknown fields and events would misunderstand one.
pub const VERSION: u32 = 1;

/// Something that happened, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    #[serde(flatten)]
    pub what: What,
    /// When, RFC 3339 in UTC.
    #[serde(serialize_with = "milliseconds")]
    pub time: Timestamp,
}

impl Event {
    /// An event that happens now.
    pub fn now(what: What) -> Self {
        Self { what, time: now() }
    }

    /// The event as one line of JSON, with its line end.
    ///
    /// # Errors
    /// Never for the events of this module; JSON encoding in general can fail.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self).map(|line| line + "\n")
    }
}

/// Always three digits, so that texts sort as times do.
fn milliseconds<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum What {
    /// The first event of every run, also of one that is then refused.
    RunStarted {
        /// [`VERSION`].
        version: u32,
        /// Names the run for `doppio log` and in `runs/`.
        run_id: String,
        /// The recipe's name.
        recipe: String,
        /// The recipe's file, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// The host id that `${target}` stands for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<String>,
        /// The steps of the run in written order.
        steps: Vec<StepInfo>,
    },
    /// Something is missing or wrong, and no step has run. Everything that was found is listed.
    Refused {
        /// What was found; never empty.
        problems: Vec<Problem>,
    },
    /// A step begins its first attempt.
    StepStarted {
        /// The step's id.
        step: String,
        /// The host it runs on, for a step that runs a command.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host: Option<String>,
    },
    /// A command wrote something. Values of secrets are masked; of escapes only colours remain.
    Output {
        /// The step's id.
        step: String,
        /// Where it wrote to.
        stream: Stream,
        /// Counts the outputs of the run from 1.
        seq: u64,
        /// What it wrote; lines may be split over events.
        text: String,
    },
    /// An attempt failed, and another will follow.
    StepRetrying {
        /// The step's id.
        step: String,
        /// The attempt that failed, counted from 1.
        attempt: u32,
        /// How many attempts there are.
        max_attempts: u32,
        /// The wait before the next one.
        wait_secs: f64,
        /// Why it failed.
        reason: Failure,
        /// The same for people.
        message: String,
    },
    /// A step that had started has ended.
    StepFinished {
        /// The step's id.
        step: String,
        /// How.
        status: StepStatus,
        /// The exit code of its last attempt, if it came to one.
        exit_code: Option<i32>,
        /// Why it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Failure>,
        /// The same for people.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// How many attempts it took.
        attempts: u32,
        /// How long it took, waits between attempts included.
        seconds: f64,
    },
    /// A step that will not run in this run.
    StepSkipped {
        /// The step's id.
        step: String,
        /// Why.
        reason: Skip,
        /// The same for people.
        message: String,
    },
    /// Something a person should know that ends nothing.
    Warning {
        /// The step it is about, if it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
        /// What.
        message: String,
    },
    /// The last event.
    RunFinished {
        /// How the run ended.
        status: RunStatus,
        /// How long it took.
        seconds: f64,
    },
}

/// A step as it is announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepInfo {
    /// Its id.
    pub id: String,
    /// Its name, or its id.
    pub name: String,
    /// The line of its `[[step]]`, counted from 1.
    pub line: usize,
}

/// Where a command wrote to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// How a step that started has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// It did what it should.
    Success,
    /// It did not; [`Failure`] says why.
    Failed,
    /// It was ended because the run was.
    Cancelled,
}

/// Why an attempt, and so in the end its step, failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The command ended with an exit code other than 0.
    ExitCode,
    /// The command was ended by a signal that was not ours.
    Signal,
    /// The attempt took longer than the step may.
    Timeout,
    /// The connection to the host broke. What the command did is not known.
    ConnectionLost,
    /// The command could not be started: no such folder, no such session, the host refused.
    NotStarted,
    /// A secret that was there before the first step could not be read.
    SecretUnavailable,
    /// A value that the step uses cannot be used there.
    BadValue,
    /// The output to capture is longer than 1 MiB.
    OutputTooLong,
}

impl Failure {
    /// Whether another attempt makes sense (section 1 of the language page).
    pub fn is_retried(self) -> bool {
        match self {
            Self::ExitCode | Self::Signal | Self::Timeout | Self::ConnectionLost => true,
            Self::NotStarted | Self::SecretUnavailable | Self::BadValue | Self::OutputTooLong => {
                false
            }
        }
    }
}

/// Why a step did not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// Its `when` does not hold. For the steps that depend on it, it counts as done.
    When,
    /// A step that it depends on failed or did not run.
    Dependency,
    /// Another step failed before its turn.
    RunFailed,
    /// The run was cancelled before its turn.
    Cancelled,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Every step succeeded, was skipped by its `when`, or may fail.
    Success,
    /// A step failed.
    Failed,
    /// Someone ended it.
    Cancelled,
    /// No step ran: something is missing.
    Refused,
}
/// The time, in whole milliseconds: exact enough for every reader.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

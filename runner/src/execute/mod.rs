//! Runs a plan. The only writer of events.
//!
//! * [`execute`] checks that everything is there (`preflight`), then runs the steps.
//! * `schedule` decides what runs when; `step` takes one step through its `when`, its attempts and
//!   their waits; `command` is one attempt of a command.
//! * `values` fills what planning left open: secrets, captured output, the host, the clock.
//! * `output` takes in what commands write: masks it (`crate::mask`), makes it safe to show
//!   (`screen`), masks it again as it reads without its colours (`colour`), sends it on and keeps
//!   what is captured. `report` is the one way to an event.

mod colour;
mod command;
mod output;
mod report;
mod schedule;
mod screen;
mod step;
mod values;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use recipe::plan::{Action, Plan};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::event::{Event, RunStatus, StepInfo, VERSION, What};
use crate::mask::Masker;
use crate::preflight::{self, Supplies};
use crate::problem::Problem;
use report::{Report, seconds};
use values::Values;

pub use screen::without_colours;

/// What to run, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// The steps.
    pub plan: Plan,
    /// Names the run.
    pub run_id: String,
    /// The recipe's file, for those who read the events.
    pub path: Option<String>,
    /// The host id that `${target}` stands for, if one was given.
    pub target: Option<String>,
    /// How many steps run at once.
    pub jobs: NonZeroUsize,
    /// Whether branches go on that do not depend on a failed step.
    pub keep_going: bool,
    /// Whether the output is shown in colour, so that commands are told to use some.
    pub colour: bool,
}

impl Request {
    /// The host id that `${target}` stands for.
    pub fn target(&self) -> Option<&str> {
        match &self.target {
            Some(target) => Some(target),
            None => self.plan.target_is_local.then_some("local"),
        }
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Finish {
    /// The status, as in its last event.
    pub status: RunStatus,
    /// What kept it from starting, where it was refused.
    pub problems: Vec<Problem>,
}

/// Runs the request to its end and tells `listener` everything that happens.
///
/// Cancelling ends the processes of all steps that run; steps that have not started are skipped.
pub async fn execute(
    request: &Request,
    world: preflight::World,
    listener: mpsc::Sender<Event>,
    cancel: CancellationToken,
) -> Finish {
    let started = Instant::now();
    let now = Timestamp::now();
    let masker = Masker::new(&world.values.in_environment(&world.permit));
    let report = Report::new(listener, masker.clone());
    report.send(run_started(request)).await;
    let environment = preflight::environment(&request.plan);
    let checked = tokio::select! {
        checked = preflight::check(request, world, &environment) => Some(checked),
        () = cancel.cancelled() => None,
    };
    let (status, problems) = match checked {
        None => (RunStatus::Cancelled, Vec::new()),
        Some(Err(problems)) => {
            let listed = problems.clone();
            report.send(What::Refused { problems: listed }).await;
            (RunStatus::Refused, problems)
        }
        Some(Ok(mut supplies)) => {
            if let Some(message) = supplies.warning.take() {
                report
                    .send(What::Warning {
                        step: None,
                        message,
                    })
                    .await;
            }
            let run = Run {
                request,
                supplies,
                masker,
                report: &report,
                cancel: &cancel,
                values: Mutex::new(Values::new(
                    &request.plan,
                    request.target().map(str::to_owned),
                    rfc3339(now),
                    environment,
                )),
                not_set: Mutex::default(),
                reading: tokio::sync::Mutex::default(),
            };
            let status = run.steps().await;
            run.supplies.machines.close().await;
            (status, Vec::new())
        }
    };
    report
        .send(What::RunFinished {
            status,
            seconds: seconds(started.elapsed()),
        })
        .await;
    Finish { status, problems }
}

/// A run under way.
struct Run<'a> {
    request: &'a Request,
    supplies: Supplies,
    masker: Masker,
    report: &'a Report,
    cancel: &'a CancellationToken,
    values: Mutex<Values>,
    /// Variables that a step should have set but did not, with that step's id.
    not_set: Mutex<BTreeMap<String, String>>,
    /// Held while secrets are read, so that steps that start together read each once.
    reading: tokio::sync::Mutex<()>,
}

impl Run<'_> {
    fn plan(&self) -> &Plan {
        &self.request.plan
    }

    fn values(&self) -> MutexGuard<'_, Values> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn not_set(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.not_set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers that what this step should have set was not set by it.
    fn note_unset_by(&self, index: usize) {
        let step = &self.plan().steps[index];
        let variable = match &step.action {
            Action::Command(command) => command.capture.as_ref(),
            Action::SetVar { name, .. } => Some(name),
            Action::Sleep(_) => None,
        };
        if let Some(variable) = variable {
            self.not_set().insert(variable.clone(), step.id.clone());
        }
    }
}

fn run_started(request: &Request) -> What {
    let steps = request.plan.steps.iter().map(|step| StepInfo {
        id: step.id.clone(),
        name: step.name.clone(),
        line: step.line,
    });
    What::RunStarted {
        version: VERSION,
        run_id: request.run_id.clone(),
        recipe: request.plan.name.clone(),
        path: request.path.clone(),
        target: request.target().map(str::to_owned),
        steps: steps.collect(),
    }
}

/// What `${now}` stands for: whole seconds, as people write it.
fn rfc3339(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

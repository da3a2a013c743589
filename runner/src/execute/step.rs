//! One step, from its `when` to its last attempt.

use std::collections::BTreeMap;
use std::time::Instant;

use recipe::plan::{Action, PlannedStep, Retry, Template, When};

use super::Run;
use super::command::Prepared;
use super::report::seconds;
use super::schedule::End;
use super::values::{StepResult, Value};
use crate::event::{Failure, Skip, StepStatus, What};

/// How an attempt ended.
pub(super) enum Attempt {
    /// It did what it should; for a command with what it wrote, if that is kept.
    Success(Option<Value>),
    Failed(Failed),
    Cancelled,
}

/// Why an attempt failed, and what it left behind.
pub(super) struct Failed {
    pub(super) reason: Failure,
    pub(super) message: String,
    pub(super) exit_code: Option<i32>,
    pub(super) output: Option<Value>,
}

impl Failed {
    pub(super) fn new(reason: Failure, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            exit_code: None,
            output: None,
        }
    }
}

/// What a step does, with every value in its place.
enum Ready<'a> {
    Command(Prepared),
    Set(&'a str, Value),
    Sleep(std::time::Duration),
}

impl Run<'_> {
    /// Takes a step whose dependencies are done to its end.
    pub(super) async fn step(&self, index: usize) -> End {
        let step = &self.plan().steps[index];
        let started = Instant::now();
        self.warn_of_unset(step).await;
        let begun = tokio::select! {
            begun = self.begin(index) => begun,
            () = self.cancel.cancelled() => {
                return self.skip(step, Skip::Cancelled, "the run was cancelled").await;
            }
        };
        let ready = match begun {
            Ok(Some(ready)) => Ok(ready),
            Ok(None) => {
                return self
                    .skip(step, Skip::When, "its `when` does not hold")
                    .await;
            }
            Err(failed) => Err(failed),
        };
        let host = match &ready {
            Ok(Ready::Command(command)) => Some(command.host.clone()),
            _ => None,
        };
        self.report
            .send(What::StepStarted {
                step: step.id.clone(),
                host,
            })
            .await;
        let (attempt, attempts) = match ready {
            Ok(ready) => self.attempts(step, &ready).await,
            Err(failed) => (Attempt::Failed(failed), 1),
        };
        self.finish(index, attempt, attempts, started).await
    }

    /// Evaluates the step's `when` and, where it holds, gets everything ready. A keychain that asks
    /// its user can make this long.
    async fn begin(&self, index: usize) -> Result<Option<Ready<'_>>, Failed> {
        let when = self.plan().steps[index].when.as_ref();
        self.read_secrets(when.iter().flat_map(|when| &when.operands))
            .await?;
        match self.holds(when) {
            true => self.prepare(index).await.map(Some),
            false => Ok(None),
        }
    }

    async fn skip(&self, step: &PlannedStep, reason: Skip, message: &str) -> End {
        self.report
            .send(What::StepSkipped {
                step: step.id.clone(),
                reason,
                message: message.to_owned(),
            })
            .await;
        End::Skipped(reason)
    }

    /// Reads the step's secrets and fills in its values.
    async fn prepare(&self, index: usize) -> Result<Ready<'_>, Failed> {
        let step = &self.plan().steps[index];
        self.read_secrets(step.templates()).await?;
        Ok(match &step.action {
            Action::Command(command) => Ready::Command(self.prepare_command(index, command)?),
            Action::SetVar { name, value } => Ready::Set(name, self.fill(value)?),
            Action::Sleep(duration) => Ready::Sleep(*duration),
        })
    }

    /// Tries until an attempt succeeds or none is left; says how many it took.
    async fn attempts(&self, step: &PlannedStep, ready: &Ready<'_>) -> (Attempt, u32) {
        let once = Retry {
            max_attempts: 1,
            delay: std::time::Duration::ZERO,
            backoff_multiplier: 1.0,
        };
        let retry = step.retry.unwrap_or(once);
        let mut number = 1;
        loop {
            let failed = match self.attempt(step, ready).await {
                Attempt::Failed(failed) => failed,
                other => return (other, number),
            };
            if number >= retry.max_attempts || !failed.reason.is_retried() {
                return (Attempt::Failed(failed), number);
            }
            let wait = retry.wait_after(number);
            self.report
                .send(What::StepRetrying {
                    step: step.id.clone(),
                    attempt: number,
                    max_attempts: retry.max_attempts,
                    wait_secs: wait.as_secs_f64(),
                    reason: failed.reason,
                    message: failed.message,
                })
                .await;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.cancel.cancelled() => return (Attempt::Cancelled, number),
            }
            number += 1;
        }
    }

    async fn attempt(&self, step: &PlannedStep, ready: &Ready<'_>) -> Attempt {
        match ready {
            Ready::Command(command) => self.run_command(step, command).await,
            Ready::Set(name, value) => {
                self.values().set(name, value.clone());
                Attempt::Success(None)
            }
            Ready::Sleep(duration) => {
                let limit = step.timeout.unwrap_or(*duration);
                tokio::select! {
                    () = self.cancel.cancelled() => return Attempt::Cancelled,
                    () = tokio::time::sleep((*duration).min(limit)) => {}
                }
                match *duration > limit {
                    true => Attempt::Failed(timed_out(limit)),
                    false => Attempt::Success(None),
                }
            }
        }
    }

    /// Keeps what the step left behind and reports its end.
    async fn finish(&self, index: usize, attempt: Attempt, attempts: u32, started: Instant) -> End {
        let step = &self.plan().steps[index];
        let (status, result, failed) = match attempt {
            Attempt::Success(output) => {
                if let (Action::Command(command), Some(output)) = (&step.action, &output)
                    && let Some(variable) = &command.capture
                {
                    self.values().set(variable, output.clone());
                }
                let exit_code = Some(0);
                (StepStatus::Success, StepResult { output, exit_code }, None)
            }
            Attempt::Failed(failed) => {
                let result = StepResult {
                    output: failed.output,
                    exit_code: failed.exit_code,
                };
                (
                    StepStatus::Failed,
                    result,
                    Some((failed.reason, failed.message)),
                )
            }
            Attempt::Cancelled => (StepStatus::Cancelled, StepResult::default(), None),
        };
        let exit_code = result.exit_code;
        self.values().finish(index, result);
        let (reason, message) = failed.unzip();
        self.report
            .send(What::StepFinished {
                step: step.id.clone(),
                status,
                exit_code,
                reason,
                message,
                attempts,
                seconds: seconds(started.elapsed()),
            })
            .await;
        match status {
            StepStatus::Success => End::Success,
            StepStatus::Failed if step.continue_on_failure => End::FailedAsItMay,
            StepStatus::Failed => End::Failed,
            StepStatus::Cancelled => End::Cancelled,
        }
    }

    /// Reads the secrets that these templates need and that were not read before, and has them
    /// masked before anything can print them.
    async fn read_secrets<'a>(
        &'a self,
        templates: impl IntoIterator<Item = &'a Template>,
    ) -> Result<(), Failed> {
        let templates: Vec<&Template> = templates.into_iter().collect();
        let _reading = self.reading.lock().await;
        let names = self.values().unread(templates);
        let mut read = BTreeMap::new();
        for name in names {
            let value = (self.supplies.secret(&name).await).map_err(|error| {
                let message = format!("{error}. {}", error.advice());
                Failed::new(Failure::SecretUnavailable, message)
            })?;
            read.insert(name, value);
        }
        self.masker.add(read.values());
        let mut values = self.values();
        for (name, value) in read {
            values.know(name, value);
        }
        Ok(())
    }

    /// What a template stands for now.
    pub(super) fn fill(&self, template: &Template) -> Result<Value, Failed> {
        self.values().fill(template).map_err(|name| {
            Failed::new(
                Failure::SecretUnavailable,
                format!("Secret '{name}' was not read before the step started"),
            )
        })
    }

    fn holds(&self, when: Option<&When>) -> bool {
        let Some(when) = when else { return true };
        when.expression.holds(&|operand| {
            let template = when.operands.get(operand);
            let value = template.and_then(|template| self.fill(template).ok());
            value.map_or(String::new(), |value| value.lossy())
        })
    }

    /// Warns of variables that the step uses although the step that should have set them did not.
    async fn warn_of_unset(&self, step: &PlannedStep) {
        let warnings: Vec<String> = {
            let values = self.values();
            let not_set = self.not_set();
            let unset = values.unset(step.templates()).into_iter();
            unset
                .filter_map(|name| {
                    let setter = not_set.get(name)?;
                    let instead = match values.has_first_value(name) {
                        true => "keeps its first value",
                        false => "is empty",
                    };
                    Some(format!("'{setter}' did not set `{name}`, so it {instead}"))
                })
                .collect()
        };
        for warning in warnings {
            self.report.warn(&step.id, warning).await;
        }
    }
}

/// The failure of an attempt that took longer than it may.
pub(super) fn timed_out(limit: std::time::Duration) -> Failed {
    let limit = crate::transcript::duration(limit.as_secs_f64());
    Failed::new(Failure::Timeout, format!("took longer than {limit}"))
}

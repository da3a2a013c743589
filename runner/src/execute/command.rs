//! One attempt of a command: its job, its time limit, its output, its end.

use std::time::Duration;

use recipe::plan::{Command, Piece, PlannedStep, Template, VALUE_PREFIX};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Run;
use super::output::{self, Keep, LONGEST_CAPTURE};
use super::step::{Attempt, Failed, timed_out};
use super::values::Value;
use crate::event::Failure;
use crate::machine::{Ended, Job, MachineError};
use crate::problem::{Problem, ProblemKind};
use crate::secrets::{Buffer, Secret};

/// How many chunks of output wait for us before the machine waits.
const CHUNKS: usize = 64;

/// A command whose values are in their places.
pub(super) struct Prepared {
    pub(super) host: String,
    job: Job,
    /// Whether its standard output is kept.
    keeps_output: bool,
    /// Whether anything in it is secret, so that what it prints is too.
    secret: bool,
}

/// Why the machine's own end of a command was brought about, if it was.
enum Cut {
    No,
    TimedOut(Duration),
    TooLong,
    Cancelled,
}

impl Run<'_> {
    /// Puts the values of a command in their places.
    pub(super) fn prepare_command(
        &self,
        index: usize,
        command: &Command,
    ) -> Result<Prepared, Failed> {
        if let Some((name, _)) = (command.env.iter()).find(|(it, _)| it.starts_with(VALUE_PREFIX)) {
            let message = format!("it sets `{name}`, where Doppio passes the value of a reference");
            return Err(Failed::new(Failure::BadValue, message));
        }
        let mut secret = false;
        let mut env = Vec::new();
        for (name, template) in command.script.bindings.iter().chain(&command.env) {
            let value = self.fill(template)?;
            secret |= value.secret;
            env.push((name.clone(), value.bytes));
        }
        let host = self.public("host id", &command.host)?;
        if host.is_empty() {
            return Err(Failed::new(Failure::BadValue, "its host id is empty"));
        }
        let workdir = command.workdir.as_ref();
        let session = command.tmux_session.as_ref();
        Ok(Prepared {
            host,
            job: Job {
                script: command.script.text.clone(),
                env,
                workdir: workdir.map(|it| self.public("workdir", it)).transpose()?,
                colour: self.request.colour,
                tmux_session: session
                    .map(|it| self.public("tmux session's name", it))
                    .transpose()?,
                run_id: self.request.run_id.clone(),
            },
            keeps_output: command.capture.is_some() || self.output_is_used(index),
            secret,
        })
    }

    /// Runs the command once.
    pub(super) async fn run_command(&self, step: &PlannedStep, command: &Prepared) -> Attempt {
        let end = self.cancel.child_token();
        let limit = step.timeout;
        let timer = async {
            match limit {
                Some(limit) => tokio::time::sleep(limit).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(timer);
        let running = self.run_job(step, command, &end);
        tokio::pin!(running);
        let mut cut = Cut::No;
        let (ended, captured) = tokio::select! {
            both = &mut running => both,
            () = &mut timer => {
                cut = limit.map_or(Cut::No, Cut::TimedOut);
                end.cancel();
                running.await
            }
        };
        if captured.len() > LONGEST_CAPTURE {
            cut = Cut::TooLong;
        } else if self.cancel.is_cancelled() && matches!(cut, Cut::No) {
            cut = Cut::Cancelled;
        }
        self.judge(command, cut, ended, captured)
    }

    /// Runs the job and takes in its output, until both are over.
    async fn run_job(
        &self,
        step: &PlannedStep,
        command: &Prepared,
        end: &CancellationToken,
    ) -> (Result<Ended, Failed>, Buffer) {
        let machine = tokio::select! {
            machine = self.supplies.machines.get(&command.host) => match machine {
                Ok(machine) => machine,
                Err(problem) => {
                    return (Err(not_connected(problem)), Buffer::default());
                }
            },
            () = end.cancelled() => return (Ok(Ended::Cancelled), Buffer::default()),
        };
        let (sender, chunks) = mpsc::channel(CHUNKS);
        let output = output::take_in(
            &step.id,
            chunks,
            self.report,
            &self.masker,
            match (command.keeps_output, command.secret) {
                (false, _) => Keep::No,
                (true, false) => Keep::Shown,
                (true, true) => Keep::Hidden,
            },
            end,
        );
        let run = machine.run(command.job.clone(), sender, end.clone());
        let (ended, captured) = tokio::join!(run, output);
        if matches!(ended, Err(MachineError::ConnectionLost { .. })) {
            self.supplies.machines.forget(&command.host, &machine);
        }
        (ended.map_err(|error| not_run(&error)), captured)
    }

    /// Says what an attempt came to.
    fn judge(
        &self,
        command: &Prepared,
        cut: Cut,
        ended: Result<Ended, Failed>,
        captured: Buffer,
    ) -> Attempt {
        let failed = match (cut, ended) {
            (Cut::TooLong, _) => Failed::new(
                Failure::OutputTooLong,
                "its output is longer than the 1 MiB that can be captured: \
                 write it to a file, or capture less of it",
            ),
            (Cut::TimedOut(limit), _) => timed_out(limit),
            (Cut::Cancelled, _) | (_, Ok(Ended::Cancelled)) => return Attempt::Cancelled,
            (Cut::No, Ok(Ended::Exit(0))) => {
                return Attempt::Success(self.captured(command, captured));
            }
            (Cut::No, Ok(Ended::Exit(code))) => Failed {
                exit_code: Some(code),
                output: self.captured(command, captured),
                ..Failed::new(Failure::ExitCode, format!("exit code {code}"))
            },
            (Cut::No, Ok(Ended::Signal(signal))) => Failed {
                output: self.captured(command, captured),
                ..Failed::new(Failure::Signal, format!("ended by signal {signal}"))
            },
            (Cut::No, Err(failed)) => failed,
        };
        Attempt::Failed(failed)
    }

    /// Makes a value of captured output, and has it masked from now on if it is secret.
    fn captured(&self, command: &Prepared, bytes: Buffer) -> Option<Value> {
        if !command.keeps_output {
            return None;
        }
        let raw = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let secret = command.secret || self.masker.reveals(raw);
        let text = Secret::new(String::from_utf8_lossy(raw).into_owned().into_bytes());
        if secret {
            self.masker.add([&bytes.into_secret(), &text]);
        }
        Some(Value {
            bytes: text,
            secret,
        })
    }

    /// A value that other programs get as an argument or that people read: never a secret.
    fn public(&self, what: &str, template: &Template) -> Result<String, Failed> {
        let value = self.fill(template)?;
        if value.secret {
            let message = format!("its {what} holds a secret, which everybody could see there");
            return Err(Failed::new(Failure::BadValue, message));
        }
        let text = value.lossy();
        match text.contains('\0') {
            true => Err(Failed::new(
                Failure::BadValue,
                format!("its {what} holds a NUL byte"),
            )),
            false => Ok(text),
        }
    }

    /// Whether another step refers to the output of this one.
    fn output_is_used(&self, index: usize) -> bool {
        let plan = self.plan();
        let mut used = false;
        for template in plan.steps.iter().flat_map(PlannedStep::templates) {
            template.visit(&plan.initial, &mut |piece| {
                used |= *piece == Piece::StepOutput(index);
            });
        }
        used
    }
}

/// Why the machine could not run a command, or does not know how it ended.
fn not_run(error: &MachineError) -> Failed {
    let reason = match error {
        MachineError::ConnectionLost { .. } => Failure::ConnectionLost,
        MachineError::NulByte { .. } | MachineError::TooLarge { .. } => Failure::BadValue,
        _ => Failure::NotStarted,
    };
    Failed::new(reason, error.to_string())
}

/// Why there is no connection. A host that does not answer any more is worth another attempt.
fn not_connected(problem: Problem) -> Failed {
    let reason = match problem.kind {
        ProblemKind::HostUnreachable { .. } => Failure::ConnectionLost,
        _ => Failure::NotStarted,
    };
    Failed::new(reason, problem.message)
}

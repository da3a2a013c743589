//! Decides what runs when: dependencies first, written order among the free, so many at once.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::Run;
use crate::event::{RunStatus, Skip, What};

/// How a step has ended, as far as the others care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Success,
    /// Failed, and its `continue_on_failure` is set.
    FailedAsItMay,
    Failed,
    Skipped(Skip),
    Cancelled,
}

impl End {
    fn counts_as_done(self) -> bool {
        matches!(
            self,
            Self::Success | Self::FailedAsItMay | Self::Skipped(Skip::When)
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Waiting,
    Running,
    Ended(End),
}

/// What to do with a step that has not started.
enum Turn {
    Wait,
    Start,
    Skip(Skip, String),
}

impl Run<'_> {
    /// Runs all steps and says how the run ended.
    pub(super) async fn steps(&self) -> RunStatus {
        let mut progress = vec![Progress::Waiting; self.plan().steps.len()];
        let mut running = FuturesUnordered::new();
        loop {
            // Skipping a step can decide others, also ones that are written before it.
            let mut decided = true;
            while std::mem::take(&mut decided) {
                for index in 0..progress.len() {
                    match self.turn(index, &progress, running.len()) {
                        Turn::Wait => {}
                        Turn::Start => {
                            progress[index] = Progress::Running;
                            running.push(async move { (index, self.step(index).await) });
                        }
                        Turn::Skip(reason, message) => {
                            progress[index] = Progress::Ended(End::Skipped(reason));
                            decided = true;
                            self.note_unset_by(index);
                            self.report
                                .send(What::StepSkipped {
                                    step: self.plan().steps[index].id.clone(),
                                    reason,
                                    message,
                                })
                                .await;
                        }
                    }
                }
            }
            match running.next().await {
                Some((index, end)) => {
                    progress[index] = Progress::Ended(end);
                    if end != End::Success {
                        self.note_unset_by(index);
                    }
                }
                None => break,
            }
        }
        status(&progress)
    }

    fn turn(&self, index: usize, progress: &[Progress], running: usize) -> Turn {
        if progress[index] != Progress::Waiting {
            return Turn::Wait;
        }
        if self.cancel.is_cancelled() {
            return Turn::Skip(Skip::Cancelled, "the run was cancelled".into());
        }
        let steps = &self.plan().steps;
        for &need in &steps[index].needs {
            match progress[need] {
                Progress::Ended(end) if !end.counts_as_done() => {
                    let did = match end {
                        End::Skipped(_) => "was skipped",
                        End::Cancelled => "was cancelled",
                        _ => "failed",
                    };
                    let message = format!("it depends on '{}', which {did}", steps[need].id);
                    return Turn::Skip(Skip::Dependency, message);
                }
                _ => {}
            }
        }
        let failed = (progress.iter()).position(|one| *one == Progress::Ended(End::Failed));
        if let Some(failed) = failed
            && !self.request.keep_going
        {
            let message = format!("'{}' failed before its turn", steps[failed].id);
            return Turn::Skip(Skip::RunFailed, message);
        }
        let ready =
            (steps[index].needs.iter()).all(|&need| matches!(progress[need], Progress::Ended(_)));
        match ready && running < self.request.jobs.get() {
            true => Turn::Start,
            false => Turn::Wait,
        }
    }
}

fn status(progress: &[Progress]) -> RunStatus {
    let any = |end: End| progress.contains(&Progress::Ended(end));
    if any(End::Cancelled) || any(End::Skipped(Skip::Cancelled)) {
        RunStatus::Cancelled
    } else if any(End::Failed) {
        RunStatus::Failed
    } else {
        RunStatus::Success
    }
}

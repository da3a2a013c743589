//! The runs that are kept, whoever started them: read from their files by whoever asks, never by the
//! owner of the state.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use runner::record::{History, RunRecord, StepRecord, word};
use serde::Serialize;

use crate::edge::file_uri;
use crate::session::Session;

/// The kept runs, the newest first, with their logs.
#[derive(Debug, Default)]
pub(crate) struct Kept(Vec<(Arc<RunRecord>, PathBuf)>);

/// The last run of a recipe.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LastRun {
    id: String,
    status: &'static str,
    finished: Option<Timestamp>,
}

/// The answer to `doppio/runs`.
#[derive(Debug, Serialize)]
pub(crate) struct RunList {
    runs: Vec<Shown>,
}

#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    recipe: String,
    uri: Option<String>,
    status: &'static str,
    started: Timestamp,
    finished: Option<Timestamp>,
    seconds: Option<f64>,
    log: Option<PathBuf>,
    target: Option<String>,
    ours: bool,
    steps: Vec<StepRecord>,
}

/// Reads the kept runs. Takes as long as reading takes: not for the owner of the state.
pub(crate) fn look_at_runs(history: &Mutex<History>) -> Kept {
    let mut history = history.lock().unwrap_or_else(PoisonError::into_inner);
    // A folder that cannot be read has no runs to show; `doppio runs` says why.
    let runs = history.look().unwrap_or_default();
    let with_log = |run: Arc<RunRecord>| {
        let log = history.log(&run.id);
        (run, log)
    };
    Kept(runs.into_iter().map(with_log).collect())
}

impl Kept {
    /// The last run of each recipe, by its real file.
    pub(super) fn last(&self) -> BTreeMap<PathBuf, LastRun> {
        let mut last = BTreeMap::new();
        for (run, _) in &self.0 {
            let Some(path) = &run.path else { continue };
            last.entry(real(path.clone())).or_insert_with(|| LastRun {
                id: run.id.clone(),
                status: word(run.status),
                finished: run.finished,
            });
        }
        last
    }

    /// The same runs in the same state.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        let (one, other) = (self.0.iter(), other.0.iter());
        one.map(|(run, _)| run).eq(other.map(|(run, _)| run))
    }

    /// Whether runs came, went or ended in between.
    pub(super) fn differs_in_ends(&self, other: &Self) -> bool {
        let ends = |kept: &Self| -> Vec<(String, &'static str)> {
            let end = |(run, _): &(Arc<RunRecord>, PathBuf)| (run.id.clone(), word(run.status));
            kept.0.iter().map(end).collect()
        };
        ends(self) != ends(other)
    }
}

/// The file that a path leads to, if there is one.
pub(super) fn real(path: PathBuf) -> PathBuf {
    path.canonicalize().unwrap_or(path)
}

impl Session {
    /// The newest `limit` runs.
    pub(crate) fn run_list(&self, kept: Kept, limit: usize) -> RunList {
        let show = |(run, log): (Arc<RunRecord>, PathBuf)| Shown {
            id: run.id.clone(),
            recipe: run.recipe.clone(),
            uri: run.path.as_deref().and_then(file_uri),
            status: word(run.status),
            started: run.started,
            finished: run.finished,
            seconds: run.seconds,
            log: Some(log),
            target: run.target.clone(),
            ours: self.panels.ours.contains(&run.id),
            steps: run.steps.clone(),
        };
        RunList {
            runs: kept.0.into_iter().take(limit).map(show).collect(),
        }
    }
}

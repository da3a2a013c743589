//! The runs that are kept: one folder a run with its events and its log, for `doppio runs`,
//! `doppio log` and whoever looks into them later.
//!
//! Folders are 0700 and files 0600, since even masked output is nobody else's. The oldest are
//! removed so that a hundred stay, but never one that is under way: a running run holds a lock on
//! its events, which the system takes off it however it ends.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustix::fs::{FlockOperation, flock};
use serde::Serialize;

use crate::event::{Event, RunStatus, What};
use crate::transcript::Transcript;

/// How many runs are kept.
pub const KEPT: usize = 100;

const EVENTS: &str = "events.jsonl";
const LOG: &str = "log.txt";

/// The folder of all runs.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

/// A run that is being recorded.
#[derive(Debug)]
pub struct KeptRun {
    events: File,
    log: File,
    log_path: PathBuf,
    transcript: Transcript,
}

/// A run as the list shows it.
#[derive(Clone, Debug, Serialize)]
pub struct RunSummary {
    /// Names it for `doppio log`.
    pub id: String,
    /// The recipe's name.
    pub recipe: String,
    /// The recipe's file, if it had one.
    pub path: Option<String>,
    /// The host that it was started for.
    pub target: Option<String>,
    /// When it started.
    pub started: Timestamp,
    /// How it ended, or that it has not.
    pub status: KeptStatus,
    /// Where its masked log is.
    pub log: PathBuf,
}

/// How a kept run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptStatus {
    /// It is under way.
    Running,
    /// It ended without a last word: killed, or the machine went down.
    Interrupted,
    /// It ended and said how.
    #[serde(untagged)]
    Finished(RunStatus),
}

/// Why a kept run cannot be found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// There is no run yet.
    #[error("no run is kept yet: `doppio run FILE` makes the first one")]
    Empty,
    /// No run of that name.
    #[error(
        "no kept run is called '{asked}'; the nearest is '{nearest}' (`doppio runs` lists all)"
    )]
    Unknown {
        /// What was asked for.
        asked: String,
        /// The id that shares the longest beginning with it.
        nearest: String,
    },
    /// More than one.
    #[error("'{asked}' is the beginning of {count} runs, of {first} for one: write more of it")]
    Ambiguous {
        /// What was asked for.
        asked: String,
        /// How many there are.
        count: usize,
        /// One of them.
        first: String,
    },
    /// The folder cannot be read.
    #[error("cannot read the kept runs in {}: {source}", path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Store {
    /// The store in that folder, which need not exist yet.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Starts to record the run of that id (see [`new_id`]), and lets the oldest go.
    ///
    /// # Errors
    /// When the folder cannot be made or written to.
    pub fn create(&self, id: &str) -> io::Result<KeptRun> {
        let folder = self.make()?.join(id);
        DirBuilder::new().mode(0o700).create(&folder)?;
        let events = new_file(&folder.join(EVENTS))?;
        flock(&events, FlockOperation::NonBlockingLockExclusive)?;
        let log_path = folder.join(LOG);
        let run = KeptRun {
            events,
            log: new_file(&log_path)?,
            log_path,
            transcript: Transcript::default(),
        };
        self.prune();
        Ok(run)
    }

    /// Keeps nothing of a run that is over. What cannot be removed now goes with the oldest.
    pub fn forget(&self, id: &str) {
        let _ = fs::remove_dir_all(self.root.join(id));
    }

    /// All kept runs, the newest first. What cannot be read is left out.
    ///
    /// # Errors
    /// When there is a folder of runs and it cannot be read.
    pub fn list(&self) -> Result<Vec<RunSummary>, FindError> {
        let mut ids = self.ids()?;
        ids.reverse();
        Ok(ids.iter().filter_map(|id| self.summary(id)).collect())
    }

    /// The log of a run: its id, the beginning of one, or `latest`.
    ///
    /// # Errors
    /// When there is no such run, or more than one.
    pub fn log_path(&self, asked: &str) -> Result<PathBuf, FindError> {
        let ids = self.ids()?;
        let latest = ids.last().ok_or(FindError::Empty)?;
        if asked == "latest" {
            return Ok(self.root.join(latest).join(LOG));
        }
        let matching: Vec<&String> = ids.iter().filter(|id| id.starts_with(asked)).collect();
        match matching.as_slice() {
            [id] => Ok(self.root.join(id).join(LOG)),
            [] => Err(FindError::Unknown {
                asked: asked.to_owned(),
                nearest: ids
                    .iter()
                    .max_by_key(|id| common_prefix(id, asked))
                    .unwrap_or(latest)
                    .clone(),
            }),
            [first, ..] => Err(FindError::Ambiguous {
                asked: asked.to_owned(),
                count: matching.len(),
                first: (*first).clone(),
            }),
        }
    }

    /// Makes the folder, for the user alone, so that it can be watched.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn make(&self) -> io::Result<&Path> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.root)?;
        Ok(&self.root)
    }

    pub(crate) fn events_of(&self, id: &str) -> PathBuf {
        self.root.join(id).join(EVENTS)
    }

    pub(crate) fn log_of(&self, id: &str) -> PathBuf {
        self.root.join(id).join(LOG)
    }

    /// The ids of all runs, the oldest first.
    pub(crate) fn ids(&self) -> Result<Vec<String>, FindError> {
        let entries = match fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => {
                return Err(FindError::Unreadable {
                    path: self.root.clone(),
                    source,
                });
            }
        };
        let mut ids: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| is_id(name))
            .collect();
        ids.sort_unstable();
        Ok(ids)
    }

    fn summary(&self, id: &str) -> Option<RunSummary> {
        let folder = self.root.join(id);
        let events = File::open(folder.join(EVENTS)).ok()?;
        let (first, last) = first_and_last_line(&events)?;
        let first: Event = serde_json::from_str(&first).ok()?;
        let What::RunStarted {
            recipe,
            path,
            target,
            ..
        } = first.what
        else {
            return None;
        };
        let status = match serde_json::from_str::<Event>(&last).map(|event| event.what) {
            Ok(What::RunFinished { status, .. }) => KeptStatus::Finished(status),
            _ if is_locked(&events) => KeptStatus::Running,
            _ => KeptStatus::Interrupted,
        };
        Some(RunSummary {
            id: id.to_owned(),
            recipe,
            path,
            target,
            started: first.time,
            status,
            log: folder.join(LOG),
        })
    }

    /// Removes the oldest runs so that [`KEPT`] stay. Whatever cannot be removed now is tried again
    /// after the next run, so errors end nothing.
    fn prune(&self) {
        let Ok(ids) = self.ids() else { return };
        let too_many = ids.len().saturating_sub(KEPT);
        let ended = ids.iter().filter(|id| {
            File::open(self.root.join(id).join(EVENTS)).map_or(true, |events| !is_locked(&events))
        });
        ended.take(too_many).for_each(|id| self.forget(id));
    }
}

impl KeptRun {
    /// Where its log is.
    pub fn log_path(&self) -> &Path {
        &self.log_path
    }

    /// Writes an event down.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn record(&mut self, event: &Event) -> io::Result<()> {
        self.events.write_all(event.to_line()?.as_bytes())?;
        self.log.write_all(self.transcript.lines(event).as_bytes())
    }
}

fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .append(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// A name for a new run. It sorts by time and is unique by chance: `20261123T203344Z-5f3a91c0`.
pub fn new_id() -> String {
    let time = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let random = getrandom::u32().unwrap_or_else(|_| std::process::id());
    format!("{time}-{random:08x}")
}

fn is_id(name: &str) -> bool {
    name.len() == 25
        && name.as_bytes()[16] == b'-'
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether another process, or another handle of this one, holds the lock.
pub(crate) fn is_locked(events: &File) -> bool {
    match flock(events, FlockOperation::NonBlockingLockShared) {
        Ok(()) => {
            let _ = flock(events, FlockOperation::Unlock);
            false
        }
        Err(_) => true,
    }
}

fn first_and_last_line(file: &File) -> Option<(String, String)> {
    let mut lines = BufReader::new(file).lines().map_while(Result::ok);
    let first = lines.next()?;
    let last = lines.last().unwrap_or_else(|| first.clone());
    Some((first, last))
}

fn common_prefix(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn started(id: &str) -> Event {
        Event::now(What::RunStarted {
            version: crate::event::VERSION,
            run_id: id.into(),
            recipe: "demo".into(),
            path: None,
            target: Some("gpu-1".into()),
            steps: Vec::new(),
        })
    }

    fn finished() -> Event {
        Event::now(What::RunFinished {
            status: RunStatus::Failed,
            seconds: 1.0,
        })
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("exists").permissions().mode() & 0o777
    }

    #[test]
    fn a_run_is_private_and_its_state_is_known() {
        let home = tempfile::tempdir().expect("a folder");
        let store = Store::at(home.path().join("state/runs"));
        assert!(store.list().expect("an empty list").is_empty());
        let mut run = store.create(&new_id()).expect("a run");
        run.record(&started("x")).expect("written");
        let folder = run.log_path().parent().expect("a folder").to_owned();
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join(EVENTS)), 0o600);
        assert_eq!(mode(&folder.join(LOG)), 0o600);
        assert_eq!(store.list().expect("one")[0].status, KeptStatus::Running);
        run.record(&finished()).expect("written");
        let listed = store.list().expect("one");
        assert_eq!(listed[0].status, KeptStatus::Finished(RunStatus::Failed));
        assert_eq!(listed[0].recipe, "demo");
        let json = serde_json::to_value(&listed[0]).expect("json");
        assert_eq!(json["status"], "failed");
    }

    #[test]
    fn a_killed_run_is_interrupted() {
        let home = tempfile::tempdir().expect("a folder");
        let store = Store::at(home.path());
        let mut run = store.create(&new_id()).expect("a run");
        run.record(&started("x")).expect("written");
        drop(run);
        assert_eq!(
            store.list().expect("one")[0].status,
            KeptStatus::Interrupted
        );
    }

    #[test]
    fn a_hundred_stay_and_the_running_one_is_among_them() {
        let home = tempfile::tempdir().expect("a folder");
        let store = Store::at(home.path());
        let old = |n: usize| format!("20200101T000000Z-{n:08x}");
        for n in 0..KEPT + 5 {
            let folder = home.path().join(old(n));
            fs::create_dir(&folder).expect("made");
            fs::write(folder.join(EVENTS), "").expect("written");
        }
        fs::create_dir(home.path().join("something else")).expect("made");
        let oldest = File::open(home.path().join(old(0)).join(EVENTS)).expect("open");
        flock(&oldest, FlockOperation::LockExclusive).expect("locked");
        let id = new_id();
        let _run = store.create(&id).expect("a run");
        let ids = store.ids().expect("listed");
        assert_eq!(ids.len(), KEPT);
        assert_eq!(ids[0], old(0), "it is running");
        assert_eq!(ids[1], old(7));
        assert_eq!(ids.last().map(String::as_str), Some(id.as_str()));
        assert!(home.path().join("something else").exists());
    }

    #[test]
    fn runs_are_found_by_their_beginning() {
        let home = tempfile::tempdir().expect("a folder");
        let store = Store::at(home.path());
        assert!(matches!(store.log_path("latest"), Err(FindError::Empty)));
        for id in ["20260101T000000Z-00000001", "20260201T000000Z-00000002"] {
            fs::create_dir(home.path().join(id)).expect("made");
        }
        let log = |asked: &str| store.log_path(asked).map_err(|error| error.to_string());
        let second = home.path().join("20260201T000000Z-00000002").join(LOG);
        assert_eq!(log("latest"), Ok(second.clone()));
        assert_eq!(log("202602"), Ok(second));
        assert!(
            log("2026")
                .expect_err("two")
                .contains("beginning of 2 runs")
        );
        assert!(
            log("202603")
                .expect_err("none")
                .contains("the nearest is '2026")
        );
    }
}

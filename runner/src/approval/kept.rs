//! What this user has approved: `approvals.json` in the state folder, outside of any workspace, so
//! that no folder that is opened can bring its own.

use std::collections::VecDeque;
use std::path::Path;

use jiff::Timestamp;
use recipe::Effects;
use serde::{Deserialize, Serialize};

use crate::private_file::PrivateFile;

/// The newest so many are kept.
const MOST: usize = 500;
/// … and no more than this in all, in bytes.
const LARGEST: usize = 1 << 20;
/// Of effects that take more, only the hash is kept: they cannot be compared later.
const LARGEST_ONE: usize = 64 << 10;

/// Where approvals are kept.
#[derive(Clone, Debug)]
pub struct Approvals(Option<PrivateFile>);

/// Everything that is remembered, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    version: u32,
    approved: VecDeque<Record>,
}

/// Something that was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    hash: String,
    /// The recipe's file, to compare the next version with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effects: Option<Effects>,
}

impl Approvals {
    /// Those in the user's state folder.
    pub fn new(state: &Path) -> Self {
        Self(Some(PrivateFile::new(&state.join("approvals.json"))))
    }

    /// Remembers nothing.
    pub fn nowhere() -> Self {
        Self(None)
    }

    /// What is remembered. A file that cannot be read approves nothing.
    pub(super) fn load(&self) -> Known {
        let text = self.0.as_ref().and_then(|file| file.read().ok().flatten());
        text.and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default()
    }

    /// Remembers an approval; the error is a warning for people.
    pub(super) fn remember(&self, path: Option<String>, effects: Effects) -> Result<(), String> {
        let Some(file) = &self.0 else {
            return Ok(());
        };
        let written = file.lock().and_then(|_lock| {
            let mut known = self.load();
            known.add(path, effects);
            file.replace(&serde_json::to_vec(&known)?)
        });
        written.map_err(|error| {
            let path = file.path().display();
            format!("this approval is not remembered, {path} cannot be written: {error}")
        })
    }
}

impl Known {
    /// Whether effects of this hash were approved.
    pub(super) fn holds(&self, hash: &str) -> bool {
        self.approved.iter().any(|record| record.hash == hash)
    }

    /// What the file at `path` did when it was approved last.
    pub(super) fn last_of(&self, path: &str) -> Option<(Timestamp, Effects)> {
        let newest_first = self.approved.iter().rev();
        let mut of_path = newest_first.filter(|record| record.path.as_deref() == Some(path));
        let record = of_path.next()?;
        Some((record.time, record.effects.clone()?))
    }

    fn add(&mut self, path: Option<String>, effects: Effects) {
        self.version = 1;
        self.approved.retain(|record| record.hash != effects.hash);
        self.approved.push_back(Record {
            hash: effects.hash.clone(),
            path,
            time: crate::event::now(),
            effects: (size(&effects) <= LARGEST_ONE).then_some(effects),
        });
        let mut total: usize = self.approved.iter().map(size).sum();
        while self.approved.len() > MOST || total > LARGEST {
            let Some(oldest) = self.approved.pop_front() else {
                break;
            };
            total -= size(&oldest);
        }
    }
}

fn size(what: &impl Serialize) -> usize {
    serde_json::to_vec(what).map_or(usize::MAX, |text| text.len())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use recipe::effects::{Does, OnHost};

    use super::*;

    fn effects(hash: &str, text: &str) -> Effects {
        let commands = vec![Does {
            text: text.to_owned(),
            ..Does::default()
        }];
        Effects {
            hash: hash.to_owned(),
            hosts: vec![OnHost {
                commands,
                ..OnHost::default()
            }],
        }
    }

    #[test]
    fn what_was_approved_is_known_to_the_user_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let state = folder.path().join("state/doppio");
        let approvals = Approvals::new(&state);
        assert!(!approvals.load().holds("one"));
        let path = || Some("/a.toml".to_owned());
        approvals
            .remember(path(), effects("one", "ls"))
            .expect("kept");
        approvals
            .remember(path(), effects("two", "pwd"))
            .expect("kept");
        approvals
            .remember(path(), effects("one", "ls"))
            .expect("kept");
        let known = Approvals::new(&state).load();
        assert!(known.holds("one") && known.holds("two") && !known.holds("three"));
        assert_eq!(known.approved.len(), 2);
        let (_, last) = known.last_of("/a.toml").expect("known");
        assert_eq!(last.hash, "one");
        assert_eq!(known.last_of("/b.toml"), None);
        let mode = std::fs::metadata(state.join("approvals.json"))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let mut known = Known::default();
        for n in 0..MOST + 20 {
            known.add(None, effects(&n.to_string(), "ls"));
        }
        assert_eq!(known.approved.len(), MOST);
        assert!(!known.holds("0") && known.holds("519"));
        let long = "x".repeat(60 << 10);
        for n in 0..30 {
            known.add(None, effects(&format!("long {n}"), &long));
        }
        assert!(size(&known) <= LARGEST + 1024 && known.holds("long 29"));
        known.add(
            Some("/a".to_owned()),
            effects("huge", &"x".repeat(LARGEST_ONE)),
        );
        assert!(known.holds("huge") && known.last_of("/a").is_none());
    }

    #[test]
    fn a_damaged_file_approves_nothing_and_is_written_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("approvals.json");
        let approvals = Approvals::new(folder.path());
        for damaged in ["", "{", "[]", "{\"version\":1,\"approved\":[{\"hash\":7}]}"] {
            std::fs::write(&file, damaged).expect("written");
            assert!(!approvals.load().holds("one"));
        }
        approvals
            .remember(None, effects("one", "ls"))
            .expect("kept");
        assert!(approvals.load().holds("one"));
        Approvals::nowhere()
            .remember(None, effects("one", "ls"))
            .expect("nothing to do");
    }
}

//! The index of names: what completion shows while the keychain cannot tell, and the only place of
//! descriptions and times. No value ever comes here.
//!
//! `secret-names.json` in the user's state folder, readable by the user only, replaced as a whole. A
//! file that cannot be read is reported, then written anew; the keychain stays the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use recipe::SecretName;
use serde::{Deserialize, Serialize};

use super::store::Found;
use crate::private_file::PrivateFile;

/// The file, wherever it is.
#[derive(Clone, Debug)]
pub(super) struct IndexFile(PrivateFile);

/// What the index knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    /// When the keychain was last listed as a whole.
    pub(super) as_of: Option<Timestamp>,
    pub(super) names: BTreeMap<SecretName, Note>,
}

/// What is remembered about a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    /// When the value was stored, as far as is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<Timestamp>,
}

/// Why the index could not be read or written. Nothing depends on it but comfort.
#[derive(Debug, thiserror::Error)]
pub(super) enum IndexError {
    #[error("the index of secret names {0} is damaged and will be written anew: {1}")]
    Damaged(PathBuf, serde_json::Error),
    #[error("the index of secret names {0} cannot be used: {1}")]
    Io(PathBuf, io::Error),
}

impl IndexFile {
    pub(super) fn new(path: &Path) -> Self {
        Self(PrivateFile::new(path))
    }

    /// What the index knows; nothing if there is none yet.
    pub(super) fn load(&self) -> Result<Index, IndexError> {
        let path = || self.0.path().to_owned();
        match self
            .0
            .read()
            .map_err(|error| IndexError::Io(path(), error))?
        {
            Some(text) => Index::parse(&text).map_err(|error| IndexError::Damaged(path(), error)),
            None => Ok(Index::default()),
        }
    }

    /// Changes the index under a lock, so that two processes do not lose each other's changes, and
    /// returns what it then is. A damaged one starts anew.
    pub(super) fn update(&self, change: impl FnOnce(&mut Index)) -> Result<Index, IndexError> {
        let io = |error| IndexError::Io(self.0.path().to_owned(), error);
        let _lock = self.0.lock().map_err(io)?;
        let before = self.load().unwrap_or_default();
        let mut index = before.clone();
        change(&mut index);
        if index != before {
            let text = index.render().map_err(io::Error::from).map_err(io)?;
            self.0.replace(&text).map_err(io)?;
        }
        Ok(index)
    }
}

impl Index {
    /// Takes a listing in. Descriptions stay; names that are gone go, unless some were hidden.
    pub(super) fn refresh(&mut self, found: &Found, now: Timestamp) {
        if found.hidden == 0 {
            self.names.retain(|name, _| found.names.contains_key(name));
            self.as_of = Some(now);
        }
        for (name, since) in &found.names {
            let note = self.names.entry(name.clone()).or_default();
            note.since = note.since.or(*since);
        }
    }

    pub(super) fn known(&self) -> BTreeSet<SecretName> {
        self.names.keys().cloned().collect()
    }

    fn parse(text: &[u8]) -> serde_json::Result<Self> {
        let file: Layout = serde_json::from_slice(text)?;
        // A name that is no name is somebody's edit: the rest still counts.
        let named = |(name, note): (String, Note)| Some((SecretName::parse(&name).ok()?, note));
        Ok(Self {
            as_of: file.as_of,
            names: file.names.into_iter().filter_map(named).collect(),
        })
    }

    fn render(&self) -> serde_json::Result<Vec<u8>> {
        let names = self
            .names
            .iter()
            .map(|(name, note)| (name.to_string(), note.clone()));
        serde_json::to_vec_pretty(&Layout {
            version: 1,
            as_of: self.as_of,
            names: names.collect(),
        })
    }
}

/// The file's layout.
#[derive(Serialize, Deserialize)]
struct Layout {
    version: u32,
    as_of: Option<Timestamp>,
    names: BTreeMap<String, Note>,
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn name(text: &str) -> SecretName {
        SecretName::parse(text).expect(text)
    }

    fn found(names: &[&str], hidden: usize) -> Found {
        let since = Timestamp::from_second(1_700_000_000).ok();
        Found {
            names: names.iter().map(|text| (name(text), since)).collect(),
            hidden,
        }
    }

    #[test]
    fn a_listing_keeps_descriptions_and_drops_what_is_gone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = IndexFile::new(&folder.path().join("state/secret-names.json"));
        assert_eq!(file.load().expect("no file is no error"), Index::default());
        let now = Timestamp::now();
        let describe = |index: &mut Index| {
            index.refresh(&found(&["a", "b"], 0), now);
            index.names.entry(name("a")).or_default().description = Some("first".to_owned());
        };
        file.update(describe).expect("the folder is made");
        let index = file
            .update(|index| index.refresh(&found(&["a", "c"], 0), now))
            .expect("written");
        assert_eq!(index.known().len(), 2);
        assert_eq!(
            index.names[&name("a")].description.as_deref(),
            Some("first")
        );
        assert_eq!(file.load().expect("readable"), index);
        let index = file
            .update(|index| index.refresh(&found(&["d"], 1), now))
            .expect("written");
        assert_eq!(index.known().len(), 3, "hidden names may still be there");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("state/secret-names.json");
        let refresh = |index: &mut Index| index.refresh(&found(&["a"], 0), Timestamp::now());
        IndexFile::new(&path).update(refresh).expect("written");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(
            (mode(&path), mode(path.parent().expect("a folder"))),
            (0o600, 0o700)
        );
    }

    #[test]
    fn a_damaged_index_is_reported_and_written_anew() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("secret-names.json");
        fs::write(&path, "{\"version\":1,").expect("writable");
        let file = IndexFile::new(&path);
        let error = file.load().expect_err("it is damaged").to_string();
        assert!(error.contains("secret-names.json is damaged"), "{error}");
        file.update(|index| index.refresh(&found(&["a"], 0), Timestamp::now()))
            .expect("written");
        assert_eq!(
            file.load().expect("whole again").known(),
            BTreeSet::from([name("a")])
        );
    }

    #[test]
    fn another_process_that_holds_it_does_not_block_for_long() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = IndexFile::new(&folder.path().join("secret-names.json"));
        let _held = file.0.lock().expect("free");
        let error = file.update(|_| ()).expect_err("it is held");
        assert!(matches!(error, IndexError::Io(..)));
    }
}

//! What `.gitignore` files leave out.
//!
//! They are read here and not by the walk, which would wait for a pipe of that name and read a link to
//! `/dev/zero` to an end that does not come.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, Match};

/// More than anybody writes into one.
const MOST_BYTES: u64 = 1 << 20;

/// The rules of each folder that was asked about.
#[derive(Default)]
pub(super) struct Ignores(HashMap<PathBuf, Rules>);

struct Rules {
    rules: Gitignore,
    /// What stands in the folders around a repository is not about what is in it.
    is_repository: bool,
}

impl Ignores {
    /// Whether a `.gitignore` leaves it out, in the nearest folder that has a rule about it.
    pub(super) fn leaves_out(&mut self, entry: &DirEntry) -> bool {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let Ok(path) = std::path::absolute(entry.path()) else {
            return false;
        };
        for folder in path.ancestors().skip(1) {
            let rules = match self.0.get(folder) {
                Some(rules) => rules,
                None => self.0.entry(folder.to_owned()).or_insert(Rules::of(folder)),
            };
            match rules.rules.matched(&path, is_folder) {
                Match::None if rules.is_repository => return false,
                Match::None => {}
                found => return found.is_ignore(),
            }
        }
        false
    }
}

impl Rules {
    /// Those of one folder; a file or line that cannot be read has none.
    fn of(folder: &Path) -> Self {
        let mut builder = GitignoreBuilder::new(folder);
        let text = super::read(&folder.join(".gitignore"), MOST_BYTES).unwrap_or_default();
        for line in text.lines() {
            let _ = builder.add_line(None, line);
        }
        Self {
            rules: builder.build().unwrap_or_else(|_| Gitignore::empty()),
            is_repository: folder.join(".git").symlink_metadata().is_ok(),
        }
    }
}

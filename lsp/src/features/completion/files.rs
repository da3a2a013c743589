//! Paths on this machine. What stands in a folder is read elsewhere, since that may take its time:
//! [`query`] says which folder, [`items`] makes something of what was in it.

use std::path::{Path, PathBuf};

use recipe::cursor::{Cursor, Place};
use recipe::{Analysis, Span};

use super::{Item, ItemKind, word};
use crate::features::paths::{self, Base};

/// More than this of a folder nobody looks through.
const MOST: usize = 1000;

/// A folder to look into, for the path under the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    folder: PathBuf,
    /// What of the path is replaced: the name under the cursor.
    replace: Span,
    /// Whether names that start with a dot are wanted.
    hidden: bool,
    /// The quote that a file is closed with, where there is none.
    closing: &'static str,
}

/// Which folder to look into, if a path on this machine is under the cursor.
pub(crate) fn query(analysis: &Analysis, offset: usize, base: &Base) -> Option<Query> {
    let cursor = Cursor::of(analysis, offset);
    let Place::String { quotes, .. } = &cursor.place else {
        return None;
    };
    if !paths::is_local(&cursor.path) || quotes.multiline {
        return None;
    }
    let before = &analysis.text[quotes.content.start..offset];
    let limit = word::until(&analysis.text, quotes);
    let after = &analysis.text[offset..limit.max(offset)];
    // A reference or an escape leads nobody knows where.
    if before.contains(['$', '\\']) {
        return None;
    }
    let (folder, typed) = match before.rfind('/') {
        Some(slash) => before.split_at(slash + 1),
        None => ("", before),
    };
    // A folder brings its own slash.
    let end = after.find('/').map_or(after.len(), |slash| slash + 1);
    Some(Query {
        folder: base.resolve(folder)?,
        replace: Span::new(offset - typed.len(), offset + end),
        hidden: typed.starts_with('.'),
        closing: match end == after.len() {
            true => word::closing(&analysis.text, quotes, offset + end),
            false => "",
        },
    })
}

impl Query {
    /// What is in the folder: names, and whether each is a folder. Only names are read.
    pub(crate) fn read(&self) -> Vec<(String, bool)> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten();
        let entries = entries.take(MOST).flatten();
        let mut names: Vec<(String, bool)> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let is_plain = !name.contains(['"', '\'', '\\', '$']);
                let is_wanted = self.hidden || !name.starts_with('.');
                let is_safe = is_plain && !name.contains(char::is_control);
                (is_safe && is_wanted).then(|| (name, is_folder(&entry.path())))
            })
            .collect();
        names.sort();
        names
    }

    /// The items for what was in the folder.
    pub(crate) fn items(&self, names: Vec<(String, bool)>) -> Vec<Item> {
        let item = |(name, is_folder): (String, bool)| match is_folder {
            true => Item::new(format!("{name}/"), ItemKind::Folder, self.replace),
            false => {
                let written = format!("{name}{}", self.closing);
                Item::new(name, ItemKind::File, self.replace).insert(written)
            }
        };
        names.into_iter().map(item).collect()
    }
}

fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::features::testing::at_cursor;

    fn check(typed: &str) -> Option<Vec<String>> {
        let home = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(home.path().join("data/deep")).expect("folders can be made");
        for name in ["data/a.csv", "data/.hidden", "data/it's"] {
            fs::write(home.path().join(name), "").expect("files can be made");
        }
        let base = Base {
            folder: Some(home.path().join("data")),
            home: Some(home.path().to_owned()),
        };
        let text =
            format!("[[step]]\nrsync_upload = {{ local_path = {typed}, remote_path = '$1' }}\n");
        let (analysis, offset) = at_cursor(&text);
        let query = query(&analysis, offset, &base)?;
        let mut texts = Vec::new();
        for item in query.items(query.read()) {
            let mut text = analysis.text.to_string();
            text.replace_range(item.replace.range(), &item.insert);
            let value = text.split("local_path = ").nth(1).unwrap_or_default();
            texts.push(value.split(", ").next().unwrap_or_default().to_owned());
        }
        Some(texts)
    }

    #[test]
    fn what_is_in_the_folder_replaces_the_name_under_the_cursor() {
        let found = |typed| check(typed).unwrap_or_default();
        assert_eq!(found("'$0'"), ["'a.csv'", "'deep/'"]);
        assert_eq!(found("\"~/da$0xx/y\""), ["\"~/data/y\""]);
        assert_eq!(found("'.$0'"), ["'.hidden'", "'a.csv'", "'deep/'"]);
        assert_eq!(
            found("'../data/d$0'"),
            ["'../data/a.csv'", "'../data/deep/'"]
        );
        // A string that nobody closed ends before what is around it.
        assert_eq!(found("'a.$0"), ["'a.csv'", "'deep/"]);
        assert_eq!(found("'none/$0'"), [""; 0]);
        assert_eq!(check("'${x}/$0'"), None);
        assert_eq!(check("1 # $0"), None);
    }
}

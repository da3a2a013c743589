//! Finds the recipes in a folder, for `doppio check DIR` and the editor's list of recipes.
//!
//! [`recipes`] walks a folder as git would: what `.gitignore` leaves out, hidden files
//! (but for `.doppio`) and `node_modules` are passed over, links are not followed, other file systems not entered. It
//! opens nothing but regular files named `*.toml`, and stops at [`Limits`]: nobody is to wait for a folder
//! that somebody else filled.

mod ignores;

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder};
use recipe::syntax;

use ignores::Ignores;

/// How much is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Files and folders.
    pub entries: usize,
    /// Folders in folders.
    pub depth: usize,
    /// Bytes of one file.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 200_000,
            depth: 32,
            bytes: 4 << 20,
        }
    }
}

/// What a search came upon besides recipes.
#[derive(Debug, Default)]
pub struct Search {
    /// Whether everything was looked at; else a limit or the caller ended it.
    pub complete: bool,
    /// The folders that were looked into.
    pub folders: Vec<PathBuf>,
    /// What could not be looked at.
    pub unreadable: Vec<Unreadable>,
}

/// What could not be looked at.
#[derive(Debug)]
pub struct Unreadable {
    /// The file or folder.
    pub path: PathBuf,
    /// Why, as the system says it or in our words.
    pub why: String,
    /// The same for programs.
    pub kind: io::ErrorKind,
}

/// The kind of error where a file is no text.
const NOT_TEXT: io::ErrorKind = io::ErrorKind::InvalidData;

/// Calls `found` with path and text of every recipe below `root`, in order of path, until it breaks
/// off. The text is without a byte order mark.
pub fn recipes(
    root: &Path,
    limits: Limits,
    mut found: impl FnMut(PathBuf, String) -> ControlFlow<()>,
) -> Search {
    let mut search = Search::default();
    let ignores = Mutex::new(Ignores::default());
    let mut walk = WalkBuilder::new(root);
    walk.standard_filters(false)
        .git_global(true)
        .require_git(false)
        .same_file_system(true)
        .max_depth(Some(limits.depth))
        .sort_by_file_name(std::ffi::OsStr::cmp)
        .filter_entry(move |entry| {
            let mut ignores = ignores.lock().unwrap_or_else(PoisonError::into_inner);
            entry.depth() == 0 || is_entered(entry) && !ignores.leaves_out(entry)
        });
    for (count, entry) in walk.build().enumerate() {
        if count >= limits.entries {
            return search;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = path_of(&error).unwrap_or(root).to_owned();
                search.unreadable.push(Unreadable::walking(path, &error));
                continue;
            }
        };
        if entry.file_type().is_some_and(|kind| kind.is_dir()) {
            search.folders.push(entry.into_path());
            continue;
        }
        if !is_candidate(&entry) {
            continue;
        }
        let text = match read(entry.path(), limits.bytes) {
            Ok(text) => text,
            // TOML is UTF-8: what is not is somebody else's, unless its name says that it is ours.
            Err(error) if error.kind() == NOT_TEXT && !is_named(&entry) => continue,
            Err(error) => {
                search.unreadable.push(Unreadable {
                    path: entry.into_path(),
                    why: error.to_string(),
                    kind: error.kind(),
                });
                continue;
            }
        };
        if is_recipe(&text, &entry) && found(entry.into_path(), text).is_break() {
            return search;
        }
    }
    search.complete = true;
    search
}

/// Whether a folder holds more than anybody's project: the root of a file system, or a home or what
/// holds homes. Nobody means all of it unless they say so.
pub fn is_too_wide(root: &Path) -> bool {
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let home = etcetera::home_dir().ok();
    let home = home.map(|home| home.canonicalize().unwrap_or(home));
    real.parent().is_none() || home.is_some_and(|home| home.starts_with(&real))
}

/// The text of a regular file of at most `limit` bytes, without a byte order mark. Nothing waits for
/// what only looks like a file.
///
/// # Errors
/// When it cannot be read, is no regular file, is longer, or is not UTF-8.
pub fn read(path: &Path, limit: u64) -> io::Result<String> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let why = format!("it is longer than {} KiB", limit / 1024);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(match text.strip_prefix('\u{feff}') {
            Some(text) => text.to_owned(),
            None => text,
        }),
        Err(error) => {
            let why = format!("it is not UTF-8: {}", error.utf8_error());
            Err(io::Error::new(NOT_TEXT, why))
        }
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    // A pipe that takes the file's place between two looks is not waited for.
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW;
    let flags = i32::try_from(flags.bits()).unwrap_or(0);
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// Of hidden folders only our own is looked into.
fn is_entered(entry: &DirEntry) -> bool {
    let name = entry.file_name().as_encoded_bytes();
    name != b"node_modules" && (!name.starts_with(b".") || name == b".doppio")
}

fn is_candidate(entry: &DirEntry) -> bool {
    let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
    is_file && entry.path().extension().is_some_and(|it| it == "toml")
}

fn is_recipe(text: &str, entry: &DirEntry) -> bool {
    // What is no recipe for certain need not be parsed.
    let may_be = text.contains("recipe") || text.contains("step");
    is_named(entry) || may_be && syntax::is_recipe(&syntax::parse(text), None)
}

/// Whether it is a recipe by its name.
fn is_named(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_str();
    name.is_some_and(|name| name.ends_with(".recipe.toml"))
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}

impl Unreadable {
    fn walking(path: PathBuf, error: &ignore::Error) -> Self {
        let system = error.io_error();
        Self {
            path,
            why: system.map_or_else(|| error.to_string(), ToString::to_string),
            kind: system.map_or(io::ErrorKind::Other, io::Error::kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const RECIPE: &str = "[recipe]\nname = \"x\"\n";

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        folder
    }

    fn found(root: &Path, limits: Limits) -> (Vec<String>, Search) {
        let mut all = Vec::new();
        let search = recipes(root, limits, |path, _| {
            let path = path.strip_prefix(root).expect("below the root");
            all.push(path.to_str().expect("UTF-8").replace('\\', "/"));
            ControlFlow::Continue(())
        });
        (all, search)
    }

    #[test]
    fn recipes_are_found_as_git_sees_files() {
        let folder = folder(&[
            ("b.toml", RECIPE),
            ("a/one.toml", "\u{feff}[[step]]\nid = \"x\"\n"),
            ("a/empty.recipe.toml", ""),
            ("a/Cargo.toml", "[package]\nname = \"recipe\"\n"),
            ("a/notes.txt", RECIPE),
            (".hidden/x.toml", RECIPE),
            (".doppio/own.toml", RECIPE),
            ("node_modules/p/x.toml", RECIPE),
            (".gitignore", "/build\n*.tmp.toml\n"),
            ("build/x.toml", RECIPE),
            ("a/x.tmp.toml", RECIPE),
        ]);
        let (all, search) = found(folder.path(), Limits::default());
        let expected = [
            ".doppio/own.toml",
            "a/empty.recipe.toml",
            "a/one.toml",
            "b.toml",
        ];
        assert_eq!(all, expected);
        assert_eq!(search.folders.len(), 3, "{search:?}");
        assert!(search.complete && search.unreadable.is_empty());
    }

    #[test]
    fn limits_end_the_search() {
        let folder = folder(&[
            ("a.toml", RECIPE),
            ("b.toml", RECIPE),
            ("c/d/e.toml", RECIPE),
        ]);
        let few = Limits {
            entries: 2,
            ..Limits::default()
        };
        let (all, search) = found(folder.path(), few);
        assert_eq!(
            (all.as_slice(), search.complete),
            (&["a.toml".to_owned()][..], false)
        );
        let flat = Limits {
            depth: 1,
            ..Limits::default()
        };
        assert_eq!(found(folder.path(), flat).0, ["a.toml", "b.toml"]);
        let short = Limits {
            bytes: 4,
            ..Limits::default()
        };
        let (all, search) = found(folder.path(), short);
        assert_eq!((all.len(), search.unreadable.len()), (0, 3));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_pipes_are_left_alone() {
        let outside = folder(&[("x.toml", RECIPE), ("sub/y.toml", RECIPE)]);
        let folder = folder(&[("a.toml", RECIPE)]);
        let link = |to: &str, name: &str| {
            std::os::unix::fs::symlink(outside.path().join(to), folder.path().join(name))
                .expect("a link");
        };
        link("x.toml", "x.toml");
        link("sub", "sub");
        let pipe = folder.path().join("pipe.toml");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .expect("a pipe");
        assert_eq!(found(folder.path(), Limits::default()).0, ["a.toml"]);
        let error = read(&pipe, 10).expect_err("no file").to_string();
        assert_eq!(error, "it is no regular file");
    }

    #[cfg(unix)]
    #[test]
    fn an_ignore_file_without_an_end_is_not_read() {
        let folder = folder(&[("a.toml", RECIPE), ("sub/b.toml", RECIPE)]);
        for name in [".gitignore", "sub/.gitignore", "sub/.ignore"] {
            std::os::unix::fs::symlink("/dev/zero", folder.path().join(name)).expect("a link");
        }
        let (all, search) = found(folder.path(), Limits::default());
        assert_eq!(all, ["a.toml", "sub/b.toml"]);
        assert!(search.complete);
    }

    #[test]
    fn the_nearest_ignore_file_decides_and_those_of_other_repositories_do_not() {
        let folder = folder(&[
            (".gitignore", "*.toml\n"),
            ("kept/.gitignore", "!a.toml\n"),
            ("kept/a.toml", RECIPE),
            ("kept/b.toml", RECIPE),
            ("other/.git/config", ""),
            ("other/c.toml", RECIPE),
        ]);
        let all = |root: &Path| found(root, Limits::default()).0;
        assert_eq!(all(folder.path()), ["kept/a.toml", "other/c.toml"]);
        assert_eq!(all(&folder.path().join("kept")), ["a.toml"]);
    }

    #[test]
    fn homes_and_roots_are_too_wide() {
        let home = etcetera::home_dir().expect("a home");
        assert!(is_too_wide(Path::new("/")) && is_too_wide(&home));
        assert!(home.parent().is_none_or(is_too_wide));
        assert!(!is_too_wide(&home.join("project")));
    }
}

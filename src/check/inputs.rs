//! What is to be checked: files, the recipes in folders, standard input.

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use recipe::{Analyser, Analysis};
use runner::find;

use crate::report::{self, WRONG_USE};
use crate::source;

/// A byte order mark.
pub(crate) const MARK: &str = "\u{feff}";

/// The recipes that were found.
#[derive(Default)]
pub(crate) struct Inputs {
    /// In the order they were named.
    pub(crate) recipes: Vec<Input>,
    /// Whether a folder was searched.
    pub(super) has_folders: bool,
    /// What could not be checked; it has been said.
    pub(crate) failures: Vec<Failure>,
    analyser: Analyser,
    seen: HashSet<PathBuf>,
}

/// Something that could not be checked.
pub(crate) struct Failure {
    pub(crate) path: PathBuf,
    pub(crate) what: String,
}

/// A recipe that was found.
pub(crate) struct Input {
    /// Its path, or what standard input goes by.
    pub(crate) path: PathBuf,
    /// The byte order mark that standard input began with, or none; of a file nothing is said.
    pub(crate) stdin_mark: Option<&'static str>,
    pub(crate) analysis: Analysis,
}

impl Inputs {
    /// Reads all of `paths`. `stdin_path` is what standard input goes by.
    pub(crate) fn read(paths: &[PathBuf], stdin_path: Option<&Path>) -> Self {
        let mut inputs = Self::default();
        for path in paths {
            if path.as_os_str() == "-" {
                inputs.add_stdin(stdin_path.unwrap_or(Path::new("-")));
            } else if path.is_dir() {
                inputs.add_folder(path);
            } else {
                inputs.add_file(path);
            }
        }
        inputs
    }

    /// Whether something could not be checked.
    pub(crate) fn failed(&self) -> bool {
        !self.failures.is_empty()
    }

    fn add_stdin(&mut self, path: &Path) {
        let read = source::read(Path::new("-"));
        let is_marked = (read.as_ref()).is_ok_and(|bytes| bytes.starts_with(MARK.as_bytes()));
        let index = self.recipes.len();
        self.add_named(path, "standard input", read);
        if let Some(input) = self.recipes.get_mut(index) {
            input.stdin_mark = Some(if is_marked { MARK } else { "" });
        }
    }

    fn add_file(&mut self, path: &Path) {
        self.add_named(path, &path.display().to_string(), source::read(path));
    }

    /// What somebody named must be a recipe.
    fn add_named(&mut self, path: &Path, shown: &str, read: io::Result<Vec<u8>>) {
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(error) => {
                let what = format!("{shown} cannot be read: {error}");
                return self.fail(path, what, source::advice(error.kind()));
            }
        };
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let what = format!("{shown} is not UTF-8: {}", error.utf8_error());
                return self.fail(path, what, source::advice(io::ErrorKind::InvalidData));
            }
        };
        // Columns count what people see, and nobody sees a byte order mark.
        let text = text.strip_prefix(MARK).unwrap_or(&text);
        if !self.add(path, text) {
            let what =
                format!("{shown} is no recipe: it has neither a [recipe] table nor a [[step]]");
            self.fail(
                path,
                what,
                "Check the path, or begin with [recipe] and a name.",
            );
        }
    }

    /// Every recipe below a folder, and nothing else in there.
    fn add_folder(&mut self, folder: &Path) {
        self.has_folders = true;
        let before = self.recipes.len();
        let search = find::recipes(folder, find::Limits::default(), |path, text| {
            self.add(path.strip_prefix("./").unwrap_or(&path), &text);
            ControlFlow::Continue(())
        });
        for find::Unreadable { path, why, kind } in &search.unreadable {
            let what = format!("{} cannot be read: {why}", path.display());
            let advice = source::advice(*kind);
            self.fail(
                path,
                what,
                &format!("{advice} Or leave it out in .gitignore."),
            );
        }
        let shown = folder.display();
        let found = self.recipes.len() - before;
        if !search.complete {
            let what = format!("{shown} holds too many files: not all were looked at");
            self.fail(folder, what, "Name the folders that hold recipes.");
        } else if found == 0 && search.unreadable.is_empty() {
            let what = format!("{shown} holds no recipe");
            let advice = "Recipes are TOML files with a [recipe] table or a [[step]]; what .gitignore names \
                          is left out.";
            self.fail(folder, what, advice);
        }
    }

    /// Whether it is a recipe. One that was there already is not taken twice.
    fn add(&mut self, path: &Path, text: &str) -> bool {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let name = path.file_name().and_then(|name| name.to_str());
        let analysis = self.analyser.analyse(Arc::from(text), name);
        let is_recipe = analysis.is_recipe;
        if is_recipe && self.seen.insert(real) {
            self.recipes.push(Input {
                path: path.to_owned(),
                stdin_mark: None,
                analysis,
            });
        }
        is_recipe
    }

    fn fail(&mut self, path: &Path, what: String, advice: &str) {
        report::error(&what, advice, WRONG_USE);
        let path = path.to_owned();
        self.failures.push(Failure { path, what });
    }
}

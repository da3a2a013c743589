//! `doppio fmt`: brings recipes into the one style, or says which are not in it.
//!
//! A recipe with a syntax error is left alone. What is written takes the file's place as a whole, so that nothing
//! that goes wrong leaves half a recipe.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::Args;
use recipe::{LineIndex, format};
use runner::visible::escaped;
use similar::TextDiff;

use crate::check::{Input, Inputs, MARK};
use crate::report::{self, WRONG_USE};
use crate::view::print;

#[derive(Args)]
pub(crate) struct Fmt {
    /// The recipes: files, folders to search for them, or - for standard input, which is printed formatted.
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// Write nothing; say which recipes would change, with exit code 1 if one would.
    #[arg(long)]
    check: bool,
    /// The same, and show what would change.
    #[arg(long)]
    diff: bool,
    /// The path that standard input goes by in what is printed.
    #[arg(long, value_name = "FILE")]
    path: Option<PathBuf>,
}

/// What became of a recipe.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It is in the style.
    Sound,
    /// It was not, and is now, or would be.
    Changed,
    /// It has a syntax error.
    Broken,
    /// It could not be written.
    Failed,
}

impl Fmt {
    /// Exit code 0 if all is well now, 1 if a recipe has a syntax error or, where nothing is written, is not
    /// in the style, 2 if something could not be read or written.
    pub(crate) fn run(self) -> ExitCode {
        let inputs = Inputs::read(&self.paths, self.path.as_deref());
        let outcomes = inputs.recipes.iter().map(|input| self.format(input));
        let outcomes: Vec<Outcome> = outcomes.collect();
        let has = |outcome| outcomes.contains(&outcome);
        let is_wrong = has(Outcome::Broken) || self.only_looks() && has(Outcome::Changed);
        ExitCode::from(match inputs.failed() || has(Outcome::Failed) {
            true => WRONG_USE,
            false => u8::from(is_wrong),
        })
    }

    fn only_looks(&self) -> bool {
        self.check || self.diff
    }

    fn format(&self, input: &Input) -> Outcome {
        let (text, tree) = (&*input.analysis.text, &input.analysis.tree);
        let shown = input.path.display().to_string();
        let printed = input.stdin_mark.filter(|_| !self.only_looks());
        // Whoever reads what is printed may have seen enough and be gone.
        if let Some(error) = tree.errors.first() {
            let (line, _) = LineIndex::new(text).position(text, error.span.start);
            let message = recipe::masked(&error.message);
            let what = format!("{shown} is left as it is: line {line}: {message}");
            report::error(
                what,
                format!("See all that is wrong with: doppio check {shown}"),
                1,
            );
            let _ = printed.map(|mark| print(&format!("{mark}{text}")));
            return Outcome::Broken;
        }
        let formatted = format::formatted(text, tree);
        let _ = printed.map(|mark| print(&format!("{mark}{formatted}")));
        if formatted == text {
            return Outcome::Sound;
        }
        if self.diff {
            let _ = print_diff(&shown, text, &formatted);
        } else if self.check {
            let _ = print(&format!("{} is not formatted\n", escaped(&shown)));
        } else if printed.is_none() {
            if let Err(error) = write(&input.path, text, &formatted) {
                let what = format!("{shown} cannot be written: {error}");
                report::error(
                    what,
                    "Check its permissions and those of its folder.",
                    WRONG_USE,
                );
                return Outcome::Failed;
            }
            let _ = print(&format!("{} formatted\n", escaped(&shown)));
        }
        Outcome::Changed
    }
}

/// Puts `formatted` in the place of what `path` holds, which must still be `text`.
fn write(path: &Path, text: &str, formatted: &str) -> io::Result<()> {
    let before = fs::read_to_string(path)?;
    let mark = match before.strip_prefix(MARK) {
        Some(rest) if rest == text => MARK,
        None if before == text => "",
        _ => return Err(io::Error::other("somebody else has changed it meanwhile")),
    };
    // A link stays one, and what may not be written is not replaced either.
    let target = path.canonicalize()?;
    let permissions = OpenOptions::new()
        .write(true)
        .open(&target)?
        .metadata()?
        .permissions();
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(mark.as_bytes())?;
    file.write_all(formatted.as_bytes())?;
    file.as_file().set_permissions(permissions)?;
    file.as_file().sync_all()?;
    file.persist(&target)
        .map(drop::<File>)
        .map_err(|error| error.error)
}

/// What would change, as `diff -u` shows it. Credentials are masked.
fn print_diff(path: &str, before: &str, after: &str) -> io::Result<()> {
    let (before, after) = (recipe::masked(before), recipe::masked(after));
    let diff = TextDiff::from_lines(&before, &after);
    let diff = diff.unified_diff().header(path, path).to_string();
    let mut out = anstream::stdout().lock();
    for line in diff.split_terminator('\n') {
        let colour = match line.as_bytes().first() {
            Some(b'+') => Some(AnsiColor::Green),
            Some(b'-') => Some(AnsiColor::Red),
            Some(b'@') => Some(AnsiColor::Cyan),
            _ => None,
        };
        let style = Style::new().fg_color(colour.map(Into::into));
        let line = escaped(line.strip_suffix('\r').unwrap_or(line)).replace(r"\t", "\t");
        writeln!(out, "{style}{line}{style:#}")?;
    }
    out.flush()
}

//! `doppio check`: says what is wrong with recipes.
//!
//! `inputs` finds and reads them, `facts` asks the keychain which of their secrets it has,
//! `scripts` asks shellcheck about their commands, and `text`,
//! `json`, `sarif` and `github` print what is found.

mod facts;
mod github;
mod inputs;
mod json;
mod sarif;
mod scripts;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use recipe::checks::Levels;
use recipe::diagnostic::{Diagnostic, Severity};
use recipe::{LineIndex, Mask, Span};
use serde::Serialize;

use crate::report::{self, WRONG_USE};
pub(crate) use inputs::{Input, Inputs, MARK};

#[derive(Args)]
pub(crate) struct Check {
    /// The recipes: files, folders to search for them, or - for standard input.
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Make errors of what these checks find; `warnings` means all warnings.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    deny: Vec<String>,
    /// Make warnings of what these checks find.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    warn: Vec<String>,
    /// Leave out what these checks find.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    allow: Vec<String>,
    /// The path that standard input goes by in what is printed.
    #[arg(long, value_name = "FILE")]
    path: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// Our own, for programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations for GitHub Actions.
    Github,
}

impl Check {
    /// Exit code 0 without errors, 1 with, 2 if something could not be read or the command line is wrong.
    pub(crate) fn run(self) -> ExitCode {
        let levels = match self.levels() {
            Ok(levels) => levels,
            Err(why) => {
                return report::error(why, "List the checks with: doppio explain", WRONG_USE);
            }
        };
        let inputs = Inputs::read(&self.paths, self.path.as_deref());
        let mut facts = facts::facts(inputs.recipes.iter().map(|input| &input.analysis));
        if !levels.is_off("shellcheck") {
            let analyses = inputs.recipes.iter().map(|input| &input.analysis);
            facts.remarks = scripts::remarks(analyses).into();
        }
        let found: Vec<Found> = inputs
            .recipes
            .iter()
            .map(|Input { path, analysis, .. }| Found {
                path: path.display().to_string(),
                text: &analysis.text,
                shown: recipe::masked(&analysis.text),
                mask: analysis.mask(),
                diagnostics: levels.apply(analysis.diagnostics(&facts)),
            })
            .collect();
        // Whoever reads this may have seen enough and be gone.
        let _ = match self.format {
            Format::Text => text::print(&found, &inputs),
            Format::Json => json::print(&found),
            Format::Sarif => sarif::print(&found, &inputs.failures),
            Format::Github => github::print(&found),
        };
        let mut all = found.iter().flat_map(|found| &found.diagnostics);
        let has_errors = all.any(|diagnostic| diagnostic.severity == Severity::Error);
        ExitCode::from(match (inputs.failed(), has_errors) {
            (true, _) => WRONG_USE,
            (false, true) => 1,
            (false, false) => 0,
        })
    }

    fn levels(&self) -> Result<Levels, String> {
        let mut levels = Levels::default();
        let chosen = [
            ("--allow", &self.allow, None),
            ("--warn", &self.warn, Some(Severity::Warning)),
            ("--deny", &self.deny, Some(Severity::Error)),
        ];
        for (option, codes, level) in chosen {
            for code in codes {
                match (option, code.as_str()) {
                    ("--deny", "warnings") => levels.deny_warnings(),
                    _ => levels
                        .set(code, level)
                        .map_err(|why| format!("{option}: {why}"))?,
                }
            }
        }
        Ok(levels)
    }
}

/// What is wrong with one recipe.
struct Found<'a> {
    path: String,
    text: &'a str,
    /// The same without credentials, for what is shown of it.
    shown: String,
    /// Hides them in what is said otherwise.
    mask: Mask,
    diagnostics: Vec<Diagnostic>,
}

/// A range as people and programs read it: lines and columns start at 1, columns count Unicode scalar
/// values.
#[derive(Clone, Copy, Serialize)]
struct Place {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// Tells places in a text.
struct Places<'a> {
    text: &'a str,
    lines: LineIndex,
}

impl<'a> Found<'a> {
    fn places(&self) -> Places<'a> {
        Places {
            text: self.text,
            lines: LineIndex::new(self.text),
        }
    }
}

impl Places<'_> {
    fn of(&self, span: Span) -> Place {
        let (line, column) = self.lines.position(self.text, span.start);
        let (end_line, end_column) = self.lines.position(self.text, span.end);
        Place {
            line,
            column,
            end_line,
            end_column,
        }
    }
}

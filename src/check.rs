//! `doppio check`: says what is wrong with recipes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use recipe::diagnostic::{Diagnostic, Severity};
use recipe::{Analyser, Analysis, Facts, LineIndex, Presence, SecretName};
use runner::secrets::{Places, SecretNames};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::render::render;
use crate::report::{self, WRONG_USE};

#[derive(Args)]
pub(crate) struct Check {
    /// The recipes.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Check {
    /// Exit code 0 without errors, 1 with, 2 if a file could not be read.
    pub(crate) fn run(self) -> ExitCode {
        let mut checked = Vec::new();
        let mut unreadable = None;
        for path in &self.files {
            match analyse(path) {
                Ok(analysis) => checked.push((path.display().to_string(), analysis)),
                Err((what, advice)) => unreadable = Some(report::error(what, advice, WRONG_USE)),
            }
        }
        let facts = facts(checked.iter().map(|(_, analysis)| analysis));
        let found: Vec<Found> = checked
            .iter()
            .map(|(path, analysis)| Found {
                path,
                text: &analysis.text,
                shown: recipe::masked(&analysis.text),
                diagnostics: analysis.diagnostics(&facts),
            })
            .collect();
        // Whoever reads this may have seen enough and be gone.
        let _ = match self.format {
            Format::Text => print_text(&found),
            Format::Json => print_json(&found),
        };
        let mut all = found.iter().flat_map(|found| &found.diagnostics);
        let has_errors = all.any(|diagnostic| diagnostic.severity == Severity::Error);
        unreadable.unwrap_or(match has_errors {
            true => ExitCode::from(1),
            false => ExitCode::SUCCESS,
        })
    }
}

/// What is wrong with one file.
struct Found<'a> {
    path: &'a str,
    text: &'a str,
    /// The same without credentials, for what is shown of it.
    shown: String,
    diagnostics: Vec<Diagnostic>,
}

/// Reads a recipe, or says what is wrong with the file and what to do.
fn analyse(path: &Path) -> Result<Analysis, (String, String)> {
    let shown = path.display();
    let bytes = fs::read(path).map_err(|error| {
        let what = format!("{shown} cannot be read: {error}");
        (what, "Check the path and its permissions.".to_owned())
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let error = error.utf8_error();
        let what = format!("{shown} is not UTF-8: {error}");
        (what, "Save it as UTF-8 in your editor.".to_owned())
    })?;
    // Columns count what people see, and nobody sees a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let name = path.file_name().and_then(|name| name.to_str());
    let analysis = Analyser::default().analyse(Arc::from(text), name);
    match analysis.is_recipe {
        true => Ok(analysis),
        false => Err((
            format!("{shown} is no recipe: it has neither a [recipe] table nor a [[step]]"),
            "Check the path, or begin with [recipe] and a name.".to_owned(),
        )),
    }
}

/// Waiting longer for the keychain would be a nuisance; what is not known by then stays unsaid.
const KEYCHAIN: Duration = Duration::from_secs(2);

/// Whether the secrets that the recipes use are stored. Names only: never a value, never a dialog.
fn facts<'a>(analyses: impl Iterator<Item = &'a Analysis>) -> Facts {
    let used: BTreeMap<&SecretName, ()> = analyses
        .flat_map(|analysis| analysis.names.secrets.keys())
        .map(|name| (name, ()))
        .collect();
    let mut facts = Facts::default();
    let Ok(state) = runner::paths::state() else {
        return facts;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let (Ok(runtime), false) = (runtime, used.is_empty()) else {
        return facts;
    };
    let names = SecretNames::new(&Places::new(&state).without_starting_a_keychain());
    let asking = async {
        let mut asked = JoinSet::new();
        for name in used.into_keys().cloned() {
            let names = names.clone();
            asked.spawn(async move { (names.presence(&name).await, name) });
        }
        while let Some(answer) = asked.join_next().await {
            if let Ok((presence, name)) = answer {
                facts.secrets.insert(name, known(&presence));
            }
        }
        if facts
            .secrets
            .values()
            .any(|presence| *presence == Presence::Missing)
        {
            let entries = names.list().await.entries;
            facts.stored = entries
                .into_iter()
                .map(|entry| entry.name.to_string())
                .collect();
        }
    };
    // What has been answered by then is kept.
    let _ = runtime.block_on(async { tokio::time::timeout(KEYCHAIN, asking).await });
    runtime.shutdown_background();
    facts
}

fn known(presence: &runner::secrets::Presence) -> Presence {
    match presence {
        runner::secrets::Presence::Present(_) => Presence::Present,
        runner::secrets::Presence::Missing => Presence::Missing,
        runner::secrets::Presence::Unknown(_) => Presence::Unknown,
    }
}

fn print_text(all: &[Found<'_>]) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    for found in all {
        for diagnostic in &found.diagnostics {
            let shown = render(found.path, &found.shown, diagnostic);
            writeln!(out, "{shown}\n")?;
        }
        writeln!(out, "{}", summary(found))?;
    }
    out.flush()
}

/// `2 errors, 1 warning in train.toml`, or `train.toml: no problems`.
fn summary(found: &Found<'_>) -> String {
    let levels = [
        Severity::Error,
        Severity::Warning,
        Severity::Info,
        Severity::Hint,
    ];
    let counts: Vec<String> = levels
        .iter()
        .filter_map(|level| {
            let of_level = found.diagnostics.iter().filter(|it| it.severity == *level);
            match (of_level.count(), level.name()) {
                (0, _) => None,
                (1, name) => Some(format!("1 {name}")),
                (count, name) => Some(format!("{count} {name}s")),
            }
        })
        .collect();
    match counts.is_empty() {
        true => format!("{}: no problems", found.path),
        false => format!("{} in {}", counts.join(", "), found.path),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    diagnostics: Vec<Line<'a>>,
}

/// A diagnostic as programs read it; lines and columns start at 1, columns count Unicode scalar values.
#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    severity: &'static str,
    code: &'static str,
    message: &'a str,
}

fn print_json(all: &[Found<'_>]) -> io::Result<()> {
    let mut diagnostics = Vec::new();
    for found in all {
        let lines = LineIndex::new(found.text);
        diagnostics.extend(found.diagnostics.iter().map(|diagnostic| {
            let (line, column) = lines.position(found.text, diagnostic.span.start);
            let (end_line, end_column) = lines.position(found.text, diagnostic.span.end);
            Line {
                path: found.path,
                line,
                column,
                end_line,
                end_column,
                severity: diagnostic.severity.name(),
                code: diagnostic.code,
                message: &diagnostic.message,
            }
        }));
    }
    let mut out = io::stdout().lock();
    serde_json::to_writer(
        &mut out,
        &Document {
            version: 1,
            diagnostics,
        },
    )?;
    writeln!(out)
}

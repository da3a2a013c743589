//! Findings for people: the lines of the recipe they are about, and what helps.

use std::io::{self, Write};

use recipe::diagnostic::Severity;

use super::{Found, Inputs};
use crate::render::render;

/// Prints what was found. Where folders were searched, those recipes that are sound are only counted.
pub(super) fn print(all: &[Found<'_>], inputs: &Inputs) -> io::Result<()> {
    let has_folders = inputs.has_folders;
    let mut out = anstream::stdout().lock();
    for found in all {
        for diagnostic in &found.diagnostics {
            let shown = render(&found.path, &found.shown, diagnostic);
            writeln!(out, "{shown}\n")?;
        }
        if !has_folders || !found.diagnostics.is_empty() {
            let path = runner::visible::escaped(&found.path);
            match counts(std::slice::from_ref(found)) {
                Some(counts) => writeln!(out, "{counts} in {path}")?,
                None => writeln!(out, "{path}: no problems")?,
            }
        }
    }
    let rest = match inputs.failures.is_empty() {
        true => "",
        false => ". Not everything could be read",
    };
    // Of what could not be read it has been said why.
    if has_folders && (inputs.failures.is_empty() || !all.is_empty()) {
        let recipes = match all.len() {
            1 => "1 recipe".to_owned(),
            count => format!("{count} recipes"),
        };
        let counts = counts(all).unwrap_or_else(|| "no problems".to_owned());
        writeln!(out, "{recipes} checked: {counts}{rest}")?;
    }
    out.flush()
}

/// `2 errors, 1 warning`, or nothing.
fn counts(all: &[Found<'_>]) -> Option<String> {
    let levels = [
        Severity::Error,
        Severity::Warning,
        Severity::Info,
        Severity::Hint,
    ];
    let counts: Vec<String> = levels
        .iter()
        .filter_map(|level| {
            let found = all.iter().flat_map(|found| &found.diagnostics);
            let of_level = found.filter(|it| it.severity == *level);
            match (of_level.count(), level.name()) {
                (0, _) => None,
                (1, name) => Some(format!("1 {name}")),
                (count, name) => Some(format!("{count} {name}s")),
            }
        })
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

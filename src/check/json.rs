//! Findings for programs, in our own words.

use std::io::{self, Write};

use serde::Serialize;

use super::{Found, Place};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    diagnostics: Vec<Line<'a>>,
}

/// A diagnostic; lines and columns start at 1, columns count Unicode scalar values.
#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    #[serde(flatten)]
    place: Place,
    severity: &'static str,
    code: &'static str,
    message: &'a str,
}

pub(super) fn print(all: &[Found<'_>]) -> io::Result<()> {
    let mut diagnostics = Vec::new();
    for found in all {
        let places = found.places();
        diagnostics.extend(found.diagnostics.iter().map(|diagnostic| Line {
            path: &found.path,
            place: places.of(diagnostic.span),
            severity: diagnostic.severity.name(),
            code: diagnostic.code,
            message: &diagnostic.message,
        }));
    }
    let document = Document {
        version: 1,
        diagnostics,
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &document)?;
    writeln!(out)
}

use std::ops::Range;

use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::when;

pub(super) const CHECK: Check = Check {
    code: "malformed-when",
    severity: Severity::Error,
    title: "A condition that cannot be read",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    if let Some(text) = part.step.and_then(|step| step.fields.text("when")) {
        let references: Vec<Range<usize>> = text
            .references
            .iter()
            .map(|reference| reference.range.clone())
            .collect();
        if let Err(bad) = when::parse(text.as_str(), &references) {
            let span = text.source.span_of(bad.range.start, bad.range.end);
            found.push(CHECK.at(span, bad.message));
        }
    }
}

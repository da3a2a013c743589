use std::collections::BTreeSet;
use std::ops::Range;

use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::model::Text;
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
            let mut diagnostic = CHECK.at(span, bad.message);
            diagnostic.fixes.extend(fix(text));
            found.push(diagnostic);
        }
    }
}

/// Puts our signs in the place of what other languages have for them, if the condition can be read then.
fn fix(text: &Text) -> Option<Fix> {
    let mended = when::mended(text.as_str())?;
    let edit = |(range, sign): &(Range<usize>, &str)| Edit {
        span: text.source.span_of(range.start, range.end),
        text: (*sign).to_owned(),
    };
    let signs: BTreeSet<String> = mended.iter().map(|(_, it)| format!("'{it}'")).collect();
    let signs: Vec<String> = signs.into_iter().collect();
    Some(Fix {
        title: format!("Change to {}", signs.join(" and ")),
        edits: mended.iter().map(edit).collect(),
    })
}

use regex_syntax::{Error, Parser};

use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Role;

pub(super) const CHECK: Check = Check {
    code: "bad-pattern",
    severity: Severity::Error,
    title: "A regular expression that cannot be read",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    part.each_text(&mut |text| {
        // What a reference brings is not known before it is there.
        if text.role != Role::Regex || !text.references.is_empty() {
            return;
        }
        let (range, why) = match Parser::new().parse(text.as_str()) {
            Err(Error::Parse(error)) => (*error.span(), error.kind().to_string()),
            Err(Error::Translate(error)) => (*error.span(), error.kind().to_string()),
            _ => return,
        };
        let span = text.source.span_of(range.start.offset, range.end.offset);
        found.push(CHECK.at(
            span,
            format!("this regular expression cannot be read: {why}"),
        ));
    });
}

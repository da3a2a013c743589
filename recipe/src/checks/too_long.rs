use super::{Check, Context, Run};
use crate::MAX_EXPANDED;
use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "too-long",
    severity: Severity::Error,
    title: "A text that grows too long with its variables filled in",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let parts = context.analysis.parts();
    found.extend(parts.flat_map(|part| &part.too_long).copied().map(at));
}

/// What is said of a text at `span` that is too long. A plan asks again, with the values of `--var`.
pub(crate) fn at(span: Span) -> Diagnostic {
    let message = format!(
        "with its variables filled in, this text is longer than {} KiB: refer to fewer or shorter variables",
        MAX_EXPANDED / 1024
    );
    CHECK.at(span, message)
}

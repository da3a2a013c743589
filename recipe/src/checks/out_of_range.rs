use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Problem;

pub(super) const CHECK: Check = Check {
    code: "out-of-range",
    severity: Severity::Error,
    title: "A number that is not allowed",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for problem in &context.recipe.problems {
        let Problem::OutOfRange {
            span,
            name,
            allowed,
        } = problem
        else {
            continue;
        };
        let written = &context.text[span.range()];
        let message = format!("'{name}' must be {}, not {written}", allowed.described());
        found.push(CHECK.at(*span, message));
    }
}

use super::{Check, Context, Run, operation_count};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Problem;

pub(super) const CHECK: Check = Check {
    code: "variant-count",
    severity: Severity::Error,
    title: "A value that needs exactly one key, and has none or several",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for problem in &context.recipe.problems {
        let Problem::NotExactlyOne {
            span,
            owner,
            extra,
            known,
        } = problem
        else {
            continue;
        };
        if owner == operation_count::OWNER {
            continue;
        }
        let known = known.join(", ");
        let Some(second) = extra.first() else {
            found.push(CHECK.at(*span, format!("{owner} needs one of these keys: {known}")));
            continue;
        };
        let message = format!("{owner} has exactly one of these keys: {known}");
        let mut diagnostic = CHECK.at(second.span, message).related(*span, "the first");
        for more in &extra[1..] {
            diagnostic = diagnostic.related(more.span, "one more");
        }
        found.push(diagnostic);
    }
}

use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Problem;

pub(super) const CHECK: Check = Check {
    code: "operation-count",
    severity: Severity::Error,
    title: "A step without an operation, or with several",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for problem in &context.recipe.problems {
        let Problem::NotExactlyOne {
            span, owner, extra, ..
        } = problem
        else {
            continue;
        };
        if owner != OWNER {
            continue;
        }
        let Some(second) = extra.first() else {
            let message = "this step does nothing: give it an operation, such as \
                           run_commands = { commands = \"…\" }";
            found.push(CHECK.at(*span, message));
            continue;
        };
        let message = format!(
            "a step does one thing: move '{}' to a [[step]] of its own that depends on this one",
            second.value
        );
        let mut diagnostic = CHECK
            .at(second.span, message)
            .related(*span, "the first operation of the step");
        for more in &extra[1..] {
            diagnostic = diagnostic.related(more.span, "one more operation");
        }
        found.push(diagnostic);
    }
}

/// How lowering calls a step.
pub(super) const OWNER: &str = "this step";

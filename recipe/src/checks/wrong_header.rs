use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Problem;

pub(super) const CHECK: Check = Check {
    code: "wrong-header",
    severity: Severity::Error,
    title: "A table under the wrong kind of header",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for problem in &context.recipe.problems {
        let Problem::WrongHeader { span, right } = problem else {
            continue;
        };
        let written = &context.text[span.range()];
        let why = match *right {
            "[[step]]" => {
                "a recipe has many steps, each under a header of its own in double brackets"
            }
            _ => "a recipe has this table once, so its header has single brackets",
        };
        let mut diagnostic = CHECK.at(*span, format!("write {right} here: {why}"));
        if written.starts_with('[') {
            diagnostic = diagnostic.fix(format!("Change to {right}"), *span, *right);
        }
        found.push(diagnostic);
    }
}

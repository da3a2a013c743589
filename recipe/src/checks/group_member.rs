use std::collections::HashMap;

use super::{Check, Context, Run, removal};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "group-member",
    severity: Severity::Error,
    title: "A step that is in two groups, or twice in one",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut first = HashMap::new();
    for operation in context
        .recipe
        .steps
        .iter()
        .flat_map(|step| &step.operations)
    {
        if operation.spec.name != "group" {
            continue;
        }
        for member in operation.fields.names("steps") {
            if context.names.step_index(&member.value).is_none() {
                continue;
            }
            if let Some(first) = first.insert(member.value.as_str(), member.span) {
                let message = format!(
                    "the step '{}' is in a group already: it can be in one, once",
                    member.value
                );
                let mut diagnostic = CHECK.at(member.span, message).related(first, "here");
                let element = removal::with_quotes(context.text, member.span);
                let title = format!("Remove '{}'", member.value);
                let fix = removal::fix(context.text, element, title);
                diagnostic.fixes.extend(fix);
                found.push(diagnostic);
            }
        }
    }
}

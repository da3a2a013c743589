use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Arg;

pub(super) const CHECK: Check = Check {
    code: "empty-group",
    severity: Severity::Warning,
    title: "A group without steps",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    for group in part.operations().filter(|it| it.spec.name == "group") {
        if let Some(steps) = group.fields.get("steps")
            && matches!(&steps.value, Arg::Names(names) if names.is_empty())
        {
            let message = "this group has no steps, so it does nothing: name those that belong to it, or remove it";
            found.push(CHECK.at(steps.span, message));
        }
    }
}

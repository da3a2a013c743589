use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::{Kind, Role};
use crate::model::Arg;

pub(super) const CHECK: Check = Check {
    code: "blank-value",
    severity: Severity::Warning,
    title: "A required text that says nothing",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    for operation in part.operations() {
        operation.fields.each_field(&mut |field| {
            let (Kind::Text(role), Arg::Text(text)) = (field.spec.kind, &field.value) else {
                return;
            };
            let name = field.spec.name;
            // What is typed, compared or set can well be nothing; names, URLs and patterns have checks of their own.
            let needs_some = match role {
                Role::Shell | Role::Path => true,
                Role::Plain => name != "value",
                _ => false,
            };
            if field.spec.required && needs_some && text.as_str().trim().is_empty() {
                let message = match role {
                    Role::Shell => "this runs nothing: write the command".to_owned(),
                    _ => format!("'{name}' cannot do without a value: nothing stands for it"),
                };
                found.push(CHECK.at(text.span, message));
            }
        });
    }
}

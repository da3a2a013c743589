use std::collections::BTreeSet;

use super::{Check, Context, Run, removal};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::{Kind, NameKind};
use crate::model::Arg;

pub(super) const CHECK: Check = Check {
    code: "unused-capture",
    severity: Severity::Hint,
    title: "A variable that a step sets and nothing reads",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let variables = context.names.variables.iter();
    let unused = variables.filter(|(_, variable)| variable.uses.is_empty());
    let setters = unused.flat_map(|(_, variable)| &variable.set_by);
    let steps: BTreeSet<usize> = setters.filter_map(|place| place.step).collect();
    let steps = steps.iter().map(|index| &context.recipe.steps[*index]);
    for operation in steps.flat_map(|step| &step.operations) {
        operation.fields.each_field(&mut |field| {
            let (Kind::Name(NameKind::SetVariable), Arg::Name(name)) =
                (field.spec.kind, &field.value)
            else {
                return;
            };
            let variable = context.names.variables.get(&name.value);
            if variable.is_none_or(|it| !it.uses.is_empty()) {
                return;
            }
            let message = format!("nothing reads '{}'", name.value);
            let mut diagnostic = CHECK.at(name.span, message);
            // What captures is optional; what only sets a variable would be left without a purpose.
            if !field.spec.required {
                let title = format!("Remove '{}'", field.spec.name);
                let span = field.key.to(field.span);
                diagnostic
                    .fixes
                    .extend(removal::fix(context.text, span, title));
            }
            found.push(diagnostic);
        });
    }
}

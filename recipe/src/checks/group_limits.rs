use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::{Kind, NameKind};
use crate::model::Arg;
use crate::reference::ReferenceKind;
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "group-limits",
    severity: Severity::Error,
    title: "A retry, a timeout or an output of a group",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for step in &context.recipe.steps {
        if step
            .operation()
            .is_some_and(|operation| operation.spec.name == "group")
        {
            for key in ["retry", "timeout_secs"] {
                if let Some(field) = step.fields.get(key) {
                    let message =
                        format!("a group has no '{key}' of its own: give it to its steps");
                    found.push(CHECK.at(field.key, message));
                }
            }
        }
        step.each_text(&mut |text| {
            for reference in &text.references {
                if let ReferenceKind::StepOutput(id) | ReferenceKind::StepExitCode(id) =
                    &reference.kind
                {
                    output(context, id, reference.name_span, found);
                }
            }
        });
        for operation in &step.operations {
            operation.fields.each_field(&mut |field| {
                if let (Kind::Name(NameKind::StepReference), Arg::Name(id)) =
                    (field.spec.kind, &field.value)
                {
                    output(context, &id.value, id.span, found);
                }
            });
        }
    }
}

fn output(context: &Context<'_>, id: &str, span: Span, found: &mut Vec<Diagnostic>) {
    let step = context
        .names
        .step_index(id)
        .map(|index| &context.recipe.steps[index]);
    let operation = step.and_then(|step| step.operation());
    if operation.is_some_and(|operation| operation.spec.name == "group") {
        let message =
            format!("'{id}' is a group, which has no output or exit code: name one of its steps");
        found.push(CHECK.at(span, message));
    }
}

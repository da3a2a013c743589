use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::StepOperation;

pub(super) const CHECK: Check = Check {
    code: "empty-output",
    severity: Severity::Warning,
    title: "The output of a step that has started a tmux session",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (id, names) in &context.names.steps {
        // Of a duplicate id the first step is meant.
        let Some(step) = context
            .names
            .step_index(id)
            .filter(|_| !names.outputs.is_empty())
        else {
            continue;
        };
        let step = &context.recipe.steps[step];
        let Some(operation) = step.operation().filter(|it| only_starts(it)) else {
            continue;
        };
        for place in names.outputs.iter().filter(|place| place.step.is_some()) {
            let message = format!(
                "'{id}' is done once its session has started, so its output is empty: \
                 have tmux_capture read the session in a later step, and use that one's"
            );
            let diagnostic = CHECK.at(place.span, message);
            found.push(diagnostic.related(operation.key, "it starts a session here"));
        }
    }
}

/// Whether an operation starts commands in a session and does not wait for them.
fn only_starts(operation: &StepOperation) -> bool {
    let mode = operation.fields.name("tmux_mode");
    operation.spec.name == "tmux_new"
        || mode.is_some_and(|mode| ["new", "existing"].contains(&mode.value.as_str()))
}

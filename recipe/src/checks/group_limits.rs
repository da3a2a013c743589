use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "group-limits",
    severity: Severity::Error,
    title: "A retry, a timeout or an output of a group",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for group in context.groups() {
        let step = &context.recipe.steps[*group];
        for key in ["retry", "timeout_secs"] {
            if let Some(field) = step.fields.get(key) {
                let message = format!("a group has no '{key}' of its own: give it to its steps");
                found.push(CHECK.at(field.key, message));
            }
        }
        let id = step.id().map_or("", |id| id.value.as_str());
        // Of a duplicate id the first step is meant.
        let known = context.names.steps.get(id);
        let known = known.filter(|_| context.names.step_index(id) == Some(*group));
        let results = known
            .into_iter()
            .flat_map(|it| it.outputs.iter().chain(&it.exit_codes));
        for place in results.filter(|place| place.step.is_some()) {
            let message = format!(
                "'{id}' is a group, which has no output or exit code: name one of its steps"
            );
            found.push(CHECK.at(place.span, message));
        }
    }
}

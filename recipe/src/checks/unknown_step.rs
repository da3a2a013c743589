use super::{Check, Context, Run, edits};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nearest::did_you_mean;

pub(super) const CHECK: Check = Check {
    code: "unknown-step",
    severity: Severity::Error,
    title: "A step id that no step has",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (id, step) in &context.names.steps {
        if !step.defined.is_empty() {
            continue;
        }
        let nearest = context.nearest(id, context.step_ids());
        for place in &step.uses {
            let own = place
                .step
                .and_then(|index| context.recipe.steps[index].id());
            let nearest = nearest.filter(|nearest| own.is_none_or(|own| own.value != *nearest));
            let message = format!(
                "no step has the id '{}'{}",
                id.escape_debug(),
                did_you_mean(nearest)
            );
            let mut diagnostic = CHECK.at(place.span, message);
            if let Some(nearest) = nearest {
                let text = edits::like_before(context.text, place.span, nearest);
                diagnostic = diagnostic.fix(format!("Change to '{nearest}'"), place.span, text);
            }
            found.push(diagnostic);
        }
    }
}

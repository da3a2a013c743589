use super::{Check, Context, Run, removal};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "redundant-dependency",
    severity: Severity::Hint,
    title: "A dependency that another one implies",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    // In a circle everything implies everything, and another check tells of it.
    if !context.cycles().is_empty() {
        return;
    }
    for step in 0..context.recipe.steps.len() {
        for implied in context.graph.implied(step) {
            let id = |step: usize| context.recipe.steps[step].id().map_or("", |id| &id.value);
            let (on, by) = (id(implied.on), id(implied.by));
            let message = match implied.on == implied.by {
                true => format!("'{on}' stands here twice"),
                false => format!("this step waits for '{on}' already, through '{by}'"),
            };
            let mut diagnostic = CHECK.at(implied.span, message);
            let element = removal::with_quotes(context.text, implied.span);
            diagnostic.fixes.extend(removal::fix(
                context.text,
                element,
                format!("Remove '{on}'"),
            ));
            found.push(diagnostic);
        }
    }
}

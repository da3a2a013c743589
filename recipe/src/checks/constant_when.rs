use super::{Check, Context, Run, removal};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "constant-when",
    severity: Severity::Hint,
    title: "A condition that asks nothing",
    run: Run::Text(run),
};

/// Some people turn a step off in this way, which is why it is no more than a hint.
fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (step, condition) in context.recipe.steps.iter().zip(context.conditions()) {
        let Some(condition) = condition.as_ref().filter(|it| !it.has_references()) else {
            continue;
        };
        let Some(field) = step.fields.get("when") else {
            continue;
        };
        let holds = condition.outcome(&[]).can_hold;
        let message = match holds {
            true => "this condition asks nothing and always holds: the step always runs",
            false => "this condition asks nothing and never holds: the step never runs",
        };
        let mut diagnostic = CHECK.at(condition.text.span, message);
        // Without its condition, a step that was turned off would run: that is nobody's repair.
        if holds {
            let when = field.key.to(field.span);
            diagnostic
                .fixes
                .extend(removal::fix(context.text, when, "Remove 'when'"));
        }
        found.push(diagnostic);
    }
}

use super::satisfy::Condition;
use super::{Check, Part, Run, removal};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "constant-when",
    severity: Severity::Hint,
    title: "A condition that asks nothing",
    run: Run::Part(run),
};

/// Some people turn a step off in this way, which is why it is no more than a hint.
fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    let Some(step) = part.step else { return };
    let condition = Condition::of(step).filter(|it| !it.has_references());
    let (Some(condition), Some(field)) = (condition, step.fields.get("when")) else {
        return;
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
        let fix = removal::fix(part.text, when, "Remove 'when'");
        diagnostic.fixes.extend(fix);
    }
    found.push(diagnostic);
}

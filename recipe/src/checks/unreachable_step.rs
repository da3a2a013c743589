use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "unreachable-step",
    severity: Severity::Hint,
    title: "A step of a group that never runs",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let steps = &context.recipe.steps;
    let never = |index: usize| {
        let when = context.whens()[index]?;
        let text = steps[index].fields.text("when")?;
        (!when.outcome.can_hold).then_some(text.span)
    };
    let is_group = |index: &usize| context.groups().binary_search(index).is_ok();
    // Groups whose condition never holds, with it; groups in such groups follow.
    let groups = context.groups().iter();
    let mut open: Vec<(usize, Span)> = groups.filter_map(|it| Some((*it, never(*it)?))).collect();
    let mut seen = vec![false; steps.len()];
    while let Some((group, condition)) = open.pop() {
        if std::mem::replace(&mut seen[group], true) {
            continue;
        }
        let Some(operation) = steps[group].operation() else {
            continue;
        };
        for member in operation.fields.names("steps") {
            let Some(index) = context.names.step_index(&member.value) else {
                continue;
            };
            let message = format!(
                "'{}' never runs: its group is skipped, and its members with it",
                member.value
            );
            found.push(
                CHECK
                    .at(member.span, message)
                    .related(condition, "this never holds"),
            );
            if is_group(&index) {
                open.push((index, condition));
            }
        }
    }
}

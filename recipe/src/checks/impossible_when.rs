use std::collections::HashMap;

use super::satisfy::Condition;
use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Step, Text};
use crate::reference::ReferenceKind;

pub(super) const CHECK: Check = Check {
    code: "impossible-when",
    severity: Severity::Warning,
    title: "A condition that comes to the same whatever it asks",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut known = HashMap::new();
    for (step, when) in context.recipe.steps.iter().zip(context.whens()) {
        let Some(when) = when.filter(|it| it.has_references) else {
            continue;
        };
        let Some(text) = step.fields.text("when").filter(|_| when.may_be_constant()) else {
            continue;
        };
        let zero = always_zero(context, step, text);
        let constant = match zero.is_empty() {
            true => when.outcome.constant(),
            false => *known
                .entry((text.as_str(), zero.clone()))
                .or_insert_with(|| Condition::of(step).and_then(|it| it.outcome(&zero).constant())),
        };
        let message = match constant {
            Some(true) => "this condition always holds, whatever the values are".to_owned(),
            Some(false) => match zero.as_slice() {
                [] => "this condition never holds, whatever the values are: the step never runs"
                    .to_owned(),
                [id, ..] => format!(
                    "this condition never holds: this step is skipped where '{id}' fails, since that has no continue_on_failure"
                ),
            },
            None => continue,
        };
        found.push(CHECK.at(text.span, message));
    }
}

/// The steps that `condition` asks for an exit code and whose failure skips this step.
fn always_zero<'a>(context: &Context<'a>, step: &'a Step, text: &'a Text) -> Vec<&'a str> {
    let asked = text.references.iter().filter_map(|it| match &it.kind {
        ReferenceKind::StepExitCode(id) => Some(id.as_str()),
        _ => None,
    });
    let needs = step.fields.names("depends_on");
    let must_succeed = |id: &&str| {
        let is_needed = needs.iter().any(|need| need.value == *id);
        let index = context.names.step_index(id).filter(|_| is_needed);
        let needed = index.map(|index| &context.recipe.steps[index]);
        needed.is_some_and(|it| it.fields.boolean("continue_on_failure") != Some(true))
    };
    asked.filter(must_succeed).collect()
}

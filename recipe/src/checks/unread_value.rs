use super::racing::groups;
use super::{Check, Context, Run, removal};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{self, Step};
use crate::names;

pub(super) const CHECK: Check = Check {
    code: "unread-value",
    severity: Severity::Hint,
    title: "A first value that a step always replaces before it is read",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let written = |it: &&model::Variable| {
        let value = it.value.as_ref();
        // One that is empty says no more than that the variable is there.
        value.is_some_and(|value| !value.as_str().is_empty())
    };
    let variables = context.recipe.variables.iter().filter(written);
    let set = variables.filter_map(|it| {
        let known = context.names.variables.get(&it.name.value)?;
        let is_read = !known.set_by.is_empty() && !known.uses.is_empty();
        (is_read && known.defined.len() == 1).then_some((it, known))
    });
    let set: Vec<_> = set.collect();
    if set.is_empty() || !context.cycles().is_empty() {
        return;
    }
    let (setters, mut questions) = (setters(context, &set), Vec::new());
    for (index, (_, known)) in set.iter().enumerate() {
        let uses = known.uses.iter().filter_map(|place| place.step);
        questions.extend(uses.map(|step| (step, index)));
    }
    let answers = context.graph.waits_for_any(&setters, &questions);
    let mut always_waits = vec![true; set.len()];
    for ((_, index), waits) in questions.into_iter().zip(answers) {
        always_waits[index] &= waits;
    }
    for ((variable, known), _) in set.into_iter().zip(always_waits).filter(|(_, it)| *it) {
        if known.uses.iter().any(|place| place.step.is_none()) {
            continue;
        }
        let name = &variable.name.value;
        let message = format!(
            "every step that reads '{name}' waits for one that sets it, so this value is read only where steps run by \
             themselves (--step)"
        );
        let mut diagnostic = CHECK.at(variable.name.span, message);
        for place in &known.set_by {
            diagnostic = diagnostic.related(place.span, "it is set here");
        }
        let entry = variable
            .value
            .as_ref()
            .map(|it| variable.name.span.to(it.span));
        let title = format!("Remove '{name}' from [variables]");
        let fix = entry.and_then(|entry| removal::fix(context.text, entry, title));
        diagnostic.fixes.extend(fix);
        found.push(diagnostic);
    }
}

/// For each variable the steps that set it in every run that comes to those behind them.
fn setters(
    context: &Context<'_>,
    variables: &[(&model::Variable, &names::Variable)],
) -> Vec<Vec<usize>> {
    let groups = groups(context);
    let always_runs = |step: &usize| {
        let around = std::iter::successors(Some(*step), |step| groups.get(step).copied());
        let mut around = around.take(context.recipe.steps.len() + 1);
        let is_certain = |it: &Step| {
            it.fields.get("when").is_none()
                && it.fields.boolean("continue_on_failure") != Some(true)
        };
        around.all(|step| is_certain(&context.recipe.steps[step]))
    };
    let of_one = |known: &names::Variable| {
        let steps = known.set_by.iter().filter_map(|place| place.step);
        steps.filter(always_runs).collect()
    };
    variables.iter().map(|(_, known)| of_one(known)).collect()
}

use super::{Check, Context, Run, insertion};
use crate::diagnostic::{Diagnostic, Severity};
use crate::names::{Use, Variable};

pub(super) const CHECK: Check = Check {
    code: "unordered-variable",
    severity: Severity::Warning,
    title: "A variable that may not be set yet",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    // A variable of [variables] has a first value, so that it may be read before it is set.
    let set_by_steps_only =
        context.names.variables.iter().filter(|(_, it)| {
            it.defined.is_empty() && !it.set_by.is_empty() && !it.uses.is_empty()
        });
    let (mut setters, mut questions, mut uses) = (Vec::new(), Vec::new(), Vec::new());
    for (name, variable) in set_by_steps_only {
        for place in &variable.uses {
            if let Some(step) = place.step {
                questions.push((step, setters.len()));
                uses.push((name, variable, place, step));
            }
        }
        setters.push(
            variable
                .set_by
                .iter()
                .filter_map(|place| place.step)
                .collect(),
        );
    }
    let answers = context.graph.waits_for_any(&setters, &questions);
    for ((name, variable, place, step), _) in
        uses.into_iter().zip(answers).filter(|(_, waits)| !waits)
    {
        found.push(diagnostic(context, name, variable, place, step));
    }
}

/// More steps that set the variable are not shown: there may be as many as steps that read it.
const MOST_RELATED: usize = 3;

fn diagnostic(
    context: &Context<'_>,
    name: &str,
    variable: &Variable,
    place: &Use,
    step: usize,
) -> Diagnostic {
    let message = format!(
        "'{name}' may be empty here: this step does not wait for one that sets it. \
         Add that step to depends_on, or give '{name}' a first value in [variables]"
    );
    let mut diagnostic = CHECK.at(place.span, message);
    for setter in variable.set_by.iter().take(MOST_RELATED) {
        diagnostic = diagnostic.related(setter.span, "it is set here");
    }
    if let [setter] = variable.set_by.as_slice()
        && let Some(setter) = setter.step.filter(|setter| *setter != step)
        && let Some(id) = context.recipe.steps[setter].id()
    {
        let step = &context.recipe.steps[step];
        let fix = insertion::dependency(context.text, step, &id.value);
        diagnostic.fixes.extend(fix);
    }
    diagnostic
}

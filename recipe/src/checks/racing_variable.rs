use std::collections::HashSet;

use super::racing::racing;
use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "racing-variable",
    severity: Severity::Warning,
    title: "A variable that two steps may use at the same time, one of them to set it",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let variables = context.names.variables.iter();
    let pairs = variables.flat_map(|(name, variable)| {
        let setters = variable.set_by.iter().enumerate();
        setters.flat_map(move |(index, setter)| {
            let others = variable.set_by[index + 1..].iter().map(|it| (it, true));
            // Without a first value another check asks whether a value is there.
            let readers = variable.uses.iter().map(|it| (it, false));
            let readers = readers.filter(|_| !variable.defined.is_empty());
            others.chain(readers).filter_map(move |(place, sets)| {
                Some((setter.step?, place.step?, (name, setter, place, sets)))
            })
        })
    });
    let mut told = HashSet::new();
    for (setter, other, (name, set, place, sets)) in racing(context, pairs) {
        if !told.insert(place.span) {
            continue;
        }
        let id = |step: usize| context.recipe.steps[step].id().map_or("", |id| &id.value);
        let message = match sets {
            true => format!(
                "'{}' and '{}' both set '{name}' and may run at the same time: what it holds then is chance",
                id(setter),
                id(other)
            ),
            false => format!(
                "'{}' sets '{name}' and may run at the same time: whether this is the value before or after is chance",
                id(setter)
            ),
        };
        found.push(
            CHECK
                .at(place.span, message)
                .related(set.span, "it is set here"),
        );
    }
}

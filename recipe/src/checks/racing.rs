//! Steps that nothing orders, so that they may run at the same time.

use std::collections::HashMap;

use super::Context;
use super::satisfy::Condition;

/// More pairs of steps are not looked at.
const MOST_PAIRS: usize = 4096;

/// Of `pairs` of steps those that nothing orders and that can both run. `T` says what the pair is about.
pub(super) fn racing<T>(
    context: &Context<'_>,
    pairs: impl Iterator<Item = (usize, usize, T)>,
) -> Vec<(usize, usize, T)> {
    let pairs = pairs.filter(|(one, other, _)| one != other);
    let mut pairs: Vec<_> = pairs.take(MOST_PAIRS).collect();
    if pairs.is_empty() {
        return pairs;
    }
    let ways: Vec<(usize, usize)> = pairs
        .iter()
        .flat_map(|(one, other, _)| [(*one, *other), (*other, *one)])
        .collect();
    let waits = context.graph.waits(&ways);
    let ordered: Vec<bool> = waits.chunks(2).map(|both| both.contains(&true)).collect();
    let mut ordered = ordered.into_iter();
    let groups = groups(context);
    pairs.retain(|(one, other, _)| {
        ordered.next() == Some(false) && can_both_run(context, &groups, *one, *other)
    });
    pairs
}

/// Whether the conditions of two steps, and of the groups that they are in, can hold in one run.
fn can_both_run(
    context: &Context<'_>,
    groups: &HashMap<usize, usize>,
    one: usize,
    other: usize,
) -> bool {
    let around = |step: usize| {
        let outer = std::iter::successors(Some(step), |step| groups.get(step).copied());
        outer.take(MOST_NESTED)
    };
    let can_hold = |step: usize| context.whens()[step].is_none_or(|it| it.outcome.can_hold);
    let conditions = |step: usize| {
        let steps = around(step).map(|step| &context.recipe.steps[step]);
        steps.filter_map(Condition::of).collect::<Vec<_>>()
    };
    let can_run = |step| around(step).all(can_hold);
    let together = || {
        let others = conditions(other);
        let mut own = conditions(one).into_iter();
        own.all(|a| others.iter().all(|b| a.can_hold_with(b)))
    };
    can_run(one) && can_run(other) && together()
}

/// Groups in groups are followed no further; in a circle there would be no end.
const MOST_NESTED: usize = 8;

/// The group of each step that is in one.
pub(super) fn groups(context: &Context<'_>) -> HashMap<usize, usize> {
    let groups = context.groups().iter();
    let groups =
        groups.filter_map(|index| Some((*index, context.recipe.steps[*index].operation()?)));
    groups
        .flat_map(|(index, operation)| {
            let members = operation.fields.names("steps").iter();
            members.filter_map(move |id| Some((context.names.step_index(&id.value)?, index)))
        })
        .collect()
}

//! Steps that nothing orders, so that they may run at the same time.

use super::Context;

/// More pairs of steps are not looked at.
const MOST_PAIRS: usize = 4096;

/// Of `pairs` of steps those that nothing orders and that can both run. `T` says what the pair is about.
pub(super) fn racing<T>(
    context: &Context<'_>,
    pairs: impl Iterator<Item = (usize, usize, T)>,
) -> Vec<(usize, usize, T)> {
    let pairs = pairs.filter(|(one, other, _)| one != other);
    let mut pairs: Vec<_> = pairs.take(MOST_PAIRS).collect();
    let ways: Vec<(usize, usize)> = pairs
        .iter()
        .flat_map(|(one, other, _)| [(*one, *other), (*other, *one)])
        .collect();
    let waits = context.graph.waits(&ways);
    let ordered: Vec<bool> = waits.chunks(2).map(|both| both.contains(&true)).collect();
    let mut ordered = ordered.into_iter();
    pairs.retain(|(one, other, _)| {
        ordered.next() == Some(false) && can_both_run(context, *one, *other)
    });
    pairs
}

/// Whether the conditions of two steps can hold in one run.
fn can_both_run(context: &Context<'_>, one: usize, other: usize) -> bool {
    let condition = |step: usize| context.conditions()[step].as_ref();
    match (condition(one), condition(other)) {
        (Some(one), Some(other)) => one.can_hold_with(other),
        (Some(only), None) | (None, Some(only)) => only.outcome(&[]).can_hold,
        (None, None) => true,
    }
}

//! Changes that leave a recipe's meaning as it is, or add what somebody would type: as plain edits, for
//! every client.
//!
//! One file a change: [`extract`] and [`inline`] values of variables, [`operation`] from an inline table to
//! one with a header and back, [`group`] around steps, [`sort`] by the order in which they run, and
//! [`fix_all`]. None is offered beside a syntax error, where a change could not know what it moves.
//!
//! They share [`blocks`], what is a step in the text; [`meaning`], what a string stands for; [`write`], how it
//! is written; [`variables`], the table of them; [`tables`], what stands in a table; and [`same`], whether two texts
//! hold the same data.

mod blocks;
mod extract;
mod fix_all;
mod group;
mod inline;
mod meaning;
mod operation;
mod same;
mod sort;
mod tables;
#[cfg(test)]
mod tests;
mod variables;
mod write;

use recipe::diagnostic::Diagnostic;
use recipe::{Analysis, Span};

use super::actions::{Action, Kind};

/// All changes of the kinds that are wanted and that can be made at `selection`. `found` is what is wrong
/// with the whole recipe.
pub(super) fn changes(
    analysis: &Analysis,
    selection: Span,
    found: &[Diagnostic],
    wants: &dyn Fn(Kind) -> bool,
) -> Vec<Action> {
    let mut all = Vec::new();
    if wants(Kind::Fix) {
        all.extend(fix_all::of_kind(analysis, selection, found));
    }
    if wants(Kind::Extract) {
        all.extend(extract::extract(analysis, selection));
    }
    if wants(Kind::Inline) {
        all.extend(inline::inline(analysis, selection));
    }
    if wants(Kind::Rewrite) {
        all.extend(operation::rewrite(analysis, selection));
        all.extend(group::wrap(analysis, selection));
    }
    if wants(Kind::Sort) {
        all.extend(sort::sort(analysis));
    }
    if wants(Kind::FixAll) {
        all.extend(fix_all::all(analysis, found));
    }
    all
}

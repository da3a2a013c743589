//! Fixes for more than one place: of one kind, or all that are safe.

use std::collections::BTreeMap;

use recipe::checks::is_safe_to_fix;
use recipe::diagnostic::{Diagnostic, Edit};
use recipe::{Analysis, Span};

use crate::features::actions::{Action, Effect, Kind};

/// For what is wrong at `selection` and has a safe fix: the fixes of all that is wrong in the same way.
pub(super) fn of_kind(analysis: &Analysis, selection: Span, found: &[Diagnostic]) -> Vec<Action> {
    let is_here =
        |it: &&Diagnostic| it.span.start <= selection.end && selection.start <= it.span.end;
    let mut actions: Vec<Action> = Vec::new();
    for diagnostic in found.iter().filter(is_here) {
        let code = diagnostic.code;
        let is_new = |it: &Action| it.repairs.as_ref().is_some_and(|it| it.code == code);
        if actions.iter().any(is_new) {
            continue;
        }
        let (count, edits) = fixes(analysis, found.iter().filter(|it| it.code == code));
        if count > 1 {
            actions.push(Action {
                kind: Kind::Fix,
                title: format!("Fix all {count} of {code} in this file"),
                effect: Effect::Edit(edits),
                repairs: Some(diagnostic.clone()),
                is_preferred: false,
            });
        }
    }
    actions
}

/// All fixes that are safe.
pub(super) fn all(analysis: &Analysis, found: &[Diagnostic]) -> Option<Action> {
    let (count, edits) = fixes(analysis, found.iter());
    let title = match count {
        0 => return None,
        1 => "Fix the one thing that is safe to fix".to_owned(),
        _ => format!("Fix all {count} that are safe to fix"),
    };
    Some(Action::change(Kind::FixAll, title, edits))
}

/// The safe fixes of what was found, as far as they leave one another alone. What is left over is there to fix
/// afterwards.
fn fixes<'a>(
    analysis: &Analysis,
    found: impl Iterator<Item = &'a Diagnostic>,
) -> (usize, Vec<Edit>) {
    let (mut count, mut all) = (0, Vec::<Edit>::new());
    if !analysis.tree.errors.is_empty() {
        return (0, all);
    }
    // The ends of what is edited already, by the starts: none touches another.
    let mut taken = BTreeMap::new();
    for diagnostic in found.filter(|it| is_safe_to_fix(it.code)) {
        let [fix] = diagnostic.fixes.as_slice() else {
            continue;
        };
        let is_free = |edit: &Edit| {
            let before = taken.range(..=edit.span.end).next_back();
            before.is_none_or(|(_, end)| *end < edit.span.start)
        };
        if fix.edits.iter().all(is_free) {
            count += 1;
            taken.extend(
                fix.edits
                    .iter()
                    .map(|edit| (edit.span.start, edit.span.end)),
            );
            all.extend(fix.edits.iter().cloned());
        }
    }
    (count, all)
}

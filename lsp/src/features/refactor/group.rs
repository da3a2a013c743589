//! Wrapping steps into a group, in front of them. Nothing else changes: who refers to a step goes on doing so.

use std::collections::HashSet;

use recipe::checks::newline;
use recipe::diagnostic::Edit;
use recipe::language::operation;
use recipe::model::Step;
use recipe::symbol::SymbolKind;
use recipe::{Analysis, Span};

use super::blocks::{self, Block};
use crate::features::actions::{Action, Kind};

/// What can be wrapped: the steps of a selection, or at a cursor the one whose header or id it is at.
pub(super) fn wrap(analysis: &Analysis, selection: Span) -> Vec<Action> {
    wrapped(analysis, selection).unwrap_or_default()
}

fn wrapped(analysis: &Analysis, selection: Span) -> Option<Vec<Action>> {
    let all = analysis
        .tree
        .errors
        .is_empty()
        .then(|| blocks::steps(analysis))??;
    let is_selected = |it: &Block| it.span.start < selection.end && selection.start < it.span.end;
    let mut chosen: Vec<usize> = (0..all.len()).filter(|it| is_selected(&all[*it])).collect();
    if chosen.len() < 2 {
        chosen = vec![step_named_at(analysis, selection)?];
    }
    let members = members(analysis);
    let steps = chosen.iter().map(|it| &analysis.recipe.steps[*it]);
    let free = |step| free_to_wrap(analysis, step).filter(|id| !members.contains(id));
    let ids: Vec<&str> = steps.map(free).collect::<Option<_>>()?;
    let place = blocks::place_before(analysis, all[chosen[0]].tables.start);
    let action = |what: &str, mode: &str| {
        let title = format!("Wrap {what}{}", caveat());
        let edit = written(analysis, place, &ids, mode);
        Action::change(Kind::Rewrite, title, vec![edit])
    };
    let count = ids.len();
    if count == 1 {
        return Some(vec![action(&format!("step '{}' into a group", ids[0]), "")]);
    }
    // As they are: a parallel group orders nothing.
    let parallel = action(
        &format!("{count} steps into a group"),
        ", mode = \"parallel\"",
    );
    let one_by_one = analysis.graph().keeps_order(&chosen).then(|| {
        action(
            &format!("{count} steps into a group, one after the other"),
            "",
        )
    });
    Some([Some(parallel), one_by_one].into_iter().flatten().collect())
}

/// The step whose header or id is in the line of the selection.
fn step_named_at(analysis: &Analysis, selection: Span) -> Option<usize> {
    let text = &analysis.text;
    let line = Span::new(
        blocks::line_start(text, selection.start),
        blocks::line_end(text, selection.end),
    );
    let is_named_here = |step: &Step| {
        let places = [Some(step.fields.span), step.id().map(|id| id.span)];
        places.into_iter().flatten().any(|it| line.covers(it))
    };
    analysis.recipe.steps.iter().position(is_named_here)
}

/// The ids of the steps that are in a group.
fn members(analysis: &Analysis) -> HashSet<&str> {
    let operations = analysis.recipe.steps.iter().flat_map(|it| &it.operations);
    let groups = operations.filter(|it| it.spec.name == "group");
    let members = groups.flat_map(|it| it.fields.names("steps"));
    members.map(|member| member.value.as_str()).collect()
}

/// The id of a step that could become a member: a sound one that no other step has.
fn free_to_wrap<'a>(analysis: &Analysis, step: &'a Step) -> Option<&'a str> {
    let id = step.id()?.value.as_str();
    let is_unique = analysis.names.steps.get(id)?.defined.len() == 1;
    let is_sound = is_unique && SymbolKind::Step.check_name(id).is_ok();
    is_sound.then_some(id)
}

fn written(analysis: &Analysis, place: usize, ids: &[&str], mode: &str) -> Edit {
    let newline = newline(&analysis.text);
    let members: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    let members = members.join(", ");
    let id = free_id(analysis);
    let text = format!(
        "[[step]]{newline}id = \"{id}\"{newline}group = {{ steps = [{members}]{mode} }}{newline}{newline}"
    );
    let span = Span::at(place);
    Edit { span, text }
}

/// `group`, or the first number behind it that no step has yet.
fn free_id(analysis: &Analysis) -> String {
    let numbered = (2..).map(|number| format!("group-{number}"));
    let mut ids = std::iter::once("group".to_owned()).chain(numbered);
    let free = ids.find(|id| !analysis.names.steps.contains_key(id));
    free.unwrap_or_default()
}

/// A word on what this version cannot run yet: nobody should find out by a refusal.
fn caveat() -> &'static str {
    match operation("group").is_some_and(|it| it.executable) {
        true => "",
        false => " (this version does not run groups yet)",
    }
}

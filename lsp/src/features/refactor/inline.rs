//! Putting a variable's value where the variable is used: at one use, or at all of them and without the
//! variable.
//!
//! It is offered where the value is the recipe's own, which no step changes, and where every string means the
//! same with it.

use recipe::diagnostic::Edit;
use recipe::language::Role;
use recipe::model::{Text, Variable};
use recipe::reference::ReferenceKind;
use recipe::{Analysis, Span};

use super::meaning::{Meaning, Piece, filled};
use super::{blocks, variables, write};
use crate::features::actions::{Action, Kind};

/// The variable whose key, or a use of which, `selection` is at.
pub(super) fn inline(analysis: &Analysis, selection: Span) -> Option<Action> {
    let is_at = |span: Span| span.touches(selection.start) && span.touches(selection.end);
    let mut variables = analysis.recipe.variables.iter();
    match variables.find(|it| is_at(it.name.span)) {
        Some(variable) => everywhere(analysis, variable),
        None => here(analysis, &is_at),
    }
}

/// A variable with its value, if that is all it ever is.
fn constant<'a>(analysis: &'a Analysis, variable: &'a Variable) -> Option<(&'a str, &'a Text)> {
    let name = variable.name.value.as_str();
    let known = analysis.names.variables.get(name)?;
    let value = variable.value.as_ref()?;
    let mut credentials = analysis.credentials();
    let holds_credential = credentials.any(|it| value.span.covers(it.span));
    let is_sound = table_at(analysis, value.span.start)
        .is_none_or(|table| blocks::is_sound(analysis, table..table + 1));
    let mut in_cycles = analysis.variables.cycles.iter().flatten();
    let is_constant =
        known.defined.len() == 1 && known.set_by.is_empty() && in_cycles.all(|it| it != name);
    (is_constant && !holds_credential && is_sound).then_some((name, value))
}

/// The index of the table that `offset` is in.
fn table_at(analysis: &Analysis, offset: usize) -> Option<usize> {
    let tables = &analysis.tree.tables;
    tables
        .partition_point(|it| it.header.start <= offset)
        .checked_sub(1)
}

/// All uses, and the variable gone.
fn everywhere(analysis: &Analysis, variable: &Variable) -> Option<Action> {
    let (name, value) = constant(analysis, variable)?;
    let uses = analysis.names.variables.get(name)?.uses.len();
    let (mut edits, mut count) = (Vec::new(), 0);
    let mut is_possible = analysis.tree.errors.is_empty();
    analysis.recipe.each_text(&mut |text| {
        let places = places(text, name);
        if places.is_empty() || !is_possible {
            return;
        }
        count += places.len();
        match filled_in(analysis, text, name, value, &places) {
            Some(filled) => edits.extend(filled),
            None => is_possible = false,
        }
    });
    // A use that is no reference names the variable itself.
    if !is_possible || count == 0 || count != uses {
        return None;
    }
    let entry = variable.name.span.to(value.span);
    edits.push(variables::remove(analysis, entry)?);
    edits.sort_by_key(|edit| edit.span);
    let places = if count == 1 {
        "the place"
    } else {
        "all places"
    };
    let title = format!("Inline variable '{name}' in {places} where it is used");
    Some(Action::change(Kind::Inline, title, edits))
}

/// The one use at the selection.
fn here(analysis: &Analysis, is_at: &dyn Fn(Span) -> bool) -> Option<Action> {
    let mut found = None;
    analysis.recipe.each_text(&mut |text| {
        if is_at(text.span) {
            found = text
                .references
                .iter()
                .position(|it| is_at(it.span))
                .map(|it| (text, it))
                .or(found);
        }
    });
    let (text, index) = found?;
    let ReferenceKind::Variable(name) = &text.references[index].kind else {
        return None;
    };
    let table = table_at(analysis, text.span.start);
    if !table.is_none_or(|table| blocks::is_sound(analysis, table..table + 1)) {
        return None;
    }
    let (name, value) = constant(analysis, analysis.recipe.variable(name)?)?;
    let edits = filled_in(analysis, text, name, value, &[index])?;
    let title = format!("Inline variable '{name}' here");
    Some(Action::change(Kind::Inline, title, edits))
}

/// The references to the variable in a string, by index.
fn places(text: &Text, name: &str) -> Vec<usize> {
    let all = text.references.iter().enumerate();
    let is_it = |kind: &ReferenceKind| matches!(kind, ReferenceKind::Variable(it) if it == name);
    all.filter(|(_, it)| is_it(&it.kind))
        .map(|(index, _)| index)
        .collect()
}

/// The edits that write the value in the place of some references, if the string means the same then.
fn filled_in(
    analysis: &Analysis,
    text: &Text,
    name: &str,
    value: &Text,
    places: &[usize],
) -> Option<Vec<Edit>> {
    let meaning = Meaning {
        names: &analysis.names,
        new: None,
    };
    let stands_for = meaning.pieces(value.as_str(), Role::Variable)?;
    let is_secret = |piece: &Piece| matches!(piece, Piece::Reference(ReferenceKind::Secret(_)));
    let is_allowed = |piece: &Piece| {
        meaning.is_known_at_start(piece) && (text.role.allows_secrets() || !is_secret(piece))
    };
    if !stands_for.iter().all(is_allowed) {
        return None;
    }
    let is_the_same = |new: &str| {
        let (old, role) = (text.as_str(), text.role);
        if role == Role::When {
            let condition = |text| meaning.condition(text, name, &stands_for);
            return condition(old).is_some() && condition(old) == condition(new);
        }
        let filled = |text| Some(filled(&meaning.pieces(text, role)?, name, &stands_for));
        // A carriage return of the value's own would be taken for a part of a line end.
        let has_return = role == Role::Shell && value.as_str().contains('\r');
        let mut both = [old, new].into_iter();
        !has_return
            && !both.any(|it| meaning.depends_on_its_neighbours(it, role))
            && filled(old).is_some()
            && filled(old) == filled(new)
    };
    // In a condition a value is a word only in quotes.
    let written = [
        value.as_str().to_owned(),
        format!("\"{}\"", value.as_str()),
        format!("'{}'", value.as_str()),
    ];
    let ways = if text.role == Role::When {
        &written[..]
    } else {
        &written[..1]
    };
    ways.iter().find_map(|way| {
        let ranges = places.iter().map(|it| text.references[*it].range.clone());
        let parts: Vec<_> = ranges.map(|range| (range, way.as_str())).collect();
        let mut new = text.as_str().to_owned();
        for (range, way) in parts.iter().rev() {
            new.replace_range(range.clone(), way);
        }
        is_the_same(&new).then(|| write::replaced(&analysis.text, text, &parts))?
    })
}

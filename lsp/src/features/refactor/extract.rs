//! Giving a value a name: a whole string, or a part of one, becomes a variable.
//!
//! The variable's value is filled in where it is used, so it must stand for what stood there: what in shell text
//! is left to the shell is a literal `$${` in the value; what only a step knows cannot be in one at all.

use std::ops::Range;

use recipe::language::Role;
use recipe::model::{Arg, Field, Fields, Text};
use recipe::reference::{ReferenceKind, scan};
use recipe::replace::said;
use recipe::{Analysis, Span};

use super::meaning::{Meaning, Piece, filled};
use super::variables::{self, free_name};
use super::{blocks, write};
use crate::features::actions::{Action, Kind};

/// The value at `selection` as a variable, there and, if it stands elsewhere too, everywhere.
pub(super) fn extract(analysis: &Analysis, selection: Span) -> Vec<Action> {
    let Some(chosen) = Chosen::at(analysis, selection) else {
        return Vec::new();
    };
    let (text, range) = (chosen.place.text, chosen.range.clone());
    let Some(value) = value(analysis, text, range.clone()) else {
        return Vec::new();
    };
    let name = free_name(analysis, &chosen.name(analysis));
    let place = |text: &Text, parts: &[Range<usize>]| refer(analysis, text, parts, &name, &value);
    let (Some(here), Some(definition)) = (
        place(text, std::slice::from_ref(&range)),
        variables::define(analysis, &name, &value),
    ) else {
        return Vec::new();
    };
    let action = |title: String, mut edits: Vec<_>| {
        edits.extend(definition.clone());
        edits.sort_by_key(|edit: &recipe::diagnostic::Edit| edit.span);
        Action::change(Kind::Extract, title, edits)
    };
    // Of a variable's value the strings of steps are the others.
    let is_in_step = chosen.place.step.is_some();
    let (mut everywhere, mut count) = (Vec::new(), 0);
    everywhere.extend(here.iter().filter(|_| !is_in_step).cloned());
    for (other, mut parts) in chosen.equals(analysis) {
        parts.retain(|part| place(other, std::slice::from_ref(part)).is_some());
        let is_here = other.span == text.span;
        match place(other, &parts).filter(|_| !parts.is_empty()) {
            Some(there) => {
                everywhere.extend(there);
                count += parts.len() - usize::from(is_here);
            }
            None if is_here => everywhere.extend(here.clone()),
            None => {}
        }
    }
    let mut actions = vec![action(format!("Extract into variable '{name}'"), here)];
    let places = if count == 1 { "place" } else { "places" };
    let title = format!("Extract into variable '{name}', here and in {count} other {places}");
    actions.extend((count > 0).then(|| action(title, everywhere)));
    actions
}

/// A string, and where it stands.
struct Place<'a> {
    text: &'a Text,
    /// The key whose value it is.
    key: &'a str,
    step: Option<usize>,
}

/// What is selected.
struct Chosen<'a> {
    place: Place<'a>,
    /// The part of what the string says.
    range: Range<usize>,
}

impl<'a> Chosen<'a> {
    /// The string around the selection and what of it is selected: all of it at a cursor.
    fn at(analysis: &'a Analysis, selection: Span) -> Option<Self> {
        let place = place_at(analysis, selection)?;
        let text = place.text;
        let length = text.as_str().len();
        let inner = text.source.span_of(0, length);
        let range = match is_cursor(&analysis.text, selection) || selection.covers(inner) {
            true => 0..length,
            false if inner.covers(selection) => {
                let start = text.source.decoded_at(selection.start);
                let end = text.source.decoded_at(selection.end);
                // Not the half of an escape.
                let is_exact = text.source.span_of(start, end.max(start)) == selection;
                (is_exact && start < end).then_some(start..end)?
            }
            false => return None,
        };
        let chosen = Self { place, range };
        let is_value = !chosen.is_whole() || text.role != Role::Variable;
        (length > 0 && is_value && chosen.is_worth_a_name()).then_some(chosen)
    }

    fn is_whole(&self) -> bool {
        self.range == (0..self.place.text.as_str().len())
    }

    /// Whether it is more than blanks or a reference, which has a name already, and no half of one or of a line
    /// end.
    fn is_worth_a_name(&self) -> bool {
        let (text, range) = (self.place.text, &self.range);
        let is_cut = |it: &Range<usize>, at: usize| it.start < at && at < it.end;
        let is_fine =
            |it: &Range<usize>| it != range && !is_cut(it, range.start) && !is_cut(it, range.end);
        let cuts_line_end = |at: usize| {
            let (before, behind) = text.as_str().split_at(at);
            before.ends_with('\r') && behind.starts_with('\n')
        };
        text.references.iter().all(|it| is_fine(&it.range))
            && ![range.start, range.end].into_iter().any(cuts_line_end)
            && !text.as_str()[range.clone()].trim().is_empty()
    }

    /// What the variable is called: what the command line or the key calls it.
    fn name(&self, analysis: &Analysis) -> String {
        if self.is_whole() {
            return self.place.key.to_owned();
        }
        if let Some(option) = option_before(&self.place.text.as_str()[..self.range.start]) {
            return option.to_owned();
        }
        let step = self
            .place
            .step
            .and_then(|it| analysis.recipe.steps[it].id());
        match step {
            Some(id) => format!("{}_value", id.value),
            None => format!("{}_part", self.place.key),
        }
    }

    /// Where the strings of steps say the same, the selection among them: as a whole, or in commands and paths as a
    /// word or the beginning of a path.
    fn equals(&self, analysis: &'a Analysis) -> Vec<(&'a Text, Vec<Range<usize>>)> {
        let here = self.place.text;
        let part = &here.as_str()[self.range.clone()];
        let has_parts = |role: Role| matches!(role, Role::Shell | Role::Path);
        let is_word = has_parts(here.role) && is_word(here.as_str(), &self.range);
        let mut found = Vec::new();
        for step in &analysis.recipe.steps {
            step.each_text(&mut |text| {
                let said = text.as_str();
                let is_same_kind = (text.role == Role::Shell) == (here.role == Role::Shell);
                let parts = match text.span == here.span {
                    true if !is_word => vec![self.range.clone()],
                    false if self.is_whole() && said == part && is_same_kind => {
                        std::iter::once(0..said.len()).collect()
                    }
                    _ if is_word && has_parts(text.role) => words(said, part),
                    _ => return,
                };
                found.push((text, parts));
            });
        }
        found
    }
}

/// Where `text` has `part` as a word, or as the beginning of a path.
fn words(text: &str, part: &str) -> Vec<Range<usize>> {
    let all = text.match_indices(part).map(|(at, _)| at..at + part.len());
    all.filter(|range| is_word(text, range)).collect()
}

/// Whether a part of a text is a word of its own, or a path, behind which more of it may follow.
fn is_word(text: &str, range: &Range<usize>) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "_-.~/$@%+}".contains(c);
    let (before, after) = (&text[..range.start], &text[range.end..]);
    let is_path = text[range.clone()].contains('/');
    let goes_on = after.strip_prefix('/').filter(|_| is_path).is_none();
    let is_single = !text[range.clone()].contains(char::is_whitespace);
    is_single && !before.ends_with(is_part) && !(goes_on && after.starts_with(is_part))
}

/// Whether nothing is meant to be selected. Some editors have cursors of one character; one that is a word of
/// its own is a selection all the same.
fn is_cursor(text: &str, selection: Span) -> bool {
    let is_word = |c: char| c.is_alphanumeric();
    let mut chars = text[selection.range()].chars();
    match (chars.next(), chars.next()) {
        (None, _) => true,
        (Some(one), None) => {
            let before = text[..selection.start].ends_with(is_word);
            !is_word(one) || before || text[selection.end..].starts_with(is_word)
        }
        _ => false,
    }
}

/// `epochs` of `--epochs `, `--epochs=` and `EPOCHS=`.
fn option_before(text: &str) -> Option<&str> {
    let text = text.trim_end_matches(['"', '\'']);
    let word = text.strip_suffix([' ', '=']).unwrap_or(text);
    let start = word.rfind(char::is_whitespace).map_or(0, |it| it + 1);
    let word = &word[start..];
    let name = match word.strip_prefix("--") {
        Some(option) => option,
        None if text.ends_with('=') => word,
        None => return None,
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_name))
        .then_some(name)
}

/// The string that `selection` is in, if nothing around it is broken.
fn place_at(analysis: &Analysis, selection: Span) -> Option<Place<'_>> {
    let is_here =
        |text: &Text| text.span.touches(selection.start) && text.span.touches(selection.end);
    let variables = analysis.recipe.variables.iter();
    let mut values = variables.filter_map(|it| Some((it, it.value.as_ref()?)));
    if let Some((variable, text)) = values.find(|(_, text)| is_here(text)) {
        let key = variable.name.value.as_str();
        return Some(Place {
            text,
            key,
            step: None,
        });
    }
    let (index, _) = blocks::step_at(analysis, selection.start)?;
    let step = &analysis.recipe.steps[index];
    let mut found = None;
    let fields = std::iter::once(&step.fields).chain(step.operations.iter().map(|it| &it.fields));
    for fields in fields {
        each_text(fields, &mut |key, text| {
            if is_here(text) {
                found = Some(Place {
                    text,
                    key,
                    step: Some(index),
                });
            }
        });
    }
    found
}

/// Calls `visit` with every string in here and its key.
fn each_text<'a>(fields: &'a Fields, visit: &mut dyn FnMut(&'a str, &'a Text)) {
    fields.each_field(&mut |field: &'a Field| match &field.value {
        Arg::Text(text) => visit(field.spec.name, text),
        Arg::Texts(texts) => texts.iter().for_each(|text| visit(field.spec.name, text)),
        Arg::Map(entries) => entries
            .iter()
            .for_each(|(key, text)| visit(&key.value, text)),
        _ => {}
    });
}

/// What the variable's value must say to stand for a part of a string.
fn value(analysis: &Analysis, text: &Text, range: Range<usize>) -> Option<String> {
    let chosen = text.source.span_of(range.start, range.end);
    let mut credentials = analysis.credentials();
    // One that is written out belongs into the keychain, not into one more place.
    if credentials.any(|it| it.span.start < chosen.end && chosen.start < it.span.end) {
        return None;
    }
    let is_shell = text.role == Role::Shell;
    let said = &text.as_str()[range.clone()];
    let mut value = String::new();
    let mut done = 0;
    for found in scan(said, is_shell) {
        value += &literal(&said[done..found.range.start]);
        let written = &said[found.range.clone()];
        done = found.range.end;
        value += &match &found.kind {
            ReferenceKind::Secret(_) | ReferenceKind::Env(_) | ReferenceKind::Escape => {
                written.to_owned()
            }
            ReferenceKind::Variable(name) if analysis.names.is_set_by_step(name) => return None,
            ReferenceKind::Variable(name) => {
                let is_ours =
                    analysis.names.is_variable(name) || matches!(name.as_str(), "target" | "now");
                if is_ours {
                    written.to_owned()
                } else {
                    literal(written)
                }
            }
            _ => return None,
        };
    }
    value += &literal(&said[done..]);
    if is_shell {
        value = with_plain_lines(text, range, value)?;
    }
    Some(value)
}

/// Text that is to stand for itself.
fn literal(text: &str) -> String {
    text.replace("${", "$${")
}

/// The value of a variable is pasted as it is, where line ends of the file itself are made plain ones.
fn with_plain_lines(text: &Text, range: Range<usize>, value: String) -> Option<String> {
    let said = &text.as_str()[range.clone()];
    let is_of_file = |at: usize| {
        let at = range.start + at;
        text.as_str()[at..].starts_with("\r\n") && text.source.span_of(at, at + 2).len() == 2
    };
    let mut returns = said.match_indices('\r').map(|(at, _)| at);
    returns.all(is_of_file).then(|| value.replace("\r\n", "\n"))
}

/// The edits that put references to `name` in the place of parts of a string, if the string stands for the same then.
fn refer(
    analysis: &Analysis,
    text: &Text,
    parts: &[Range<usize>],
    name: &str,
    value: &str,
) -> Option<Vec<recipe::diagnostic::Edit>> {
    let reference = write::reference(name);
    let parts: Vec<_> = parts
        .iter()
        .map(|it| (it.clone(), reference.as_str()))
        .collect();
    if !means_the_same(analysis, text, &said(text, &parts), name, value) {
        return None;
    }
    match parts.as_slice() {
        [(range, _)] if *range == (0..text.as_str().len()) => {
            let span = text.span;
            let text = format!("\"{reference}\"");
            Some(vec![recipe::diagnostic::Edit { span, text }])
        }
        _ => write::replaced(&analysis.text, text, &parts),
    }
}

fn means_the_same(analysis: &Analysis, text: &Text, new: &str, name: &str, value: &str) -> bool {
    let (old, role) = (text.as_str(), text.role);
    let meaning = Meaning {
        names: &analysis.names,
        new: Some(name),
    };
    let Some(value) = meaning.pieces(value, Role::Variable) else {
        return false;
    };
    if [old, new]
        .iter()
        .any(|it| meaning.depends_on_its_neighbours(it, role))
    {
        return false;
    }
    if role == Role::When {
        let condition = |text| meaning.condition(text, name, &value);
        return condition(old).is_some() && condition(old) == condition(new);
    }
    // Line ends of the file are made plain ones in shell text.
    let plain = |pieces: Vec<Piece>| match role {
        Role::Shell => pieces.into_iter().map(Piece::with_plain_lines).collect(),
        _ => pieces,
    };
    match (meaning.pieces(old, role), meaning.pieces(new, role)) {
        (Some(old), Some(new)) => plain(old) == plain(filled(&new, name, &value)),
        _ => false,
    }
}

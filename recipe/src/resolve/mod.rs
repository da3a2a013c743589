//! What references stand for: the way from a [`Text`] of the model to a [`Template`] of the plan.
//!
//! * [`Variables`]: the values of `[variables]`, each with the others filled in;
//! * [`template`]: any text but shell text;
//! * [`shell`]: shell text, where text is pasted and data becomes marks for [`crate::shell`].

pub(crate) mod shell;
mod variables;

pub use variables::{MAX_EXPANDED, Variables};

use crate::model::Text;
use crate::names::Names;
use crate::plan::{Piece, Template};
use crate::reference::{Reference, ReferenceKind};

/// Tells the index of the step of an id: in the recipe, or in a plan.
pub(crate) type StepIndices<'a> = dyn Fn(&str) -> Option<usize> + 'a;

/// What `text` stands for. A reference that cannot be resolved is nothing; a check reports it.
pub(crate) fn template(
    text: &Text,
    names: &Names,
    variables: &Variables,
    steps: &StepIndices<'_>,
) -> Template {
    let mut result = Template::default();
    let mut done = 0;
    for reference in &text.references {
        push_text(&mut result, &text.as_str()[done..reference.range.start]);
        for piece in pieces(reference, names, variables, steps).unwrap_or_default() {
            push(&mut result, piece);
        }
        done = reference.range.end;
    }
    push_text(&mut result, &text.as_str()[done..]);
    result
}

/// Whether `text` would be longer than [`MAX_EXPANDED`] with its variables filled in.
pub(crate) fn is_too_long(text: &Text, names: &Names, variables: &Variables) -> bool {
    let value = |reference: &Reference| match &reference.kind {
        ReferenceKind::Variable(name) if !names.is_set_by_step(name) => variables.value(name),
        _ => None,
    };
    let filled: usize = text.references.iter().filter_map(value).map(length).sum();
    text.as_str().len() + filled > MAX_EXPANDED
}

/// The length of a template's text, with a little for each of its holes.
fn length(template: &Template) -> usize {
    let of_piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.len(),
        _ => 16,
    };
    template.0.iter().map(of_piece).sum()
}

/// What a reference stands for; `None` where nothing of ours has that name.
pub(crate) fn pieces(
    reference: &Reference,
    names: &Names,
    variables: &Variables,
    steps: &StepIndices<'_>,
) -> Option<Vec<Piece>> {
    match &reference.kind {
        ReferenceKind::Variable(name) => variable(name, names, variables),
        ReferenceKind::Secret(name) => Some(vec![Piece::Secret(name.clone())]),
        ReferenceKind::StepOutput(id) => steps(id).map(|index| vec![Piece::StepOutput(index)]),
        ReferenceKind::StepExitCode(id) => steps(id).map(|index| vec![Piece::StepExitCode(index)]),
        ReferenceKind::Env(name) => Some(vec![Piece::Env(name.clone())]),
        ReferenceKind::Escape => Some(vec![Piece::Text("${".to_owned())]),
        ReferenceKind::Malformed(_) => None,
    }
}

/// What `${name}` stands for. A variable of the recipe wins over the built-in names.
fn variable(name: &str, names: &Names, variables: &Variables) -> Option<Vec<Piece>> {
    if names.is_set_by_step(name) {
        return Some(vec![Piece::Variable(name.to_owned())]);
    }
    match variables.value(name) {
        Some(value) => Some(value.0.clone()),
        None if names.is_variable(name) => Some(Vec::new()),
        None => match name {
            "target" => Some(vec![Piece::Target]),
            "now" => Some(vec![Piece::Now]),
            _ => None,
        },
    }
}

fn push_text(template: &mut Template, text: &str) {
    if !text.is_empty() {
        push(template, Piece::Text(text.to_owned()));
    }
}

/// Appends a piece; two texts side by side become one.
fn push(template: &mut Template, piece: Piece) {
    match (template.0.last_mut(), piece) {
        (_, Piece::Text(text)) if text.is_empty() => {}
        (Some(Piece::Text(last)), Piece::Text(text)) => last.push_str(&text),
        (_, piece) => template.0.push(piece),
    }
}

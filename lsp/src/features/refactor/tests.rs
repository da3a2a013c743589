//! Each change at its place, and on recipes put together at random: what it promises to leave is left.

mod changes;
mod properties;
mod said;

use std::sync::Arc;

use recipe::diagnostic::Edit;
use recipe::{Analyser, Analysis, Span};

use super::changes;
use crate::features::actions::{Action, Effect};

fn analysed(text: &str) -> Analysis {
    Analyser::default().analyse(Arc::from(text), Some("a.recipe.toml"))
}

/// What can be changed at a selection.
fn offered(analysis: &Analysis, selection: Span) -> Vec<Action> {
    changes(analysis, selection, analysis.text_diagnostics(), &|_| true)
}

/// The text once an action is taken.
fn taken(text: &str, action: &Action) -> String {
    let Effect::Edit(edits) = &action.effect else {
        panic!("{action:?} changes nothing");
    };
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let is_apart = |pair: &[&Edit]| pair[0].span.end <= pair[1].span.start;
    assert!(edits.windows(2).all(is_apart), "{edits:?} of\n{text}");
    // Clients know no place within a line end.
    let splits = |at: usize| text[..at].ends_with('\r') && text[at..].starts_with('\n');
    let mut ends = edits
        .iter()
        .flat_map(|edit| [edit.span.start, edit.span.end]);
    assert!(!ends.any(splits), "{edits:?} of\n{text}");
    let mut text = text.to_owned();
    for edit in edits.into_iter().rev() {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}

//! Reads a rewritten script again, and trusts only what it finds where it was meant to be.

use brush_parser::{Parser, ParserOptions};

use super::context::{self, Layer, Place, Quoting};
use super::parse::Script;
use super::refusal::{Refusal, Why};
use super::rewrite::Rewrite;

/// Whether every expansion that was put in is one, in the quotes that were meant for it.
///
/// # Errors
/// Those that are not; all of them where no parser takes the whole script.
pub(super) fn check(
    marked: &Script,
    rewrite: &Rewrite,
    places: &[(usize, Place)],
) -> Result<(), Vec<Refusal>> {
    let refuse = |mark: usize, why: &Why| Refusal {
        mark,
        why: why.clone(),
    };
    let all = |why| {
        places
            .iter()
            .map(|(mark, _)| refuse(*mark, &why))
            .collect::<Vec<_>>()
    };
    if places.is_empty() {
        return Ok(());
    }
    let Some(script) = Script::of(&rewrite.text) else {
        return Err(all(Why::Unverified));
    };
    let misplaced: Vec<Refusal> = std::iter::zip(places, &rewrite.inserted)
        .filter(|((_, place), inserted)| {
            let path = script.path(inserted);
            let Some(expansion) = path.last() else {
                return true;
            };
            let intact = expansion.node.kind() == "expansion"
                && expansion.node.end_byte() == inserted.end
                && script.expansion(expansion.node).len() == inserted.len();
            !intact || context::layers(&script, &path, path.len() - 1) != Ok(meant(place))
        })
        .map(|((mark, _), _)| refuse(*mark, &Why::Unverified))
        .collect();
    if !misplaced.is_empty() {
        return Err(misplaced);
    }
    let doubtful = marked.root().has_error() || script.root().has_error();
    match doubtful && !is_sound(&rewrite.text) {
        true => Err(all(Why::Syntax)),
        false => Ok(()),
    }
}

/// The layers around an expansion in this place.
fn meant(place: &Place) -> Vec<Layer> {
    let around = match place.quoting {
        Quoting::Bare => &place.layers[..],
        Quoting::Single => &place.layers[1..],
        Quoting::Double | Quoting::LeftAlone => return place.layers.clone(),
    };
    [&[Layer::Double], around].concat()
}

/// The second opinion, strict where tree-sitter is tolerant.
fn is_sound(text: &str) -> bool {
    is_shallow(text)
        && Parser::new(text.as_bytes(), &ParserOptions::default())
            .parse_program()
            .is_ok()
}

/// Whether nothing nests so deep that a recursive parser would run out of stack.
pub(super) fn is_shallow(text: &str) -> bool {
    const DEEP: usize = 64;
    let openers = text.matches(['(', '{', '`', '!']).count();
    let keywords = text
        .split_whitespace()
        .filter(|word| matches!(*word, "if" | "while" | "until" | "for" | "case"))
        .count();
    openers + keywords <= DEEP
}

//! Formatting keeps what a text says and every comment, is done after one time, and touches nothing that is
//! no TOML.

use recipe::format::{Indent, edits, formatted};
use recipe::syntax::{comments_with, parse};

use crate::places::inside;

/// See above.
pub fn holds(data: &[u8]) {
    let Some(text) = crate::text(data) else {
        return;
    };
    let tree = parse(text);
    let once = formatted(text, &tree);
    if !tree.errors.is_empty() {
        assert_eq!(once, text, "a text with errors is touched");
        return;
    }
    let again = parse(&once);
    assert!(again.errors.is_empty(), "{:?} in\n{once}", again.errors);
    assert_eq!(formatted(&once, &again), once, "once is not enough");
    assert_eq!(comments(text), comments(&once), "comments are lost");
    if crate::syntax::is_shallow(text) {
        assert_eq!(meaning(text), meaning(&once), "it says something else");
    }
    let half = text.floor_char_boundary(text.len() / 2);
    let range = recipe::Span::new(text.floor_char_boundary(half / 2), half);
    let first = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let last = text[range.end..]
        .find('\n')
        .map_or(text.len(), |at| range.end + at + 1);
    for edit in edits(text, &tree, Some(range), Indent::default()) {
        inside(text, edit.span, recipe::Span::new(first, last));
    }
}

fn meaning(text: &str) -> serde_json::Value {
    toml_edit::de::from_str(text).expect("TOML")
}

fn comments(text: &str) -> Vec<&str> {
    let spans = comments_with(text, "").into_iter();
    spans.map(|span| text[span.range()].trim_end()).collect()
}

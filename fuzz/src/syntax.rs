//! Any text has a tree with every range in order, and whether it is TOML is what `toml_edit` says.

use recipe::Span;
use recipe::syntax::{Table, Tree, Value, ValueKind, parse};

use crate::places::{inside, whole};

/// See above.
pub fn holds(data: &[u8]) {
    let Some(text) = crate::text(data) else {
        return;
    };
    let tree = parse(text);
    in_order(text, &tree);
    if is_shallow(text) {
        let theirs = toml_edit::Document::parse(text);
        let ours = &tree.errors;
        assert_eq!(ours.is_empty(), theirs.is_ok(), "{theirs:?} {ours:?}");
    }
}

/// Whether a text nests no deeper than a person writes: where it does, parsers give up at different depths.
pub(crate) fn is_shallow(text: &str) -> bool {
    text.matches(['[', '{', '.']).count() < 64
}

/// Children lie inside their parents, and tables in the order of the text.
fn in_order(text: &str, tree: &Tree) {
    table(text, &tree.root, whole(text));
    let mut last = 0;
    for it in &tree.tables {
        inside(text, it.header, it.table.span);
        assert!(it.header.start >= last, "tables are out of order");
        last = it.header.start;
        it.path
            .iter()
            .for_each(|key| inside(text, key.span, it.header));
        table(text, &it.table, whole(text));
    }
    for error in &tree.errors {
        inside(text, error.span, whole(text));
        assert!(!error.message.is_empty(), "an error without words");
        error
            .related
            .iter()
            .for_each(|it| inside(text, it.0, whole(text)));
    }
}

fn table(text: &str, table: &Table, parent: Span) {
    inside(text, table.span, parent);
    for entry in &table.entries {
        inside(text, entry.span, table.span);
        inside(text, entry.key.span, entry.span);
        value(text, &entry.value, entry.span);
    }
}

fn value(text: &str, it: &Value, parent: Span) {
    inside(text, it.span, parent);
    match &it.kind {
        ValueKind::Table(inner) => table(text, inner, it.span),
        ValueKind::Array(values) => values.iter().for_each(|inner| value(text, inner, it.span)),
        ValueKind::String(string) => {
            let starts = string.text.char_indices().map(|(start, _)| start);
            for start in starts.chain([string.text.len()]).take(64) {
                inside(text, string.span_of(start, string.text.len()), it.span);
            }
        }
        _ => {}
    }
}

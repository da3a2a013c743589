//! Tables as they are meant: a header such as `[step.run_commands]` becomes part of the step above it,
//! as if it had been written inline.

use crate::span::Span;
use crate::syntax::{HeaderTable, Key, Table, Tree, Value, ValueKind};

/// A table with what headers add to it.
#[derive(Debug, Default)]
pub(super) struct Merged<'t> {
    /// The header that opens it, its braces, or what a dotted key covers.
    pub(super) span: Span,
    /// To the end of its last entry.
    pub(super) whole: Span,
    pub(super) items: Vec<Item<'t>>,
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Item<'t> {
    pub(super) key: &'t Key,
    pub(super) value: Content<'t>,
}

/// What stands behind a key.
#[derive(Debug)]
pub(super) enum Content<'t> {
    Value(&'t Value),
    Table(Merged<'t>),
    /// `[[key]]`
    Tables(Vec<Merged<'t>>),
}

/// The whole document.
pub(super) fn document(tree: &Tree) -> Merged<'_> {
    with_root(tree, &tree.tables)
}

/// The document with only these of its tables.
pub(super) fn with_root<'t>(
    tree: &'t Tree,
    headers: impl IntoIterator<Item = &'t HeaderTable>,
) -> Merged<'t> {
    tables(table(&tree.root, tree.root.span), headers)
}

/// A document of which `root` is known already, and which `headers` follow.
pub(super) fn tables<'t>(
    mut root: Merged<'t>,
    headers: impl IntoIterator<Item = &'t HeaderTable>,
) -> Merged<'t> {
    for header in headers {
        attach(&mut root, &header.path, header);
    }
    root
}

/// An inline table.
pub(super) fn inline(value: &Value) -> Option<Merged<'_>> {
    match &value.kind {
        ValueKind::Table(inner) => Some(table(inner, value.span)),
        _ => None,
    }
}

fn table(source: &Table, span: Span) -> Merged<'_> {
    let content = |value| match inline(value) {
        Some(table) => Content::Table(table),
        None => Content::Value(value),
    };
    let items = source.entries.iter().map(|entry| Item {
        key: &entry.key,
        value: content(&entry.value),
    });
    Merged {
        span,
        whole: span.to(source.span),
        items: items.collect(),
    }
}

/// Puts the table of `header` where `path` leads from `parent`.
fn attach<'t>(parent: &mut Merged<'t>, path: &'t [Key], header: &'t HeaderTable) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    parent.whole = parent.whole.to(header.table.span);
    let position = parent
        .items
        .iter()
        .position(|item| item.key.name == first.name);
    let index = position.unwrap_or_else(|| {
        let content = match rest.is_empty() && header.is_array {
            true => Content::Tables(Vec::new()),
            false => Content::Table(Merged {
                span: header.header,
                whole: header.table.span,
                items: Vec::new(),
            }),
        };
        parent.items.push(Item {
            key: first,
            value: content,
        });
        parent.items.len() - 1
    });
    match &mut parent.items[index].value {
        Content::Tables(tables) if rest.is_empty() => {
            tables.push(table(&header.table, header.header))
        }
        Content::Tables(tables) => {
            if let Some(last) = tables.last_mut() {
                attach(last, rest, header);
            }
        }
        Content::Table(inner) if rest.is_empty() => {
            let added = table(&header.table, header.header);
            inner.whole = inner.whole.to(added.whole);
            inner.items.extend(added.items);
        }
        Content::Table(inner) => attach(inner, rest, header),
        // A value is there already: the syntax layer has said so.
        Content::Value(_) => {}
    }
}

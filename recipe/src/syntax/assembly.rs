//! Puts statements together to a tree: entries under the header they follow, dotted keys nested.

use std::collections::HashMap;

use super::tree::{Entry, HeaderTable, Key, SyntaxError, Table, Tree, Value, ValueKind};
use crate::span::Span;

/// How deep a tree may go. Beyond it everything that walks a tree would have to fear for its stack;
/// `toml_edit` draws the line at the same place.
pub(super) const MAX_DEPTH: usize = 80;

/// A tree under construction.
#[derive(Default)]
pub(super) struct Assembly {
    root: Table,
    tables: Vec<HeaderTable>,
    pub(super) errors: Vec<SyntaxError>,
    /// The entries under the last of `tables`, or under none yet.
    current: Entries,
}

impl Assembly {
    /// A header: what follows belongs to it.
    pub(super) fn header(&mut self, path: Vec<Key>, header: Span, is_array: bool) {
        self.close();
        self.tables.push(HeaderTable {
            path,
            header,
            is_array,
            table: Table::default(),
        });
    }

    /// `keys = value` under the header that came last.
    pub(super) fn entry(&mut self, keys: Vec<Key>, value: Value) {
        self.current.add(keys, value);
    }

    /// Takes over a table that is finished already.
    pub(super) fn adopt(&mut self, mut table: HeaderTable) {
        self.close();
        self.current.entries = std::mem::take(&mut table.table.entries);
        self.tables.push(table);
    }

    /// Takes over the finished entries before the first header.
    pub(super) fn adopt_root(&mut self, root: Table) {
        self.current.entries = root.entries;
    }

    /// The finished tree.
    pub(super) fn finish(mut self) -> Tree {
        self.close();
        Tree {
            root: self.root,
            tables: self.tables,
            errors: self.errors,
        }
    }

    fn close(&mut self) {
        let entries = std::mem::take(&mut self.current).finish();
        let inside = extent(&entries);
        match self.tables.last_mut() {
            Some(last) => {
                let span = inside.map_or(last.header, |inside| last.header.to(inside));
                last.table = Table { entries, span };
            }
            None => {
                let span = inside.unwrap_or_default();
                self.root = Table { entries, span };
            }
        }
    }
}

/// The entries of one table while it grows.
#[derive(Default)]
pub(super) struct Entries {
    entries: Vec<Entry>,
    has_dotted: bool,
}

impl Entries {
    /// Adds `keys = value`. Without a key (a value where none can be) it is dropped.
    pub(super) fn add(&mut self, keys: Vec<Key>, mut value: Value) {
        self.has_dotted |= keys.len() > 1;
        let mut keys = keys.into_iter().rev();
        let Some(mut key) = keys.next() else {
            return;
        };
        for outer in keys {
            let entry = Entry {
                span: key.span.to(value.span),
                key,
                value,
            };
            let span = entry.span;
            let entries = vec![entry];
            value = Value {
                kind: ValueKind::Table(Table { entries, span }),
                span,
            };
            key = outer;
        }
        self.entries.push(Entry {
            span: key.span.to(value.span),
            key,
            value,
        });
    }

    /// The entries, with those that share a dotted prefix made one.
    pub(super) fn finish(self) -> Vec<Entry> {
        match self.has_dotted {
            true => merge(self.entries),
            false => self.entries,
        }
    }
}

/// Whether a table comes from a dotted key: then it starts with the rest of that key, while an
/// inline table starts with its brace.
pub(super) fn is_dotted(table: &Table) -> bool {
    let first = table.entries.first();
    first.is_some_and(|entry| entry.key.span.start == table.span.start)
}

fn merge(entries: Vec<Entry>) -> Vec<Entry> {
    let mut merged: Vec<Entry> = Vec::with_capacity(entries.len());
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut grown = Vec::new();
    for entry in entries {
        let ValueKind::Table(table) = &entry.value.kind else {
            merged.push(entry);
            continue;
        };
        if !is_dotted(table) {
            merged.push(entry);
            continue;
        }
        let Some(&place) = places.get(&entry.key.name) else {
            places.insert(entry.key.name.clone(), merged.len());
            merged.push(entry);
            continue;
        };
        grown.push(place);
        absorb(&mut merged[place], entry);
    }
    grown.sort_unstable();
    grown.dedup();
    for place in grown {
        if let ValueKind::Table(table) = &mut merged[place].value.kind {
            table.entries = merge(std::mem::take(&mut table.entries));
        }
    }
    merged
}

/// `a.b = 1` takes in `a.c = 2`.
fn absorb(into: &mut Entry, other: Entry) {
    into.span = into.span.to(other.span);
    into.value.span = into.value.span.to(other.value.span);
    if let (ValueKind::Table(table), ValueKind::Table(more)) =
        (&mut into.value.kind, other.value.kind)
    {
        table.span = into.value.span;
        table.entries.extend(more.entries);
    }
}

fn extent(entries: &[Entry]) -> Option<Span> {
    entries.iter().map(|entry| entry.span).reduce(Span::to)
}

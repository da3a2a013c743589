//! What is defined twice. The parser looks at one statement at a time; whether a name is free is
//! decided here, by the rules of TOML for tables, arrays of tables, dotted keys and inline tables.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use super::assembly::is_dotted;
use super::scalars::quoted;
use super::tree::{Entry, HeaderTable, Key, SyntaxError, Table, Tree, Value, ValueKind};
use crate::span::Span;

/// Adds to the errors of `tree` what is defined twice in it.
pub(super) fn report(tree: &mut Tree) {
    let mut found = find(&tree.root, tree.tables.iter(), &tree.errors);
    tree.errors.append(&mut found);
}

/// What is defined twice in `root` and `tables`, in whose text the `errors` are.
pub(super) fn find<'t>(
    root: &'t Table,
    tables: impl Iterator<Item = &'t HeaderTable>,
    errors: &[SyntaxError],
) -> Vec<SyntaxError> {
    let mut found = Vec::new();
    let mut broken: Vec<usize> = errors.iter().map(|error| error.span.start).collect();
    broken.sort_unstable();
    let mut names = Names::new();
    define_entries(&mut names, root, &mut found);
    for table in tables {
        let header = table.header;
        let first = broken.partition_point(|at| *at < header.start);
        let is_half_typed = broken.get(first).is_some_and(|at| *at < header.end);
        match is_half_typed {
            // Its name may be another when it is typed to the end.
            true => define_entries(&mut Names::new(), &table.table, &mut found),
            false => define_table(&mut names, table, &mut found),
        }
    }
    found
}

type Names<'t> = HashMap<&'t str, Node<'t>>;

/// Something that has a name.
struct Node<'t> {
    kind: Kind,
    /// Where it got its name first.
    span: Span,
    names: Names<'t>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `a` of `[a.b]`: may be defined by a header of its own.
    Implied,
    /// `[a]`
    Header,
    /// `[[a]]`; its names are those of the last element.
    Array,
    /// `a` of `a.b = 1`
    Dotted,
    /// `a = …`
    Value,
}

impl Node<'_> {
    fn new(kind: Kind, span: Span) -> Self {
        Self {
            kind,
            span,
            names: Names::new(),
        }
    }
}

fn define_table<'t>(names: &mut Names<'t>, table: &'t HeaderTable, found: &mut Vec<SyntaxError>) {
    let defined = define_header(names, table);
    match defined {
        Ok(node) => define_entries(&mut node.names, &table.table, found),
        Err(error) => {
            found.push(error);
            define_entries(&mut Names::new(), &table.table, found);
        }
    }
}

fn define_header<'n, 't>(
    names: &'n mut Names<'t>,
    table: &'t HeaderTable,
) -> Result<&'n mut Node<'t>, SyntaxError> {
    let (mut names, mut left) = (names, table.path.as_slice());
    while let [outer, more @ ..] = left
        && !more.is_empty()
    {
        let node = names
            .entry(&outer.name)
            .or_insert_with(|| Node::new(Kind::Implied, outer.span));
        if node.kind == Kind::Value {
            let message = format!("{} has a value already, so it is no table", name(outer));
            return Err(twice(message, outer.span, node.span));
        }
        (names, left) = (&mut node.names, more);
    }
    let Some(last) = left.first() else {
        // A header always has a segment, if an empty one.
        return Err(SyntaxError::new("this header has no name", table.header));
    };
    let kind = if table.is_array {
        Kind::Array
    } else {
        Kind::Header
    };
    let node = match names.entry(&last.name) {
        Slot::Vacant(free) => return Ok(free.insert(Node::new(kind, last.span))),
        Slot::Occupied(taken) => taken.into_mut(),
    };
    match (node.kind, kind) {
        (Kind::Array, Kind::Array) => node.names.clear(),
        (Kind::Implied, Kind::Header) => (node.kind, node.span) = (kind, last.span),
        (before, _) => {
            let message = conflict(&name(last), before, kind);
            return Err(twice(message, last.span, node.span));
        }
    }
    Ok(node)
}

fn conflict(name: &str, before: Kind, now: Kind) -> String {
    match (before, now) {
        (Kind::Header, Kind::Header) => format!("the table {name} is defined twice"),
        (Kind::Value, _) => format!("{name} has a value already, so it is no table"),
        (Kind::Array, _) => format!("{name} is an array of tables: write [[…]] to add one"),
        (_, Kind::Array) => format!("{name} is one table already, so it is no array of tables"),
        _ => format!("the table {name} is defined by keys with dots already"),
    }
}

fn define_entries<'t>(names: &mut Names<'t>, table: &'t Table, found: &mut Vec<SyntaxError>) {
    for entry in &table.entries {
        inside(&entry.value, found);
        if entry.key.span.is_empty() {
            continue; // half typed
        }
        let kind = match dotted(entry) {
            Some(_) => Kind::Dotted,
            None => Kind::Value,
        };
        match names.entry(&entry.key.name) {
            Slot::Vacant(free) => {
                let node = free.insert(Node::new(kind, entry.key.span));
                if let Some(table) = dotted(entry) {
                    define_entries(&mut node.names, table, found);
                }
            }
            Slot::Occupied(taken) => {
                let message = format!("the key {} is defined twice", name(&entry.key));
                found.push(twice(message, entry.key.span, taken.get().span));
            }
        }
    }
}

/// Looks into a value: inline tables are closed worlds.
fn inside(value: &Value, found: &mut Vec<SyntaxError>) {
    match &value.kind {
        ValueKind::Table(table) if !is_dotted(table) => {
            define_entries(&mut Names::new(), table, found);
        }
        ValueKind::Array(values) => values.iter().for_each(|value| inside(value, found)),
        _ => {}
    }
}

fn dotted(entry: &Entry) -> Option<&Table> {
    match &entry.value.kind {
        ValueKind::Table(table) if is_dotted(table) => Some(table),
        _ => None,
    }
}

fn twice(message: String, span: Span, first: Span) -> SyntaxError {
    SyntaxError::new(message, span).related(first, "first defined here")
}

fn name(key: &Key) -> String {
    quoted(&key.name)
}

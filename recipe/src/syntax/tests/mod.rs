//! Tests of the syntax layer: broken documents by hand, and properties over random ones.

mod damage;
mod edits;
mod messages;
mod properties;
mod sound;
mod strings;

use super::*;
use crate::Span;

/// Every string, number … of a tree by its path: `step.1.env.A = "x"`.
fn leaves(tree: &Tree) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&tree.root, "", &mut found);
    let mut arrays = std::collections::HashMap::new();
    for table in &tree.tables {
        let names: Vec<_> = table.path.iter().map(|key| key.name.as_str()).collect();
        let mut path = names.join(".");
        if table.is_array {
            let next = arrays.entry(path.clone()).or_insert(0);
            path = format!("{path}.{next}");
            *next += 1;
        }
        collect(&table.table, &path, &mut found);
    }
    found
}

fn collect(table: &Table, path: &str, found: &mut Vec<(String, String)>) {
    for entry in &table.entries {
        let path = match path {
            "" => entry.key.name.clone(),
            path => format!("{path}.{}", entry.key.name),
        };
        match &entry.value.kind {
            ValueKind::Table(table) => collect(table, &path, found),
            ValueKind::String(string) => found.push((path, format!("{:?}", string.text))),
            ValueKind::Array(values) => found.push((path, format!("[{}]", values.len()))),
            ValueKind::Integer(number) => found.push((path, number.to_string())),
            ValueKind::Missing => found.push((path, "?".to_owned())),
            other => found.push((path, other.described().to_owned())),
        }
    }
}

fn leaf<'l>(leaves: &'l [(String, String)], path: &str) -> Option<&'l str> {
    let (_, value) = leaves.iter().find(|(other, _)| other == path)?;
    Some(value)
}

/// What holds of the tree of any text: ranges lie inside the text on character borders, and
/// children lie inside their parents.
fn assert_in_order(text: &str, tree: &Tree) {
    let whole = Span::new(0, text.len());
    assert_table(text, &tree.root, whole);
    let mut last = 0;
    for table in &tree.tables {
        assert_span(text, table.header, table.table.span);
        assert!(table.header.start >= last, "tables in order");
        last = table.header.start;
        for key in &table.path {
            assert_span(text, key.span, table.header);
        }
        assert_table(text, &table.table, whole);
    }
    for error in &tree.errors {
        assert_span(text, error.span, whole);
        assert!(!error.message.is_empty());
        if let Some((span, _)) = &error.related {
            assert_span(text, *span, whole);
        }
    }
}

fn assert_table(text: &str, table: &Table, parent: Span) {
    assert_span(text, table.span, parent);
    for entry in &table.entries {
        assert_span(text, entry.span, table.span);
        assert_span(text, entry.key.span, entry.span);
        assert_value(text, &entry.value, entry.span);
    }
}

fn assert_value(text: &str, value: &Value, parent: Span) {
    assert_span(text, value.span, parent);
    match &value.kind {
        ValueKind::Table(table) => assert_table(text, table, value.span),
        ValueKind::Array(values) => values
            .iter()
            .for_each(|inner| assert_value(text, inner, value.span)),
        ValueKind::String(string) => {
            assert_span(text, string.span_of(0, string.text.len()), value.span);
        }
        _ => {}
    }
}

fn assert_span(text: &str, span: Span, parent: Span) {
    assert!(span.start <= span.end, "{span:?} in {text:?}");
    assert!(
        parent.covers(span),
        "{span:?} outside {parent:?} in {text:?}"
    );
    assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
}

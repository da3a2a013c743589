use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Problem;
use crate::nearest::did_you_mean;
use crate::span::Span;
use crate::syntax::{Entry, HeaderTable, Key, Value, ValueKind};

pub(super) const CHECK: Check = Check {
    code: "unknown-key",
    severity: Severity::Error,
    title: "A key that the language does not have",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for problem in &context.recipe.problems {
        let Problem::UnknownKey { key, owner, known } = problem else {
            continue;
        };
        let nearest = context.nearest(&key.value, known.iter().copied());
        let hint = match (nearest, known.as_slice()) {
            (Some(_), _) => did_you_mean(nearest),
            (None, []) => "; it takes none: write {}".to_owned(),
            (None, known) if known.len() <= MOST_LISTED => format!("; known: {}", known.join(", ")),
            (None, _) => String::new(),
        };
        let message = format!("{owner} has no key '{}'{hint}", key.value);
        let mut diagnostic = CHECK.at(key.span, message);
        // Two of one key would be worse.
        let is_free = |name: &&str| match header_of(context, key.span) {
            Some((table, segment)) => !has_header(context, table, segment, name),
            None => !has(entries_around(context, key.span), name),
        };
        if let Some(nearest) = nearest.filter(is_free) {
            diagnostic = diagnostic.fix(format!("Change to '{nearest}'"), key.span, nearest);
        }
        found.push(diagnostic);
    }
}

fn has(entries: &[Entry], name: &str) -> bool {
    entries.iter().any(|it| it.key.name == name)
}

/// The table in whose header a key stands, and as which of its segments.
fn header_of(context: &Context<'_>, key: Span) -> Option<(usize, usize)> {
    let tables = &context.analysis.tree.tables;
    let table = tables.partition_point(|it| it.header.start <= key.start);
    let table = table.checked_sub(1)?;
    let mut path = tables[table].path.iter();
    Some((table, path.position(|it| it.span == key)?))
}

/// Whether something has the path that the header of `table` would have with `name` as this segment.
fn has_header(context: &Context<'_>, table: usize, segment: usize, name: &str) -> bool {
    let tree = &context.analysis.tree;
    let own = &tree.tables[table];
    let names = |path: &[Key]| path.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let parent = names(&own.path[..segment]);
    let is_parent = |it: &HeaderTable| names(&it.path) == parent;
    // Each `[[step]]` has tables of its own.
    let begins = |it: &HeaderTable| it.is_array && is_parent(it);
    let first = tree.tables[..table].iter().rposition(begins).unwrap_or(0);
    let next = tree.tables[table..].iter().position(begins);
    let beside = &tree.tables[first..next.map_or(tree.tables.len(), |next| table + next)];
    let is_it = |it: &HeaderTable| {
        let (before, rest) = it.path.split_at(segment.min(it.path.len()));
        let both_lists = it.is_array && own.is_array;
        names(before) == parent && rest.first().is_some_and(|it| it.name == name) && !both_lists
    };
    let in_parent = |it: &HeaderTable| is_parent(it) && has(&it.table.entries, name);
    beside.iter().any(|it| is_it(it) || in_parent(it))
        || parent.is_empty() && has(&tree.root.entries, name)
}

/// The entries beside which a key stands.
fn entries_around<'a>(context: &Context<'a>, key: Span) -> &'a [Entry] {
    let tree = &context.analysis.tree;
    let before = tree
        .tables
        .partition_point(|it| it.header.start <= key.start);
    let mut entries = match before.checked_sub(1) {
        Some(last) => &tree.tables[last].table.entries,
        None => &tree.root.entries,
    };
    let mut values: Vec<&'a Value> = Vec::new();
    loop {
        if let Some(value) = values.pop() {
            match &value.kind {
                ValueKind::Table(table) => entries = &table.entries,
                ValueKind::Array(all) => {
                    values.extend(all.iter().find(|it| it.span.covers(key)));
                    continue;
                }
                _ => return entries,
            }
        }
        let inside = entries.iter().map(|entry| &entry.value);
        match inside.into_iter().find(|value| value.span.covers(key)) {
            Some(value) => values.push(value),
            None => return entries,
        }
    }
}

/// More names than this are no help.
const MOST_LISTED: usize = 14;

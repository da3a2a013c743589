use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Problem;
use crate::nearest::did_you_mean;
use crate::span::Span;
use crate::syntax::{Entry, Value, ValueKind};

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
        let is_free = |name: &&str| {
            !entries_around(context, key.span)
                .iter()
                .any(|it| it.key.name == **name)
        };
        if let Some(nearest) = nearest.filter(is_free) {
            diagnostic = diagnostic.fix(format!("Change to '{nearest}'"), key.span, nearest);
        }
        found.push(diagnostic);
    }
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

//! After an edit only the tables that it touches are parsed again; the rest moves.
//!
//! What comes out is exactly what parsing the whole text would give. Where that is not certain at
//! once, nothing is done and the caller parses the whole text.

use std::collections::BTreeSet;
use std::ops::Range;

use super::assembly::Assembly;
use super::parse::first_pass;
use super::tree::{HeaderTable, SyntaxError, Table, Tree};
use super::{duplicates, recover};
use crate::shift::{Difference, Shiftable};
use crate::span::Span;

/// What an edit has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    /// The steps that are others now, counted from 0 …
    pub(crate) steps: Range<usize>,
    /// … and the tables of those that have taken their place: of each its `[[step]]` and what belongs to it.
    pub(crate) tables: Vec<Range<usize>>,
    /// Whether something that stands in no step has changed.
    pub(crate) others: bool,
    /// Where all that stood before the edit, in order.
    pub(crate) was: Vec<Span>,
}

/// Makes `tree`, the tree of another text, that of `text`, and tells what has changed. Nothing is changed if
/// nothing is returned.
pub(crate) fn reparse(tree: &mut Tree, text: &str, difference: Difference) -> Option<Changed> {
    let edited = Edited::of(tree, difference);
    let around = steps_around(tree, &edited.tables)?;
    let mut parsed = edited.parse(tree, text, difference)?;
    let Range { start, end } = edited.tables;
    let (before, after) = (around.start..start, end..around.end);
    let new = tree.tables[before].iter().chain(&parsed.tables);
    let new: Vec<&HeaderTable> = new.chain(&tree.tables[after]).collect();
    let old = steps_in(tree.tables[around.clone()].iter(), around.start)?;
    let tables = steps_in(new.iter().copied(), around.start)?;
    let first = tree.tables[..around.start]
        .iter()
        .filter(|it| is_head(it))
        .count();
    // What follows a first `[[step]]` that is half typed may belong to it or not.
    let leading = new.iter().find(|it| is_head(it)).filter(|_| first == 0);
    if leading.is_some_and(|head| is_half_typed(head, &parsed.errors)) {
        return None;
    }
    let mut touched = tree.tables[start..end].iter().chain(&parsed.tables);
    let others = edited.has_root || touched.any(|table| !is_step(table));
    let is_looked_at = |tree: &Tree, table: Option<usize>| match table {
        Some(table) if is_step(&tree.tables[table]) => around.contains(&table),
        _ => others,
    };
    if !others_stay(tree, &edited, &is_looked_at, text) {
        return None;
    }
    let all = match others {
        true => 0..tree.tables.len(),
        false => around.clone(),
    };
    let all = std::iter::once(None).chain(all.map(Some));
    let was = all.filter(|table| is_looked_at(tree, *table));
    let was = was.map(|table| tree.region(table)).collect();
    let around = around.start..around.start + new.len();

    let shift = difference.shift();
    let behind = start + parsed.tables.len();
    if edited.has_root {
        tree.root = parsed.root;
    }
    tree.tables.splice(start..end, parsed.tables);
    tree.tables[behind..]
        .iter_mut()
        .for_each(|table| table.shift(shift));
    tree.errors
        .retain(|error| !edited.was.range().contains(&error.span.start));
    tree.errors.shift(shift);
    let steps = tree.tables[around].iter().filter(|it| is_step(it));
    let mut twice = duplicates::find(&Table::default(), steps, &parsed.errors);
    if others {
        let others = tree.tables.iter().filter(|it| !is_step(it));
        twice.extend(duplicates::find(&tree.root, others, &parsed.errors));
    }
    tree.errors.append(&mut parsed.errors);
    tree.errors.append(&mut twice);
    tree.errors
        .sort_by_key(|error| (error.span.start, error.span.end));
    Some(Changed {
        steps: first..first + old.len(),
        tables,
        others,
        was,
    })
}

/// What an edit touches.
struct Edited {
    /// Whether something before the first header is touched.
    has_root: bool,
    /// The tables.
    tables: Range<usize>,
    /// Where all that stood.
    was: Span,
}

impl Edited {
    fn of(tree: &Tree, difference: Difference) -> Self {
        // One byte at least stays behind a header and before the next: the line break that makes it one.
        let before = |table: &HeaderTable| table.header.end < difference.start;
        let first = tree.tables.partition_point(before).checked_sub(1);
        let touched = |table: &HeaderTable| table.header.start <= difference.old_end;
        let tables = first.unwrap_or(0)..tree.tables.partition_point(touched);
        let start = tree.region(first).start;
        let last = tables.end.checked_sub(1);
        Self {
            has_root: first.is_none(),
            was: Span::new(start, tree.region(last).end),
            tables,
        }
    }

    /// What stands there now, if the text behind it is read as before.
    fn parse(&self, tree: &Tree, text: &str, difference: Difference) -> Option<Tree> {
        let shift = difference.shift();
        let start_of = |table: usize| Some(shift.place(tree.tables.get(table)?.header.start));
        let next = start_of(self.tables.end);
        let part = Span::new(self.was.start, next.unwrap_or(text.len()));
        let known = start_of(self.tables.end + 1).unwrap_or(text.len());
        let mut seen = first_pass(text, part.start, known);
        if let Some(next) = next {
            let last = seen.tree.tables.last();
            let next = last.filter(|last| last.header.start == next)?;
            // What is broken in the next table was so before.
            let is_elsewhere = |at: usize| at < next.header.start || next.header.end <= at;
            if !seen.broken.iter().all(|at| is_elsewhere(*at)) {
                return None;
            }
        }
        let is_behind = |at: &usize| next.is_some_and(|next| next <= *at);
        let parsed = match seen.broken.iter().all(is_behind) {
            true => {
                let tables = &mut seen.tree.tables;
                tables.truncate(tables.len() - usize::from(next.is_some()));
                seen.tree.errors.retain(|it| it.span.start < part.end);
                seen.tree
            }
            false => {
                let mut out = Assembly::default();
                let end = recover::recover_in(text, part, seen, &mut out);
                (end == part.end).then(|| out.finish())?
            }
        };
        let is_same = |new: &HeaderTable| same_header(new, &tree.tables[self.tables.start]);
        let is_sure = self.has_root || parsed.tables.first().is_some_and(is_same);
        (is_sure && parsed.root.get("step").is_none()).then_some(parsed)
    }
}

/// Whether everything that is not touched is read in `text` as it was. What is sound is. What is broken is read
/// up to where it seems to end, which what follows may tell.
fn others_stay(
    tree: &Tree,
    edited: &Edited,
    is_looked_at: &impl Fn(&Tree, Option<usize>) -> bool,
    text: &str,
) -> bool {
    let mut before = BTreeSet::new();
    for error in &tree.errors {
        let at = error.span.start;
        if edited.was.range().contains(&at) {
            continue;
        }
        let table = tree.table_at(at);
        // Names that are defined twice are looked for again there: of nothing else may there be errors.
        if is_looked_at(tree, table) {
            return false;
        }
        if at < edited.was.start {
            match table {
                Some(table) => before.insert(table),
                None => return false,
            };
        }
    }
    before.len() <= MOST_BROKEN && before.into_iter().all(|it| is_read_again(tree, it, text))
}

/// If more tables are broken, reading them again is no faster than reading all.
const MOST_BROKEN: usize = 8;

/// Whether a table is read in `text` as it was.
fn is_read_again(tree: &Tree, index: usize, text: &str) -> bool {
    let table = &tree.tables[index];
    let mut out = Assembly::default();
    let end = recover::region_at(text, table.header.start, &mut out);
    let read = out.finish();
    let next = tree.tables.get(index + 1);
    next.is_some_and(|next| next.header.start == end)
        && read.tables == std::slice::from_ref(table)
        && read.errors.iter().all(|error| tree.errors.contains(error))
}

/// The tables from the `[[step]]` that those are in, or behind, to the next one, where it is plain to see what is
/// a step.
fn steps_around(tree: &Tree, tables: &Range<usize>) -> Option<Range<usize>> {
    let is_sound = |table: &HeaderTable| !is_half_typed(table, &tree.errors);
    let first = tree.tables.iter().find(|table| is_step(table));
    let is_plain = tree.root.get("step").is_none()
        && first.is_none_or(|first| is_head(first) && first.is_array && is_sound(first));
    if !is_plain {
        return None;
    }
    // A `[[step]]` that is half typed begins no step in which names could be defined twice.
    let before = tree.tables.get(..=tables.start).unwrap_or_default();
    let head = before.iter().rposition(|it| is_head(it) && is_sound(it));
    let mut behind = tree.tables[tables.end..].iter();
    let next = behind.position(is_head).map(|next| tables.end + next);
    let next = next.unwrap_or(tree.tables.len());
    let is_sure = tree.tables.get(next).is_none_or(is_sound);
    is_sure.then(|| head.unwrap_or(tables.start)..next)
}

/// The tables of each step among `tables`, of which the first has the index `base`. Nothing where other tables
/// stand between them.
fn steps_in<'t>(
    tables: impl Iterator<Item = &'t HeaderTable>,
    base: usize,
) -> Option<Vec<Range<usize>>> {
    let mut steps: Vec<Range<usize>> = Vec::new();
    for (index, table) in tables.enumerate().filter(|(_, table)| is_step(table)) {
        let index = base + index;
        match steps.last_mut() {
            _ if is_head(table) => steps.push(index..index + 1),
            Some(step) if step.end == index => step.end += 1,
            _ => return None,
        }
        if is_head(table) && !table.is_array {
            return None;
        }
    }
    Some(steps)
}

fn is_step(table: &HeaderTable) -> bool {
    table.path.first().is_some_and(|key| key.name == "step")
}

fn is_head(table: &HeaderTable) -> bool {
    is_step(table) && table.path.len() == 1
}

fn is_half_typed(table: &HeaderTable, errors: &[SyntaxError]) -> bool {
    let header = table.header.range();
    errors.iter().any(|it| header.contains(&it.span.start))
}

fn same_header(one: &HeaderTable, other: &HeaderTable) -> bool {
    one.header == other.header && one.is_array == other.is_array && one.path == other.path
}

//! After an edit inside one table of a step, only that table is parsed again; the rest moves.
//!
//! What comes out is exactly what parsing the whole text would give. Where that is not certain at
//! once, nothing is done and the caller parses the whole text.

use std::ops::Range;

use super::assembly::Assembly;
use super::parse::{FirstPass, first_pass};
use super::tree::{HeaderTable, Table, Tree};
use super::{duplicates, recover};
use crate::shift::{Difference, Shiftable};
use crate::span::Span;

/// The tables of one step in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StepTables {
    /// Which step, counted from 0.
    pub(crate) step: usize,
    /// Its `[[step]]` and what follows that belongs to it.
    pub(crate) tables: Range<usize>,
    /// Where they stood before the edit, to the start of the next table.
    pub(crate) was: Span,
}

/// Makes `tree`, the tree of another text, that of `text`, and tells which step has changed. Nothing
/// is changed if nothing is returned.
pub(crate) fn reparse(tree: &mut Tree, text: &str, difference: Difference) -> Option<StepTables> {
    let index = edited_table(tree, difference)?;
    let step = step_of(tree, index)?;
    let old = &tree.tables[index];
    let shift = difference.shift();
    let next = tree.tables.get(index + 1);
    let old_end = next.map(|next| next.header.start);
    let region = Span::new(
        old.header.start,
        old_end.map_or(text.len(), |end| shift.place(end)),
    );
    if !tree.errors.iter().all(|error| {
        old.header.start <= error.span.start && old_end.is_none_or(|end| error.span.start < end)
    }) {
        return None;
    }
    let after = tree.tables.get(index + 2);
    let known = after.map_or(text.len(), |after| shift.place(after.header.start));
    let seen = first_pass(text, region.start, known);
    let next_start = next.map(|next| shift.place(next.header.start));
    let parsed = parse_region(text, region, seen, next_start)?;
    let [table] = <[HeaderTable; 1]>::try_from(parsed.tables).ok()?;
    if !same_header(&table, old) {
        return None;
    }

    tree.tables[index] = table;
    tree.tables[index + 1..]
        .iter_mut()
        .for_each(|table| table.shift(shift));
    tree.errors = parsed.errors;
    // A name can be defined twice only within the step: no header has changed.
    let tables = tree.tables[step.tables.clone()].iter_mut();
    let mut part = Tree {
        root: Table::default(),
        tables: tables.map(take).collect(),
        errors: std::mem::take(&mut tree.errors),
    };
    duplicates::report(&mut part);
    for (place, table) in tree.tables[step.tables.clone()].iter_mut().zip(part.tables) {
        *place = table;
    }
    tree.errors = part.errors;
    tree.errors
        .sort_by_key(|error| (error.span.start, error.span.end));
    Some(step)
}

/// The table below whose header all of the difference lies.
fn edited_table(tree: &Tree, difference: Difference) -> Option<usize> {
    let before = |table: &HeaderTable| table.header.end < difference.start;
    let index = tree.tables.partition_point(before).checked_sub(1)?;
    let next = tree.tables.get(index + 1);
    // One byte at least stays before the next header: the line break that makes it one.
    next.is_none_or(|next| difference.old_end < next.header.start)
        .then_some(index)
}

/// The step that table `index` belongs to, where that is plain to see.
fn step_of(tree: &Tree, index: usize) -> Option<StepTables> {
    let is_step = |table: &HeaderTable| table.path.first().is_some_and(|key| key.name == "step");
    let is_head = |table: &HeaderTable| is_step(table) && table.path.len() == 1;
    if tree.root.get("step").is_some() {
        return None;
    }
    let heads = |tables: &[HeaderTable]| tables.iter().filter(|table| is_head(table)).count();
    let head = tree.tables[..=index].iter().rposition(is_head)?;
    let rest = &tree.tables[head + 1..];
    let more = rest
        .iter()
        .take_while(|table| is_step(table) && !is_head(table));
    let tables = head..head + 1 + more.count();
    // Further parts of the step may stand behind other tables.
    let scattered = tree.tables[tables.end..].iter();
    let scattered = scattered.take_while(|table| !is_head(table)).any(is_step);
    let all_plain = tree
        .tables
        .iter()
        .filter(|table| is_head(table))
        .all(|head| head.is_array)
        && tree
            .tables
            .iter()
            .find(|table| is_step(table))
            .is_some_and(is_head);
    let start = tree.tables[head].header.start;
    let next = tree.tables.get(tables.end);
    let end = next.map_or(usize::MAX, |next| next.header.start);
    (tables.contains(&index) && !scattered && all_plain).then(|| StepTables {
        step: heads(&tree.tables[..head]),
        tables,
        was: Span::new(start, end),
    })
}

/// The statements of `region`, if the text behind it is read as if the region were sound.
fn parse_region(text: &str, region: Span, seen: FirstPass, next: Option<usize>) -> Option<Tree> {
    let is_in_step = match next {
        Some(next) => {
            let last = seen.tree.tables.last();
            last.is_some_and(|last| last.header.start == next)
                && seen.broken.iter().all(|at| *at < next)
        }
        None => true,
    };
    if !is_in_step {
        return None;
    }
    if seen.broken.is_empty() {
        let mut tree = seen.tree;
        if next.is_some() {
            tree.tables.pop();
        }
        tree.errors.retain(|error| error.span.start < region.end);
        return Some(tree);
    }
    let mut out = Assembly::default();
    let end = recover::region_at(text, region.start, &mut out);
    (end == region.end).then(|| out.finish())
}

fn same_header(one: &HeaderTable, other: &HeaderTable) -> bool {
    let names = |table: &HeaderTable| -> Vec<(String, Span)> {
        let keys = table.path.iter();
        keys.map(|key| (key.name.clone(), key.span)).collect()
    };
    one.header == other.header && one.is_array == other.is_array && names(one) == names(other)
}

fn take(table: &mut HeaderTable) -> HeaderTable {
    let empty = HeaderTable {
        path: Vec::new(),
        header: Span::default(),
        is_array: false,
        table: Table::default(),
    };
    std::mem::replace(table, empty)
}

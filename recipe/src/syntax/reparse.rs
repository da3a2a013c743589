//! After an edit inside one table of a step, only that table is parsed again; the rest moves.
//!
//! What comes out is exactly what parsing the whole text would give. Where that is not certain at
//! once, nothing is done and the caller parses the whole text.

use std::collections::BTreeSet;
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
    let after = tree.tables.get(index + 2);
    let known = after.map_or(text.len(), |after| shift.place(after.header.start));
    let seen = first_pass(text, region.start, known);
    let next_start = next.map(|next| shift.place(next.header.start));
    let parsed = parse_region(text, region, seen, next_start)?;
    let [table] = <[HeaderTable; 1]>::try_from(parsed.tables).ok()?;
    if !same_header(&table, old) || !others_stay(tree, index, &step, text) {
        return None;
    }

    tree.tables[index] = table;
    tree.tables[index + 1..]
        .iter_mut()
        .for_each(|table| table.shift(shift));
    tree.errors
        .retain(|error| !step.was.range().contains(&error.span.start));
    tree.errors.shift(shift);
    // A name can be defined twice only within the step: no header has changed.
    let tables = tree.tables[step.tables.clone()].iter_mut();
    let mut part = Tree {
        root: Table::default(),
        tables: tables.map(take).collect(),
        errors: parsed.errors,
    };
    duplicates::report(&mut part);
    for (place, table) in tree.tables[step.tables.clone()].iter_mut().zip(part.tables) {
        *place = table;
    }
    tree.errors.append(&mut part.errors);
    tree.errors
        .sort_by_key(|error| (error.span.start, error.span.end));
    Some(step)
}

/// Whether all other tables are read in `text`, which differs in table `index` of `step`, as they were.
/// Sound ones are. What is broken is read up to where it seems to end, which what follows may tell.
fn others_stay(tree: &Tree, index: usize, step: &StepTables, text: &str) -> bool {
    let start_of = |table: usize| tree.tables.get(table).map(|table| table.header.start);
    let edited = start_of(index)..start_of(index + 1);
    let mut before = BTreeSet::new();
    for error in &tree.errors {
        let at = error.span.start;
        let is_edited = edited.start <= Some(at) && edited.end.is_none_or(|end| at < end);
        if is_edited || at >= step.was.end {
            continue;
        }
        let table = tree.tables.partition_point(|it| it.header.start <= at);
        // Names that are defined twice in the step are looked for again, so its other tables are sound.
        match table.checked_sub(1).filter(|it| !step.tables.contains(it)) {
            Some(table) => before.insert(table),
            None => return false,
        };
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
            let next = last.filter(|last| last.header.start == next)?;
            // What is broken in the next table was so before.
            let is_elsewhere = |at: usize| at < next.header.start || next.header.end <= at;
            seen.broken.iter().all(|at| is_elsewhere(*at))
        }
        None => true,
    };
    if !is_in_step {
        return None;
    }
    if seen
        .broken
        .iter()
        .all(|at| next.is_some_and(|next| next <= *at))
    {
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

//! Steps as blocks of lines, with the comments that belong to them.

use std::ops::Range;

use recipe::syntax::HeaderTable;
use recipe::{Analysis, Span};

/// A step that is written as `[[step]]`, with its `[step.…]` tables right behind it.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// The indices of its tables.
    pub(super) tables: Range<usize>,
    /// From the line of its header to the line of its last entry, with the line break.
    pub(super) span: Span,
}

/// Every step, in the order they are written; nothing where one is written in another way, or has a table
/// that stands apart.
pub(super) fn steps(analysis: &Analysis) -> Option<Vec<Block>> {
    let (text, tables) = (&analysis.text, &analysis.tree.tables);
    let mut blocks: Vec<Block> = Vec::new();
    for (index, table) in tables.iter().enumerate() {
        if table.path.first()?.name != "step" {
            continue;
        }
        let end = line_end(text, table.table.span.end);
        match blocks.last_mut() {
            _ if is_step(table) => blocks.push(Block {
                tables: index..index + 1,
                span: Span::new(line_start(text, table.header.start), end),
            }),
            Some(block) if block.tables.end == index => {
                block.tables.end = index + 1;
                block.span.end = end;
            }
            _ => return None,
        }
    }
    (blocks.len() == analysis.recipe.steps.len()).then_some(blocks)
}

/// The step that `offset` is in and its index, if there is no syntax error in it.
pub(super) fn step_at(analysis: &Analysis, offset: usize) -> Option<(usize, Block)> {
    let mut blocks = steps(analysis)?;
    let index = blocks.partition_point(|it| it.span.start <= offset);
    let index = index.checked_sub(1)?;
    let block = blocks.swap_remove(index);
    let is_here = offset <= block.span.end && is_sound(analysis, block.tables.clone());
    is_here.then_some((index, block))
}

/// Whether there is no syntax error in these tables, up to the next one.
pub(super) fn is_sound(analysis: &Analysis, tables: Range<usize>) -> bool {
    let all = &analysis.tree.tables;
    let header = |index: usize| all.get(index).map(|table| table.header.start);
    let end = header(tables.end).unwrap_or(analysis.text.len());
    let start = header(tables.start).unwrap_or(end);
    let mut errors = analysis.tree.errors.iter();
    !errors.any(|error| error.span.start <= end && start <= error.span.end)
}

/// Whether a table begins a step.
fn is_step(table: &HeaderTable) -> bool {
    table.is_array && table.path.len() == 1
}

/// Where the last table before this one ends, or nothing stands: comments above belong to neither.
pub(super) fn floor(analysis: &Analysis, table: usize) -> usize {
    let before = table
        .checked_sub(1)
        .map(|it| &analysis.tree.tables[it].table);
    let before = before.unwrap_or(&analysis.tree.root);
    match before.entries.is_empty() && table == 0 {
        true => 0,
        false => line_end(&analysis.text, before.span.end),
    }
}

/// Where the comments right above the line at `line` begin, none of them before `floor`.
pub(super) fn with_comments(text: &str, line: usize, floor: usize) -> usize {
    let beginning = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let mut start = line;
    while start > floor.max(beginning) {
        let above = line_start(text, start - 1);
        if above < floor || !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}

/// Where something that comes before a table is put: above the comments of that table, unless they head
/// the file.
pub(super) fn place_before(analysis: &Analysis, table: usize) -> usize {
    let text = &analysis.text;
    let line = line_start(text, analysis.tree.tables[table].header.start);
    let floor = floor(analysis, table);
    match with_comments(text, line, floor) {
        start if start <= BOM.len() => line,
        start => start,
    }
}

pub(super) const BOM: &str = "\u{feff}";

/// Where the line of `at` begins, behind a byte order mark.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
    match text[start..at].starts_with(BOM) {
        true => start + BOM.len(),
        false => start,
    }
}

/// Where the line of `at` ends, behind its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |it| at + it + 1)
}

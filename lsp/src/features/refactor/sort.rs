//! Bringing the steps into the order in which they run: each behind all that it waits for, and those that
//! nothing orders as they are.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use recipe::checks::newline;
use recipe::diagnostic::Edit;
use recipe::graph::Why;
use recipe::{Analysis, Span};

use super::blocks::{self, Block};
use crate::features::actions::{Action, Kind};

/// Sorts the steps, if they are not sorted and none waits for itself.
pub(super) fn sort(analysis: &Analysis) -> Option<Action> {
    if !analysis.tree.errors.is_empty() {
        return None;
    }
    let order = order(analysis)?;
    if order.is_sorted() {
        return None;
    }
    let edits = moved(analysis, &blocks::steps(analysis)?, &order);
    let title = "Sort steps in the order they run".to_owned();
    Some(Action::change(Kind::Sort, title, edits))
}

/// The indices of the steps in the order in which one after the other would start; nothing where some wait
/// for one another.
pub(super) fn order(analysis: &Analysis) -> Option<Vec<usize>> {
    let count = analysis.recipe.steps.len();
    // A node for the start of each step, and one for its end: they differ for groups.
    let (mut waiting, mut followers) = (vec![0usize; 2 * count], vec![Vec::new(); 2 * count]);
    let mut add = |node: usize, on: usize| {
        waiting[node] += 1;
        followers[on].push(node);
    };
    (0..count).for_each(|step| add(count + step, step));
    for edge in analysis.graph().edges() {
        match edge.why {
            Why::Depends | Why::Order => add(edge.step, count + edge.on),
            Why::Member => add(edge.step, edge.on),
            Why::Group => add(count + edge.step, count + edge.on),
        }
    }
    // What ends comes before what starts, so that all that could start is there to choose from.
    let key = |node: usize| Reverse((node < count, node % count));
    let free = (0..2 * count).filter(|node| waiting[*node] == 0);
    let mut ready: BinaryHeap<_> = free.map(key).collect();
    let mut order = Vec::new();
    while let Some(Reverse((is_start, step))) = ready.pop() {
        let node = if is_start { step } else { count + step };
        order.extend(is_start.then_some(step));
        for follower in &followers[node] {
            waiting[*follower] -= 1;
            if waiting[*follower] == 0 {
                ready.push(key(*follower));
            }
        }
    }
    (order.len() == count).then_some(order)
}

/// The edits that put each step, with its comments, where another one was.
fn moved(analysis: &Analysis, steps: &[Block], order: &[usize]) -> Vec<Edit> {
    let text = &analysis.text;
    let places: Vec<Span> = (0..steps.len())
        .map(|it| whole(analysis, steps, it))
        .collect();
    let edits = order.iter().enumerate().map(|(place, step)| {
        let span = places[place];
        let written = text[places[*step].range()].trim_end_matches(['\r', '\n']);
        let had_end = text[span.range()].ends_with('\n');
        let end = if had_end { newline(text) } else { "" };
        Edit {
            span,
            text: format!("{written}{end}"),
        }
    });
    edits
        .filter(|edit| text[edit.span.range()] != edit.text)
        .collect()
}

/// A step with the comments that go with it: those between it and the step before, and those right behind it.
/// Behind another table, or at the head of the file, only those that touch it do.
fn whole(analysis: &Analysis, steps: &[Block], index: usize) -> Span {
    let text = &analysis.text;
    let block = &steps[index];
    let first = block.tables.start;
    let floor = blocks::floor(analysis, first);
    let follows_step = index
        .checked_sub(1)
        .filter(|it| steps[*it].tables.end == first);
    let start = match follows_step {
        Some(before) => {
            let end = comments_behind(text, steps[before].span.end, block.span.start);
            first_comment(text, end, block.span.start)
        }
        None => match blocks::with_comments(text, block.span.start, floor) {
            start if start <= blocks::BOM.len() => block.span.start,
            start => start,
        },
    };
    let next = analysis.tree.tables.get(block.tables.end);
    let limit = next.map_or(text.len(), |it| blocks::line_start(text, it.header.start));
    Span::new(start, comments_behind(text, block.span.end, limit))
}

/// The end of the comments right behind a step: with a blank line, or the end of the file, behind them.
fn comments_behind(text: &str, end: usize, limit: usize) -> usize {
    let mut at = end;
    while at < limit {
        let next = blocks::line_end(text, at).min(limit);
        let line = text[at..next].trim();
        if line.is_empty() {
            return at;
        }
        at = next;
    }
    // They touch the next header, and are its own; at the end of the file nobody else's.
    if limit == text.len() { at } else { end }
}

/// The first line with a comment from `from` on, or `to`.
fn first_comment(text: &str, from: usize, to: usize) -> usize {
    let mut at = from;
    while at < to && text[at..blocks::line_end(text, at)].trim().is_empty() {
        at = blocks::line_end(text, at);
    }
    at.min(to)
}

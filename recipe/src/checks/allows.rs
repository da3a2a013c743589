//! `# doppio: allow(code)`: what a recipe says need not be reported, and for which part of it.
//!
//! A comment on a line of its own covers what comes next: an entry, an element of an array, or a
//! whole table if that is a header. Before everything else it covers the whole file. Behind
//! something it covers that. What is an error is never covered: a run would refuse it all the same.
//!
//! * [`Allows::of`] reads the comments, [`Allows::hide`] leaves out what they cover;
//! * [`allow_here`] writes one.

use std::collections::HashMap;

use super::{check, edits};
use crate::analysis::Analysis;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::span::{Span, Spanned};
use crate::syntax::{Entry, Tree, Value, ValueKind, comments_with};

/// What begins every comment that is for us.
pub(crate) const MARK: &str = "doppio:";

/// The comments of a recipe that are for us.
#[derive(Clone, Debug, Default)]
pub(crate) struct Allows {
    /// One for each code in a comment, in order of place.
    pub(super) list: Vec<Allow>,
    /// Comments that were meant as one and cannot be read.
    pub(super) malformed: Vec<Span>,
}

/// A code that is allowed.
#[derive(Clone, Debug)]
pub(super) struct Allow {
    pub(super) code: Spanned<String>,
    /// The comment, with its `#`.
    pub(super) comment: Span,
    /// What it counts for; a comment at the end of an array or inline table counts for nothing.
    covers: Option<Span>,
}

impl Allows {
    /// Reads the comments of `text`.
    pub(crate) fn of(text: &str, tree: &Tree) -> Self {
        let mut allows = Self::default();
        let comments = comments_with(text, MARK);
        if comments.is_empty() {
            return allows;
        }
        let parts = Parts::of(tree);
        for comment in comments {
            match codes(text, comment) {
                Some(Ok(codes)) => {
                    let covers = parts.covered_by(text, comment);
                    allows.list.extend(codes.into_iter().map(|code| Allow {
                        code,
                        comment,
                        covers,
                    }));
                }
                Some(Err(())) => allows.malformed.push(comment),
                None => {}
            }
        }
        allows
    }

    /// Leaves out of `found`, which is in order of place, what is allowed. Tells for each of `list`
    /// whether something was left out for it.
    pub(super) fn hide(&self, found: &mut Vec<Diagnostic>) -> Vec<bool> {
        let mut used = vec![false; self.list.len()];
        let mut open: HashMap<&str, Sweep> = HashMap::new();
        for (index, allow) in self.list.iter().enumerate() {
            if let Some(covers) = allow.covers {
                let sweep = open.entry(&allow.code.value).or_default();
                sweep.waiting.push((covers, index));
            }
        }
        for sweep in open.values_mut() {
            sweep.waiting.sort_by_key(|(covers, _)| *covers);
        }
        if open.is_empty() {
            return used;
        }
        found.retain(|diagnostic| {
            let sweep = open.get_mut(diagnostic.code);
            let Some(sweep) = sweep.filter(|_| diagnostic.severity != Severity::Error) else {
                return true;
            };
            let covering = sweep.at(diagnostic.span.start);
            covering.iter().for_each(|(_, index)| used[*index] = true);
            covering.is_empty()
        });
        used
    }
}

/// The parts of the text for which one code is allowed, while one goes through the text.
#[derive(Default)]
struct Sweep {
    waiting: Vec<(Span, usize)>,
    next: usize,
    open: Vec<(Span, usize)>,
}

impl Sweep {
    /// The parts that `at` lies in. Each call goes further than the one before.
    fn at(&mut self, at: usize) -> &[(Span, usize)] {
        while let Some(part) = self.waiting.get(self.next).filter(|it| it.0.start <= at) {
            self.open.push(*part);
            self.next += 1;
        }
        self.open.retain(|(span, _)| at <= span.end);
        &self.open
    }
}

/// The codes of a comment, nothing if it is not for us, and an error if it is and cannot be read. What
/// follows the parenthesis is the reason, for people.
fn codes(text: &str, comment: Span) -> Option<Result<Vec<Spanned<String>>, ()>> {
    let written = &text[comment.range()];
    let body = written.trim_start_matches('#').trim_start();
    let call = body.strip_prefix(MARK)?.trim_start();
    let word = call.len()
        - call
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .len();
    let rest = call[word..].trim_start();
    let is_meant = rest.starts_with('(') || matches!(&call[..word], "allow" | "ignore" | "disable");
    if !is_meant {
        return None;
    }
    let inner = rest.strip_prefix('(').and_then(|it| it.split_once(')'));
    let Some((inner, _)) = inner.filter(|_| &call[..word] == "allow") else {
        return Some(Err(()));
    };
    let mut at = comment.end - (rest.len() - 1);
    let mut codes = Vec::new();
    for part in inner.split(',') {
        let code = part.trim();
        let start = at + (part.len() - part.trim_start().len());
        at += part.len() + 1;
        if code.is_empty() {
            return Some(Err(()));
        }
        let span = Span::new(start, start + code.len());
        codes.push(Spanned::new(code.to_owned(), span));
    }
    Some(Ok(codes))
}

/// What a comment can count for: tables, entries and elements of arrays.
struct Parts {
    /// In order of their starts, of those that start together the longest first.
    all: Vec<Span>,
    /// Entries and elements only, likewise: what a comment can stand in the middle of.
    closed: Vec<Span>,
}

impl Parts {
    fn of(tree: &Tree) -> Self {
        let mut closed = Vec::new();
        let tables = tree.tables.iter().map(|table| &table.table.entries);
        for entries in std::iter::once(&tree.root.entries).chain(tables) {
            entries.iter().for_each(|it| add_entry(it, &mut closed));
        }
        let mut all = closed.clone();
        all.extend(header_parts(tree));
        for parts in [&mut all, &mut closed] {
            parts.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        }
        Self { all, closed }
    }

    fn covered_by(&self, text: &str, comment: Span) -> Option<Span> {
        let line = line_start(text, comment.start);
        let before = &text[line..comment.start];
        if !before.trim_start_matches('\u{feff}').trim().is_empty() {
            let start = line + (before.len() - before.trim_start().len());
            let here = self.all.partition_point(|part| part.start < start);
            let here = self.all.get(here).filter(|part| part.start == start);
            return here.copied().or_else(|| self.around(comment));
        }
        let next = self.all.partition_point(|part| part.start < comment.end);
        if next == 0 {
            return Some(Span::new(0, text.len()));
        }
        let next = self.all.get(next)?;
        let leaves = self.around(comment).is_some_and(|it| it.end < next.start);
        (!leaves).then_some(*next)
    }

    /// The innermost entry or element that a comment stands in the middle of, or behind on its line.
    fn around(&self, comment: Span) -> Option<Span> {
        let before = self
            .closed
            .partition_point(|part| part.start < comment.start);
        let mut before = self.closed[..before].iter().rev();
        before.find(|part| part.end > comment.start).copied()
    }
}

/// What each header covers: its table, and the tables inside that.
fn header_parts(tree: &Tree) -> Vec<Span> {
    let mut parts: Vec<Span> = tree.tables.iter().map(|it| it.table.span).collect();
    // The tables that a later one can be inside of: each inside the one before it.
    let mut open: Vec<usize> = Vec::new();
    for (index, table) in tree.tables.iter().enumerate() {
        let is_inside = |outer: &usize| {
            let outer = &tree.tables[*outer].path;
            let names = outer.iter().zip(&table.path);
            outer.len() < table.path.len() && names.into_iter().all(|(a, b)| a.name == b.name)
        };
        while open.last().is_some_and(|outer| !is_inside(outer)) {
            open.pop();
        }
        let end = parts[index].end;
        open.iter().for_each(|outer| parts[*outer].end = end);
        open.push(index);
    }
    parts
}

fn add_entry(entry: &Entry, parts: &mut Vec<Span>) {
    parts.push(entry.span);
    add_inner(&entry.value, parts);
}

fn add_inner(value: &Value, parts: &mut Vec<Span>) {
    match &value.kind {
        ValueKind::Array(values) => {
            for value in values {
                parts.push(value.span);
                add_inner(value, parts);
            }
        }
        ValueKind::Table(table) => table.entries.iter().for_each(|it| add_entry(it, parts)),
        _ => {}
    }
}

/// Writes a comment that allows `diagnostic` where it is: above the entry or header that it stands in.
/// There is none for what cannot be allowed.
pub fn allow_here(analysis: &Analysis, diagnostic: &Diagnostic) -> Option<Fix> {
    let check = check(diagnostic.code)?;
    if check.severity == Severity::Error || check.is_about_allows() {
        return None;
    }
    let (text, code) = (&*analysis.text, check.code);
    let line = line_start(text, statement(&analysis.tree, diagnostic.span.start));
    let edit = match last_code_above(analysis, line) {
        Some(last) => Edit {
            span: Span::at(last.end),
            text: format!(", {code}"),
        },
        None => {
            let rest = &text[line..];
            let bom = rest.len() - rest.trim_start_matches('\u{feff}').len();
            let indent = rest[bom..].len() - rest[bom..].trim_start_matches([' ', '\t']).len();
            let indent = &rest[bom..bom + indent];
            let newline = edits::newline(text);
            Edit {
                span: Span::at(line + bom),
                text: format!("{indent}# {MARK} allow({code}){newline}"),
            }
        }
    };
    Some(Fix {
        title: format!("Allow {code} here"),
        edits: vec![edit],
    })
}

/// Where the entry or header starts that `at` stands in; outside of all the text starts.
fn statement(tree: &Tree, at: usize) -> usize {
    let inside = |entries: &[Entry]| {
        let mut around = entries.iter().map(|entry| entry.span);
        let around = around.find(|span| span.touches(at));
        around.map(|span| span.start)
    };
    let before = tree.tables.partition_point(|it| it.header.start <= at);
    match before.checked_sub(1).map(|last| &tree.tables[last]) {
        Some(table) => inside(&table.table.entries).unwrap_or(table.header.start),
        None => inside(&tree.root.entries).unwrap_or(0),
    }
}

/// The last code of the comment that stands alone on the line above `line`.
fn last_code_above(analysis: &Analysis, line: usize) -> Option<Span> {
    let text = &analysis.text;
    let above = line_start(text, line.checked_sub(1)?);
    let is_above = |allow: &&Allow| {
        let start = allow.comment.start;
        (above..line).contains(&start) && text[above..start].trim().is_empty()
    };
    let last = analysis.allows().list.iter().rfind(is_above)?;
    Some(last.code.span)
}

/// Where the line with `at` starts.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

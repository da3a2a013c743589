//! `# doppio: allow(code)`: what a recipe says need not be reported, and for which part of it.
//!
//! A comment on a line of its own covers what comes next: an entry, an element of an array, or a
//! whole table if that is a header. Before everything else it covers the whole file. Behind
//! something it covers that. What is an error is never covered: a run would refuse it all the same.
//! A code is that of a check, or the number of one of shellcheck's, `SC2086`.
//!
//! * [`Allows::of`] reads the comments, [`Allows::hide`] leaves out what they cover;
//! * [`allow_here`] writes one.

use std::collections::{HashMap, HashSet};

use super::{check, edits, shellcheck};
use crate::analysis::Analysis;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::span::{Span, Spanned};
use crate::syntax::{Entry, HeaderTable, Tree, Value, ValueKind, comments_of};

/// What begins every comment that is for us.
pub(crate) const MARK: &str = "doppio:";

/// What is in such a comment even where it is written with a capital letter, which counts for nothing.
const IN_MARK: &str = "oppio:";

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

impl Allow {
    /// What it allows and for what: of two that say the same, the second is of no use.
    pub(super) fn meaning(&self) -> (&str, Option<Span>) {
        (&self.code.value, self.covers)
    }
}

impl Allows {
    /// Reads the comments of `text`.
    pub(crate) fn of(text: &str, tree: &Tree) -> Self {
        let mut allows = Self::default();
        let mut parts = Parts::of(tree, None);
        for comment in comments_of(text, tree, IN_MARK) {
            match codes(text, comment) {
                Some(Ok(codes)) => {
                    let table = tree.table_at(comment.start);
                    if parts.table != table {
                        parts = Parts::of(tree, table);
                    }
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
        let mut known = HashSet::new();
        for (index, allow) in self.list.iter().enumerate() {
            if let Some(covers) = allow.covers
                && known.insert(allow.meaning())
            {
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
            let mut is_covered = false;
            for code in [Some(diagnostic.code), shellcheck::number(diagnostic)] {
                let sweep = code.and_then(|code| open.get_mut(code));
                let Some(sweep) = sweep.filter(|_| diagnostic.severity != Severity::Error) else {
                    continue;
                };
                let covering = sweep.at(diagnostic.span.start);
                covering.iter().for_each(|(_, index)| used[*index] = true);
                is_covered |= !covering.is_empty();
            }
            !is_covered
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
    let mark = body
        .get(..MARK.len())
        .filter(|it| it.eq_ignore_ascii_case(MARK))?;
    let call = body[MARK.len()..].trim_start();
    let word = call.len()
        - call
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .len();
    let rest = call[word..].trim_start();
    let has_codes = rest.starts_with('(');
    let is_verb = |word: &str| matches!(word, "allow" | "ignore" | "disable");
    let is_meant = match mark == MARK {
        true => has_codes || is_verb(&call[..word]),
        false => has_codes && is_verb(&call[..word].to_ascii_lowercase()),
    };
    if !is_meant {
        return None;
    }
    let inner = rest.strip_prefix('(').and_then(|it| it.split_once(')'));
    let Some((inner, _)) = inner.filter(|_| mark == MARK && &call[..word] == "allow") else {
        return Some(Err(()));
    };
    let inner = inner.trim_end();
    let inner = inner.strip_suffix(',').unwrap_or(inner);
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

/// What the comments of one table, or of what stands before all tables, can count for. They are asked about
/// in order of place.
struct Parts<'t> {
    tree: &'t Tree,
    table: Option<usize>,
    /// Entries and elements of arrays: what a comment can stand in the middle of. In order of their starts,
    /// of those that start together the longest first.
    closed: Vec<Span>,
    /// How many of them start before the last comment …
    started: usize,
    /// … and which of those do not end before it, at least.
    open: Vec<Span>,
}

impl<'t> Parts<'t> {
    fn of(tree: &'t Tree, table: Option<usize>) -> Self {
        let own = table.map_or(&tree.root, |table| &tree.tables[table].table);
        let mut closed = Vec::new();
        own.entries.iter().for_each(|it| add_entry(it, &mut closed));
        closed.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        Self {
            tree,
            table,
            closed,
            started: 0,
            open: Vec::new(),
        }
    }

    fn covered_by(&mut self, text: &str, comment: Span) -> Option<Span> {
        let around = self.around(comment);
        let line = line_start(text, comment.start);
        let before = &text[line..comment.start];
        let before = before.trim_start_matches('\u{feff}').trim_start();
        if !before.is_empty() {
            let start = comment.start - before.len();
            return self.starting_at(start).or(around);
        }
        let next = self.closed.partition_point(|it| it.start < comment.end);
        if self.table.is_none() && next == 0 {
            return Some(Span::new(0, text.len()));
        }
        let next_table = self.table.map_or(0, |table| table + 1);
        let next = self.closed.get(next).copied();
        let next = next.or_else(|| header_part(self.tree, next_table))?;
        let leaves = around.is_some_and(|it| it.end < next.start);
        (!leaves).then_some(next)
    }

    /// The innermost entry or element that a comment stands in the middle of, or behind on its line.
    fn around(&mut self, comment: Span) -> Option<Span> {
        let more = &self.closed[self.started..];
        let more = &more[..more.partition_point(|it| it.start < comment.start)];
        self.open.extend(more);
        self.started += more.len();
        while self.open.pop_if(|it| it.end <= comment.start).is_some() {}
        self.open.last().copied()
    }

    /// The longest part that starts there.
    fn starting_at(&self, start: usize) -> Option<Span> {
        let entry = self.closed.partition_point(|it| it.start < start);
        let entry = self.closed.get(entry).copied();
        let header = self.table.and_then(|table| header_part(self.tree, table));
        header.into_iter().chain(entry).find(|it| it.start == start)
    }
}

/// What the header of a table covers: that, and the tables inside it.
fn header_part(tree: &Tree, table: usize) -> Option<Span> {
    let (outer, rest) = tree.tables.get(table..)?.split_first()?;
    let is_inside = |inner: &&HeaderTable| {
        let names = outer.path.iter().zip(&inner.path);
        outer.path.len() < inner.path.len() && names.into_iter().all(|(a, b)| a.name == b.name)
    };
    let last = rest.iter().take_while(is_inside).last();
    let end = last.unwrap_or(outer).table.span.end;
    Some(Span::new(outer.table.span.start, end))
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
    match tree.table_at(at).map(|table| &tree.tables[table]) {
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

//! The way of a broken text: keep what the first pass understood, and parse again, statement by
//! statement, only the tables in which something is broken.
//!
//! The hard question is where a broken statement ends. An unclosed `'''` swallows the rest of the
//! file in the eyes of a lexer; a sound one may hold lines that look like headers. So there are two
//! readings, *it ends where the lexer says* and *it ends before the next line that looks like a
//! statement*, and the one that leaves fewer broken lines behind it, up to the next header, wins.

use toml_parser::Source;
use toml_parser::lexer::{Lexer, TokenKind};

use super::assembly::{Assembly, MAX_DEPTH};
use super::lines::{self, Start};
use super::parse::{FirstPass, count_broken, first_pass};
use super::tolerant::Tolerant;
use super::tree::{HeaderTable, SyntaxError, Table, Tree};
use super::{errors, strings};
use crate::span::Span;

/// How far behind its start the end of a statement is looked for. A longer string in a broken table
/// ends at the first line that looks like a statement.
const REACH: usize = 256 * 1024;

/// How far behind a statement two readings of it are compared at least, unless a header is nearer.
const COMPARED: usize = 1024;

/// The tree of a text that is broken at `first.broken`.
pub(super) fn recover(text: &str, first: FirstPass) -> Tree {
    let mut out = Assembly::default();
    recover_in(text, Span::new(0, text.len()), first, &mut out);
    out.finish()
}

/// Does that for a part of the text, from a header, or the start of the text, to another, or the end of the
/// text. Tells where it has come to, which is behind the part if something goes on there that starts in it.
pub(super) fn recover_in(text: &str, part: Span, first: FirstPass, out: &mut Assembly) -> usize {
    let mut known = Known::new(text, first.tree.errors, first.broken);
    let mut tables = first.tree.tables.into_iter().peekable();
    let mut at = part.start;
    if at == 0 {
        at = recover_root(text, first.tree.root, tables.peek(), &mut known, out);
    }
    loop {
        at = skip_trivia(text, at, out);
        if at >= part.end {
            return at;
        }
        while tables.next_if(|table| table.header.start < at).is_some() {}
        let sound = tables.next_if(|table| table.header.start == at);
        let end = tables.peek().map_or(text.len(), |next| next.header.start);
        at = match sound {
            Some(table) if known.is_sound(at, end) => {
                out.adopt(table);
                out.errors.extend(known.errors(at, end));
                end
            }
            _ => region(text, at, out),
        };
    }
}

/// The same for what stands before the first header, which is `next` unless something is broken.
fn recover_root(
    text: &str,
    root: Table,
    next: Option<&HeaderTable>,
    known: &mut Known,
    out: &mut Assembly,
) -> usize {
    let end = next.map_or(text.len(), |next| next.header.start);
    if known.is_sound(0, end) {
        out.adopt_root(root);
        out.errors.extend(known.errors(0, end));
        return end;
    }
    let mark = BOM.len() * usize::from(text.starts_with(BOM));
    let start = skip_trivia(text, mark, out);
    region(text, start, out)
}

const BOM: &str = "\u{feff}";

/// What the first pass found wrong.
struct Known {
    text_len: usize,
    errors: Vec<SyntaxError>,
    broken: Vec<usize>,
}

impl Known {
    fn new(text: &str, mut errors: Vec<SyntaxError>, broken: Vec<usize>) -> Self {
        errors.sort_by_key(|error| error.span.start);
        Self {
            text_len: text.len(),
            errors,
            broken,
        }
    }

    /// Whether nothing is broken in `start..end`. What is broken at the very end of the text counts
    /// to its last table.
    fn is_sound(&self, start: usize, end: usize) -> bool {
        let first = self.broken.partition_point(|at| *at < start);
        self.broken
            .get(first)
            .is_none_or(|at| *at >= end && end < self.text_len)
    }

    /// The errors in `start..end` that do not break a table: a wrong escape, a word without quotes.
    fn errors(&mut self, start: usize, end: usize) -> impl Iterator<Item = SyntaxError> {
        let from = self.errors.partition_point(|e| e.span.start < start);
        let to = self.errors.partition_point(|e| e.span.start < end);
        self.errors[from..to].iter().cloned()
    }
}

/// Parses what stands from the header at `at` to the next, and tells where that is.
pub(super) fn region_at(text: &str, at: usize, out: &mut Assembly) -> usize {
    let end = region(text, at, out);
    skip_trivia(text, end, out)
}

/// Parses what stands from `at` to the next header, and tells where that is. If nothing is broken up
/// to the next line that looks like a header (the first pass may have seen the end of a string in
/// what is its start), that is the table.
fn region(text: &str, at: usize, out: &mut Assembly) -> usize {
    let indent = lines::indent(text, at);
    let is_header = |line| lines::start_of(text, line, indent) == Some(Start::Header);
    let end = next_line(text, at, text.len(), is_header).unwrap_or(text.len());
    let again = first_pass(text, at, end);
    if !again.broken.is_empty() {
        return statements(text, at, out);
    }
    out.errors.extend(again.tree.errors);
    match again.tree.tables.is_empty() {
        true => out.adopt_root(again.tree.root),
        false => again
            .tree
            .tables
            .into_iter()
            .for_each(|table| out.adopt(table)),
    }
    end
}

/// Parses the statements from `at` to the next header, one by one, and tells where that is.
fn statements(text: &str, mut at: usize, out: &mut Assembly) -> usize {
    let mut is_first = true;
    loop {
        at = skip_trivia(text, at, out);
        if at == text.len() || (!is_first && text[at..].starts_with('[')) {
            return at;
        }
        let end = statement_end(text, at);
        Tolerant::new(text, at, end, out).statements();
        at = end;
        is_first = false;
    }
}

/// The first place from `at` on that is neither blank nor a comment.
fn skip_trivia(text: &str, mut at: usize, out: &mut Assembly) -> usize {
    loop {
        let start = at + blank_length(text, at, out);
        if !text[start..].starts_with(BOM) {
            return start;
        }
        // A lexer that starts here would take it for the mark of a file.
        at = start + BOM.len();
        out.errors.push(SyntaxError::new(
            "an invisible byte order mark (U+FEFF) stands here: remove it",
            Span::new(start, at),
        ));
    }
}

/// How much is blank or comment at `at`.
fn blank_length(text: &str, at: usize, out: &mut Assembly) -> usize {
    if text[at..].starts_with(BOM) {
        return 0;
    }
    for token in Source::new(&text[at..]).lex() {
        let (start, end) = (token.span().start(), token.span().end());
        match token.kind() {
            TokenKind::Whitespace => {}
            TokenKind::Comment | TokenKind::Newline => {
                let raw = &text[at + start..at + end];
                out.errors.extend(errors::in_trivia(raw, at + start));
            }
            _ => return start,
        }
    }
    text.len() - at
}

/// Where the statement that starts at `at` ends: the start of a later line, or the end of the text.
fn statement_end(text: &str, at: usize) -> usize {
    let indent = lines::indent(text, at);
    let start_of = |line| lines::start_of(text, line, indent);
    let mut reading = Reading::new(text, at);
    let end = reading.end();
    let until = end.unwrap_or(text.len());
    let Some(first) = next_line(text, at, until, |line| start_of(line).is_some()) else {
        return until;
    };
    let is_in_string = reading.is_in_string(first);
    let is_cut = |line| match is_in_string {
        true => start_of(line) == Some(Start::Header) || lines::is_surely_entry(text, line, indent),
        false => true,
    };
    // What stands before `first` is its line break.
    let cut = |until| next_line(text, first - 1, until, is_cut).unwrap_or(until);
    let Some((end, limit)) = end.and_then(|end| Some((end, reading.limit(end, indent)?))) else {
        return cut(text.len());
    };
    let as_read = count_broken(text, at, limit);
    let as_cut = 1 + count_broken(text, cut(limit), limit);
    match as_read <= as_cut {
        true => end,
        false => cut(text.len()),
    }
}

/// The start of the first line after the one with `at`, and before `until`, that `is_wanted`.
fn next_line(
    text: &str,
    at: usize,
    until: usize,
    is_wanted: impl Fn(usize) -> bool,
) -> Option<usize> {
    let mut line = at;
    loop {
        line = lines::next(text, line).filter(|next| *next < until)?;
        if is_wanted(line) {
            return Some(line);
        }
    }
}

/// A statement as the lexer reads it.
struct Reading<'t> {
    text: &'t str,
    at: usize,
    /// Where the text that is looked at ends.
    reach: usize,
    tokens: Lexer<'t>,
    /// Whether the end of the text was reached outside of strings.
    is_at_end: bool,
    /// The strings of several lines, as far as they were read.
    strings: Vec<Span>,
}

impl<'t> Reading<'t> {
    fn new(text: &'t str, at: usize) -> Self {
        let reach = text.floor_char_boundary(at + REACH);
        Self {
            text,
            at,
            reach,
            tokens: Source::new(&text[at..reach]).lex(),
            is_at_end: false,
            strings: Vec::new(),
        }
    }

    /// The next token and where it ends in the text. Nothing after a string that is not closed, since
    /// that goes to the end.
    fn next(&mut self) -> Option<(TokenKind, usize)> {
        let token = self.tokens.next()?;
        let (start, end) = (self.at + token.span().start(), self.at + token.span().end());
        if let Some(encoding) = token.kind().encoding() {
            let raw = &self.text[start..end];
            if raw.contains('\n') {
                self.strings.push(Span::new(start, end));
                if end == self.reach && !strings::is_terminated(raw, encoding) {
                    return None;
                }
            }
        }
        self.is_at_end = token.kind() == TokenKind::Eof && self.reach == self.text.len();
        Some((token.kind(), end))
    }

    /// Whether the line that starts at `line` is in a string, as far as was read.
    fn is_in_string(&self, line: usize) -> bool {
        self.strings
            .iter()
            .any(|string| string.start < line && line < string.end)
    }

    /// Where the statement ends: after the first line break outside of strings and brackets. Nothing
    /// if it is never closed, or clearly is not before it meets what can only be another statement.
    fn end(&mut self) -> Option<usize> {
        let mut open: Vec<TokenKind> = Vec::new();
        let mut before = TokenKind::Newline;
        while let Some((kind, end)) = self.next() {
            use TokenKind::*;
            match kind {
                Newline if open.is_empty() => return Some(end),
                Eof if open.is_empty() && self.is_at_end => return Some(end),
                Equals if open.last() == Some(&LeftSquareBracket) => return None,
                LeftSquareBracket | LeftCurlyBracket => {
                    let is_in_table = open.last() == Some(&LeftCurlyBracket);
                    if (is_in_table && before != Equals) || open.len() == MAX_DEPTH {
                        return None;
                    }
                    open.push(kind);
                }
                RightSquareBracket | RightCurlyBracket => {
                    let opening = match kind {
                        RightSquareBracket => LeftSquareBracket,
                        _ => LeftCurlyBracket,
                    };
                    if let Some(place) = open.iter().rposition(|open| *open == opening) {
                        open.truncate(place);
                    }
                }
                _ => {}
            }
            if !matches!(kind, Whitespace | Newline | Comment) {
                before = kind;
            }
        }
        None
    }

    /// How far the two readings are compared: to the next header after the statement which no string
    /// hides, or to some statement if that is far away.
    fn limit(&mut self, statement_end: usize, indent: usize) -> Option<usize> {
        if self.is_at_end {
            return Some(self.text.len());
        }
        while let Some((kind, end)) = self.next() {
            match kind {
                TokenKind::Newline => match lines::start_of(self.text, end, indent) {
                    Some(Start::Header) => return Some(end),
                    Some(Start::Entry) if end > statement_end + COMPARED => return Some(end),
                    _ => {}
                },
                TokenKind::Eof if self.is_at_end => return Some(end),
                _ => {}
            }
        }
        None
    }
}

//! The way of a broken text: keep what the first pass understood, and parse again, statement by
//! statement, only the tables in which something is broken.
//!
//! The hard question is where a broken statement ends. An unclosed `'''` swallows the rest of the
//! file in the eyes of a lexer; a sound one may hold lines that look like headers. So there are two
//! readings, *it ends where the lexer says* and *it ends before the next line that looks like a
//! statement*, and the one that leaves fewer broken lines up to the next header wins.

use toml_parser::Source;
use toml_parser::lexer::{Lexer, TokenKind};

use super::assembly::Assembly;
use super::lines::{self, Start};
use super::parse::{FirstPass, count_broken};
use super::tolerant::Tolerant;
use super::tree::{SyntaxError, Tree};
use super::{errors, strings};
use crate::span::Span;

/// How far behind its start the end of a statement is looked for. A longer string in a broken table
/// ends at the first line that looks like a statement.
const REACH: usize = 256 * 1024;

/// The tree of a text that is broken at `first.broken`.
pub(super) fn recover(text: &str, first: FirstPass) -> Tree {
    let mut known = Known::new(text, first.tree.errors, first.broken);
    let mut tables = first.tree.tables.into_iter().peekable();
    let mut out = Assembly::default();

    let end = tables.peek().map_or(text.len(), |next| next.header.start);
    let mut at = match known.is_sound(0, end) {
        true => {
            out.adopt_root(first.tree.root);
            out.errors.extend(known.errors(0, end));
            end
        }
        false => region(
            text,
            BOM.len() * usize::from(text.starts_with(BOM)),
            &mut out,
        ),
    };
    while at < text.len() {
        while tables.next_if(|table| table.header.start < at).is_some() {}
        let sound = tables.next_if(|table| table.header.start == at);
        let end = tables.peek().map_or(text.len(), |next| next.header.start);
        at = match sound {
            Some(table) if known.is_sound(at, end) => {
                out.adopt(table);
                out.errors.extend(known.errors(at, end));
                end
            }
            _ => region(text, at, &mut out),
        };
    }
    out.finish()
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

/// Parses the statements from `at` to the next header, and tells where that is.
fn region(text: &str, mut at: usize, out: &mut Assembly) -> usize {
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
    let cut = next_line(text, at, |line| {
        lines::start_of(text, line, indent).is_some()
    });
    let mut reading = Reading::new(text, at, cut);
    let end = reading.end();
    match end {
        Some(end) if end <= cut => return end,
        _ => {}
    }
    let cut = match reading.cut_is_in_string {
        true => next_line(text, at, |line| {
            lines::start_of(text, line, indent) == Some(Start::Header)
                || lines::is_surely_entry(text, line, indent)
        }),
        false => cut,
    };
    let Some((end, next_header)) = end.zip(reading.next_header(indent)) else {
        return cut;
    };
    let as_read = count_broken(&text[at..next_header]);
    let as_cut = 1 + text.get(cut..next_header).map_or(0, count_broken);
    match as_read <= as_cut {
        true => end,
        false => cut,
    }
}

/// The start of the first line after the one with `at` that `is_end`, else the end of the text.
fn next_line(text: &str, at: usize, is_end: impl Fn(usize) -> bool) -> usize {
    let mut line = at;
    loop {
        match lines::next(text, line) {
            Some(next) if is_end(next) => return next,
            Some(next) => line = next,
            None => return text.len(),
        }
    }
}

/// A statement as the lexer reads it.
struct Reading<'t> {
    text: &'t str,
    at: usize,
    /// Where the text that is looked at ends.
    limit: usize,
    tokens: Lexer<'t>,
    /// Whether the end of the text was reached outside of strings.
    is_at_end: bool,
    cut: usize,
    /// Whether a string of several lines goes over `cut`.
    cut_is_in_string: bool,
}

impl<'t> Reading<'t> {
    fn new(text: &'t str, at: usize, cut: usize) -> Self {
        let limit = text.floor_char_boundary(at + REACH);
        Self {
            text,
            at,
            limit,
            tokens: Source::new(&text[at..limit]).lex(),
            is_at_end: false,
            cut,
            cut_is_in_string: false,
        }
    }

    /// The next token and where it ends in the text. Nothing after a string that is not closed, since
    /// that goes to the end.
    fn next(&mut self) -> Option<(TokenKind, usize)> {
        let token = self.tokens.next()?;
        let (start, end) = (self.at + token.span().start(), self.at + token.span().end());
        if let Some(encoding) = token.kind().encoding() {
            self.cut_is_in_string |= start < self.cut && self.cut < end;
            let is_closed = strings::is_terminated(&self.text[start..end], encoding);
            if !is_closed && end == self.limit && self.text[start..end].contains('\n') {
                self.cut_is_in_string |= start < self.cut;
                return None;
            }
        }
        self.is_at_end = token.kind() == TokenKind::Eof && self.limit == self.text.len();
        Some((token.kind(), end))
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
                    if open.last() == Some(&LeftCurlyBracket) && before != Equals {
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

    /// The next header after the statement which no string hides, or the end of the text.
    fn next_header(&mut self, indent: usize) -> Option<usize> {
        if self.is_at_end {
            return Some(self.text.len());
        }
        while let Some((kind, end)) = self.next() {
            let is_header = || lines::start_of(self.text, end, indent) == Some(Start::Header);
            match kind {
                TokenKind::Newline if is_header() => return Some(end),
                TokenKind::Eof if self.is_at_end => return Some(end),
                _ => {}
            }
        }
        None
    }
}

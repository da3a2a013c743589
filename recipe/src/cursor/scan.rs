//! The words of a text, without any opinion on whether they make sense together.
//!
//! Strings always end: one that is written on a line at the end of the line, and a multi-line one
//! that nobody closed before the next table of a recipe.

use super::Quotes;
use crate::span::Span;

/// The headers that a recipe can have. A line that starts with one ends whatever was left open.
const HEADERS: [&str; 4] = ["recipe", "target", "variables", "step"];

/// A word of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Newline,
    Comment,
    /// One of `[ ] { } , = .`
    Punctuation(u8),
    /// Anything bare: a key, a number, `true`.
    Word,
    String(Quotes),
}

/// The words of `text` from a place on, in order; blanks are left out.
pub(super) struct Scanner<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, start: usize) -> Self {
        let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let offset = start.max(mark);
        Self { text, offset }
    }

    /// The word that comes next, without taking it.
    pub(super) fn peek(&self) -> Option<(Token, Span)> {
        Self { ..*self }.next()
    }

    fn string(&self, start: usize) -> (Quotes, usize) {
        let rest = &self.text[start..];
        let literal = rest.starts_with('\'');
        let (mark, triple) = match literal {
            true => ("'", "'''"),
            false => ("\"", "\"\"\""),
        };
        let multiline = rest.starts_with(triple);
        let mark = if multiline { triple } else { mark };
        let content = start + mark.len();
        let end = close(&self.text[content..], mark, literal, multiline).map(|end| content + end);
        let limit = match (multiline, end) {
            (true, _) => broken_at(self.text, content, end, mark.len()),
            (false, Some(end)) => cut_off_at(self.text, content, end - mark.len()),
            (false, None) => next_key_at(self.text, content),
        };
        let (content_end, closed) = match (limit, end) {
            (Some(limit), _) => (limit, false),
            (None, Some(end)) => (end - mark.len(), true),
            (None, None) if multiline => (self.text.len(), false),
            (None, None) => (line_end(self.text, content), false),
        };
        let quotes = Quotes {
            content: Span::new(content, content_end),
            literal,
            multiline,
            closed,
        };
        (
            quotes,
            if closed {
                content_end + mark.len()
            } else {
                content_end
            },
        )
    }
}

impl Iterator for Scanner<'_> {
    type Item = (Token, Span);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.offset), Some(b' ' | b'\t')) {
            self.offset += 1;
        }
        let start = self.offset;
        let (token, end) = match *bytes.get(start)? {
            b'\n' => (Token::Newline, start + 1),
            b'\r' if bytes.get(start + 1) == Some(&b'\n') => (Token::Newline, start + 2),
            b'\r' => (Token::Newline, start + 1),
            b'#' => (Token::Comment, line_end(self.text, start)),
            b'"' | b'\'' => {
                let (quotes, end) = self.string(start);
                (Token::String(quotes), end)
            }
            mark if is_punctuation(mark) => (Token::Punctuation(mark), start + 1),
            _ => {
                let length = bytes[start..].iter().position(|byte| ends_word(*byte));
                (
                    Token::Word,
                    length.map_or(bytes.len(), |length| start + length),
                )
            }
        };
        self.offset = end;
        Some((token, Span::new(start, end)))
    }
}

fn is_punctuation(byte: u8) -> bool {
    matches!(byte, b'[' | b']' | b'{' | b'}' | b',' | b'=' | b'.')
}

fn ends_word(byte: u8) -> bool {
    is_punctuation(byte) || matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'#' | b'"' | b'\'')
}

/// Where the line that holds `offset` ends, without its line end.
pub(super) fn line_end(text: &str, offset: usize) -> usize {
    text[offset..]
        .find(['\n', '\r'])
        .map_or(text.len(), |length| offset + length)
}

/// Whether `line` is the header of a table of a recipe.
pub(super) fn is_header(line: &str) -> bool {
    let Some(inner) = line.strip_prefix('[') else {
        return false;
    };
    let inner = inner.strip_prefix('[').unwrap_or(inner).trim_start();
    HEADERS.iter().any(|name| {
        let rest = inner.strip_prefix(name).map(str::trim_start);
        rest.is_some_and(|rest| rest.starts_with([']', '.']))
    })
}

/// Where the closing quotes end, counted from the start of the content.
fn close(content: &str, mark: &str, literal: bool, multiline: bool) -> Option<usize> {
    let bytes = content.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if !literal => at += 1,
            b'\n' | b'\r' if !multiline => return None,
            _ if content.as_bytes()[at..].starts_with(mark.as_bytes()) => {
                let mut end = at + mark.len();
                // Up to two more quotes before the closing ones belong to the content.
                while multiline && end < at + 5 && bytes.get(end) == Some(&mark.as_bytes()[0]) {
                    end += 1;
                }
                return Some(end);
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where a string on one line was meant to end, if the quotes at `end` are those of the next one: before
/// `, key = `. What is behind quotes that close one is no word.
fn cut_off_at(text: &str, content: usize, end: usize) -> Option<usize> {
    let before = text[content..end].trim_end().strip_suffix('=')?.trim_end();
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let key = before.trim_end_matches(is_key);
    let rest = key.trim_end().strip_suffix(',')?;
    let behind = text[end + 1..].trim_start_matches([' ', '\t']);
    let goes_on = !behind.starts_with(['\r', '\n', ',', '}', ']', '#']) && !behind.is_empty();
    (key.len() < before.len() && goes_on).then(|| content + rest.trim_end().len())
}

/// Where a string that nobody closed was meant to end, if another key with a value follows on its line.
fn next_key_at(text: &str, content: usize) -> Option<usize> {
    let line = &text[content..line_end(text, content)];
    let mut commas = line.match_indices(',').map(|(at, _)| at);
    let comma = commas.find(|comma| {
        let rest = line[comma + 1..].trim_start();
        let is_key = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let behind = rest.trim_start_matches(is_key);
        let value = behind.trim_start().strip_prefix('=').map(str::trim_start);
        let is_value = |it: &str| it.starts_with(['"', '\'', '[', '{']);
        behind.len() < rest.len() && value.is_some_and(is_value)
    })?;
    Some(content + line[..comma].trim_end().len())
}

/// Where a multi-line string was meant to end, if nobody closed it: before the next header. Quotes
/// that close it follow no `=`; quotes that do open the next string.
fn broken_at(text: &str, content: usize, end: Option<usize>, mark: usize) -> Option<usize> {
    let inside = &text[content..end.map_or(text.len(), |end| end - mark)];
    let opens_another = inside.trim_end_matches([' ', '\t']).ends_with('=');
    if end.is_some() && !opens_another {
        return None;
    }
    let mut start = 0;
    for line in inside.split_inclusive('\n') {
        if start > 0 && is_header(line) {
            let before = inside[..start].trim_end_matches(['\n', '\r']);
            return Some(content + before.len());
        }
        start += line.len();
    }
    None
}

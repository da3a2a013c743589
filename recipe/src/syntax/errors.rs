//! What is wrong, in words for people: nothing here repeats how a parser thinks of it.

use toml_parser::ParseError;

use super::tree::SyntaxError;
use crate::span::Span;

impl SyntaxError {
    pub(super) fn new(message: impl Into<String>, span: Span) -> Self {
        Self {
            message: message.into(),
            span,
            related: None,
        }
    }

    pub(super) fn related(mut self, span: Span, word: impl Into<String>) -> Self {
        self.related = Some((span, word.into()));
        self
    }
}

/// What is wrong inside the string token `raw` at `start`; nothing if it is only that the string is
/// not closed, which the parser of the statement tells.
pub(super) fn in_string(
    raw: &str,
    start: usize,
    unterminated: bool,
    error: &ParseError,
) -> Option<SyntaxError> {
    let at = error.unexpected()?.start().checked_sub(start)?;
    if unterminated && at + 1 >= raw.len() {
        return None;
    }
    let bad = raw.get(at..)?.chars().next();
    match error.description() {
        "missing escaped value" => {
            let end = at + bad.map_or(0, char::len_utf8);
            let written = &raw[at.saturating_sub(1)..end];
            Some(SyntaxError::new(
                format!(
                    "'{written}' is not an escape: write '\\\\' for a backslash, or put the text in \
                     single quotes, where a backslash is just a backslash"
                ),
                Span::new(start + at.saturating_sub(1), start + end),
            ))
        }
        "too few unicode value digits" | "invalid value" => Some(bad_code(raw, start, at)),
        _ => Some(bad_character(bad, start + at)),
    }
}

/// An escape by number that names no character; `at` is somewhere behind its backslash.
fn bad_code(raw: &str, start: usize, at: usize) -> SyntaxError {
    let from = raw[..at].rfind('\\').unwrap_or(at);
    let digits = match raw[from..].chars().nth(1) {
        Some('x') => 2,
        Some('u') => 4,
        _ => 8,
    };
    let written: usize = raw[from..]
        .chars()
        .skip(2)
        .take(digits)
        .take_while(char::is_ascii_hexdigit)
        .count();
    let end = (from + 2 + written).min(raw.len());
    let escape = &raw[from..end];
    let message = match written == digits {
        true => format!("'{escape}' stands for no character"),
        false => format!("'{escape}' needs {digits} hexadecimal digits"),
    };
    SyntaxError::new(message, Span::new(start + from, start + end))
}

/// A character that may not stand where it stands, at `at`.
pub(super) fn bad_character(bad: Option<char>, at: usize) -> SyntaxError {
    match bad {
        Some(bad) if bad.is_control() => {
            let code = u32::from(bad);
            let message = format!(
                "the control character U+{code:04X} cannot stand here: remove it, or write \
                 '\\u{code:04X}' in a string with double quotes"
            );
            SyntaxError::new(message, Span::new(at, at + bad.len_utf8()))
        }
        other => SyntaxError::new(
            "after a '\\' only the end of the line can follow here: write '\\\\' for a backslash",
            Span::new(at, at + other.map_or(0, char::len_utf8)),
        ),
    }
}

/// The first character in a comment or line break that may not stand there.
pub(super) fn in_trivia(raw: &str, start: usize) -> Option<SyntaxError> {
    let (at, bad) = raw.char_indices().find(|(at, c)| match c {
        '\t' | '\n' => false,
        '\r' => raw.as_bytes().get(at + 1) != Some(&b'\n'),
        // The decoder lets U+0080 and above pass, as TOML does.
        c => c.is_ascii_control(),
    })?;
    let span = Span::new(start + at, start + at + bad.len_utf8());
    Some(match bad {
        '\r' => SyntaxError::new(
            "a carriage return alone does not end a line: use a line feed, or both",
            span,
        ),
        bad => {
            let code = u32::from(bad);
            SyntaxError::new(
                format!("the control character U+{code:04X} cannot stand in a comment"),
                span,
            )
        }
    })
}

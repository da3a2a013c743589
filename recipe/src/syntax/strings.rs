//! Strings: what they say, and which byte of the file each part of that came from.
//!
//! `toml_parser` decodes. It hands over slices of the source and single characters for escapes, with
//! a slice (perhaps an empty one) after every escape, so that a builder which looks at the address
//! of each slice knows where everything stands without understanding escapes itself.

use toml_parser::decoder::{Encoding, StringBuilder};
use toml_parser::{ParseError, Raw};

use super::errors;
use super::tree::{Run, Str, StrKind, SyntaxError};
use crate::span::Span;

/// Decodes the string token `raw`, which stands at `start`. Only what is wrong *inside* the string
/// is reported; whether it is closed is for the caller to tell.
pub(super) fn decode(raw: &str, start: usize, encoding: Encoding) -> (Str, Option<SyntaxError>) {
    let mut runs = Runs::new(raw, start);
    let mut first = None;
    let span = toml_parser::Span::new_unchecked(start, start + raw.len());
    let unterminated = !is_terminated(raw, encoding);
    let _ = Raw::new_unchecked(raw, Some(encoding), span).decode_scalar(
        &mut runs,
        &mut |error: ParseError| {
            first.get_or_insert_with(|| errors::in_string(raw, start, unterminated, &error));
        },
    );
    let string = Str {
        text: runs.text,
        kind: kind(encoding),
        unterminated,
        runs: runs.runs,
        source_end: runs.end,
    };
    (string, first.flatten())
}

/// The part of a string token that belongs to the string: a single-line string that is not closed
/// ends before the line break, so the carriage return of a CRLF is not part of it.
pub(super) fn trimmed(raw: &str, encoding: Encoding) -> &str {
    match encoding {
        Encoding::BasicString | Encoding::LiteralString if !is_terminated(raw, encoding) => {
            raw.strip_suffix('\r').unwrap_or(raw)
        }
        _ => raw,
    }
}

/// Whether a string token has its closing quotes, that is, quotes which no backslash takes away.
pub(super) fn is_terminated(raw: &str, encoding: Encoding) -> bool {
    let (quote, escapes, width) = match encoding {
        Encoding::BasicString => ('"', true, 1),
        Encoding::LiteralString => ('\'', false, 1),
        Encoding::MlBasicString => ('"', true, 3),
        Encoding::MlLiteralString => ('\'', false, 3),
    };
    let Some(body) = raw.get(width..) else {
        return false;
    };
    let inner = body.trim_end_matches(quote);
    let backslashes = inner.len() - inner.trim_end_matches('\\').len();
    let escaped = usize::from(escapes && backslashes % 2 == 1);
    body.len() - inner.len() >= width + escaped
}

/// The quotes that close such a string.
pub(super) fn closing(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::BasicString => "\"",
        Encoding::LiteralString => "'",
        Encoding::MlBasicString => "\"\"\"",
        Encoding::MlLiteralString => "'''",
    }
}

fn kind(encoding: Encoding) -> StrKind {
    match encoding {
        Encoding::BasicString => StrKind::Basic,
        Encoding::LiteralString => StrKind::Literal,
        Encoding::MlBasicString => StrKind::MultilineBasic,
        Encoding::MlLiteralString => StrKind::MultilineLiteral,
    }
}

/// Collects the text of a string and where each part of it came from.
struct Runs {
    /// Address of the first byte of the token, to find a slice's place from its own address.
    address: usize,
    start: usize,
    text: String,
    runs: Vec<Run>,
    /// Where the piece that was pushed last ends in the source.
    end: usize,
}

impl Runs {
    fn new(raw: &str, start: usize) -> Self {
        Self {
            address: raw.as_ptr() as usize,
            start,
            text: String::new(),
            runs: Vec::new(),
            end: start,
        }
    }
}

impl<'s> StringBuilder<'s> for Runs {
    fn clear(&mut self) {
        self.text.clear();
        self.runs.clear();
    }

    fn push_str(&mut self, slice: &'s str) -> bool {
        let from = self.start + (slice.as_ptr() as usize - self.address);
        let to = from + slice.len();
        self.end = to;
        match self.runs.last_mut() {
            Some(last) if !last.verbatim && last.source.is_empty() => last.source.end = from,
            Some(last) if last.verbatim && last.source.end == from => {
                last.source.end = to;
                self.text.push_str(slice);
                return true;
            }
            _ => {}
        }
        if !slice.is_empty() {
            self.runs.push(Run {
                decoded: self.text.len(),
                source: Span::new(from, to),
                verbatim: true,
            });
            self.text.push_str(slice);
        }
        true
    }

    fn push_char(&mut self, escaped: char) -> bool {
        self.runs.push(Run {
            decoded: self.text.len(),
            source: Span::at(self.end),
            verbatim: false,
        });
        self.text.push(escaped);
        true
    }
}

//! Places in a text as an editor counts them: lines, and columns in one of three units. Everywhere
//! else in this crate a place is a byte offset.

use recipe::{LineIndex, Span};
use serde::{Deserialize, Serialize};

/// The unit that columns are counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what every client can.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

/// A place between two characters, both counted from 0. Columns past the end of a line mean its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Position {
    pub(crate) line: u32,
    #[serde(rename = "character")]
    pub(crate) column: u32,
}

/// From one place to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Range {
    pub(crate) start: Position,
    pub(crate) end: Position,
}

impl Encoding {
    /// The place of a byte; inside a character or a line end, the place before that. `lines` are those of
    /// `text`.
    pub(crate) fn position(self, lines: &LineIndex, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset);
        let cuts_line_end = text[..offset].ends_with('\r') && text[offset..].starts_with('\n');
        let offset = offset - usize::from(cuts_line_end);
        let line = lines.line_of(offset);
        let start = lines.line_start(line).unwrap_or_default();
        Position {
            line: number(line),
            column: number(self.units(&text[start..offset])),
        }
    }

    /// The byte at a place: clamped to its line and to the text, and before a character that the
    /// place cuts in two.
    pub(crate) fn offset(self, lines: &LineIndex, text: &str, position: Position) -> usize {
        let line = position.line as usize;
        let Some(start) = lines.line_start(line) else {
            return text.len();
        };
        let end = lines.line_start(line + 1).unwrap_or(text.len());
        let content = text[start..end].trim_end_matches(['\r', '\n']);
        start + self.bytes(content, position.column as usize)
    }

    /// The range of a span.
    pub(crate) fn range(self, lines: &LineIndex, text: &str, span: Span) -> Range {
        Range {
            start: self.position(lines, text, span.start),
            end: self.position(lines, text, span.end),
        }
    }

    /// How long a text is in this unit.
    pub(crate) fn units(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            _ if text.is_ascii() => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
            Self::Utf32 => text.chars().count(),
        }
    }

    /// How many bytes of `line` lie before a column.
    fn bytes(self, line: &str, column: usize) -> usize {
        let mut left = column;
        for (at, c) in line.char_indices() {
            let width = match self {
                Self::Utf8 => c.len_utf8(),
                Self::Utf16 => c.len_utf16(),
                Self::Utf32 => 1,
            };
            if left < width {
                return at;
            }
            left -= width;
        }
        line.len()
    }
}

/// The protocol counts in 32 bits; a text that needs more is not one that anybody edits.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_clamped_and_never_cut_a_character() {
        let text = "ä😀b\r\nx";
        let lines = LineIndex::new(text);
        let at = |line, column, encoding: Encoding| {
            encoding.offset(&lines, text, Position { line, column })
        };
        assert_eq!(at(0, 1, Encoding::Utf16), 2);
        assert_eq!(at(0, 2, Encoding::Utf16), 2, "between two surrogates");
        assert_eq!(at(0, 3, Encoding::Utf16), 6);
        assert_eq!(at(0, 99, Encoding::Utf16), 7, "before the line end");
        assert_eq!(at(0, 3, Encoding::Utf8), 2, "inside a character");
        assert_eq!(at(0, 2, Encoding::Utf32), 6);
        assert_eq!(at(7, 0, Encoding::Utf8), text.len());
        assert_eq!(at(1, u32::MAX, Encoding::Utf8), text.len());
    }

    #[test]
    fn places_and_offsets_agree() {
        let text = "ä😀b\r\n\n\u{feff}x\rq";
        let lines = LineIndex::new(text);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let between = encoding.position(&lines, text, 8);
            assert_eq!(encoding.offset(&lines, text, between), 7, "{encoding:?}");
            for (offset, _) in text.char_indices().filter(|(offset, _)| *offset != 8) {
                let position = encoding.position(&lines, text, offset);
                assert_eq!(
                    encoding.offset(&lines, text, position),
                    offset,
                    "{encoding:?}"
                );
            }
        }
    }
}

//! What stands under the cursor: which table, which key, which part of which string.
//!
//! This reads the words before the cursor and asks the tree only where the last table starts, since it
//! is needed most while the text around the cursor is broken. What belongs at such a place is [`Slot`]'s knowledge.

mod scan;
mod slot;
#[cfg(test)]
mod tests;
mod walk;

pub use slot::{KnownKey, Slot};

use crate::analysis::Analysis;
use crate::span::Span;

/// What stands under a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The tables and keys that lead here, from the outside in; at a key, those of the table that
    /// the key is in.
    pub path: Vec<String>,
    /// Where the header of the table starts, `None` before the first header.
    pub header: Option<usize>,
    /// What is there.
    pub place: Place,
}

/// What is at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nothing that means anything: a comment, a place behind a value.
    Nothing,
    /// A header, or the start of one.
    Header {
        /// The header with the brackets that are there.
        span: Span,
    },
    /// A key, or the place of one.
    Key {
        /// The key; empty where none is yet.
        word: Span,
        /// Whether `=` follows.
        assigned: bool,
        /// Whether it stands at the start of a line that belongs to a header's table.
        at_line_start: bool,
        /// The other keys of the same table.
        siblings: Vec<String>,
    },
    /// A value that is no string, or the place of one.
    Value {
        /// The value; empty where none is yet.
        word: Span,
        /// The strings beside it, in an array.
        siblings: Vec<String>,
        /// Whether it is in an array.
        in_array: bool,
    },
    /// Inside a string that is a value.
    String {
        /// The string.
        quotes: Quotes,
        /// The strings beside it, in an array.
        siblings: Vec<String>,
        /// Whether it is in an array.
        in_array: bool,
        /// The reference that the cursor is in.
        reference: Option<OpenReference>,
    },
}

/// How a string is written, and what of it is content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotes {
    /// What is between the quotes.
    pub content: Span,
    /// Whether backslashes mean nothing.
    pub literal: bool,
    /// Whether it may span lines.
    pub multiline: bool,
    /// Whether the closing quotes are there.
    pub closed: bool,
}

/// A `${` before the cursor that is not closed before it; or just a `$`, with a name or without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenReference {
    /// Where the `$` is.
    pub start: usize,
    /// Whether `{` follows it.
    pub braced: bool,
    /// What stands for a name, on both sides of the cursor: of `${secret:a|b}` that is `secret:ab`.
    pub name: Span,
    /// Whether `}` follows the name.
    pub closed: bool,
}

impl Cursor {
    /// What stands at `offset` in `text`, which must be on a character border.
    pub fn at(text: &str, offset: usize) -> Self {
        walk::Walk::new(text, 0, offset).run()
    }

    /// The same of a text that is analysed: only the words behind the last header are read.
    pub fn of(analysis: &Analysis, offset: usize) -> Self {
        let tables = &analysis.tree.tables;
        let after = tables.partition_point(|table| table.header.start < offset);
        let last = after.checked_sub(1).map(|last| &tables[last]);
        let start = last.map_or(0, |table| table.header.start);
        walk::Walk::new(&analysis.text, start, offset).run()
    }

    /// What belongs there.
    pub fn slot(&self) -> Option<Slot> {
        Slot::at(&self.path)
    }
}

impl OpenReference {
    /// The reference around `offset` in a string with this content.
    fn around(text: &str, content: Span, offset: usize) -> Option<Self> {
        let before = &text[content.start..offset];
        let name_start = before.len() - trailing_name(before);
        let dollars = before[..name_start].strip_suffix('{');
        let (opening, braced) = match dollars {
            Some(opening) => (opening, true),
            None => (&before[..name_start], false),
        };
        let is_begun = name_start < before.len();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !braced && !before[name_start..].chars().all(is_plain) {
            return None; // `$HOME/x`
        }
        let count = opening.len() - opening.trim_end_matches('$').len();
        // `$${` is a literal `${`, and `\${` belongs to the shell.
        if count != 1 || opening[..opening.len() - 1].ends_with('\\') {
            return None;
        }
        let after = &text[offset..content.end];
        let name_end = match braced {
            true => offset + after.len() - after.trim_start_matches(is_name_char).len(),
            false if is_begun => offset + after.len() - after.trim_start_matches(is_plain).len(),
            false => offset,
        };
        Some(Self {
            start: content.start + opening.len() - 1,
            braced,
            name: Span::new(content.start + name_start, name_end),
            closed: braced && text[name_end..content.end].starts_with('}'),
        })
    }
}

/// How many bytes at the end of `text` can be part of a reference's name.
fn trailing_name(text: &str) -> usize {
    text.len() - text.trim_end_matches(is_name_char).len()
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ':')
}

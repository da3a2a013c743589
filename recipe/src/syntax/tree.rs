//! The tree of a TOML text as the rest of the crate sees it: tables, entries and values, each with
//! its range. Half-typed things keep a place: a value that is missing is [`ValueKind::Missing`], a
//! key that is missing is empty.

use crate::span::Span;

/// A whole parsed text.
#[derive(Clone, Debug)]
pub struct Tree {
    /// What stands before the first header.
    pub root: Table,
    /// The tables that headers open, in the order they are written, each with its own entries only:
    /// `[a]` and `[a.b]` are two of them, and so are two `[[step]]`.
    pub tables: Vec<HeaderTable>,
    /// What is wrong with the text as TOML (duplicate keys included), in order of place.
    pub errors: Vec<SyntaxError>,
}

/// A `[header]` or `[[header]]` and the entries under it.
#[derive(Clone, Debug, PartialEq)]
pub struct HeaderTable {
    /// The segments of the header: `[a."b c"]` has two. A half-typed one may have an empty segment.
    pub path: Vec<Key>,
    /// The header with its brackets.
    pub header: Span,
    /// Whether it is written `[[…]]`.
    pub is_array: bool,
    /// The entries below it. `table.span` runs from the header's first byte to the last byte that
    /// belongs to the table (trailing blank lines and comments excluded).
    pub table: Table,
}

/// Entries in the order they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// `key = value` pairs. Dotted keys are nested: `a.b = 1` is an entry `a` whose value is an
    /// implicit [`ValueKind::Table`] with the entry `b`; entries of the same dotted prefix are merged,
    /// so that one may span others which are written between its parts.
    pub entries: Vec<Entry>,
    /// What it covers; for an inline table the braces.
    pub span: Span,
}

/// `key = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key (one segment).
    pub key: Key,
    /// Its value.
    pub value: Value,
    /// From the key to the end of the value.
    pub span: Span,
}

/// One segment of a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The name, unquoted and unescaped.
    pub name: String,
    /// Where it stands, with its quotes.
    pub span: Span,
}

/// A value and its range.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where it stands, with quotes or brackets.
    pub span: Span,
}

/// The kinds of values.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// A string of any of the four kinds.
    String(Str),
    /// An integer that fits `i64`.
    Integer(i64),
    /// A float, `inf` and `nan` included.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date, time or both. Recipes have no use for one.
    Datetime,
    /// `[…]`.
    Array(Vec<Value>),
    /// `{…}`, or what a dotted key implies.
    Table(Table),
    /// Nothing, or nothing that is a value, stands there; `errors` says so.
    Missing,
}

impl ValueKind {
    /// What people call it, with its article: `a string`, `an integer` …
    pub fn described(&self) -> &'static str {
        match self {
            Self::String(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Boolean(_) => "a boolean",
            Self::Datetime => "a date or time",
            Self::Array(_) => "an array",
            Self::Table(_) => "a table",
            Self::Missing => "nothing",
        }
    }
}

impl Tree {
    /// The table whose header or what follows it holds `offset`; before the first header there is none.
    pub(crate) fn table_at(&self, offset: usize) -> Option<usize> {
        let tables = &self.tables;
        let before = tables.partition_point(|table| table.header.start <= offset);
        before.checked_sub(1)
    }

    /// From the header of a table to the next; without one, what stands before the first header.
    pub(crate) fn region(&self, table: Option<usize>) -> Span {
        let start_of = |table: usize| self.tables.get(table).map(|it| it.header.start);
        let next = table.map_or(0, |table| table + 1);
        let start = table.and_then(start_of).unwrap_or(0);
        Span::new(start, start_of(next).unwrap_or(usize::MAX))
    }
}

impl Table {
    /// The entry of that name, the first if there are several.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.name == name)
    }
}

/// How a string is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrKind {
    /// `"…"`
    Basic,
    /// `'…'`
    Literal,
    /// `"""…"""`
    MultilineBasic,
    /// `'''…'''`
    MultilineLiteral,
}

/// A string: what it says, and where in the file each part of that stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Str {
    /// The decoded text.
    pub text: String,
    /// How it is written.
    pub kind: StrKind,
    /// Whether the closing quotes are missing.
    pub unterminated: bool,
    /// The pieces of the text, in order. What the source has between two of them (a line-ending
    /// backslash and the blanks behind it) says nothing.
    pub(super) runs: Vec<Run>,
    /// Where the decoded text ends in the source: before the closing quotes.
    pub(super) source_end: usize,
}

/// A piece of a string that maps to the source in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Where it starts in the decoded text.
    pub(super) decoded: usize,
    /// Where it stands in the source.
    pub(super) source: Span,
    /// Whether it stands in the source byte for byte; else it is an escape, which maps as a whole.
    pub(super) verbatim: bool,
}

impl Str {
    /// Where the decoded range `start..end` stands in the file.
    pub fn span_of(&self, start: usize, end: usize) -> Span {
        let first = self.source_start(start);
        Span::new(first, self.source_limit(end).max(first))
    }

    /// The decoded offset for a place in the file; inside an escape, where the escape starts.
    pub fn decoded_at(&self, source: usize) -> usize {
        let index = self.runs.partition_point(|run| run.source.start <= source);
        let Some(run) = index.checked_sub(1).map(|index| self.runs[index]) else {
            return 0;
        };
        if source >= run.source.end {
            let next = self.runs.get(index);
            return next.map_or(self.text.len(), |next| next.decoded);
        }
        match run.verbatim {
            true => run.decoded + (source - run.source.start),
            false => run.decoded,
        }
    }

    /// Where the decoded byte at `offset` starts in the source.
    fn source_start(&self, offset: usize) -> usize {
        if offset >= self.text.len() {
            return self.source_end;
        }
        let index = self.runs.partition_point(|run| run.decoded <= offset);
        match index.checked_sub(1).map(|index| self.runs[index]) {
            Some(run) if run.verbatim => run.source.start + (offset - run.decoded),
            Some(run) => run.source.start,
            None => self.source_end,
        }
    }

    /// Where the decoded text before `offset` ends in the source.
    fn source_limit(&self, offset: usize) -> usize {
        let index = self.runs.partition_point(|run| run.decoded < offset);
        match index.checked_sub(1).map(|index| self.runs[index]) {
            Some(run) if run.verbatim => {
                (run.source.start + (offset - run.decoded)).min(run.source.end)
            }
            Some(run) => run.source.end,
            None => self.source_start(offset),
        }
    }
}

/// Something that is not TOML, in human words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong and what was expected.
    pub message: String,
    /// Where exactly.
    pub span: Span,
    /// The other place that matters (where a duplicate key was first defined, where a closing bracket
    /// is expected), with a word on it.
    pub related: Option<(Span, String)>,
}

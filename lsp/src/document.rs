//! An open document: its text while it is edited, and what readers get of one version of it.

use std::ops::Deref;
use std::sync::Arc;

use recipe::{Analyser, Analysis, LineIndex, Span};
use ropey::Rope;

use crate::position::{Encoding, Position, Range};

/// A document as the editor has it, saved or not.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    uri: String,
    version: i32,
    text: Rope,
    encoding: Encoding,
    is_open: bool,
    /// What was made of the version that somebody asked for last.
    snapshot: Option<Arc<Snapshot>>,
}

/// One change: a range and what replaces it; without a range, the whole text.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) range: Option<Range>,
    pub(crate) text: String,
}

/// One version of a document, for readers. Cheap to share; but whoever keeps it has the next version
/// analysed from scratch, where it could have been made from this one.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// Whether the editor has it; else it is what a file holds.
    pub(crate) is_open: bool,
    pub(crate) analysis: Analysis,
    pub(crate) places: Arc<Places>,
}

/// The places of one version of a document: all that it takes to speak of it, and nobody minds if it is
/// kept.
#[derive(Debug)]
pub(crate) struct Places {
    pub(crate) uri: String,
    pub(crate) version: i32,
    text: Arc<str>,
    lines: LineIndex,
    encoding: Encoding,
}

impl Document {
    pub(crate) fn new(uri: String, version: i32, text: &str, encoding: Encoding) -> Self {
        Self {
            uri,
            version,
            text: Rope::from_str(text),
            encoding,
            is_open: true,
            snapshot: None,
        }
    }

    pub(crate) fn version(&self) -> i32 {
        self.version
    }

    /// What a file holds that the editor has not opened.
    pub(crate) fn closed(uri: String, text: &str, encoding: Encoding) -> Self {
        Self {
            is_open: false,
            ..Self::new(uri, 0, text, encoding)
        }
    }

    /// Applies changes, each to what the one before it left. Changes that make no newer version
    /// were seen already, and change nothing.
    pub(crate) fn change(&mut self, version: i32, changes: &[Change]) -> bool {
        if version <= self.version {
            return false;
        }
        for change in changes {
            match change.range {
                Some(range) => self.replace(range, &change.text),
                None => self.text = Rope::from_str(&change.text),
            }
        }
        self.version = version;
        true
    }

    /// This version for readers; it is analysed when somebody asks first.
    pub(crate) fn snapshot(&mut self, analyser: &mut Analyser) -> Arc<Snapshot> {
        let snapshot = match self.snapshot.take() {
            Some(snapshot) if snapshot.version == self.version => snapshot,
            before => Arc::new(self.analyse(before, analyser)),
        };
        self.snapshot.insert(snapshot).clone()
    }

    /// This version, made from the one before it if nobody reads that any more.
    fn analyse(&self, before: Option<Arc<Snapshot>>, analyser: &mut Analyser) -> Snapshot {
        let text: Arc<str> = String::from(&self.text).into();
        let name = file_name(&self.uri);
        let places = Places::new(self.uri.clone(), self.version, text.clone(), self.encoding);
        Snapshot {
            is_open: self.is_open,
            places: Arc::new(places),
            analysis: match before.and_then(Arc::into_inner) {
                Some(before) => analyser.analyse_again(before.analysis, text, name),
                None => analyser.analyse(text, name),
            },
        }
    }

    fn replace(&mut self, range: Range, text: &str) {
        let (one, other) = (self.char_at(range.start), self.char_at(range.end));
        let (start, end) = (one.min(other), one.max(other));
        self.text.remove(start..end);
        self.text.insert(start, text);
    }

    /// The character at a place: clamped as [`Encoding::offset`] does.
    fn char_at(&self, position: Position) -> usize {
        let line = position.line as usize;
        if line >= self.text.len_lines() {
            return self.text.len_chars();
        }
        let slice = self.text.line(line);
        let content = slice.len_chars() - line_end(slice);
        let column = position.column as usize;
        let slice = slice.slice(..content);
        let inside = match self.encoding {
            Encoding::Utf8 => slice.byte_to_char(column.min(slice.len_bytes())),
            Encoding::Utf16 => slice.utf16_cu_to_char(column.min(slice.len_utf16_cu())),
            Encoding::Utf32 => column.min(content),
        };
        self.text.line_to_char(line) + inside
    }
}

impl Deref for Snapshot {
    type Target = Places;

    fn deref(&self) -> &Places {
        &self.places
    }
}

impl Places {
    pub(crate) fn new(uri: String, version: i32, text: Arc<str>, encoding: Encoding) -> Self {
        Self {
            uri,
            version,
            lines: LineIndex::new(&text),
            text,
            encoding,
        }
    }

    /// The text.
    pub(crate) fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The byte at a place.
    pub(crate) fn offset(&self, position: Position) -> usize {
        self.encoding.offset(&self.lines, self.text(), position)
    }

    /// The range of a span.
    pub(crate) fn range(&self, span: Span) -> Range {
        self.encoding.range(&self.lines, self.text(), span)
    }

    /// The span of a range.
    pub(crate) fn span(&self, range: Range) -> Span {
        let start = self.offset(range.start);
        Span::new(start, self.offset(range.end).max(start))
    }

    /// What a span covers of each line: the line, the column where it starts, and its length.
    pub(crate) fn by_line(&self, span: Span) -> impl Iterator<Item = (u32, u32, u32)> {
        let lines = self.lines.line_of(span.start)..=self.lines.line_of(span.end);
        lines.filter_map(move |line| {
            let start = self.lines.line_start(line)?.max(span.start);
            let next = self.lines.line_start(line + 1).unwrap_or(self.text.len());
            let text = self.text.get(start..next.min(span.end))?;
            let end = start + text.trim_end_matches(['\r', '\n']).len();
            let range = self.range(Span::new(start, end));
            let length = range.end.column - range.start.column;
            (length > 0).then_some((range.start.line, range.start.column, length))
        })
    }
}

/// How many characters at the end of a line are its line end.
fn line_end(line: ropey::RopeSlice<'_>) -> usize {
    let mut last = line.chars_at(line.len_chars()).reversed();
    match (last.next(), last.next()) {
        (Some('\n'), Some('\r')) => 2,
        (Some('\n' | '\r'), _) => 1,
        _ => 0,
    }
}

/// The last part of a URI's path. What matters is only whether it ends in `.recipe.toml`.
fn file_name(uri: &str) -> Option<&str> {
    uri.rsplit('/').next()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use testkit::mirror::Mirror;

    use super::*;

    fn text_of(document: &Document) -> String {
        String::from(&document.text)
    }

    #[test]
    fn a_version_that_does_not_grow_changes_nothing() {
        let mut document = Document::new("file:///a".into(), 3, "a", Encoding::Utf8);
        let change = [Change {
            range: None,
            text: "b".into(),
        }];
        assert!(!document.change(3, &change));
        assert_eq!(text_of(&document), "a");
        assert!(document.change(4, &change));
        assert_eq!(text_of(&document), "b");
    }

    #[test]
    fn a_range_that_is_turned_round_is_read_the_right_way() {
        let mut document = Document::new("file:///a".into(), 0, "abc", Encoding::Utf8);
        let at = |column| Position { line: 0, column };
        let range = Range {
            start: at(2),
            end: at(1),
        };
        let text = "x".into();
        let range = Some(range);
        document.change(1, &[Change { range, text }]);
        assert_eq!(text_of(&document), "axc");
    }

    fn any_text() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a",
            "\n",
            "\r\n",
            "\r",
            "ä",
            "😀",
            "👩‍💻",
            "𝒳",
            "語",
            "\u{2028}",
            "\u{2029}",
            "\u{85}",
            "\u{b}",
            "\u{c}",
            "\u{feff}",
            "\u{200d}",
            "e\u{301}",
            "[[step]]",
            "\"",
        ]);
        prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    fn any_place() -> impl Strategy<Value = Position> {
        (0..8_u32, prop_oneof![0..12_u32, Just(u32::MAX)])
            .prop_map(|(line, column)| Position { line, column })
    }

    proptest! {
        /// Editing in the rope is editing in the text, whatever stands in it and whoever counts.
        #[test]
        fn edits_are_the_same_as_opening_the_result(
            first in any_text(),
            edits in prop::collection::vec((any_place(), any_place(), any_text()), 1..8),
            (encoding, name) in prop::sample::select(vec![
                (Encoding::Utf8, "utf-8"), (Encoding::Utf16, "utf-16"), (Encoding::Utf32, "utf-32"),
            ]),
        ) {
            let mut document = Document::new("file:///a".into(), 0, &first, encoding);
            let mut expected = Mirror::new(&first, name);
            for (version, (one, other, text)) in edits.into_iter().enumerate() {
                let place = |it: Position| (it.line, it.column);
                expected.replace(place(one), place(other), &text);
                let range = Some(Range { start: one, end: other });
                document.change(version as i32 + 1, &[Change { range, text }]);
                prop_assert_eq!(text_of(&document), expected.text.as_str());
                let snapshot = document.snapshot(&mut Analyser::default());
                prop_assert_eq!(snapshot.offset(one), expected.offset(place(one)));
            }
        }
    }
}

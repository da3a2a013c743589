//! Lines and columns of byte offsets.

/// Where the lines of a text start. Lines end with LF, CRLF or CR, as the editor protocol has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// The lines of `text`: at least one.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends_line = |at: &usize| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n');
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(ends_line);
        let starts = std::iter::once(0).chain(ends.map(|end| end + 1));
        Self {
            starts: starts.collect(),
        }
    }

    /// How many lines there are. A line break at the end of the text begins one more.
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// Where a line starts (the first is 0), if the text has so many.
    pub fn line_start(&self, line: usize) -> Option<usize> {
        self.starts.get(line).copied()
    }

    /// The line (the first is 0) in which `offset` is; the last one for anything beyond the end.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// Line and column of `offset` as people count: from 1, columns in Unicode scalar values. `text`
    /// is the text of this index.
    pub fn position(&self, text: &str, offset: usize) -> (usize, usize) {
        let line = self.line_of(offset);
        let offset = text.floor_char_boundary(offset);
        let start = self.starts[line].min(offset);
        (line + 1, text[start..offset].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_break_counts_once() {
        let text = "a\nb\r\nc\rd\n";
        let index = LineIndex::new(text);
        let starts: Vec<_> = (0..index.line_count())
            .filter_map(|line| index.line_start(line))
            .collect();
        assert_eq!(starts, [0, 2, 5, 7, 9]);
        assert_eq!(index.line_start(5), None);
        assert_eq!(index.line_of(4), 1, "between CR and LF");
        assert_eq!(index.line_of(99), 4);
        assert_eq!(LineIndex::new("").line_count(), 1);
    }

    #[test]
    fn other_separators_of_unicode_are_no_line_breaks() {
        assert_eq!(
            LineIndex::new("a\u{85}b\u{2028}c\u{b}d\u{c}").line_count(),
            1
        );
    }

    #[test]
    fn columns_count_characters() {
        let text = "ü = 1\nx = '😀', y";
        let index = LineIndex::new(text);
        assert_eq!(index.position(text, 0), (1, 1));
        assert_eq!(index.position(text, 2), (1, 2));
        let y = text.find('y').expect("there");
        assert_eq!(index.position(text, y), (2, 10));
        assert_eq!(index.position(text, y - 5), (2, 6), "inside of the emoji");
        assert_eq!(index.position(text, 999), (2, 11));
    }
}

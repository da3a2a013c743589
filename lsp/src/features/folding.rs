//! What can be folded away: tables, values of several lines, and comments of several lines.

use recipe::syntax::{Table, Value, ValueKind};
use recipe::{Analysis, LineIndex, Span};

/// Something that can be folded: from the line it starts in to the line it ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fold {
    pub(crate) span: Span,
    pub(crate) is_comment: bool,
}

/// What can be folded, in order of place; of what starts in one line the longest.
pub(crate) fn folds(analysis: &Analysis) -> Vec<Fold> {
    let text = &analysis.text;
    let lines = LineIndex::new(text);
    let mut found = Folding {
        lines: &lines,
        folds: Vec::new(),
        strings: Vec::new(),
    };
    found.table(&analysis.tree.root);
    for table in &analysis.tree.tables {
        found.fold(table.header.to(table.table.span), false);
        found.table(&table.table);
    }
    found.comments(text);
    let mut folds = found.folds;
    folds.sort_by_key(|fold| (lines.line_of(fold.span.start), usize::MAX - fold.span.end));
    folds.dedup_by_key(|fold| lines.line_of(fold.span.start));
    folds
}

struct Folding<'a> {
    lines: &'a LineIndex,
    folds: Vec<Fold>,
    /// Strings of several lines: what looks like a comment in there is none.
    strings: Vec<Span>,
}

impl Folding<'_> {
    fn fold(&mut self, span: Span, is_comment: bool) {
        if self.lines.line_of(span.start) < self.lines.line_of(span.end) {
            self.folds.push(Fold { span, is_comment });
        }
    }

    fn table(&mut self, table: &Table) {
        for entry in &table.entries {
            self.value(&entry.value);
        }
    }

    fn value(&mut self, value: &Value) {
        // The last line, with what closes the value, stays.
        let last = self.lines.line_of(value.span.end);
        let start = self.lines.line_start(last).unwrap_or_default();
        let content = Span::new(
            value.span.start,
            start.saturating_sub(1).max(value.span.start),
        );
        match &value.kind {
            ValueKind::String(_) => {
                self.fold(content, false);
                self.strings.push(value.span);
            }
            ValueKind::Array(values) => {
                self.fold(content, false);
                values.iter().for_each(|value| self.value(value));
            }
            ValueKind::Table(table) => {
                self.fold(content, false);
                self.table(table);
            }
            _ => {}
        }
    }

    /// Comments that fill lines of their own, several in a row.
    fn comments(&mut self, text: &str) {
        self.strings.sort_unstable();
        let mut block: Option<Span> = None;
        for line in 0..self.lines.line_count() {
            let start = self.lines.line_start(line).unwrap_or_default();
            let end = self.lines.line_start(line + 1).unwrap_or(text.len());
            let content = text[start..end].trim_end();
            let before = self.strings.partition_point(|string| string.start < start);
            let string = before.checked_sub(1).map(|index| self.strings[index]);
            let is_comment = content.trim_start().starts_with('#')
                && string.is_none_or(|string| string.end <= start);
            let here = Span::new(start, start + content.len());
            block = match (block, is_comment) {
                (Some(block), true) => Some(block.to(here)),
                (None, true) => Some(here),
                (block, false) => {
                    block.into_iter().for_each(|block| self.fold(block, true));
                    None
                }
            };
        }
        block.into_iter().for_each(|block| self.fold(block, true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::at_cursor;

    #[test]
    fn tables_values_and_comments_fold_and_what_closes_a_value_stays() {
        let text = "$0# one\r\n# two\r\n[recipe]\r\nname = 'x'\r\n\r\n[[step]]\r\nid = 'a'\r\nssh_command = { command = \"\"\"\r\n# not\r\n# these\r\n\"\"\", env = {\r\n A = 'x',\r\n} }\r\ndepends_on = [\r\n 'b',\r\n]\r\n# alone\r\n";
        let (analysis, _) = at_cursor(text);
        let lines = LineIndex::new(&analysis.text);
        let shown: Vec<_> = folds(&analysis)
            .iter()
            .map(|fold| {
                let line = |offset| lines.line_of(offset);
                (line(fold.span.start), line(fold.span.end), fold.is_comment)
            })
            .collect();
        let expected = [
            (0, 1, true),
            (2, 3, false),
            (5, 15, false),
            (7, 11, false),
            (10, 11, false),
            (13, 14, false),
        ];
        assert_eq!(shown, expected);
    }
}

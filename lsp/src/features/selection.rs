//! Selections that grow: from a word to the reference, the string, the value, the entry, the table,
//! the step and the file.

use recipe::syntax::{Table, Value, ValueKind};
use recipe::{Analysis, Span};

/// The selections around `offset`, the smallest first, each inside the next.
pub(crate) fn selections(analysis: &Analysis, offset: usize) -> Vec<Span> {
    let text = &analysis.text;
    let mut around = Around {
        offset,
        spans: vec![word(text, offset), Span::new(0, text.len())],
    };
    analysis.recipe.each_text(&mut |it| {
        if it.span.touches(offset) {
            for reference in &it.references {
                around.add(reference.name_span);
                around.add(reference.span);
            }
        }
    });
    around.table(&analysis.tree.root);
    for table in &analysis.tree.tables {
        around.add(table.header);
        around.add(table.header.to(table.table.span));
        table.path.iter().for_each(|key| around.add(key.span));
        around.table(&table.table);
    }
    analysis
        .recipe
        .steps
        .iter()
        .for_each(|it| around.add(it.span));
    around.nested()
}

struct Around {
    offset: usize,
    spans: Vec<Span>,
}

impl Around {
    fn add(&mut self, span: Span) {
        if span.touches(self.offset) {
            self.spans.push(span);
        }
    }

    fn table(&mut self, table: &Table) {
        for entry in &table.entries {
            self.add(entry.key.span);
            self.add(entry.span);
            self.value(&entry.value);
        }
    }

    fn value(&mut self, value: &Value) {
        self.add(value.span);
        match &value.kind {
            ValueKind::String(string) => self.add(string.span_of(0, string.text.len())),
            ValueKind::Array(values) => values.iter().for_each(|value| self.value(value)),
            ValueKind::Table(table) => self.table(table),
            _ => {}
        }
    }

    /// Those that lie in one another. Of two that only meet at the cursor the smaller stays.
    fn nested(mut self) -> Vec<Span> {
        self.spans.sort_by_key(|span| (span.len(), span.start));
        let mut nested: Vec<Span> = Vec::new();
        for span in self.spans.into_iter().filter(|span| !span.is_empty()) {
            if nested
                .last()
                .is_none_or(|last| span.covers(*last) && span != *last)
            {
                nested.push(span);
            }
        }
        if nested.is_empty() {
            nested.push(Span::at(self.offset));
        }
        nested
    }
}

/// The word around the cursor.
fn word(text: &str, offset: usize) -> Span {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let (before, after) = text.split_at(offset);
    let start = before.trim_end_matches(is_word).len();
    let end = text.len() - after.trim_start_matches(is_word).len();
    Span::new(start, end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::at_cursor;

    fn check(text: &str) -> Vec<String> {
        let (analysis, offset) = at_cursor(text);
        let spans = selections(&analysis, offset);
        let shown = spans
            .iter()
            .map(|span| analysis.text[span.range()].to_owned());
        shown.collect()
    }

    #[test]
    fn a_selection_grows_from_the_word_to_the_file() {
        let step = "[[step]]\nid = 'a'\nssh_command = { command = \"x ${secret:hugging/tok}\" }";
        let text = format!("{}\n[[step]]\nid = 'b'\n", step.replace("tok", "t$0ok"));
        let expected = [
            "tok",
            "hugging/tok",
            "${secret:hugging/tok}",
            "x ${secret:hugging/tok}",
            "\"x ${secret:hugging/tok}\"",
            "command = \"x ${secret:hugging/tok}\"",
            "{ command = \"x ${secret:hugging/tok}\" }",
            "ssh_command = { command = \"x ${secret:hugging/tok}\" }",
            step,
            &format!("{step}\n[[step]]\nid = 'b'\n"),
        ];
        assert_eq!(check(&text), expected);
    }

    #[test]
    fn arrays_keys_and_nothing_at_all() {
        let shown = check("[[step]]\ndepends_on = ['a', 'b$0']\n");
        assert_eq!(shown[..3], ["b", "'b'", "['a', 'b']"]);
        assert_eq!(
            check("[variables]\nmo$0del = 'x'\n")[..2],
            ["model", "model = 'x'"]
        );
        assert_eq!(check("$0"), [""]);
        assert_eq!(check("\n$0\n"), ["\n\n"]);
    }
}

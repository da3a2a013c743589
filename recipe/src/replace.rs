//! Other text in the place of parts of a string, spelled as the string is.

use std::ops::Range;

use crate::checks::newline;
use crate::diagnostic::Edit;
use crate::model::Text;
use crate::syntax::{self, StrKind, ValueKind};

/// The edits that put other text in the place of parts of a string, which are ranges of what it says, in order
/// and apart. Nothing where a string of its kind cannot hold them.
pub fn in_place(document: &str, text: &Text, parts: &[(Range<usize>, &str)]) -> Option<Vec<Edit>> {
    let wanted = said(text, parts);
    let ways: &[fn(&str) -> String] = match text.source.kind {
        StrKind::Basic => &[escaped],
        StrKind::MultilineBasic if newline(document) == "\n" => &[in_lines, escaped],
        StrKind::MultilineBasic => &[escaped],
        StrKind::Literal | StrKind::MultilineLiteral => &[str::to_owned],
    };
    ways.iter().find_map(|way| {
        let edit = |(range, new): &(Range<usize>, &str)| Edit {
            span: text.source.span_of(range.start, range.end),
            text: way(new),
        };
        let edits: Vec<Edit> = parts.iter().map(edit).collect();
        let mut written = document[text.span.range()].to_owned();
        for edit in edits.iter().rev() {
            let place = edit.span.start - text.span.start..edit.span.end - text.span.start;
            written.replace_range(place, &edit.text);
        }
        (says(&written).as_ref() == Some(&wanted)).then_some(edits)
    })
}

/// What the string says with `parts` of it replaced.
pub fn said(text: &Text, parts: &[(Range<usize>, &str)]) -> String {
    let mut said = text.as_str().to_owned();
    for (range, new) in parts.iter().rev() {
        said.replace_range(range.clone(), new);
    }
    said
}

/// `value` with what a basic string must escape escaped.
pub fn escaped(value: &str) -> String {
    let mut written = String::new();
    for c in value.chars() {
        match c {
            '"' => written += "\\\"",
            '\\' => written += "\\\\",
            '\n' => written += "\\n",
            '\r' => written += "\\r",
            '\t' => written += "\\t",
            c if c.is_control() => written += &format!("\\u{:04X}", u32::from(c)),
            c => written.push(c),
        }
    }
    written
}

/// The same in a string of several lines, where line breaks and single quotes may stand.
fn in_lines(value: &str) -> String {
    escaped(value)
        .replace("\\n", "\n")
        .replace("\\\"", "\"")
        .replace("\\t", "\t")
}

/// What a written string says; nothing if it is none.
pub fn says(written: &str) -> Option<String> {
    let tree = syntax::parse(&format!("x = {written}\n"));
    let [entry] = tree.root.entries.as_slice() else {
        return None;
    };
    match &entry.value.kind {
        ValueKind::String(text) if tree.errors.is_empty() => Some(text.text.clone()),
        _ => None,
    }
}

//! How things are written: strings of every kind, and comments behind a line.

use std::ops::Range;

use recipe::Span;
use recipe::diagnostic::Edit;
use recipe::language::Role;
use recipe::model::Text;
use recipe::syntax::{self, StrKind, ValueKind};

use super::blocks::newline;

/// A line with the comments that are not empty behind it.
pub(super) fn with_comment(mut line: String, comments: &[&str]) -> String {
    for comment in comments.iter().filter(|it| !it.is_empty()) {
        line += &format!(" {comment}");
    }
    line
}

/// `value` as a string, as a person would write it.
pub(super) fn string(value: &str, newline: &str) -> String {
    let has_control = |allowed: &[char]| {
        value
            .chars()
            .any(|c| c.is_control() && !allowed.contains(&c))
    };
    let lines = value.matches('\n').count();
    if lines > 0 && newline == "\n" && !has_control(&['\n', '\t']) {
        let plain = !value.contains(['\\']) && !value.contains("\"\"\"") && !value.ends_with('"');
        if plain {
            return format!("\"\"\"\n{value}\"\"\"");
        }
        if !value.contains("'''") && !value.ends_with('\'') {
            return format!("'''\n{value}'''");
        }
    }
    match value.contains(['"', '\\']) && !value.contains('\'') && !has_control(&['\t']) {
        true => format!("'{value}'"),
        false => format!("\"{}\"", escaped(value)),
    }
}

/// `value` with what a basic string must escape escaped.
fn escaped(value: &str) -> String {
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

/// The edits that put other text in the place of parts of a string, which are ranges of what it says, in order.
/// The string stays of its kind where that can hold them.
pub(super) fn replaced(
    document: &str,
    text: &Text,
    parts: &[(Range<usize>, &str)],
) -> Option<Vec<Edit>> {
    let mut said = text.as_str().to_owned();
    for (range, new) in parts.iter().rev() {
        said.replace_range(range.clone(), new);
    }
    let ways: &[fn(&str) -> String] = match text.source.kind {
        StrKind::Basic => &[escaped],
        StrKind::MultilineBasic if newline(document) == "\n" => &[in_lines, escaped],
        StrKind::MultilineBasic => &[escaped],
        StrKind::Literal | StrKind::MultilineLiteral => &[str::to_owned],
    };
    let in_place = ways.iter().find_map(|way| {
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
        (says(&written).as_ref() == Some(&said)).then_some(edits)
    });
    // Line ends of a file are plain ones to a shell, and those that are escaped are not.
    let has_returns = text.role == Role::Shell && said.contains('\r');
    in_place.or_else(|| {
        if has_returns {
            return None;
        }
        let written = string(&said, newline(document));
        let edit = Edit {
            span: text.span,
            text: written,
        };
        (says(&edit.text) == Some(said)).then(|| vec![edit])
    })
}

/// The same in a string of several lines, where line breaks and single quotes may stand.
fn in_lines(value: &str) -> String {
    escaped(value)
        .replace("\\n", "\n")
        .replace("\\\"", "\"")
        .replace("\\t", "\t")
}

/// What a written string says; nothing if it is none.
fn says(written: &str) -> Option<String> {
    let tree = syntax::parse(&format!("x = {written}\n"));
    let [entry] = tree.root.entries.as_slice() else {
        return None;
    };
    match &entry.value.kind {
        ValueKind::String(text) if tree.errors.is_empty() => Some(text.text.clone()),
        _ => None,
    }
}

/// A reference to a variable.
pub(super) fn reference(name: &str) -> String {
    format!("${{{name}}}")
}

/// An edit that puts `text` at a place.
pub(super) fn insert(at: usize, text: String) -> Edit {
    let span = Span::at(at);
    Edit { span, text }
}

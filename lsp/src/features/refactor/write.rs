//! How things are written: strings of every kind, and comments behind a line.

use std::ops::Range;

use recipe::Span;
use recipe::checks::newline;
use recipe::diagnostic::Edit;
use recipe::language::Role;
use recipe::model::Text;
use recipe::replace::{escaped, in_place, said, says};

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

/// The edits that put other text in the place of parts of a string, which are ranges of what it says, in order.
/// The string stays of its kind where that can hold them.
pub(super) fn replaced(
    document: &str,
    text: &Text,
    parts: &[(Range<usize>, &str)],
) -> Option<Vec<Edit>> {
    in_place(document, text, parts).or_else(|| {
        let said = said(text, parts);
        // Line ends of a file are plain ones to a shell, and those that are escaped are not.
        if text.role == Role::Shell && said.contains('\r') {
            return None;
        }
        let edit = Edit {
            span: text.span,
            text: string(&said, newline(document)),
        };
        (says(&edit.text) == Some(said)).then(|| vec![edit])
    })
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

//! Takes an entry or an element of an array out of the text, so that what is left is TOML.

use super::allows::line_start;
use crate::diagnostic::{Edit, Fix};
use crate::span::Span;

/// A fix that takes out what stands at `span`: a key with its value, or an element. Nothing where
/// that would leave something odd.
pub(super) fn fix(text: &str, span: Span, title: impl Into<String>) -> Option<Fix> {
    Some(Fix {
        title: title.into(),
        edits: vec![without(text, span)?],
    })
}

/// The edit that takes out what stands at `span`, a key with its value or an element, and what goes with it. Nothing
/// where that would leave something odd.
pub fn without(text: &str, span: Span) -> Option<Edit> {
    Some(Edit {
        span: place(text, span)?,
        text: String::new(),
    })
}

/// `span` with the quotes around it.
pub(super) fn with_quotes(text: &str, span: Span) -> Span {
    let quotes = ['"', '\''];
    let (before, after) = (&text[..span.start], &text[span.end..]);
    let opening = before.len() - before.trim_end_matches(quotes).len();
    let closing = after.len() - after.trim_start_matches(quotes).len();
    Span::new(span.start - opening, span.end + closing)
}

/// What goes with it: its comma, or its whole line.
fn place(text: &str, span: Span) -> Option<Span> {
    let line = line_start(text, span.start);
    let before = &text[line..span.start];
    let stands_first = before.trim_start_matches('\u{feff}').trim().is_empty();
    let rest = &text[span.end..];
    let next = rest.trim_start();
    let line_after = |end: usize| {
        let rest = &text[end..];
        let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        (end + length, rest[..length].trim())
    };
    if next.starts_with(',') {
        let comma = text.len() - next.len() + 1;
        let (next_line, behind) = line_after(comma);
        if stands_first && (behind.is_empty() || behind.starts_with('#')) {
            return Some(Span::new(line, next_line));
        }
        let blanks = text[comma..].len() - text[comma..].trim_start_matches([' ', '\t']).len();
        return Some(Span::new(span.start, comma + blanks));
    }
    if next.starts_with(['}', ']']) {
        let kept = text[..span.start].trim_end();
        let start = kept.strip_suffix(',').map_or(span.start, str::len);
        return Some(Span::new(start, span.end));
    }
    // A statement, or an element with a comment behind it: the line goes.
    let (next_line, behind) = line_after(span.end);
    let is_alone = stands_first && (behind.is_empty() || behind.starts_with('#'));
    is_alone.then(|| {
        Span::new(
            line + before.len() - before.trim_start_matches('\u{feff}').len(),
            next_line,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_whole() {
        for (text, left) in [
            ("a = 1\nX = 2 # why\nb = 3\n", "a = 1\nb = 3\n"),
            ("X = 2", ""),
            ("t = { X = 1 }\n", "t = {  }\n"),
            ("t = { X = 1, b = 2 }\n", "t = { b = 2 }\n"),
            ("t = { a = 1, X = 2 }\n", "t = { a = 1 }\n"),
            ("t = { a = 1, X = 2, }\n", "t = { a = 1, }\n"),
            (
                "t = {\r\n  a = 1,\r\n  X = 2,\r\n}\r\n",
                "t = {\r\n  a = 1,\r\n}\r\n",
            ),
            (
                "t = {\n  a = 1,\n  X = 2 # why\n}\n",
                "t = {\n  a = 1,\n}\n",
            ),
            ("t = {\n  a = 1,\n  X = 2\n}\n", "t = {\n  a = 1\n}\n"),
        ] {
            let start = text.find('X').expect("there");
            let value = start + text[start..].find(['1', '2']).expect("there") + 1;
            let place = place(text, Span::new(start, value)).expect(text);
            let mut text = text.to_owned();
            text.replace_range(place.range(), "");
            assert_eq!(text, left);
        }
        assert_eq!(place("a.X = 1\n", Span::new(2, 7)), None);
    }
}

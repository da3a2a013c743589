//! Takes an entry or an element of an array out of the text, so that what is left is TOML.

use super::allows::line_start;
use super::insertion::above_comments;
use crate::diagnostic::{Edit, Fix};
use crate::span::Span;

/// A fix that takes out what stands at `span`, a key with its value or an element, with its comments. Nothing
/// where that would leave something odd.
pub(super) fn fix(text: &str, span: Span, title: impl Into<String>) -> Option<Fix> {
    let mut place = place(text, span)?;
    let line = line_start(text, span.start);
    // What stands above the first line of the file heads that.
    let above = above_comments(text, line);
    if place.start <= line && text[place.range()].ends_with('\n') && above > BOM.len() {
        place.start = above;
    }
    let place = with_blank_line(text, place);
    Some(Fix {
        title: title.into(),
        edits: vec![Edit {
            span: place,
            text: String::new(),
        }],
    })
}

/// The edit that takes out what stands at `span`, a key with its value or an element, and leaves its comments. Nothing
/// where that would leave something odd.
pub fn without(text: &str, span: Span) -> Option<Edit> {
    let place = place(text, span)?;
    let behind = text[span.end..place.end.max(span.end)].trim_end();
    Some(match behind.find('#') {
        Some(comment) => Edit {
            span: Span::new(span.start, span.end + behind.len()),
            text: behind[comment..].to_owned(),
        },
        None => Edit {
            span: with_blank_line(text, place),
            text: String::new(),
        },
    })
}

/// Lines with the blank one behind them, where one stands before them too: two would be left.
fn with_blank_line(text: &str, lines: Span) -> Span {
    let before = &text[..lines.start];
    let is_apart = before.is_empty() || before.ends_with("\n\n") || before.ends_with("\n\r\n");
    if !is_apart || !text[lines.range()].ends_with('\n') {
        return lines;
    }
    let after = &text[lines.end..];
    let next = after.split_inclusive('\n').next().unwrap_or_default();
    match after.trim().is_empty() {
        // At the end of the file none is left.
        true => {
            let kept = text[..lines.start].trim_end_matches(['\r', '\n']).len();
            let line_end = text[kept..].find('\n').map_or(kept, |at| kept + at + 1);
            Span::new(line_end.min(lines.start), text.len())
        }
        false if next.trim().is_empty() => Span::new(lines.start, lines.end + next.len()),
        false => lines,
    }
}

/// A byte order mark.
pub(super) const BOM: &str = "\u{feff}";

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
        if behind.is_empty() {
            // What stands before it in the line keeps its own comma.
            return Some(Span::new(line + before.trim_end().len(), comma));
        }
        let blanks = text[comma..].len() - text[comma..].trim_start_matches([' ', '\t']).len();
        return Some(Span::new(span.start, comma + blanks));
    }
    if next.starts_with(['}', ']']) {
        let kept = text[..span.start].trim_end();
        // The only one there is.
        if kept.ends_with(['{', '[']) {
            return Some(Span::new(kept.len(), text.len() - next.len()));
        }
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

    /// `text` without `X`.
    fn check(text: &str, edit: fn(&str, Span) -> Option<Edit>) -> String {
        let start = text.find('X').expect("there");
        let value = start + text[start..].find(['1', '2']).expect("there") + 1;
        let edit = edit(text, Span::new(start, value)).expect(text);
        let mut text = text.to_owned();
        text.replace_range(edit.span.range(), &edit.text);
        text
    }

    #[test]
    fn comments_go_along_with_what_is_mended_and_stay_where_nothing_is_wrong() {
        let mended = |text: &str, span: Span| fix(text, span, "").map(|fix| fix.edits[0].clone());
        for (text, fixed, left) in [
            (
                "a = 1\n# about it\nX = 2 # why\n\n[[step]]\n",
                "a = 1\n\n[[step]]\n",
                "a = 1\n# about it\n# why\n\n[[step]]\n",
            ),
            (
                "t = [\n    0,\n    # about it\n    X1, # why\n]\n",
                "t = [\n    0,\n]\n",
                "t = [\n    0,\n    # about it\n    # why\n]\n",
            ),
            ("# the file\nX = 1\n", "# the file\n", "# the file\n"),
            (
                "a = 1\n\nX = 2\n\nb = 3\n",
                "a = 1\n\nb = 3\n",
                "a = 1\n\nb = 3\n",
            ),
            ("a = 1\r\n\r\nX = 2\r\n", "a = 1\r\n", "a = 1\r\n"),
            (
                "a = \"\"\"\n# no comment\"\"\"\nX = 1\n",
                "a = \"\"\"\n# no comment\"\"\"\n",
                "a = \"\"\"\n# no comment\"\"\"\n",
            ),
        ] {
            assert_eq!(check(text, mended), fixed);
            assert_eq!(check(text, without), left);
        }
    }

    #[test]
    fn what_is_left_is_whole() {
        for (text, left) in [
            ("a = 1\nX = 2 # why\nb = 3\n", "a = 1\nb = 3\n"),
            ("X = 2", ""),
            ("t = { X = 1 }\n", "t = {}\n"),
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
            let place = |text: &str, span: Span| {
                place(text, span).map(|span| Edit {
                    span,
                    text: String::new(),
                })
            };
            assert_eq!(check(text, place), left);
        }
        assert_eq!(place("a.X = 1\n", Span::new(2, 7)), None);
    }
}

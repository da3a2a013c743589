//! What several fixes need: text that fits where it is put.

use super::allows::Allow;
use crate::diagnostic::{Edit, Fix};
use crate::span::Span;

/// `name` as it must be written at `span`: in quotes if what stands there has quotes.
pub(super) fn like_before(text: &str, span: Span, name: &str) -> String {
    match text[span.range()].starts_with(['"', '\'']) {
        true => format!("\"{name}\""),
        false => name.to_owned(),
    }
}

/// The line ends of the text.
pub fn newline(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Takes a code out of its comment, or the comment out of the text if it is the only one in there.
pub(super) fn remove_allow(context: &super::Context<'_>, allow: &Allow) -> Fix {
    let (text, code) = (context.text, allow.code.span);
    let same = |it: &&Allow| it.comment == allow.comment;
    let all: Vec<Span> = context
        .analysis
        .allows()
        .list
        .iter()
        .filter(same)
        .map(|it| it.code.span)
        .collect();
    let place = all.iter().position(|span| *span == code).unwrap_or(0);
    let before = place.checked_sub(1).map(|before| all[before]);
    let span = match (before, all.get(place + 1)) {
        (Some(before), _) => Span::new(before.end, code.end),
        (None, Some(next)) => Span::new(code.start, next.start),
        (None, None) => whole_comment(text, allow.comment),
    };
    let edits = vec![Edit {
        span,
        text: String::new(),
    }];
    let title = "Remove it".to_owned();
    Fix { title, edits }
}

/// A comment with the line that it stands on alone, or with the blanks before it.
fn whole_comment(text: &str, comment: Span) -> Span {
    let line = super::allows::line_start(text, comment.start);
    let before = &text[line..comment.start];
    let code = before.trim_end();
    if !code.is_empty() {
        return Span::new(line + code.len(), comment.end);
    }
    let rest = &text[comment.end..];
    let end = rest
        .find('\n')
        .map_or(text.len(), |at| comment.end + at + 1);
    Span::new(line, end)
}

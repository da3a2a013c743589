//! What several fixes need: text that fits where it is put.

use super::allows::Allow;
use crate::diagnostic::{Edit, Fix};
use crate::model::{Fields, Step};
use crate::span::Span;

/// `name` as it must be written at `span`: in quotes if what stands there has quotes.
pub(super) fn like_before(text: &str, span: Span, name: &str) -> String {
    match text[span.range()].starts_with(['"', '\'']) {
        true => format!("\"{name}\""),
        false => name.to_owned(),
    }
}

/// Puts `key = value` first into an inline table or below a header; nothing where `fields` is neither.
pub(super) fn insert_key(text: &str, fields: &Fields, key: &str, value: &str) -> Option<Edit> {
    let place = fields.span;
    let written = &text[place.range()];
    if let Some(inner) = written
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        let separator = match inner.trim().is_empty() {
            true => " ",
            false => ",",
        };
        let span = Span::at(place.start + 1);
        return Some(Edit {
            span,
            text: format!(" {key} = {value}{separator}"),
        });
    }
    if !(written.starts_with('[') && written.ends_with(']')) {
        return None;
    }
    let rest = &text[place.end..];
    let end = place.end + rest.find(['\r', '\n']).unwrap_or(rest.len());
    Some(Edit {
        span: Span::at(end),
        text: format!("{}{key} = {value}", newline(text)),
    })
}

/// Makes `step` depend on the step `id`; nothing where its `depends_on` is not an array as yet.
pub(super) fn add_dependency(text: &str, step: &Step, id: &str) -> Option<Edit> {
    let Some(field) = step.fields.get("depends_on") else {
        return insert_key(text, &step.fields, "depends_on", &format!("[\"{id}\"]"));
    };
    let written = &text[field.span.range()];
    let inner = written.strip_prefix('[')?.strip_suffix(']')?;
    match step.fields.names("depends_on").last() {
        Some(last) => {
            let behind = &text[last.span.end..field.span.end];
            let quotes = behind.len() - behind.trim_start_matches(['"', '\'']).len();
            let span = Span::at(last.span.end + quotes);
            Some(Edit {
                span,
                text: format!(", \"{id}\""),
            })
        }
        None if inner.trim().is_empty() => Some(Edit {
            span: field.span,
            text: format!("[\"{id}\"]"),
        }),
        None => None,
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

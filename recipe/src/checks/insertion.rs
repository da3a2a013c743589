//! Puts keys into tables and elements into arrays, so that the formatter leaves alone what is there then.

use super::allows::line_start;
use super::{newline, removal};
use crate::diagnostic::{Edit, Fix};
use crate::format;
use crate::model::{Field, Step};
use crate::span::Span;

/// Puts keys with their values first into the table at `table`: below a header, into braces, or above the
/// dotted keys that imply it. Nothing where it is none of these.
pub(super) fn first(text: &str, table: Span, entries: &[(&str, &str)]) -> Option<Edit> {
    let entry = |(key, value): &(&str, &str)| format!("{key} = {value}");
    let entries: Vec<String> = entries.iter().map(entry).collect();
    let written = &text[table.range()];
    if let Some(inner) = inside(written, ['{', '}']) {
        return Some(first_in_braces(text, table, inner, &entries));
    }
    if inside(written, ['[', ']']).is_some() {
        return Some(below(text, table.end, "", &entries));
    }
    let line = line_start(text, table.start);
    let path = &text[line..table.start];
    if !is_path(path) || is_in_braces(text, table.end) {
        return None;
    }
    let newline = newline(text);
    let lines = entries.iter().map(|it| format!("{path}{it}{newline}"));
    Some(insert(above_comments(text, line), lines.collect()))
}

/// Puts a key with its value behind another one of the table at `table`.
pub(super) fn behind(text: &str, table: Span, field: &Field, entry: (&str, &str)) -> Option<Edit> {
    let entry = format!("{} = {}", entry.0, entry.1);
    let line = line_start(text, field.key.start);
    let before = &text[line..field.key.start];
    if inside(&text[table.range()], ['{', '}']).is_none() {
        let is_statement = before.trim().is_empty() || is_path(before);
        let is_here = is_statement && !is_in_braces(text, table.end);
        return is_here.then(|| below(text, field.span.end, before, &[entry]));
    }
    let rest = &text[field.span.end..table.end];
    if let Some(comma) = rest.trim_start().strip_prefix(',') {
        let comma = table.end - comma.len();
        let end = line_end(text, comma);
        let stands_alone = before.trim().is_empty() && line > table.start;
        if stands_alone && is_blank(&text[comma..end]) && end < table.end {
            return Some(insert(end, format!("{}{before}{entry},", newline(text))));
        }
    }
    Some(insert(field.span.end, format!(", {entry}")))
}

/// Makes `step` depend on the step `id`; nothing where its `depends_on` is not an array as yet.
pub(super) fn dependency(text: &str, step: &Step, id: &str) -> Option<Fix> {
    let element = format!("\"{id}\"");
    let edits = match step.fields.get("depends_on") {
        Some(field) => {
            let names = step.fields.names("depends_on").iter();
            let there: Vec<Span> = names
                .map(|name| removal::with_quotes(text, name.span))
                .collect();
            last(text, field.span, &there, &element)?
        }
        None => {
            let entry = ("depends_on", format!("[{element}]"));
            let entry = (entry.0, entry.1.as_str());
            let table = step.fields.span;
            let head = step.fields.get("name").or_else(|| step.fields.get("id"));
            vec![match head {
                Some(field) => behind(text, table, field, entry)?,
                None => first(text, table, &[entry])?,
            }]
        }
    };
    Some(Fix {
        title: format!("Add '{id}' to depends_on"),
        edits,
    })
}

/// Puts an element behind those that are in an array.
fn last(text: &str, array: Span, there: &[Span], element: &str) -> Option<Vec<Edit>> {
    let inner = inside(&text[array.range()], ['[', ']'])?;
    let Some(last) = there.last() else {
        let edit = Edit {
            span: array,
            text: format!("[{element}]"),
        };
        return inner.trim().is_empty().then(|| vec![edit]);
    };
    let behind = text.get(last.end..array.end - 1)?;
    let comma = behind.trim_start().starts_with(',');
    if !comma && behind.lines().any(|it| it.trim_start().starts_with(',')) {
        return None;
    }
    let after = last.end + if comma { behind.find(',')? + 1 } else { 0 };
    let (line, end) = (line_start(text, last.start), line_end(text, after));
    let indent = &text[line..last.start];
    let newline = newline(text);
    if line <= array.start || !indent.trim().is_empty() {
        if let Some(spread) = spread(text, array, there, element) {
            return Some(vec![spread]);
        }
        return Some(vec![match comma {
            true => insert(after, format!(" {element},")),
            false => insert(last.end, format!(", {element}")),
        }]);
    }
    let missing = if comma { "" } else { "," };
    if !is_blank(&text[after..end]) || end >= array.end {
        let trailing = if comma { "," } else { "" };
        let added = format!("{missing}{newline}{indent}{element}{trailing}");
        return Some(vec![insert(after, added)]);
    }
    let added = insert(end, format!("{newline}{indent}{element},"));
    Some(match (comma, end == last.end) {
        (true, _) => vec![added],
        (false, true) => vec![insert(end, format!(",{}", added.text))],
        (false, false) => vec![insert(last.end, ",".to_owned()), added],
    })
}

/// An array of one line, with one more element on a line for each, if they do not fit one.
fn spread(text: &str, array: Span, there: &[Span], element: &str) -> Option<Edit> {
    let line = line_start(text, array.start);
    let written = &text[line..array.end];
    let is_too_long = format::columns(written) + format::columns(element) + 2 > format::WIDEST;
    let is_at_margin = written.starts_with(|c: char| c.is_ascii_alphabetic());
    if !is_too_long || !is_at_margin || written.contains(['\n', '#']) {
        return None;
    }
    let (newline, indent) = (newline(text), format::indent_of(text).unwrap_or_default());
    let there = there.iter().map(|it| &text[it.range()]);
    let lines = there.chain([element]);
    let lines: String = lines.map(|it| format!("{indent}{it},{newline}")).collect();
    Some(Edit {
        span: array,
        text: format!("[{newline}{lines}]"),
    })
}

fn first_in_braces(text: &str, table: Span, inner: &str, entries: &[String]) -> Edit {
    if inner.trim().is_empty() {
        return Edit {
            span: table,
            text: format!("{{ {} }}", entries.join(", ")),
        };
    }
    let Some((line, rest)) = inner.split_once('\n').filter(|(line, _)| is_blank(line)) else {
        let blank = if inner.starts_with([' ', '\t']) {
            ""
        } else {
            " "
        };
        return insert(table.start + 1, format!(" {},{blank}", entries.join(", ")));
    };
    let blanks = |line: &str| line[..line.len() - line.trim_start().len()].to_owned();
    let indent = match rest.lines().find(|it| !it.trim().is_empty()) {
        Some(next) => blanks(next),
        None => {
            let closing = rest.rsplit('\n').next().unwrap_or(rest);
            format!("{closing}{}", format::indent_of(text).unwrap_or_default())
        }
    };
    let newline = newline(text);
    let lines = entries.iter().map(|it| format!("{newline}{indent}{it},"));
    insert(
        table.start + 1 + line.trim_end_matches('\r').len(),
        lines.collect(),
    )
}

/// Lines below the one with `at`, each with `prefix`.
pub(super) fn below(text: &str, at: usize, prefix: &str, entries: &[String]) -> Edit {
    let newline = newline(text);
    let lines = entries.iter().map(|it| format!("{newline}{prefix}{it}"));
    insert(line_end(text, at), lines.collect())
}

fn insert(at: usize, text: String) -> Edit {
    let span = Span::at(at);
    Edit { span, text }
}

fn inside(written: &str, [open, close]: [char; 2]) -> Option<&str> {
    written.strip_prefix(open)?.strip_suffix(close)
}

/// Whether nothing stands there, or a comment.
fn is_blank(rest_of_line: &str) -> bool {
    let rest = rest_of_line.trim();
    rest.is_empty() || rest.starts_with('#')
}

/// Whether these are dotted keys before another one, plain enough to be written again.
fn is_path(before: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-. \t".contains(c);
    before.trim_end().ends_with('.') && before.chars().all(is_plain)
}

/// Whether what ends at `end` is an entry of an inline table: a comma or a brace comes next.
fn is_in_braces(text: &str, end: usize) -> bool {
    let mut lines = text[end..].lines().map(str::trim);
    let next = lines.find(|line| !is_blank(line));
    next.is_some_and(|it| it.starts_with([',', '}']))
}

/// Where the comments right above the line at `line` begin. One with the quotes in it that end a string of several
/// lines may be none.
pub(super) fn above_comments(text: &str, line: usize) -> usize {
    let mut start = line;
    while start > 0 {
        let above = line_start(text, start - 1);
        let written = text[above..start].trim_start();
        if !written.starts_with('#') || written.contains("\"\"\"") || written.contains("'''") {
            break;
        }
        start = above;
    }
    start
}

/// Where the line with `at` ends, before its line break.
fn line_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let end = rest.find('\n').unwrap_or(rest.len());
    at + rest[..end].trim_end_matches('\r').len()
}

//! The table of variables: how one is put in and taken out.

use recipe::checks::{newline, without};
use recipe::diagnostic::Edit;
use recipe::syntax::{HeaderTable, Table, ValueKind, comments_with};
use recipe::{Analysis, Span};

use super::blocks::{self, line_end, line_start};
use super::tables::statements;
use super::write;

/// Defines a variable behind the others, as they are written; `[variables]` is made before the first step where it
/// is missing. Nothing beside a syntax error.
pub(super) fn define(analysis: &Analysis, name: &str, value: &str) -> Option<Vec<Edit>> {
    let (text, newline) = (&analysis.text, newline(&analysis.text));
    let entry = format!("{name} = {}", write::string(value, newline));
    let tables = &analysis.tree.tables;
    if let Some(index) = table(analysis) {
        let table = &tables[index];
        let is_plain = !table.is_array && table.path.len() == 1;
        if !is_plain || !blocks::is_sound(analysis, index..index + 1) {
            return None;
        }
        let end = line_end(text, table.header.end.max(table.table.span.end));
        let added = line(&text[..end], &entry, newline);
        return Some(vec![write::insert(end, added)]);
    }
    let first = tables
        .iter()
        .position(|it| it.path.first().is_some_and(|it| it.name == "step"))?;
    if let Some(variables) = analysis.tree.root.get("variables") {
        let ValueKind::Table(table) = &variables.value.kind else {
            return None;
        };
        // What comes before the first header is sound up to it.
        let errors = &analysis.tree.errors;
        let header = tables[0].header.start;
        if errors.iter().any(|error| error.span.start <= header) {
            return None;
        }
        let at = variables.value.span;
        return match text[at.range()].starts_with('{') {
            true => last_in_braces(text, table, at, &entry),
            false => {
                let last = statements(text, table).pop()?;
                let key = &text[variables.key.span.range()];
                let end = line_end(text, last.end);
                let added = line(&text[..end], &format!("{key}.{entry}"), newline);
                Some(vec![write::insert(end, added)])
            }
        };
    }
    if !analysis.recipe.variables.is_empty() {
        return None;
    }
    let place = blocks::place_before(analysis, first);
    let added = format!("[variables]{newline}{entry}{newline}{newline}");
    Some(vec![write::insert(place, added)])
}

/// An entry behind the last one of an inline table: in its line, or in one of its own where they have that.
fn last_in_braces(text: &str, table: &Table, braces: Span, entry: &str) -> Option<Vec<Edit>> {
    let Some(last) = statements(text, table).pop() else {
        let inside = &text[braces.start + 1..braces.end - 1];
        let edit = Edit {
            span: Span::new(braces.start + 1, braces.end - 1),
            text: format!(" {entry} "),
        };
        return inside.trim().is_empty().then(|| vec![edit]);
    };
    let line = line_start(text, last.start);
    let indent = &text[line..last.start];
    let behind = &text[last.end..braces.end - 1];
    let comma = behind.trim_start().starts_with(',');
    if !comma && behind.contains(',') {
        return None;
    }
    let after_comma = match comma {
        true => last.end + behind.find(',')? + 1,
        false => last.end,
    };
    if !indent.trim().is_empty() || indent.is_empty() || line <= braces.start {
        let added = match comma {
            true => write::insert(after_comma, format!(" {entry},")),
            false => write::insert(last.end, format!(", {entry}")),
        };
        return Some(vec![added]);
    }
    let end = line_end(text, after_comma);
    if end > braces.end {
        // The brace stands behind it.
        let added = format!(",{}{indent}{entry}", newline(text));
        return (!comma).then(|| vec![write::insert(last.end, added)]);
    }
    let added = write::insert(end, format!("{indent}{entry},{}", newline(text)));
    let missing = (!comma).then(|| write::insert(last.end, ",".to_owned()));
    Some(missing.into_iter().chain([added]).collect())
}

/// Takes out the variable at `entry`, and `[variables]` if that is all there is in it.
pub(super) fn remove(analysis: &Analysis, entry: Span) -> Option<Edit> {
    let text = &analysis.text;
    let tables = &analysis.tree.tables;
    let alone = table(analysis).filter(|it| tables[*it].table.entries.len() == 1);
    let Some(index) = alone.filter(|it| tables[*it].table.span.covers(entry)) else {
        return without(text, entry);
    };
    let start = blocks::line_start(text, tables[index].header.start);
    let end = line_end(text, entry.end);
    let above = blocks::with_comments(text, start, blocks::floor(analysis, index));
    if above < start || !comments_with(&text[start..end], "#").is_empty() {
        return without(text, entry);
    }
    let next = line_end(text, end);
    let end = if text[end..next].trim().is_empty() {
        next
    } else {
        end
    };
    Some(Edit {
        span: Span::new(start, end),
        text: String::new(),
    })
}

/// The index of the table that holds the variables.
fn table(analysis: &Analysis) -> Option<usize> {
    let is_it = |it: &HeaderTable| it.path.first().is_some_and(|it| it.name == "variables");
    analysis.tree.tables.iter().position(is_it)
}

/// A line that comes behind `before`, whose last line may have no end.
fn line(before: &str, entry: &str, newline: &str) -> String {
    match before.ends_with('\n') {
        true => format!("{entry}{newline}"),
        false => format!("{newline}{entry}"),
    }
}

/// A name that nothing has yet: `wanted`, or that with a number. In shell text `$name` counts as well, since
/// the two would be mistaken for one another.
pub(super) fn free_name(analysis: &Analysis, wanted: &str) -> String {
    let plain: String = wanted
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    let plain = match plain.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        true => plain,
        false => format!("value_{plain}"),
    };
    let numbered = (2..).map(|number| format!("{plain}_{number}"));
    let mut names = std::iter::once(plain.clone()).chain(numbered);
    let is_free = |name: &String| {
        !matches!(name.as_str(), "target" | "now")
            && !analysis.names.variables.contains_key(name)
            && !analysis.text.contains(&format!("${name}"))
            && !analysis.text.contains(&format!("${{{name}"))
    };
    names.find(is_free).unwrap_or_default()
}

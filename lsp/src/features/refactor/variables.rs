//! The table of variables: how one is put in and taken out.

use recipe::checks::without;
use recipe::diagnostic::Edit;
use recipe::syntax::{HeaderTable, comments_with};
use recipe::{Analysis, Span};

use super::blocks::{self, line_end, newline};
use super::write;

/// Defines a variable, last in `[variables]`, which is made before the first step where it is missing.
/// Nothing where the variables are written in another way, or beside a syntax error.
pub(super) fn define(analysis: &Analysis, name: &str, value: &str) -> Option<Edit> {
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
        return Some(write::insert(end, line(&text[..end], &entry, newline)));
    }
    if !analysis.recipe.variables.is_empty() || analysis.tree.root.get("variables").is_some() {
        return None;
    }
    let first = tables
        .iter()
        .position(|it| it.path.first().is_some_and(|it| it.name == "step"))?;
    let place = blocks::place_before(analysis, first);
    Some(write::insert(
        place,
        format!("[variables]{newline}{entry}{newline}{newline}"),
    ))
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

//! From `key = { … }` in a step to a `[step.key]` table, and back; likewise for tables below that. Comments go along.

use recipe::checks::newline;
use recipe::diagnostic::{Edit, apply};
use recipe::format;
use recipe::language::{self, Kind as Type};
use recipe::syntax::{self, Entry, HeaderTable, Table, Value, ValueKind};
use recipe::{Analysis, Span};

use super::blocks::{self, Block, line_end, line_start};
use super::same::data;
use super::tables::{Nested, Statement, comment_behind, statements};
use super::write;
use crate::features::actions::{Action, Kind};

/// What can be written in the other way: the table whose key or header the selection is at.
pub(super) fn rewrite(analysis: &Analysis, selection: Span) -> Option<Action> {
    let at = selection.start;
    let (_, block) = blocks::step_at(analysis, at)?;
    let step = Step { analysis, block };
    let (title, edits) = step.to_header(at).or_else(|| step.to_inline(at))?;
    let after = step.after(&edits)?;
    let before = data(step.written());
    let is_same = before.is_some() && data(&after) == before;
    is_same.then(|| Action::change(Kind::Rewrite, title, step.tidied(edits, &after)))
}

struct Step<'a> {
    analysis: &'a Analysis,
    block: Block,
}

impl<'a> Step<'a> {
    fn text(&self) -> &'a str {
        &self.analysis.text
    }

    /// The step as it is written.
    fn written(&self) -> &'a str {
        &self.text()[self.block.span.range()]
    }

    /// The edits that make `after` of the step, if they leave it in the one style. What was not in it before is
    /// nobody's wish to change.
    fn tidied(&self, edits: Vec<Edit>, after: &str) -> Vec<Edit> {
        let indent = format::indent_of(self.text()).unwrap_or_default();
        let tidy = |text: &str| format::edits(text, &syntax::parse(text), None, indent);
        let before = self.written();
        if !tidy(before).is_empty() {
            return edits;
        }
        let after = apply(after, &tidy(after));
        // Clients know no place within a line end.
        let mut start = common(before.chars(), after.chars());
        start -= usize::from(before[..start].ends_with('\r'));
        let (old, new) = (&before[start..], &after[start..]);
        let mut end = common(old.chars().rev(), new.chars().rev());
        end -= usize::from(old[old.len() - end..].starts_with('\n'));
        let span = self.block.span;
        let new = new[..new.len() - end].to_owned();
        vec![replace(span.start + start, span.end - end, new)]
    }

    /// The tables of the step, its `[[step]]` first.
    fn tables(&self) -> &'a [HeaderTable] {
        &self.analysis.tree.tables[self.block.tables.clone()]
    }

    /// The text of the step once `edits`, which are in order, are made.
    fn after(&self, edits: &[Edit]) -> Option<String> {
        let mut text = self.text()[self.block.span.range()].to_owned();
        for edit in edits.iter().rev() {
            let start = edit.span.start.checked_sub(self.block.span.start)?;
            let end = edit.span.end.checked_sub(self.block.span.start)?;
            text.get(start..end)?;
            text.replace_range(start..end, &edit.text);
        }
        Some(text)
    }

    /// `key = { … }` at the offset as a table of its own, behind the other keys of its table, which would be its keys
    /// otherwise.
    fn to_header(&self, at: usize) -> Option<(String, Vec<Edit>)> {
        let (text, newline) = (self.text(), newline(self.text()));
        let outer = self.tables().iter().rfind(|it| it.header.start <= at)?;
        let own = &outer.table;
        let is_here = |it: &&Entry| it.key.span.start <= at && at <= it.value.span.start + 1;
        let entry = own.entries.iter().find(is_here)?;
        let ValueKind::Table(table) = &entry.value.kind else {
            return None;
        };
        let can_be = outer.path.len() > 1 || can_be_table(&entry.key.name);
        if !text[entry.value.span.range()].starts_with('{') || !can_be {
            return None;
        }
        let keys = outer.path.iter().chain([&entry.key]);
        let keys: Vec<&str> = keys.map(|it| &text[it.span.range()]).collect();
        let path = keys.join(".");
        let inside = Inside::of(text, table)?;
        let line = line_start(text, entry.span.start);
        let indent = &text[line..entry.span.start];
        if !indent.trim().is_empty() {
            return None;
        }
        let behind = comment_behind(text, entry.span.end)?;
        let header = write::with_comment(format!("{indent}[{path}]"), &[inside.first, behind]);
        let lines = inside.lines.iter().map(|it| format!("{indent}{it}"));
        let lines: Vec<String> = std::iter::once(header).chain(lines).collect();
        let start = blocks::with_comments(text, line, line_end(text, outer.header.end));
        let above = &text[start..line];
        let written = format!("{newline}{above}{}", lines.join(newline));
        let end = line_end(text, entry.span.end);
        let title = format!("Turn '{}' into a [{path}] table", entry.key.name);
        let moved = own.span.end > entry.span.end;
        if !moved {
            let ending = if text[..end].ends_with('\n') {
                newline
            } else {
                ""
            };
            let edit = replace(start, end, format!("{written}{ending}"));
            return Some((title, vec![edit]));
        }
        let last = line_end(text, own.span.end);
        let added = match text[..last].ends_with('\n') {
            true => format!("{written}{newline}"),
            false => format!("{newline}{written}"),
        };
        Some((
            title,
            vec![
                replace(start, end, String::new()),
                replace(last, last, added),
            ],
        ))
    }

    /// `[step.key]`, or a table below it, at the offset as the last key of the table around it.
    fn to_inline(&self, at: usize) -> Option<(String, Vec<Edit>)> {
        let (text, newline) = (self.text(), newline(self.text()));
        let line = Span::new(line_start(text, at), line_end(text, at));
        let is_here = |it: &HeaderTable| line.covers(it.header) && it.path.len() > 1;
        let index = self.tables().iter().position(is_here)?;
        let table = &self.tables()[index];
        let depth = table.path.len() - 1;
        let key = &table.path[depth];
        let is_around = |it: &&HeaderTable| names(it).eq(names(table).take(depth));
        let outer = self.tables()[..index].iter().rfind(is_around)?;
        let is_below = |it: &&HeaderTable| names(it).take(depth + 1).eq(names(table));
        let count = self.tables()[index..].iter().take_while(is_below).count();
        let tables = &self.tables()[index..index + count];
        if depth == 1 && !can_be_table(&key.name) {
            return None;
        }
        let end = line_end(text, tables.last()?.table.span.end);
        let indent = format::indent_of(text).unwrap_or_default().to_string();
        let value = Nested::of(text, tables, depth, end)?.inline("", &indent, newline);
        let before = self.block.tables.start + index;
        let floor = blocks::floor(self.analysis, before);
        let start = blocks::with_comments(text, line.start, floor);
        let above = &text[start..line.start];
        let written = format!("{above}{} = {value}", &text[key.span.range()]);
        let path: Vec<&str> = names(table).collect();
        let title = format!("Turn [{}] into an inline table", path.join("."));
        let last = line_end(text, outer.header.end.max(outer.table.span.end));
        let ending = if text[..end].ends_with('\n') {
            newline
        } else {
            ""
        };
        let blank = &text[last..start];
        if blank.trim().is_empty() {
            let edit = replace(last, end, format!("{written}{ending}"));
            return Some((title, vec![edit]));
        }
        // The blank lines before it go with it.
        let start = floor.max(text[..start].trim_end().len());
        let start = if start > floor {
            line_end(text, start)
        } else {
            start
        };
        let edits = vec![
            replace(last, last, format!("{written}{newline}")),
            replace(start, end, String::new()),
        ];
        Some((title, edits))
    }
}

fn names(table: &HeaderTable) -> impl Iterator<Item = &str> {
    table.path.iter().map(|it| it.name.as_str())
}

/// How many bytes the two have in common at their beginning.
fn common(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    let same = one.zip(other).take_while(|(one, other)| one == other);
    same.map(|(one, _)| one.len_utf8()).sum()
}

fn replace(start: usize, end: usize, text: String) -> Edit {
    let span = Span::new(start, end);
    Edit { span, text }
}

/// Whether the language has a table under this key of a step.
fn can_be_table(key: &str) -> bool {
    let param = language::param(language::STEP, key);
    language::operation(key).is_some() || param.is_some_and(|it| matches!(it.kind, Type::Table(_)))
}

/// What stands between the braces of an inline table, as the lines of one with a header.
struct Inside<'a> {
    /// The comment behind the opening brace.
    first: &'a str,
    lines: Vec<String>,
}

impl<'a> Inside<'a> {
    fn of(text: &'a str, table: &Table) -> Option<Self> {
        let mut inside = Self {
            first: "",
            lines: Vec::new(),
        };
        let mut done = table.span.start + 1;
        for statement in statements(text, table) {
            inside.comments(text.get(done..statement.start)?);
            inside.lines.push(dedented(text, &statement));
            done = statement.end;
        }
        inside.comments(text[done..table.span.end].strip_suffix('}')?);
        Some(inside)
    }

    /// Takes the comments between two entries: the one in the line of the first, and those of their own.
    fn comments(&mut self, between: &'a str) {
        for (index, line) in between.split('\n').enumerate() {
            let Some(comment) = line.find('#').map(|at| line[at..].trim_end()) else {
                continue;
            };
            match self.lines.last_mut() {
                Some(last) if index == 0 => *last = write::with_comment(last.clone(), &[comment]),
                None if index == 0 => self.first = comment,
                _ => self.lines.push(comment.to_owned()),
            }
        }
    }
}

/// A statement as it stands, its further lines moved to the left as far as its first one is.
fn dedented(text: &str, statement: &Statement<'_>) -> String {
    let line = line_start(text, statement.start);
    let indent = &text[line..statement.start];
    let stays = !indent.trim().is_empty() || indent.is_empty();
    match stays || has_lines_in_strings(text, statement.value) {
        true => statement.written.clone(),
        false => statement.written.replace(&format!("\n{indent}"), "\n"),
    }
}

/// Whether a string in the value goes over several lines: what they start with is its own.
fn has_lines_in_strings(text: &str, value: &Value) -> bool {
    match &value.kind {
        ValueKind::String(_) => text[value.span.range()].contains('\n'),
        ValueKind::Array(values) => values.iter().any(|it| has_lines_in_strings(text, it)),
        ValueKind::Table(table) => {
            let mut values = table.entries.iter().map(|it| &it.value);
            values.any(|it| has_lines_in_strings(text, it))
        }
        _ => false,
    }
}

//! What stands in a table, in order and with its comments, however it is written; and the same as an inline table.

use recipe::syntax::{HeaderTable, Table, Value, ValueKind};

use super::blocks::{self, line_end, line_start};
use super::write;

/// `key = value`, or one `a.b = value` of those that the tree makes one entry of.
pub(super) struct Statement<'a> {
    /// Where the last part of its key starts.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) value: &'a Value,
    /// With its whole key.
    pub(super) written: String,
}

/// The statements of a table, in the order they are written.
pub(super) fn statements<'a>(text: &str, table: &'a Table) -> Vec<Statement<'a>> {
    let mut all = Vec::new();
    for entry in &table.entries {
        match &entry.value.kind {
            ValueKind::Table(inner) if is_dotted(text, &entry.value) => {
                let key = &text[entry.key.span.range()];
                all.extend(statements(text, inner).into_iter().map(|it| Statement {
                    written: format!("{key}.{}", it.written),
                    ..it
                }));
            }
            _ => all.push(Statement {
                start: entry.key.span.start,
                end: entry.span.end,
                value: &entry.value,
                written: text[entry.span.range()].to_owned(),
            }),
        }
    }
    all.sort_by_key(|it| it.start);
    all
}

/// Whether a table is there only because of a dot in a key.
fn is_dotted(text: &str, value: &Value) -> bool {
    !text[value.span.range()].starts_with('{')
}

/// A table under a header, with those below it.
pub(super) struct Nested<'a> {
    key: &'a str,
    /// The comment behind the header.
    behind: &'a str,
    items: Vec<Item<'a>>,
}

enum Item<'a> {
    /// A comment on a line of its own.
    Comment(&'a str),
    /// A statement, and the comment behind it.
    Entry(String, &'a str),
    Table(Nested<'a>),
}

impl<'a> Nested<'a> {
    /// The table whose key is the segment `depth` of the header of each of `tables`, which are it and those below
    /// it. The last one ends at `end`. Nothing where it is not plain what belongs to what.
    pub(super) fn of(
        text: &'a str,
        tables: &'a [HeaderTable],
        depth: usize,
        end: usize,
    ) -> Option<Self> {
        let first = tables.first()?;
        let mut nested = Self {
            key: &text[first.path.get(depth)?.span.range()],
            behind: "",
            items: Vec::new(),
        };
        let mut below = tables;
        if first.path.len() == depth + 1 {
            below = &tables[1..];
            nested.behind = comment_behind(text, first.header.end)?;
            let from = line_end(text, first.header.end);
            let to = below.first().map_or(end, |next| above(text, first, next));
            nested.add(text, first, from..to)?;
        }
        if tables.iter().any(|it| it.is_array) {
            return None;
        }
        while let Some(next) = below.first() {
            let name = &next.path.get(depth + 1)?.name;
            let is_in_it =
                |it: &&HeaderTable| it.path.get(depth + 1).is_some_and(|it| it.name == *name);
            let count = below.iter().take_while(is_in_it).count();
            let (own, others) = below.split_at(count);
            let last = own.last()?;
            let to = others.first().map_or(end, |it| above(text, last, it));
            let line = line_start(text, next.header.start);
            // What stands above the first header of all is for who asks.
            if let Some(before) = (tables.len() - below.len()).checked_sub(1) {
                let start = above(text, &tables[before], next);
                nested.comments(&text[start..line])?;
            }
            let table = Nested::of(text, own, depth + 1, to)?;
            nested.items.push(Item::Table(table));
            below = others;
        }
        Some(nested)
    }

    fn add(
        &mut self,
        text: &'a str,
        table: &'a HeaderTable,
        lines: std::ops::Range<usize>,
    ) -> Option<()> {
        let mut done = lines.start;
        for it in statements(text, &table.table) {
            let line = line_start(text, it.start);
            self.comments(text.get(done..line)?)?;
            let behind = comment_behind(text, it.end)?;
            self.items.push(Item::Entry(it.written, behind));
            done = line_end(text, it.end);
        }
        self.comments(text.get(done..lines.end.max(done))?)
    }

    /// Lines between two entries; nothing if they hold more than comments.
    fn comments(&mut self, between: &'a str) -> Option<()> {
        for line in between.lines().map(str::trim).filter(|it| !it.is_empty()) {
            self.items
                .push(Item::Comment(line.starts_with('#').then_some(line)?));
        }
        Some(())
    }

    /// The value as an inline table: in one line, or with a line for each entry where there are comments to keep.
    pub(super) fn inline(&self, outer: &str, indent: &str, newline: &str) -> String {
        if !self.has_comments() {
            let entry = |item: &Item<'_>| match item {
                Item::Comment(_) => String::new(),
                Item::Entry(written, _) => written.clone(),
                Item::Table(table) => {
                    format!("{} = {}", table.key, table.inline("", indent, newline))
                }
            };
            let entries: Vec<String> = self.items.iter().map(entry).collect();
            return match entries.is_empty() {
                true => "{}".to_owned(),
                false => format!("{{ {} }}", entries.join(", ")),
            };
        }
        let inner = format!("{outer}{indent}");
        let mut lines = vec![write::with_comment("{".to_owned(), &[self.behind])];
        for item in &self.items {
            lines.push(match item {
                Item::Comment(comment) => format!("{inner}{comment}"),
                Item::Entry(written, behind) => {
                    write::with_comment(format!("{inner}{written},"), &[behind])
                }
                Item::Table(table) => {
                    let value = table.inline(&inner, indent, newline);
                    format!("{inner}{} = {value},", table.key)
                }
            });
        }
        lines.push(format!("{outer}}}"));
        lines.join(newline)
    }

    fn has_comments(&self) -> bool {
        let has = |item: &Item<'_>| match item {
            Item::Comment(_) => true,
            Item::Entry(_, behind) => !behind.is_empty(),
            Item::Table(table) => table.has_comments(),
        };
        !self.behind.is_empty() || self.items.iter().any(has)
    }
}

/// Where the comments right above a header begin, which stand behind the table `before`.
fn above(text: &str, before: &HeaderTable, header: &HeaderTable) -> usize {
    let end = before.header.end.max(before.table.span.end);
    blocks::with_comments(
        text,
        line_start(text, header.header.start),
        line_end(text, end),
    )
}

/// The comment in the rest of the line, or an empty text; nothing if something else stands there.
pub(super) fn comment_behind(text: &str, end: usize) -> Option<&str> {
    let rest = text[end..line_end(text, end)].trim();
    (rest.is_empty() || rest.starts_with('#')).then_some(rest)
}

//! Edits, from what should stand between the pieces of a text.

use crate::diagnostic::Edit;
use crate::span::Span;

/// The gaps that are not as they should be.
pub(super) struct Gaps<'t> {
    text: &'t str,
    list: Vec<Gap>,
    /// Statements, items of brackets and comments of their own.
    units: Vec<Span>,
    /// Those that have not ended yet.
    open: Vec<usize>,
    /// The one that has just ended.
    ended: Option<usize>,
    statement: Statement,
    /// The gap behind a value that got a comma last.
    comma: usize,
}

struct Gap {
    span: Span,
    /// What should stand there.
    wanted: String,
    /// The unit that it is part of.
    unit: Option<usize>,
}

/// A header, an entry or a comment, with the comment behind it.
#[derive(Default)]
struct Statement {
    /// The first gap inside it.
    first: usize,
    /// Whether no line of it may begin or end elsewhere.
    is_pinned: bool,
    /// Whether one would.
    is_moved: bool,
}

impl<'t> Gaps<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            list: Vec::new(),
            units: Vec::new(),
            open: Vec::new(),
            ended: None,
            statement: Statement::default(),
            comma: 0,
        }
    }

    /// `wanted` should stand in `gap`.
    pub(super) fn add(&mut self, gap: Span, wanted: &str) {
        let written = &self.text[gap.range()];
        if written == wanted {
            return;
        }
        if wanted.starts_with(',') && !written.contains(',') {
            self.comma = self.list.len();
        }
        self.list.push(Gap {
            span: gap,
            wanted: wanted.to_owned(),
            unit: self.ended.or(self.open.last().copied()),
        });
    }

    /// `wanted` should stand in `gap`, whose comma has its place further up, before comments. One cannot be
    /// edited without the other.
    pub(super) fn add_without_comma(&mut self, gap: Span, wanted: &str) {
        self.add(gap, wanted);
        let mut joined = self.list.drain(self.comma..);
        let Some(mut all) = joined.next() else {
            return;
        };
        for gap in joined {
            let between = all.span.end..gap.span.start;
            all.wanted.push_str(&self.text[between]);
            all.wanted.push_str(&gap.wanted);
            all.span.end = gap.span.end;
        }
        self.list.push(all);
    }

    /// A line inside the statement will begin or end elsewhere.
    pub(super) fn move_break(&mut self) {
        self.statement.is_moved = true;
    }

    /// What the comment says depends on the line that it stands on: a statement whose lines would change is
    /// left alone.
    pub(super) fn pin_statement(&mut self) {
        self.statement.is_pinned = true;
    }

    pub(super) fn begin_statement(&mut self) {
        self.statement = Statement {
            first: self.list.len(),
            ..Statement::default()
        };
    }

    pub(super) fn end_statement(&mut self) {
        if self.statement.is_pinned && self.statement.is_moved {
            self.list.truncate(self.statement.first);
        }
    }

    pub(super) fn begin_unit(&mut self, start: usize) {
        self.ended = None;
        self.open.push(self.units.len());
        self.units.push(Span::at(start));
    }

    pub(super) fn end_unit(&mut self, end: usize) {
        self.ended = self.open.pop();
        if let Some(unit) = self.ended {
            self.units[unit].end = end;
        }
    }

    /// The edits, each as small as can be: those that touch nothing outside `lines`, of units inside them.
    pub(super) fn edits(&self, lines: Option<Span>) -> Vec<Edit> {
        let is_inside = |gap: &Gap, edit: &Edit| {
            let mut parts = gap.unit.iter().map(|unit| self.units[*unit]);
            lines.is_none_or(|lines| lines.covers(edit.span) && parts.all(|it| lines.covers(it)))
        };
        let edits = self.list.iter().map(|gap| (gap, self.smallest(gap)));
        let edits = edits.filter(|(gap, edit)| is_inside(gap, edit));
        edits.map(|(_, edit)| edit).collect()
    }

    fn smallest(&self, gap: &Gap) -> Edit {
        let (written, wanted) = (&self.text[gap.span.range()], gap.wanted.as_str());
        let start = common(written.chars(), wanted.chars());
        let (written, wanted) = (&written[start..], &wanted[start..]);
        let mut end = common(written.chars().rev(), wanted.chars().rev());
        // A line feed belongs to the carriage return before it.
        if [written, wanted]
            .iter()
            .any(|it| it[..it.len() - end].ends_with('\r'))
        {
            end -= 1;
        }
        Edit {
            span: Span::new(gap.span.start + start, gap.span.end - end),
            text: wanted[..wanted.len() - end].to_owned(),
        }
    }
}

/// How many bytes two texts begin with in common.
fn common(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    let same = one.zip(other).take_while(|(one, other)| one == other);
    same.map(|(c, _)| c.len_utf8()).sum()
}

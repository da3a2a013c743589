//! What belongs between two pieces of a text.
//!
//! Where lines break is the author's choice, but for three things: a bracket that spans lines stands on lines of
//! its own, an array that does not fit its line is spread over several, and blank lines come one at a time and
//! before headers.

use super::gaps::Gaps;
use super::indent::{Indent, blanks_before};
use super::pieces::{Kind, Piece, Pieces};
use super::width::{column_after, is_too_long};
use crate::checks::{allows, newline};
use crate::span::Span;

/// Goes through the pieces of `text` and finds out what belongs between them.
pub(super) fn lay_out<'t>(text: &'t str, pieces: &mut Pieces, indent: Indent) -> Gaps<'t> {
    let mut layout = Layout {
        text,
        pieces,
        gaps: Gaps::new(text),
        indent: indent.to_string(),
        newline: newline(text),
        open: Vec::new(),
        depth: 0,
        column: 0,
        wanted: String::new(),
    };
    for index in 0..layout.pieces.list.len() {
        layout.piece(index);
    }
    layout.gaps
}

struct Layout<'t, 'p> {
    text: &'t str,
    pieces: &'p mut Pieces,
    gaps: Gaps<'t>,
    indent: String,
    newline: &'static str,
    /// The brackets that are open.
    open: Vec<usize>,
    /// How many of them span lines.
    depth: usize,
    /// Where the piece before ends once all is laid out.
    column: usize,
    /// What belongs into the gap that is looked at.
    wanted: String,
}

impl Layout<'_, '_> {
    /// The piece at `index`, and the gap before it.
    fn piece(&mut self, index: usize) {
        let piece = self.pieces.list[index];
        let before = index.checked_sub(1).map(|before| self.pieces.list[before]);
        let start = match before {
            Some(before) => before.span.end,
            None => self.text.len() - self.text.trim_start_matches('\u{feff}').len(),
        };
        let gap = Span::new(start, piece.span.start);
        let is_behind = piece.kind == Kind::Comment && piece.breaks == 0 && before.is_some();
        let begins = !is_behind && begins_unit(before.map(|before| before.kind), piece.kind);
        let begins_statement = self.open.is_empty() && (begins || piece.kind == Kind::End);
        if begins_statement {
            self.gaps.end_statement();
        }
        if begins {
            self.gaps.begin_unit(piece.span.start);
        }

        self.wanted.clear();
        match (before, self.open.last()) {
            (None, _) => {}
            (Some(before), _) if is_behind => self.before_comment(&before, &piece),
            (Some(before), None) => self.between_statements(gap, index, &before),
            (Some(before), Some(bracket)) => self.in_bracket(gap, *bracket, &before, &piece),
        }
        let source = self.text[gap.range()].trim_start_matches([' ', '\t']);
        let moves_comma = piece.comma && !source.starts_with(',');
        let moves_break = self.wanted.contains('\n') != (piece.breaks > 0);
        if !self.open.is_empty() && (moves_comma || moves_break) {
            self.gaps.move_break();
        }
        match moves_comma && before.is_some_and(|before| before.kind == Kind::Comment) {
            true => self.gaps.add_without_comma(gap, &self.wanted),
            false => self.gaps.add(gap, &self.wanted),
        }

        if begins_statement {
            self.gaps.begin_statement();
        }
        if piece.kind == Kind::Comment && self.text[piece.span.range()].contains(allows::MARK) {
            self.pin(&piece, is_behind);
        }
        let column = column_after(self.column, &self.wanted);
        self.column = column_after(column, &self.text[piece.span.range()]);
        self.after(index, &piece, column, begins);
    }

    /// What the piece at `index`, which starts in `column`, means for those behind it.
    fn after(&mut self, index: usize, piece: &Piece, column: usize, begins: bool) {
        match piece.kind {
            Kind::Open(bracket) => {
                let is_lone = self.depth == self.open.len();
                let taken = column + usize::from(!self.open.is_empty());
                let brackets = &self.pieces.brackets;
                if is_lone
                    && brackets[bracket].is_array
                    && !brackets[bracket].is_broken
                    && is_too_long(self.text, self.pieces, index, taken)
                {
                    self.pieces.brackets[bracket].is_broken = true;
                    self.pieces.brackets[bracket].is_spread = true;
                }
                self.open.push(bracket);
                self.depth += usize::from(self.pieces.brackets[bracket].is_broken);
            }
            Kind::Close(bracket) => {
                self.open.pop();
                self.depth -= usize::from(self.pieces.brackets[bracket].is_broken);
                self.gaps.end_unit(piece.span.end);
            }
            Kind::Scalar | Kind::HeaderEnd => self.gaps.end_unit(piece.span.end),
            Kind::Comment if begins => self.gaps.end_unit(piece.span.end),
            _ => {}
        }
    }

    /// What a comment allows depends on what its line begins with, unless it is all there is on that.
    fn pin(&mut self, piece: &Piece, is_behind: bool) {
        let before = self.text[..piece.span.start].trim_end_matches([' ', '\t']);
        if before.is_empty() || before.ends_with('\n') {
            return;
        }
        self.gaps.pin_statement();
        if !is_behind {
            self.gaps.move_break();
        }
    }

    /// A comment behind something stays where it is: people align them.
    fn before_comment(&mut self, before: &Piece, comment: &Piece) {
        if before.kind.ends_value() && !self.open.is_empty() {
            self.wanted.push(',');
        }
        match blanks_before(self.text, comment.span.start) {
            "" => self.wanted.push(' '),
            blanks => self.wanted.push_str(blanks),
        }
    }

    fn between_statements(&mut self, gap: Span, index: usize, before: &Piece) {
        let piece = self.pieces.list[index];
        match piece.kind {
            Kind::End => self.push_breaks(gap, 1),
            _ if piece.breaks == 0 => self.wanted.push_str(self.flat(before.kind, piece.kind)),
            _ if self.begins_table(index) => self.push_breaks(gap, 2),
            _ => self.push_breaks(gap, piece.breaks.min(2)),
        }
    }

    /// Whether the line of the piece at `index` is a header, or the first of the comments that stand right
    /// above one.
    fn begins_table(&self, index: usize) -> bool {
        let list = &self.pieces.list;
        // Only the first of them looks ahead: a long comment is not read once for each of its lines.
        if list[index].breaks == 1 && self.pieces.is_own_line(index - 1) {
            return false;
        }
        let mut rest = index;
        while self.pieces.is_own_line(rest) && list[rest + 1].breaks == 1 {
            rest += 1;
        }
        list[rest].kind == Kind::Header
    }

    fn in_bracket(&mut self, gap: Span, bracket: usize, before: &Piece, piece: &Piece) {
        let bracket = self.pieces.brackets[bracket];
        let is_inside_entry = matches!(before.kind, Kind::Key | Kind::Dot | Kind::Equals);
        if !bracket.is_broken || is_inside_entry {
            self.wanted.push_str(self.flat(before.kind, piece.kind));
            return;
        }
        if before.kind.ends_value() {
            self.wanted.push(',');
        }
        let closes = matches!(piece.kind, Kind::Close(_));
        let is_at_edge = closes || matches!(before.kind, Kind::Open(_));
        let breaks = match is_at_edge || bracket.is_spread {
            true => 1,
            false => piece.breaks.min(2),
        };
        if breaks == 0 {
            self.wanted.push(' ');
            return;
        }
        self.push_breaks(gap, breaks);
        for _ in 0..self.depth - usize::from(closes) {
            self.wanted.push_str(&self.indent);
        }
    }

    fn flat(&self, before: Kind, after: Kind) -> &'static str {
        self.pieces.flat(before, after)
    }

    /// So many line breaks: those that are there, as they are, and others like the first of the text.
    fn push_breaks(&mut self, gap: Span, count: usize) {
        let lines = self.text[gap.range()].split_inclusive('\n');
        let there = lines.filter(|line| line.ends_with('\n'));
        let mut there = there.map(|line| if line.ends_with("\r\n") { "\r\n" } else { "\n" });
        for _ in 0..count {
            self.wanted.push_str(there.next().unwrap_or(self.newline));
        }
    }
}

/// Whether a statement, an item of a bracket or a comment of its own begins with `piece`.
fn begins_unit(before: Option<Kind>, piece: Kind) -> bool {
    let is_inside = matches!(
        before,
        Some(Kind::Key | Kind::Dot | Kind::Equals | Kind::Header)
    );
    !is_inside && !matches!(piece, Kind::Close(_) | Kind::End)
}

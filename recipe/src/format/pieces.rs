//! The pieces of a sound text, with what of the author's layout counts: line breaks and commas.

use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, parse_document};

use crate::span::Span;

/// A text in pieces.
pub(super) struct Pieces {
    /// In order of place, with [`Kind::End`] last.
    pub(super) list: Vec<Piece>,
    /// Arrays and inline tables, in order of their opening.
    pub(super) brackets: Vec<Bracket>,
}

/// Something that is never changed, and what stood before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    /// Without the blanks at the end of a comment.
    pub(super) span: Span,
    /// How many line breaks stand between it and the piece before it.
    pub(super) breaks: usize,
    /// Whether a comma stands there.
    pub(super) comma: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `[` or `[[` of a header.
    Header,
    /// `]` or `]]` of a header.
    HeaderEnd,
    /// One segment.
    Key,
    /// Between two segments.
    Dot,
    Equals,
    /// A string, number, boolean or date.
    Scalar,
    /// The bracket of this index opens.
    Open(usize),
    /// It closes.
    Close(usize),
    Comment,
    /// Where the text ends.
    End,
}

/// An array or inline table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bracket {
    pub(super) is_array: bool,
    /// Whether it is written over several lines: a line break stands in it, not only in its strings or in
    /// brackets inside it.
    pub(super) is_broken: bool,
    /// Whether each of its items gets a line of its own, whatever the author did.
    pub(super) is_spread: bool,
}

impl Kind {
    /// Whether it is a value, or the end of one.
    pub(super) fn ends_value(self) -> bool {
        matches!(self, Self::Scalar | Self::Close(_))
    }
}

impl Pieces {
    /// The pieces of `text`, which is sound.
    pub(super) fn of(text: &str) -> Self {
        let tokens = Source::new(text).lex().into_vec();
        let mut reader = Reader::default();
        let mut receive = |event: Event| reader.receive(text, &event);
        parse_document(&tokens, &mut receive, &mut ());
        reader.add(Kind::End, Span::at(text.len()));
        Self {
            list: reader.list,
            brackets: reader.brackets,
        }
    }

    /// Whether the piece at `index` is a comment on a line of its own.
    pub(super) fn is_own_line(&self, index: usize) -> bool {
        let piece = self.list[index];
        piece.kind == Kind::Comment && (piece.breaks > 0 || index == 0)
    }

    /// What belongs between two pieces of one line, neither of which is a comment.
    pub(super) fn flat(&self, before: Kind, after: Kind) -> &'static str {
        let is_array = |index: usize| self.brackets[index].is_array;
        match (before, after) {
            (Kind::Dot | Kind::Header, _) | (_, Kind::Dot | Kind::HeaderEnd) => "",
            (Kind::Open(_), Kind::Close(_)) => "",
            (Kind::Open(index), _) | (_, Kind::Close(index)) if is_array(index) => "",
            (before, Kind::Close(_)) if before.ends_value() => " ",
            (before, _) if before.ends_value() => ", ",
            _ => " ",
        }
    }
}

/// Makes pieces of events.
#[derive(Default)]
struct Reader {
    list: Vec<Piece>,
    brackets: Vec<Bracket>,
    /// The brackets that are open, with whether there is something in them.
    open: Vec<(usize, bool)>,
    breaks: usize,
    /// The line breaks before the comma that stands before the next piece.
    breaks_before_comma: usize,
    comma: bool,
}

impl Reader {
    fn receive(&mut self, text: &str, event: &Event) {
        let mut span = Span::new(event.span().start(), event.span().end());
        let kind = match event.kind() {
            EventKind::Whitespace | EventKind::Error => return,
            EventKind::Newline => return self.breaks += 1,
            EventKind::ValueSep => return self.comma(),
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => Kind::Header,
            EventKind::StdTableClose | EventKind::ArrayTableClose => Kind::HeaderEnd,
            EventKind::SimpleKey => Kind::Key,
            EventKind::KeySep => Kind::Dot,
            EventKind::KeyValSep => Kind::Equals,
            EventKind::Scalar => Kind::Scalar,
            EventKind::ArrayOpen => return self.open(span, true),
            EventKind::InlineTableOpen => return self.open(span, false),
            EventKind::ArrayClose | EventKind::InlineTableClose => return self.close(span),
            EventKind::Comment => {
                let written = text[span.range()].trim_end_matches([' ', '\t']);
                span.end = span.start + written.len();
                Kind::Comment
            }
        };
        self.add(kind, span);
    }

    fn open(&mut self, span: Span, is_array: bool) {
        let index = self.brackets.len();
        self.add(Kind::Open(index), span);
        self.brackets.push(Bracket {
            is_array,
            is_broken: false,
            is_spread: false,
        });
        self.open.push((index, false));
    }

    fn close(&mut self, span: Span) {
        let Some((index, has_content)) = self.open.pop() else {
            return;
        };
        if has_content && self.breaks() > 0 {
            self.brackets[index].is_broken = true;
        }
        self.push(Kind::Close(index), span);
    }

    fn add(&mut self, kind: Kind, span: Span) {
        let has_breaks = self.breaks() > 0;
        if let Some((index, has_content)) = self.open.last_mut() {
            *has_content = true;
            self.brackets[*index].is_broken |= has_breaks;
        }
        self.push(kind, span);
    }

    fn comma(&mut self) {
        self.comma = true;
        self.breaks_before_comma = std::mem::take(&mut self.breaks);
    }

    /// The line breaks before the next piece. A line with a comma alone is none.
    fn breaks(&self) -> usize {
        self.breaks.max(self.breaks_before_comma)
    }

    fn push(&mut self, kind: Kind, span: Span) {
        self.list.push(Piece {
            kind,
            span,
            breaks: self.breaks(),
            comma: std::mem::take(&mut self.comma),
        });
        self.breaks = 0;
        self.breaks_before_comma = 0;
    }
}

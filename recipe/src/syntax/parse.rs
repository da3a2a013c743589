//! The way of a sound text: the events of `toml_parser` make the tree directly, and the
//! specification's answer is final. The same pass over a broken text tells where it is broken, and
//! everything it understood of the other tables is kept (`recover.rs`).

use std::cell::{Cell, RefCell};

use toml_parser::decoder::Encoding;
use toml_parser::lexer::TokenKind;
use toml_parser::parser::{EventReceiver, parse_document};
use toml_parser::{ErrorSink, ParseError, Source};

use super::assembly::{Assembly, Entries, MAX_DEPTH};
use super::tree::{Key, SyntaxError, Table, Tree, Value, ValueKind};
use super::{duplicates, errors, recover, scalars, strings};
use crate::span::Span;

/// Parses `text`, whatever it is: every part of it that can be understood has its place in the tree,
/// and the rest is reported.
pub fn parse(text: &str) -> Tree {
    let sound = first_pass(text, 0, text.len());
    let mut tree = match sound.broken.is_empty() {
        true => sound.tree,
        false => recover::recover(text, sound),
    };
    duplicates::report(&mut tree);
    tree.errors
        .sort_by_key(|error| (error.span.start, error.span.end));
    tree
}

/// What the events of a whole text gave.
pub(super) struct FirstPass {
    /// The tree. Tables in which something of `broken` lies are not to be trusted.
    pub(super) tree: Tree,
    /// Where the text is not TOML, in order of place.
    pub(super) broken: Vec<usize>,
}

/// Reads `text[start..end]`.
pub(super) fn first_pass(text: &str, start: usize, end: usize) -> FirstPass {
    let tokens = Source::new(&text[start..end]).lex().into_vec();
    let broken = Broken::default();
    let mut builder = Builder::new(text, start, &broken);
    for token in &tokens {
        if matches!(token.kind(), TokenKind::Comment | TokenKind::Newline) {
            let span = builder.place(token.span());
            builder.report(errors::in_trivia(&text[span.range()], span.start));
        }
    }
    let mut sink = |error: ParseError| {
        let span = error.unexpected().or(error.context());
        broken.add(start + span.map_or(0, |span| span.start()));
    };
    parse_document(&tokens, &mut builder, &mut sink);
    let tree = builder.out.finish();
    let mut broken = broken.places.into_inner();
    broken.sort_unstable();
    FirstPass { tree, broken }
}

/// How many lines of `text[start..end]` are broken.
pub(super) fn count_broken(text: &str, start: usize, end: usize) -> usize {
    let broken = first_pass(text, start, end).broken;
    let line = |at: usize| text[..at].rfind('\n');
    let mut lines: Vec<_> = broken.into_iter().map(line).collect();
    lines.dedup();
    lines.len()
}

/// Where the text is broken.
#[derive(Default)]
struct Broken {
    places: RefCell<Vec<usize>>,
    /// Whether something is broken since the last header. From then on events need not come in pairs
    /// (`toml_parser` closes brackets that it never opened, so that its own `RecursionGuard` loses
    /// count and a broken text could overflow the stack): nothing is built and no bracket entered.
    is_lost: Cell<bool>,
}

impl Broken {
    fn add(&self, at: usize) {
        self.places.borrow_mut().push(at);
        self.is_lost.set(true);
    }
}

/// Builds the tree from the events of a sound text. On a broken one it keeps going, without care.
struct Builder<'t> {
    text: &'t str,
    /// Where the piece starts that the events are about.
    base: usize,
    out: Assembly,
    broken: &'t Broken,
    header: Option<(Span, bool)>,
    /// The keys read last: of the header that is open, or of the next value.
    keys: Vec<Key>,
    open: Vec<Open>,
    /// Key segments and brackets that enclose the next value.
    depth: usize,
}

/// A bracket that is open, and the keys that wait for its value.
struct Open {
    span: Span,
    keys: Vec<Key>,
    kind: Inside,
}

enum Inside {
    Array(Vec<Value>),
    Table(Entries),
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, base: usize, broken: &'t Broken) -> Self {
        Self {
            text,
            base,
            out: Assembly::default(),
            broken,
            header: None,
            keys: Vec::new(),
            open: Vec::new(),
            depth: 0,
        }
    }

    /// Enters a bracket, unless that goes too deep or makes no sense any more.
    fn open(&mut self, span: toml_parser::Span, kind: Inside) -> bool {
        let span = self.place(span);
        if self.depth + self.keys.len() >= MAX_DEPTH {
            self.broken.add(span.start);
        }
        if self.broken.is_lost.get() {
            return false;
        }
        let keys = std::mem::take(&mut self.keys);
        self.depth += 1 + keys.len();
        self.open.push(Open { span, keys, kind });
        true
    }

    fn close(&mut self, span: toml_parser::Span) {
        if self.broken.is_lost.get() {
            return;
        }
        let Some(open) = self.open.pop() else {
            return;
        };
        self.depth -= 1 + open.keys.len();
        let span = open.span.to(self.place(span));
        let kind = match open.kind {
            Inside::Array(values) => ValueKind::Array(values),
            Inside::Table(entries) => ValueKind::Table(Table {
                entries: entries.finish(),
                span,
            }),
        };
        self.keys = open.keys;
        self.value(Value { kind, span });
    }

    fn value(&mut self, value: Value) {
        let keys = std::mem::take(&mut self.keys);
        match self.open.last_mut().map(|open| &mut open.kind) {
            Some(Inside::Array(values)) => values.push(value),
            Some(Inside::Table(entries)) => entries.add(keys, value),
            None => self.out.entry(keys, value),
        }
    }

    /// Starts afresh: a header ends whatever was broken before it.
    fn begin_header(&mut self, span: toml_parser::Span, is_array: bool) {
        self.keys.clear();
        self.open.clear();
        self.depth = 0;
        self.broken.is_lost.set(false);
        self.header = Some((self.place(span), is_array));
    }

    fn header(&mut self, span: toml_parser::Span) {
        let path = std::mem::take(&mut self.keys);
        if let Some((open, is_array)) = self.header.take() {
            let span = open.to(self.place(span));
            self.out.header(path, span, is_array);
        }
    }

    /// The token at `span` if it is whole and something can come of it.
    fn token(&self, span: Span, encoding: Option<Encoding>) -> Option<&'t str> {
        if self.broken.is_lost.get() {
            return None;
        }
        let raw = &self.text[span.range()];
        let is_whole = encoding.is_none_or(|encoding| strings::is_terminated(raw, encoding));
        if raw.is_empty() || !is_whole || self.depth + self.keys.len() > MAX_DEPTH {
            self.broken.add(span.start);
            return None;
        }
        Some(raw)
    }

    fn place(&self, span: toml_parser::Span) -> Span {
        Span::new(self.base + span.start(), self.base + span.end())
    }

    fn report(&mut self, error: Option<SyntaxError>) {
        self.out.errors.extend(error);
    }
}

impl EventReceiver for Builder<'_> {
    fn std_table_open(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.begin_header(span, false);
    }

    fn std_table_close(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.header(span);
    }

    fn array_table_open(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.begin_header(span, true);
    }

    fn array_table_close(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.header(span);
    }

    fn inline_table_open(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        self.open(span, Inside::Table(Entries::default()))
    }

    fn inline_table_close(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.close(span);
    }

    fn array_open(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        self.open(span, Inside::Array(Vec::new()))
    }

    fn array_close(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.close(span);
    }

    fn simple_key(
        &mut self,
        span: toml_parser::Span,
        encoding: Option<Encoding>,
        _: &mut dyn ErrorSink,
    ) {
        let span = self.place(span);
        let Some(raw) = self.token(span, encoding) else {
            return;
        };
        let (key, error) = scalars::key(raw, span.start, encoding);
        self.keys.push(key);
        self.report(error);
    }

    fn scalar(
        &mut self,
        span: toml_parser::Span,
        encoding: Option<Encoding>,
        _: &mut dyn ErrorSink,
    ) {
        let span = self.place(span);
        let Some(raw) = self.token(span, encoding) else {
            return;
        };
        let (kind, error) = match encoding {
            Some(encoding) => {
                let (string, error) = strings::decode(raw, span.start, encoding);
                (ValueKind::String(string), error)
            }
            None => scalars::bare(raw, span.start),
        };
        self.report(error);
        self.value(Value { kind, span });
    }
}

//! The way of a sound text: the events of `toml_parser` make the tree directly, and the
//! specification's answer is final. The same pass over a broken text tells where it is broken, and
//! everything it understood of the other tables is kept (`recover.rs`).

use toml_parser::decoder::Encoding;
use toml_parser::lexer::TokenKind;
use toml_parser::parser::{EventReceiver, RecursionGuard, parse_document};
use toml_parser::{ErrorSink, ParseError, Source};

use super::assembly::{Assembly, Entries, MAX_DEPTH};
use super::tree::{Key, SyntaxError, Table, Tree, Value, ValueKind};
use super::{duplicates, errors, recover, scalars, strings};
use crate::span::Span;

/// Parses `text`, whatever it is: every part of it that can be understood has its place in the tree,
/// and the rest is reported.
pub fn parse(text: &str) -> Tree {
    let sound = first_pass(text);
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

pub(super) fn first_pass(text: &str) -> FirstPass {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut builder = Builder::new(text);
    for token in &tokens {
        if matches!(token.kind(), TokenKind::Comment | TokenKind::Newline) {
            let span = token.span();
            let raw = &text[span.start()..span.end()];
            builder
                .out
                .errors
                .extend(errors::in_trivia(raw, span.start()));
        }
    }
    let mut broken = Vec::new();
    let mut sink = |error: ParseError| broken.push(place(&error));
    let mut guard = RecursionGuard::new(&mut builder, MAX_DEPTH as u32);
    parse_document(&tokens, &mut guard, &mut sink);
    broken.append(&mut builder.broken);
    broken.sort_unstable();
    FirstPass {
        tree: builder.out.finish(),
        broken,
    }
}

/// How many lines of `text` are broken.
pub(super) fn count_broken(text: &str) -> usize {
    let broken = first_pass(text).broken;
    let line = |at: usize| text[..at.min(text.len())].rfind('\n');
    let mut lines: Vec<_> = broken.into_iter().map(line).collect();
    lines.dedup();
    lines.len()
}

fn place(error: &ParseError) -> usize {
    let span = error.unexpected().or(error.context());
    span.map_or(0, |span| span.start())
}

/// Builds the tree from the events of a sound text. On a broken one it keeps going, without care.
struct Builder<'t> {
    text: &'t str,
    out: Assembly,
    broken: Vec<usize>,
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
    fn new(text: &'t str) -> Self {
        Self {
            text,
            out: Assembly::default(),
            broken: Vec::new(),
            header: None,
            keys: Vec::new(),
            open: Vec::new(),
            depth: 0,
        }
    }

    fn open(&mut self, span: toml_parser::Span, kind: Inside) {
        let keys = std::mem::take(&mut self.keys);
        self.depth += 1 + keys.len();
        self.open.push(Open {
            span: convert(span),
            keys,
            kind,
        });
    }

    fn close(&mut self, span: toml_parser::Span) {
        let Some(open) = self.open.pop() else {
            return;
        };
        self.depth -= 1 + open.keys.len();
        let span = open.span.to(convert(span));
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
        self.header = Some((convert(span), is_array));
    }

    fn header(&mut self, span: toml_parser::Span) {
        let path = std::mem::take(&mut self.keys);
        if let Some((open, is_array)) = self.header.take() {
            self.out.header(path, open.to(convert(span)), is_array);
        }
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
        self.open(span, Inside::Table(Entries::default()));
        true
    }

    fn inline_table_close(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.close(span);
    }

    fn array_open(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        self.open(span, Inside::Array(Vec::new()));
        true
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
        let raw = &self.text[span.start()..span.end()];
        let closed = encoding.is_none_or(|encoding| strings::is_terminated(raw, encoding));
        if raw.is_empty() || !closed || self.depth + self.keys.len() >= MAX_DEPTH {
            self.broken.push(span.start());
            return;
        }
        let (key, error) = scalars::key(raw, span.start(), encoding);
        self.keys.push(key);
        self.report(error);
    }

    fn scalar(
        &mut self,
        span: toml_parser::Span,
        encoding: Option<Encoding>,
        _: &mut dyn ErrorSink,
    ) {
        let raw = &self.text[span.start()..span.end()];
        let closed = encoding.is_none_or(|encoding| strings::is_terminated(raw, encoding));
        if raw.is_empty() || !closed {
            self.broken.push(span.start());
            self.keys.clear();
            return;
        }
        let (kind, error) = match encoding {
            Some(encoding) => {
                let (string, error) = strings::decode(raw, span.start(), encoding);
                (ValueKind::String(string), error)
            }
            None => scalars::bare(raw, span.start()),
        };
        self.report(error);
        self.value(Value {
            kind,
            span: convert(span),
        });
    }
}

fn convert(span: toml_parser::Span) -> Span {
    Span::new(span.start(), span.end())
}

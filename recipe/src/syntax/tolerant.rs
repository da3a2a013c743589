//! Parses broken statements: whatever stands there, it makes something of it, says once a line what
//! is wrong, and leaves a place for what is missing.

mod cursor;
mod values;

use toml_parser::Source;
use toml_parser::decoder::Encoding;
use toml_parser::lexer::{Token, TokenKind};

use super::assembly::{Assembly, MAX_DEPTH};
use super::tree::{Key, SyntaxError, Value, ValueKind};
use super::{scalars, strings};
use crate::span::Span;

/// The parser of a piece of the text.
pub(super) struct Tolerant<'t, 'o> {
    text: &'t str,
    /// Where the piece starts in the text.
    base: usize,
    /// The tokens of the piece; the last is the end.
    tokens: Vec<Token>,
    next: usize,
    out: &'o mut Assembly,
    /// The brackets that are open.
    open: Vec<TokenKind>,
    depth: usize,
    /// Where the last error of the statement is: a second one on that line would only confuse.
    told: Option<usize>,
    /// Whether a string that is not closed has swallowed brackets and commas: what seems to be
    /// missing then is in it.
    swallowed: bool,
}

impl<'t, 'o> Tolerant<'t, 'o> {
    /// A parser of `text[start..end]`.
    pub(super) fn new(text: &'t str, start: usize, end: usize, out: &'o mut Assembly) -> Self {
        Self {
            text,
            base: start,
            tokens: Source::new(&text[start..end]).lex().into_vec(),
            next: 0,
            out,
            open: Vec::new(),
            depth: 0,
            told: None,
            swallowed: false,
        }
    }

    /// Parses all there is.
    pub(super) fn statements(mut self) {
        loop {
            self.skip(&[
                TokenKind::Whitespace,
                TokenKind::Newline,
                TokenKind::Comment,
            ]);
            self.told = None;
            self.swallowed = false;
            let junk = match self.kind() {
                TokenKind::Eof => return,
                TokenKind::LeftSquareBracket => self.header(),
                kind if begins_key(kind) => self.entry(),
                _ => "a line starts with a key or a header",
            };
            self.rest_of_line(junk);
        }
    }

    /// `[a.b]` or `[[a.b]]`. Returns what to say about anything that follows on the line.
    fn header(&mut self) -> &'static str {
        let start = self.span();
        self.advance();
        let is_array = self.kind() == TokenKind::LeftSquareBracket;
        let mut span = start;
        if is_array {
            span = start.to(self.span());
            self.advance();
        }
        let path = self.keys();
        span = path.iter().fold(span, |span, key| span.to(key.span));
        self.skip_blanks();
        let wanted = 1 + usize::from(is_array);
        let mut closed = 0;
        while closed < wanted && self.kind() == TokenKind::RightSquareBracket {
            span = span.to(self.span());
            self.advance();
            closed += 1;
        }
        if closed < wanted {
            let missing = if is_array { "]]" } else { "]" };
            self.tell(SyntaxError::new(
                format!("this header is not closed: it ends with '{missing}'"),
                span,
            ));
        } else if path.iter().all(|key| key.span.is_empty()) {
            self.tell(SyntaxError::new(
                "this header has no name: write one between the brackets",
                span,
            ));
        }
        self.out.header(path, span, is_array);
        "a header stands alone on its line"
    }

    /// `key = value`.
    fn entry(&mut self) -> &'static str {
        let (keys, value) = self.pair();
        self.out.entry(keys, value);
        "a line holds one key and one value"
    }

    /// A key and its value, wherever they stand.
    fn pair(&mut self) -> (Vec<Key>, Value) {
        let keys = match self.kind() {
            TokenKind::Equals => {
                let span = self.span();
                self.tell(SyntaxError::new("a key is missing before this '='", span));
                vec![nameless(span.start)]
            }
            _ => self.keys(),
        };
        let written = keys
            .iter()
            .map(|key| key.span)
            .reduce(Span::to)
            .unwrap_or_else(|| self.span());
        self.skip_blanks();
        self.depth += keys.len();
        let value = self.after_key(written);
        self.depth -= keys.len();
        (keys, value)
    }

    /// `= value` after the key at `key`.
    fn after_key(&mut self, key: Span) -> Value {
        let name = scalars::quoted(&self.text[key.range()]);
        match self.kind() {
            TokenKind::Equals => {
                let written = key.to(self.span());
                self.advance();
                self.skip_to_value();
                let value = self.value();
                if matches!(value.kind, ValueKind::Missing) && value.span.is_empty() {
                    let message = match key.is_empty() {
                        true => "expected a key before '=' and a value after it".to_owned(),
                        false => format!("expected a value for the key {name} after '='"),
                    };
                    self.tell(SyntaxError::new(message, written));
                }
                value
            }
            kind if kind.encoding().is_some() || opens(kind) => {
                let message = format!("expected '=' between the key {name} and its value");
                self.tell(SyntaxError::new(message, key.to(self.span())));
                self.value()
            }
            _ => {
                let message = format!("expected '=' and a value after the key {name}");
                self.tell(SyntaxError::new(message, key));
                missing(key.end)
            }
        }
    }

    /// Goes to the value after a `=`: inside brackets it may stand on the next line, unless what
    /// stands there is the next key.
    fn skip_to_value(&mut self) {
        self.skip_blanks();
        while self.kind() == TokenKind::Equals {
            let span = self.span();
            self.tell(SyntaxError::new("one '=' is enough", span));
            self.advance();
            self.skip_blanks();
        }
        if self.open.is_empty() {
            return;
        }
        let blank = |kind: &TokenKind| matches!(kind, TokenKind::Whitespace | TokenKind::Newline);
        let mut there = self.tokens[self.next..]
            .iter()
            .map(Token::kind)
            .skip_while(blank);
        let is_value = there.next().is_some_and(begins_value);
        let in_key = |kind: &TokenKind| {
            matches!(
                kind,
                TokenKind::Whitespace | TokenKind::Dot | TokenKind::Atom
            )
        };
        let is_key = there.find(|kind| !in_key(kind)) == Some(TokenKind::Equals);
        if is_value && !is_key {
            self.skip(&[TokenKind::Whitespace, TokenKind::Newline]);
        }
    }

    /// The segments of a key. Where one is missing there is an empty one.
    fn keys(&mut self) -> Vec<Key> {
        let mut keys = Vec::new();
        loop {
            self.skip_blanks();
            let span = self.span();
            let encoding = self.kind().encoding();
            match self.kind() {
                _ if self.depth + self.open.len() + keys.len() >= MAX_DEPTH => {
                    self.tell(SyntaxError::new("this key has too many parts", span));
                    self.advance_key();
                }
                TokenKind::Atom => {
                    self.key(&mut keys, span, None);
                }
                _ if encoding.is_some() => {
                    let span = encoding.map_or(span, |encoding| self.string_span(encoding));
                    self.key(&mut keys, span, encoding);
                }
                _ => {
                    let at = match keys.is_empty() {
                        true => span.start,
                        false => self.last_end(),
                    };
                    keys.push(nameless(at));
                    let is_half_header = self.kind() != TokenKind::Dot && keys.len() == 1;
                    if !is_half_header {
                        let message =
                            "a part of this key is missing: write a name on both sides of '.'";
                        let whole = keys[0].span.to(Span::at(at));
                        self.tell(SyntaxError::new(message, whole));
                    }
                }
            }
            let back = self.next;
            self.skip_blanks();
            if self.kind() != TokenKind::Dot {
                self.next = back;
                return keys;
            }
            self.advance();
        }
    }

    fn key(&mut self, keys: &mut Vec<Key>, span: Span, encoding: Option<Encoding>) {
        let (key, error) = scalars::key(&self.text[span.range()], span.start, encoding);
        error.into_iter().for_each(|error| self.tell(error));
        keys.push(key);
        self.advance();
    }

    fn advance_key(&mut self) {
        if begins_key(self.kind()) && !matches!(self.kind(), TokenKind::Dot | TokenKind::Equals) {
            self.advance();
        }
    }

    /// Where the string token that is next stands; says so if it is not closed.
    fn string_span(&mut self, encoding: Encoding) -> Span {
        let token = self.span();
        let raw = strings::trimmed(&self.text[token.range()], encoding);
        let span = Span::new(token.start, token.start + raw.len());
        if !strings::is_terminated(raw, encoding) {
            let quotes = strings::closing(encoding);
            let (message, span) = match quotes.len() {
                1 => (
                    format!("this string is not closed: add a {quotes} before the end of the line"),
                    span,
                ),
                width => (
                    format!("this string is not closed: add {quotes} where it ends"),
                    Span::new(span.start, span.start + width),
                ),
            };
            self.tell(SyntaxError::new(message, span));
            self.swallowed = true;
        }
        span
    }

    /// Skips what still stands on the line and says `why` it does not belong there.
    fn rest_of_line(&mut self, why: &str) {
        self.skip_blanks();
        let start = self.span();
        let mut junk: Option<Span> = None;
        while !matches!(
            self.kind(),
            TokenKind::Newline | TokenKind::Comment | TokenKind::Eof
        ) {
            if self.kind() != TokenKind::Whitespace {
                junk = Some(start.to(self.span()));
            }
            self.advance();
        }
        if let Some(span) = junk {
            let shown = scalars::quoted(&self.text[span.range()]);
            let message = format!("{shown} does not belong here: {why}");
            self.tell(SyntaxError::new(message, span));
        }
    }
}

fn begins_key(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Atom | TokenKind::Dot | TokenKind::Equals)
        || kind.encoding().is_some()
}

fn begins_value(kind: TokenKind) -> bool {
    opens(kind) || (begins_key(kind) && kind != TokenKind::Equals)
}

fn opens(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket
    )
}

fn nameless(at: usize) -> Key {
    Key {
        name: String::new(),
        span: Span::at(at),
    }
}

fn missing(at: usize) -> Value {
    Value {
        kind: ValueKind::Missing,
        span: Span::at(at),
    }
}

//! Values of broken statements.

use toml_parser::decoder::Encoding;
use toml_parser::lexer::{Token, TokenKind};

use super::{Tolerant, missing, opens};
use crate::span::Span;
use crate::syntax::assembly::{Entries, MAX_DEPTH};
use crate::syntax::tree::{SyntaxError, Table, Value, ValueKind};
use crate::syntax::{scalars, strings};

impl Tolerant<'_, '_> {
    /// A value; nothing is told and nothing consumed if there is none.
    pub(super) fn value(&mut self) -> Value {
        let span = self.span();
        match self.kind() {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket
                if self.depth + self.open.len() >= MAX_DEPTH =>
            {
                self.tell(SyntaxError::new(
                    "this is nested too deep to be understood",
                    span,
                ));
                self.next = self.tokens.len() - 1;
                missing(span.start)
            }
            TokenKind::LeftSquareBracket => self.array(),
            TokenKind::LeftCurlyBracket => self.inline_table(),
            TokenKind::Atom | TokenKind::Dot => self.bare(),
            kind => match kind.encoding() {
                Some(encoding) => self.string(encoding),
                None => missing(span.start),
            },
        }
    }

    fn string(&mut self, encoding: Encoding) -> Value {
        let span = self.string_span(encoding);
        let raw = &self.text[span.range()];
        let (string, error) = strings::decode(raw, span.start, encoding);
        self.advance();
        error.into_iter().for_each(|error| self.tell(error));
        Value {
            kind: ValueKind::String(string),
            span,
        }
    }

    /// A value without quotes, with the words that follow it.
    fn bare(&mut self) -> Value {
        let mut span = self.span();
        self.advance();
        loop {
            match self.kind() {
                TokenKind::Atom | TokenKind::Dot => {}
                TokenKind::Whitespace if self.word_follows() => self.advance(),
                _ => break,
            }
            span = span.to(self.span());
            self.advance();
        }
        let (kind, error) = scalars::bare(&self.text[span.range()], span.start);
        error.into_iter().for_each(|error| self.tell(error));
        Value { kind, span }
    }

    /// Whether another word of a value follows the blank that is next, and not the next key.
    fn word_follows(&self) -> bool {
        let mut after = self.tokens[self.next + 1..].iter().map(Token::kind);
        after.next() == Some(TokenKind::Atom)
            && after.find(|kind| *kind != TokenKind::Whitespace) != Some(TokenKind::Equals)
    }

    fn array(&mut self) -> Value {
        let opening = self.span();
        self.open.push(self.kind());
        self.advance();
        let mut values = Vec::new();
        let mut needs_comma = false;
        let mut is_closed = false;
        while !is_closed && self.goes_on() {
            let span = self.span();
            match self.kind() {
                TokenKind::RightSquareBracket => is_closed = true,
                TokenKind::Comma => {
                    if !needs_comma {
                        self.tell(SyntaxError::new("a value is missing before this ','", span));
                    }
                    needs_comma = false;
                    self.advance();
                }
                TokenKind::Equals | TokenKind::RightCurlyBracket => {
                    let found = &self.text[span.range()];
                    let message = format!("'{found}' cannot stand in an array");
                    self.tell(SyntaxError::new(message, span));
                    self.advance();
                }
                _ => {
                    if needs_comma {
                        self.tell(SyntaxError::new("a ',' is missing before this value", span));
                    }
                    values.push(self.value());
                    needs_comma = true;
                }
            }
        }
        let inner = values.last().map(|value| value.span);
        let span = self.close(opening, inner, is_closed, "]");
        Value {
            kind: ValueKind::Array(values),
            span,
        }
    }

    fn inline_table(&mut self) -> Value {
        let opening = self.span();
        self.open.push(self.kind());
        self.advance();
        let mut entries = Entries::default();
        let mut needs_comma = false;
        let mut is_closed = false;
        while !is_closed && self.goes_on() {
            let span = self.span();
            match self.kind() {
                TokenKind::RightCurlyBracket => is_closed = true,
                TokenKind::Comma => {
                    if !needs_comma {
                        let message = "a key and a value are missing before this ','";
                        self.tell(SyntaxError::new(message, span));
                    }
                    needs_comma = false;
                    self.advance();
                }
                TokenKind::RightSquareBracket => {
                    self.tell(SyntaxError::new("this ']' closes nothing", span));
                    self.advance();
                }
                kind if opens(kind) => {
                    self.tell(SyntaxError::new("a key is missing before this value", span));
                    self.value();
                    needs_comma = true;
                }
                _ => {
                    if needs_comma {
                        self.tell(SyntaxError::new("a ',' is missing before this key", span));
                    }
                    let (keys, value) = self.pair();
                    entries.add(keys, value);
                    needs_comma = true;
                }
            }
        }
        let entries = entries.finish();
        let inner = entries.iter().map(|entry| entry.span).reduce(Span::to);
        let span = self.close(opening, inner, is_closed, "}");
        Value {
            kind: ValueKind::Table(Table { entries, span }),
            span,
        }
    }

    /// Goes to the next thing inside brackets. False at the end of the piece, and before a bracket
    /// that closes an outer one.
    fn goes_on(&mut self) -> bool {
        self.skip(&[
            TokenKind::Whitespace,
            TokenKind::Newline,
            TokenKind::Comment,
        ]);
        let outer = &self.open[..self.open.len() - 1];
        match (self.kind(), self.open.last()) {
            (TokenKind::Eof, _) => false,
            (TokenKind::RightSquareBracket, Some(TokenKind::LeftCurlyBracket)) => {
                !outer.contains(&TokenKind::LeftSquareBracket)
            }
            (TokenKind::RightCurlyBracket, Some(TokenKind::LeftSquareBracket)) => {
                !outer.contains(&TokenKind::LeftCurlyBracket)
            }
            _ => true,
        }
    }

    /// Ends the brackets that were opened at `opening` and hold `inner`, and tells what they cover.
    fn close(
        &mut self,
        opening: Span,
        inner: Option<Span>,
        is_closed: bool,
        bracket: &str,
    ) -> Span {
        self.open.pop();
        if is_closed {
            let span = opening.to(self.span());
            self.advance();
            return span;
        }
        let what = if bracket == "]" {
            "array"
        } else {
            "inline table"
        };
        let end = self.last_end().max(opening.end);
        self.tell(
            SyntaxError::new(
                format!("this {what} is not closed: add a '{bracket}'"),
                opening,
            )
            .related(Span::at(end), format!("'{bracket}' expected here")),
        );
        let span = Span::new(opening.start, end);
        inner.map_or(span, |inner| span.to(inner))
    }
}

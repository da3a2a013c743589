//! Where the parser stands among its tokens, and what it has told.

use toml_parser::lexer::TokenKind;

use super::Tolerant;
use crate::span::Span;
use crate::syntax::errors;
use crate::syntax::tree::SyntaxError;

impl Tolerant<'_, '_> {
    /// Reports an error, unless it only follows from one that is reported.
    pub(super) fn tell(&mut self, error: SyntaxError) {
        let at = error.span.start;
        let same_line = self
            .told
            .is_some_and(|told| !self.text[told.min(at)..told.max(at)].contains('\n'));
        if same_line || self.swallowed {
            return;
        }
        self.told = Some(error.span.end);
        self.out.errors.push(error);
    }

    pub(super) fn kind(&self) -> TokenKind {
        self.tokens[self.next].kind()
    }

    /// Where the next token stands in the text.
    pub(super) fn span(&self) -> Span {
        let span = self.tokens[self.next].span();
        Span::new(self.base + span.start(), self.base + span.end())
    }

    /// Where the last thing before the next token ends that is more than a blank or a comment.
    pub(super) fn last_end(&self) -> usize {
        let last = self.tokens[..self.next].iter().rfind(|token| {
            !matches!(
                token.kind(),
                TokenKind::Whitespace | TokenKind::Newline | TokenKind::Comment
            )
        });
        self.base + last.map_or(0, |token| token.span().end())
    }

    pub(super) fn advance(&mut self) {
        self.next = (self.next + 1).min(self.tokens.len() - 1);
    }

    pub(super) fn skip_blanks(&mut self) {
        self.skip(&[TokenKind::Whitespace]);
    }

    /// Skips tokens of those kinds, looking into comments and line breaks.
    pub(super) fn skip(&mut self, kinds: &[TokenKind]) {
        while kinds.contains(&self.kind()) {
            let span = self.span();
            if self.kind() != TokenKind::Whitespace {
                let raw = &self.text[span.range()];
                self.out.errors.extend(errors::in_trivia(raw, span.start));
            }
            self.advance();
        }
    }
}

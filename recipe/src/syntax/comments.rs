//! Comments, for those that say something to us.

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use crate::span::Span;

/// The comments of `text` that contain `word`, with their `#`. A text without the word costs one look.
pub fn comments_with(text: &str, word: &str) -> Vec<Span> {
    if !text.contains(word) {
        return Vec::new();
    }
    let tokens = Source::new(text).lex();
    let comments = tokens.filter(|token| token.kind() == TokenKind::Comment);
    comments
        .map(|token| Span::new(token.span().start(), token.span().end()))
        .filter(|span| text[span.range()].contains(word))
        .collect()
}

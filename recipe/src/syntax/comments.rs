//! Comments, for those that say something to us.

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use super::Tree;
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

/// The same where `tree` is the tree of `text`: only those tables are read in which the word stands.
pub fn comments_of(text: &str, tree: &Tree, word: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find(word) {
        let table = tree.table_at(at + next);
        let start = table.map_or(0, |table| tree.tables[table].header.start);
        let next = tree.tables.get(table.map_or(0, |table| table + 1));
        at = next.map_or(text.len(), |next| next.header.start);
        let comments = comments_with(&text[start..at], word).into_iter();
        found.extend(comments.map(|it| Span::new(start + it.start, start + it.end)));
    }
    found
}

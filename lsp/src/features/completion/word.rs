//! What a picked word replaces in a string, and how it is spelled there.

use recipe::Span;
use recipe::cursor::Quotes;
use recipe::replace::escaped;

/// What of the string is replaced where it is one name as a whole: all of it, or as much as can be meant where
/// nobody closed it.
pub(super) fn name_around(text: &str, quotes: &Quotes, offset: usize) -> Span {
    match quotes.closed && !quotes.multiline {
        true => quotes.content,
        false => word_around(text, quotes, offset),
    }
}

/// The word around the cursor.
pub(super) fn word_around(text: &str, quotes: &Quotes, offset: usize) -> Span {
    let is_word = |c: char| c.is_alphanumeric() || "_-.${}:@/".contains(c);
    let before = &text[quotes.content.start..offset];
    let after = &text[offset..until(text, quotes).max(offset)];
    let start = offset - (before.len() - before.trim_end_matches(is_word).len());
    let end = offset + (after.len() - after.trim_start_matches(is_word).len());
    Span::new(start, end)
}

/// Where a string ends: of one that nobody closed, what closes the tables and arrays around it is no part.
pub(super) fn until(text: &str, quotes: &Quotes) -> usize {
    let content = &text[quotes.content.range()];
    if quotes.closed || quotes.multiline {
        return quotes.content.end;
    }
    let kept = content.trim_end_matches([' ', '\t', ',', '}', ']']);
    let rest = &content[kept.len()..];
    // The brace of a reference is its own.
    let own = usize::from(rest.starts_with('}') && kept.contains("${"));
    quotes.content.start + kept.len() + own
}

/// The closing quote, where it is missing and nothing else of the string follows.
pub(super) fn closing(text: &str, quotes: &Quotes, end: usize) -> &'static str {
    let limit = until(text, quotes);
    let rest = &text[end.min(limit)..limit];
    match quotes.closed || quotes.multiline || !rest.trim().is_empty() {
        true => "",
        false if quotes.literal => "'",
        false => "\"",
    }
}

/// A name as it is written between these quotes; nothing if it cannot be.
pub(super) fn spelled(name: &str, quotes: &Quotes) -> Option<String> {
    match quotes.literal {
        true => (!name.contains('\'')).then(|| name.to_owned()),
        false => Some(escaped(name)),
    }
}

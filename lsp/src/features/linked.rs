//! Linked editing: while an id or a variable's key is typed anew where it is defined, all that
//! refers to it follows.
//!
//! Only there: who types in a reference means another name, not a new one. Names that other recipes
//! share are left to rename, which reaches those too.

use recipe::symbol::{Access, SymbolKind, occurrences, symbol_at};
use recipe::{Analysis, Span};

/// The places that change together with the one at `offset`, which is among them.
pub(crate) fn linked(analysis: &Analysis, offset: usize) -> Vec<Span> {
    let Some((symbol, here)) = symbol_at(analysis, offset) else {
        return Vec::new();
    };
    let places = occurrences(analysis, &symbol);
    let is_definition = places
        .iter()
        .any(|it| it.span == here && it.access == Access::Define);
    let is_local = matches!(symbol.kind, SymbolKind::Step | SymbolKind::Variable);
    // Escapes would make places of different lengths of one name.
    let is_verbatim = |span: &Span| analysis.text[span.range()] == symbol.name;
    let spans: Vec<Span> = places.iter().map(|it| it.span).collect();
    match is_definition && is_local && spans.len() > 1 && spans.iter().all(is_verbatim) {
        true => spans,
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::at_cursor;

    fn check(text: &str) -> usize {
        let (analysis, offset) = at_cursor(text);
        linked(&analysis, offset).len()
    }

    #[test]
    fn what_is_defined_takes_its_references_along() {
        assert_eq!(
            check("[[step]]\nid = 'a$0'\n[[step]]\ndepends_on = ['a']\n"),
            2
        );
        assert_eq!(
            check("[[step]]\nid = 'a'\n[[step]]\ndepends_on = ['a$0']\n"),
            0
        );
        assert_eq!(check("[variables]\n$0v = 'x'\nw = '${v}'\n"), 2);
        assert_eq!(check("[variables]\n$0v = 'x'\n"), 0, "alone");
        assert_eq!(
            check("[variables]\nv$0 = 'x'\n[[step]]\nset_var = { name = \"\\u0076\", value = '' }"),
            0
        );
        assert_eq!(check("[variables]\na = '${secret:x$0}${secret:x}'\n"), 0);
    }
}

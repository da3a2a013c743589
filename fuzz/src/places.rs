//! Places that are said of a text lie in it.

use recipe::Span;

/// Panics unless `span` lies inside `parent`, on character borders of `text`.
#[track_caller]
pub(crate) fn inside(text: &str, span: Span, parent: Span) {
    assert!(span.start <= span.end, "{span:?} is turned round");
    assert!(parent.covers(span), "{span:?} is outside {parent:?}");
    assert!(
        text.get(span.range()).is_some(),
        "{span:?} cuts a character"
    );
}

/// The span of all of `text`.
pub(crate) fn whole(text: &str) -> Span {
    Span::new(0, text.len())
}

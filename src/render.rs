//! A diagnostic as people read it: what is wrong, the lines it is about, and what helps.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use recipe::Span;
use recipe::diagnostic::{Diagnostic, Severity};
use runner::visible::{escaped, is_hostile};

/// Whoever reads of a circle of thousands of steps is served with its beginning.
const MOST_RELATED: usize = 12;

/// The diagnostic with its lines of `text`, coloured; print it through `anstream`.
pub(crate) fn render(path: &str, text: &str, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
        Severity::Hint => Level::NOTE.with_name("hint"),
    };
    // Only the lines that matter: the renderer reads all that it is given.
    let (shown, rest) = diagnostic
        .related
        .split_at(diagnostic.related.len().min(MOST_RELATED));
    let all = shown
        .iter()
        .map(|related| related.span)
        .fold(diagnostic.span, Span::to);
    let start = text[..all.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[all.end..]
        .find('\n')
        .map_or(text.len(), |at| all.end + at);
    let moved = |span: Span| span.start - start..span.end - start;

    // A related place that is the place itself says more about it.
    let (same, others): (Vec<_>, Vec<_>) = shown
        .iter()
        .partition(|related| related.span == diagnostic.span);
    let label = same.first().map(|related| escaped(&related.message));
    let primary = AnnotationKind::Primary
        .span(moved(diagnostic.span))
        .label(label);
    let related = others.into_iter().map(|related| {
        AnnotationKind::Context
            .span(moved(related.span))
            .label(escaped(&related.message))
    });
    let snippet = Snippet::source(printable(&text[start..end]))
        .path(escaped(path))
        .line_start(text[..start].matches('\n').count() + 1)
        .annotation(primary)
        .annotations(related);
    let more =
        (!rest.is_empty()).then(|| Level::NOTE.message(format!("and {} places more", rest.len())));
    let page = format!("doppio explain {}", diagnostic.code);
    let help = match diagnostic.fixes.first() {
        Some(fix) => format!("{} (more: {page})", escaped(&fix.title)),
        None => format!("more: {page}"),
    };
    let group = level
        .primary_title(escaped(&diagnostic.message))
        .id(diagnostic.code)
        .element(snippet)
        .elements(more)
        .element(Level::HELP.message(help));
    Renderer::styled().render(&[group])
}

/// `text` with nothing in it that a terminal obeys or that hides what is written. Every character keeps
/// its length, so that ranges stay right; the renderer itself makes the one-byte controls visible.
fn printable(text: &str) -> String {
    let shown = |c: char| match (is_hostile(c), c.len_utf8()) {
        (true, 2) => '\u{b7}',
        (true, 3) => '\u{fffd}',
        (true, 4) => '\u{1f6ab}',
        _ => c,
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_keeps_its_length() {
        for c in ['\u{85}', '\u{9b}', '\u{202e}', '\u{2066}', '\u{e0041}'] {
            let text = format!("a{c}b");
            let shown = printable(&text);
            assert_eq!(
                (shown.len(), shown.contains(c)),
                (text.len(), false),
                "{c:?}"
            );
            assert!(!escaped(&text).contains(c));
        }
        assert_eq!(printable("é→\t"), "é→\t");
    }
}

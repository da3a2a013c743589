//! What is shown of a recipe, without its credentials.

use std::borrow::Cow;

use super::scan;
use crate::analysis::Analysis;
use crate::diagnostic::Diagnostic;
use crate::span::Span;

/// Hides the credentials of one recipe in whatever is shown of it. Nothing that comes from a recipe is
/// shown otherwise, cut short neither: half a credential is one for whoever has the other half.
pub struct Mask {
    /// As they are written and as they are read, the longest first.
    values: Vec<String>,
}

impl Mask {
    pub(crate) fn of(analysis: &Analysis) -> Self {
        let mut values = Vec::new();
        analysis.each_credential(&mut |span| values.extend(readings(analysis, span)));
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        Self { values }
    }

    /// `text` with `*` for every byte of a credential; its lines stay.
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut shown = Cow::Borrowed(text);
        for value in self.values.iter().filter(|value| text.contains(*value)) {
            shown = Cow::Owned(shown.replace(value, &stars(value)));
        }
        shown
    }

    /// Whether a credential is in `text`.
    pub fn hides(&self, text: &str) -> bool {
        self.values.iter().any(|value| text.contains(value))
    }

    /// The same for all that is said in `diagnostics`. Their edits are the text's own affair.
    pub(crate) fn hide_in(&self, diagnostics: &mut [Diagnostic]) {
        let hide = |text: &mut String| {
            if let Cow::Owned(shown) = self.hide(text) {
                *text = shown;
            }
        };
        for diagnostic in diagnostics.iter_mut().filter(|_| !self.values.is_empty()) {
            hide(&mut diagnostic.message);
            let related = diagnostic.related.iter_mut();
            related.for_each(|related| hide(&mut related.message));
            diagnostic
                .fixes
                .iter_mut()
                .for_each(|fix| hide(&mut fix.title));
        }
    }
}

/// `text` with `*` for every byte of a credential, for whatever shows lines of a recipe to people.
pub fn masked(text: &str) -> String {
    masked_if(text, |_| true)
}

/// The same for what a person is asked to approve: of a credential that a shell could take for more than a
/// word everything stays, since it may be none but what is to be run.
pub fn masked_words(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-+/=.@".contains(c);
    masked_if(text, |value| value.chars().all(is_plain))
}

fn masked_if(text: &str, hides: impl Fn(&str) -> bool) -> String {
    let mut masked = text.to_owned();
    for credential in scan(text) {
        let range = credential.span.range();
        let value = &text[range.clone()];
        if hides(value) {
            masked.replace_range(range, &stars(value));
        }
    }
    masked
}

fn stars(value: &str) -> String {
    let star = |byte| if byte == b'\n' { '\n' } else { '*' };
    value.bytes().map(star).collect()
}

/// What stands at `span`, and what that is with its escapes read.
fn readings(analysis: &Analysis, span: Span) -> Vec<String> {
    let written = &analysis.text[span.range()];
    let mut readings = vec![written.to_owned()];
    if written.contains('\\') {
        analysis.recipe.each_text_at(span.start, &mut |text| {
            let source = &text.source;
            let range = source.decoded_at(span.start)..source.decoded_at(span.end);
            let read = text.as_str().get(range).filter(|read| !read.is_empty());
            readings.extend(read.map(str::to_owned));
        });
    }
    readings
}

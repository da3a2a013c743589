//! Credentials that somebody wrote into a recipe.
//!
//! * [`shapes`]: those that give themselves away by their form, such as `ghp_…`;
//! * [`names`]: what is called like a credential (`HF_TOKEN = "…"`, `export X_API_KEY=…`,
//!   `--password …`, `X-Api-Key: …`) and whose value looks drawn by lot;
//! * [`passwords`]: what people choose themselves, where nothing but its place tells;
//! * [`service`]: how each would be called in the keychain;
//! * [`likeness`]: what looks drawn by lot, and what is a placeholder;
//! * [`moving`]: what puts a reference in the place of one;
//! * [`mask`]: what is shown of a recipe, without them.
//!
//! The text of the file is read as it stands, in one pass: what TOML, shell, headers and JSON write
//! around a value differs little, and a comment gives a credential away as well as a value does.

pub(crate) mod likeness;
mod mask;
pub(crate) mod moving;
pub(crate) mod names;
mod passwords;
pub(crate) mod service;
mod shapes;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

pub use mask::{Mask, masked, masked_words};

use crate::model::{Recipe, Step, Text};
use crate::secret_name::SecretName;
use crate::span::Span;

/// A credential in the text of a recipe. Its value is nowhere in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Where its value stands.
    pub span: Span,
    /// What it is: `a GitHub token`, `the value of API_KEY`.
    pub what: Cow<'static, str>,
    /// How the secret would be called by convention.
    pub secret: String,
    /// Whether a reference can take its place, so that it can be moved into the keychain from here.
    pub movable: bool,
}

/// The credentials in `region` of the text; those can be moved that stand where a secret may be referred
/// to: in `[variables]`, or in `step`.
pub(crate) fn of(
    text: &str,
    region: Range<usize>,
    recipe: &Recipe,
    step: Option<&Step>,
) -> Vec<Credential> {
    let mut found = in_region(text, region);
    if found.is_empty() {
        return found;
    }
    for credential in &mut found {
        let name = SecretName::parse(&credential.secret);
        let moved = |name| moving::edits(recipe, step, credential.span, &name);
        credential.movable = name.ok().and_then(moved).is_some();
    }
    found
}

/// The credentials in `region` of the text, none of which is known to be movable.
pub(crate) fn in_region(text: &str, region: Range<usize>) -> Vec<Credential> {
    let start = region.start;
    let mut found = scan(&text[region]);
    for credential in &mut found {
        let range = credential.span.range();
        credential.span = Span::new(range.start + start, range.end + start);
    }
    found
}

/// What `span` says, escapes read, if it lies in a text where a secret may be referred to.
pub(crate) fn value_at(recipe: &Recipe, span: Span) -> Option<String> {
    let mut value = None;
    each_open_text(recipe, &recipe.steps, &mut |text| {
        if !span.is_empty() && inside(text).covers(span) {
            let source = &text.source;
            let range = source.decoded_at(span.start)..source.decoded_at(span.end);
            value = text.as_str().get(range).map(str::to_owned);
        }
    });
    value.filter(|value| !value.is_empty())
}

/// What stands between the quotes of a text.
fn inside(text: &Text) -> Span {
    text.source.span_of(0, text.as_str().len())
}

/// Calls `visit` with every text of `[variables]` and of `steps` in which secrets may be referred to.
fn each_open_text<'a>(
    recipe: &'a Recipe,
    steps: impl IntoIterator<Item = &'a Step>,
    visit: &mut dyn FnMut(&'a Text),
) {
    let mut open = |text: &'a Text| {
        if text.role.allows_secrets() {
            visit(text);
        }
    };
    recipe.each_variable_text(&mut open);
    let operations = steps.into_iter().flat_map(|step| &step.operations);
    for operation in operations.filter(|it| !it.types_into_session()) {
        operation.fields.each_text(&mut open);
    }
}

/// How the convention calls the secret that a variable, key or header of this name holds, if it is called like
/// one that holds a secret.
pub fn usual_secret(name: &str) -> Option<String> {
    names::looks_like_credential(name).then(|| service::secret_name(name, None))
}

/// The credentials in `text`, in order, none within another.
fn scan(text: &str) -> Vec<Credential> {
    static STARTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(starts);
    let Some(starts) = &*STARTS else {
        return Vec::new();
    };
    let mut found: Vec<(bool, Credential)> = Vec::new();
    for hit in starts.find_iter(text) {
        let (range, pattern) = (hit.start()..hit.end(), hit.pattern().as_usize());
        let shape = shapes::SHAPES.get(pattern);
        let one = match shape {
            Some(shape) => shapes::at(text, shape, range),
            None => names::at(text, range),
        };
        found.extend(one.map(|one| (shape.is_none(), one)));
    }
    // Of two at one place the shape says more.
    found.sort_by_key(|(is_named, it)| (it.span, *is_named));
    let found = found.into_iter().map(|(_, it)| it);
    let mut end = 0;
    let is_apart = |it: &Credential| {
        let is_first = it.span.start >= end;
        end = end.max(it.span.end);
        is_first
    };
    found.filter(is_apart).collect()
}

/// What credentials, or their names, begin with: the shapes first.
fn starts() -> Option<AhoCorasick> {
    let shapes = shapes::SHAPES.iter().map(|shape| shape.prefix);
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(shapes.chain(names::HINTS.iter().copied()))
        .ok()
}

fn credential(range: Range<usize>, what: impl Into<Cow<'static, str>>, secret: &str) -> Credential {
    Credential {
        span: range.into(),
        what: what.into(),
        secret: secret.to_owned(),
        movable: false,
    }
}

#[cfg(test)]
mod tests;

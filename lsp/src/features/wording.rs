//! The words that completion and hover share, in a small Markdown: code spans and bold words.

use recipe::cursor::KnownKey;
use recipe::language::{Kind, Operation, Param};
use recipe::model::Step;
use recipe::{Analysis, Mask};
use runner::visible::escaped;

/// The index of the step that the offset is in.
pub(super) fn step_at(analysis: &Analysis, offset: usize) -> Option<usize> {
    let steps = &analysis.recipe.steps;
    steps
        .iter()
        .rposition(|step| step.fields.span.start <= offset)
}

/// What people call a step: its name, or its operation.
pub(super) fn step_detail(mask: &Mask, step: &Step) -> String {
    let name = step.fields.name("name");
    let name = name.map(|name| mask.hide(&name.value).into_owned());
    let operation = || {
        step.operation()
            .map(|operation| operation.spec.name.to_owned())
    };
    name.or_else(operation).unwrap_or_default()
}

/// A key with all that the language says of it.
pub(super) fn key(key: KnownKey) -> String {
    match key {
        KnownKey::Param(param) => self::param(param),
        KnownKey::Operation(operation) => self::operation(operation),
    }
}

fn param(param: &Param) -> String {
    let mut text = format!("**{}**: {}", param.name, kind(&param.kind));
    match (param.required, param.default) {
        (true, _) => text.push_str(", required"),
        (false, Some(default)) => text.push_str(&format!(", default `{default}`")),
        (false, None) => {}
    }
    text.push_str("\n\n");
    text.push_str(param.doc);
    text
}

/// An operation with its parameters: how it is written, then each with its type and default.
fn operation(operation: &Operation) -> String {
    let named = || operation.params.iter().filter(|it| !it.name.is_empty());
    let mark = |param: &Param| if param.required { "" } else { "?" };
    let written: Vec<String> = named()
        .map(|it| format!("{}{}", it.name, mark(it)))
        .collect();
    let mut text = format!("**{}** `{{ {} }}`", operation.name, written.join(", "));
    if written.is_empty() {
        text = format!("**{}**", operation.name);
    }
    text.push_str(&format!("\n\n{}", operation.doc));
    for param in named() {
        let default = param.default.map(|it| format!(", default `{it}`"));
        text.push_str(&format!(
            "\n- `{}{}`: {}{}. {}",
            param.name,
            mark(param),
            kind(&param.kind),
            default.unwrap_or_default(),
            param.doc
        ));
    }
    // Conditions and variants have names of their own, and nothing of theirs is executed alone.
    if !operation.executable && recipe::language::operation(operation.name).is_some() {
        text.push_str("\n\nThis version checks it but does not run it yet.");
    }
    text
}

/// What a value must be, in a few words.
pub(super) fn kind(kind: &Kind) -> String {
    match kind {
        Kind::Enumeration(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
            words.join(", ")
        }
        Kind::Integer(range) | Kind::Number(range) => {
            format!("{}, {}", kind.described(), range.described())
        }
        _ => kind.described().to_owned(),
    }
}

/// Text of the user's as a code span, so that nothing in it is markup.
pub(super) fn code(text: &str) -> String {
    match escaped(text.trim()).replace('`', "'").as_str() {
        "" => "` `".to_owned(),
        text => format!("`{text}`"),
    }
}

/// The same of long text: one line, cut if it is long, and no credential.
pub(super) fn quoted(mask: &Mask, text: &str) -> String {
    let text = mask.hide(text);
    let line = text.trim().lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(80).collect();
    if short.len() < text.trim().len() {
        short.push('…');
    }
    code(&short)
}

/// The beginning of a text of the user's, where a few words are wanted, without credentials.
pub(super) fn one_line(mask: &Mask, text: &str) -> String {
    let text = mask.hide(text);
    let line = text.trim().lines().next().unwrap_or_default();
    line.chars().take(60).collect()
}

/// The well-known secret that an operation's credential usually is.
pub(super) fn fitting_secret(operation: &str) -> Option<&'static str> {
    match operation {
        "git_clone" => Some("github/token"),
        "hf_download" => Some("huggingface/token"),
        _ => None,
    }
}

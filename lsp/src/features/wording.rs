//! The words that completion and hover share, in a small Markdown: code spans and bold words.

use recipe::Analysis;
use recipe::cursor::KnownKey;
use recipe::language::{Kind, Operation, Param};
use recipe::model::Step;
use runner::visible::escaped;

/// The index of the step that the offset is in.
pub(super) fn step_at(analysis: &Analysis, offset: usize) -> Option<usize> {
    let steps = &analysis.recipe.steps;
    steps
        .iter()
        .rposition(|step| step.fields.span.start <= offset)
}

/// What people call a step: its name, or its operation.
pub(super) fn step_detail(step: &Step) -> String {
    let name = step.fields.name("name").map(|name| name.value.clone());
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

/// The same of long text: one line, cut if it is long.
pub(super) fn quoted(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(80).collect();
    if short.len() < text.trim().len() {
        short.push('…');
    }
    code(&short)
}

/// The beginning of a text of the user's, where a few words are wanted.
pub(super) fn one_line(text: &str) -> String {
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

/// So many seconds as people say it: `5400` is `1 hour 30 minutes`. Nothing where the number says it
/// well enough by itself.
pub(super) fn duration(seconds: u64) -> Option<String> {
    (seconds >= 60).then(|| in_words(seconds))
}

/// The same of any number.
pub(super) fn in_words(seconds: u64) -> String {
    let units = [
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let mut left = seconds;
    let mut words = Vec::new();
    for (size, unit) in units {
        let count = left / size;
        left %= size;
        if count > 0 {
            let ending = if count == 1 { "" } else { "s" };
            words.push(format!("{count} {unit}{ending}"));
        }
    }
    match words.is_empty() {
        true => "0 seconds".to_owned(),
        false => words.join(" "),
    }
}

/// So many seconds in as little room as possible, rounded up where the smaller units do not matter:
/// `16470` is `4 h 35 min`.
pub(super) fn in_short(seconds: u64) -> String {
    let (size, (large, unit), (small, part)) = match seconds {
        86_400.. => (3600, (86_400, "d"), (3600, "h")),
        3600.. => (60, (3600, "h"), (60, "min")),
        _ => (1, (60, "min"), (1, "s")),
    };
    let rounded = seconds.div_ceil(size).saturating_mul(size);
    match (rounded / large, rounded % large / small) {
        (0, rest) => format!("{rest} {part}"),
        (count, 0) => format!("{count} {unit}"),
        (count, rest) => format!("{count} {unit} {rest} {part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_as_people_say_them() {
        assert_eq!(duration(59), None);
        assert_eq!(in_words(0), "0 seconds");
        let short = [0, 90, 3600, 3601, 16_470, 90_000, 90_001].map(in_short);
        assert_eq!(
            short,
            [
                "0 s",
                "1 min 30 s",
                "1 h",
                "1 h 1 min",
                "4 h 35 min",
                "1 d 1 h",
                "1 d 2 h"
            ]
        );
        assert_eq!(duration(60).as_deref(), Some("1 minute"));
        assert_eq!(duration(5400).as_deref(), Some("1 hour 30 minutes"));
        assert_eq!(
            duration(90_061).as_deref(),
            Some("1 day 1 hour 1 minute 1 second")
        );
    }
}

use std::collections::HashSet;

use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Role;
use crate::reference::ReferenceKind;
use crate::shell::assigned;
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "hidden-shell-variable",
    severity: Severity::Warning,
    title: "A variable of the script that one of the recipe hides",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    part.each_text(&mut |text| {
        if text.role != Role::Shell {
            return;
        }
        let script = text.as_str();
        let (mut said, mut set) = (None, None);
        for reference in &text.references {
            let ReferenceKind::Variable(name) = &reference.kind else {
                continue;
            };
            // Most scripts set nothing that is called like this, and need not be read for it.
            let said = said.get_or_insert_with(|| plain_words(script));
            if !part.names.is_variable(name) || !said.contains(name.as_str()) {
                continue;
            }
            let set = set.get_or_insert_with(|| assigned(script));
            let Some(last) = set.last_before(reference.range.start, name) else {
                continue;
            };
            if last.value.as_deref().is_some_and(|value| is_own(value, name)) {
                continue;
            }
            let message = format!(
                "the recipe's '{name}' is put here, not what the script has set: write '$${{{name}}}' for the shell's"
            );
            let set = text.source.span_of(last.span.start, last.span.end);
            let dollar = Span::at(reference.span.start);
            let diagnostic = CHECK.at(reference.span, message).related(set, "it is set here");
            found.push(diagnostic.fix(format!("Change to '$${{{name}}}'"), dollar, "$"));
        }
    });
}

/// The words that stand anywhere but in references.
fn plain_words(script: &str) -> HashSet<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = script;
    let mut words = HashSet::new();
    while let Some(start) = rest.find(is_part) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|c| !is_part(c)).unwrap_or(word.len());
        if !before.ends_with(['$', '{']) {
            words.insert(&word[..end]);
        }
        rest = &word[end..];
    }
    words
}

/// Whether a script gives its variable just what the recipe's has.
fn is_own(value: &str, name: &str) -> bool {
    let value = value
        .strip_prefix('"')
        .and_then(|it| it.strip_suffix('"'))
        .unwrap_or(value);
    value == format!("${{{name}}}")
}

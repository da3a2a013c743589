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
        let script = text.as_str();
        let mut set = None;
        for reference in &text.references {
            let ReferenceKind::Variable(name) = &reference.kind else {
                continue;
            };
            if text.role != Role::Shell || !part.names.is_variable(name) || !is_said(script, name) {
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

/// Whether the name stands anywhere but in references, so that it is worth reading the script.
fn is_said(script: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    script.match_indices(name).any(|(at, _)| {
        let (before, after) = (&script[..at], &script[at + name.len()..]);
        !before.ends_with(is_part) && !before.ends_with(['$', '{']) && !after.starts_with(is_part)
    })
}

/// Whether a script gives its variable just what the recipe's has.
fn is_own(value: &str, name: &str) -> bool {
    let value = value
        .strip_prefix('"')
        .and_then(|it| it.strip_suffix('"'))
        .unwrap_or(value);
    value == format!("${{{name}}}")
}

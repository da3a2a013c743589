use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Role;
use crate::model::Text;
use crate::reference::{Malformed, Reference, ReferenceKind, scan};
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "malformed-reference",
    severity: Severity::Error,
    title: "Something that was meant as a reference and is none",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    part.each_text(&mut |text| {
        for reference in &text.references {
            if let ReferenceKind::Malformed(malformed) = &reference.kind {
                found.push(diagnostic(part, text, reference, malformed));
            }
        }
    });
}

fn diagnostic(
    part: &Part<'_>,
    text: &Text,
    reference: &Reference,
    malformed: &Malformed,
) -> Diagnostic {
    let at = |message: String| CHECK.at(reference.span, message);
    let written = &text.as_str()[reference.range.clone()];
    let name = &part.text[reference.name_span.range()];
    match malformed {
        Malformed::Unclosed => at(format!("'{}' has no closing brace", written.escape_debug()))
            .fix("Close it", Span::at(reference.span.end), "}"),
        Malformed::Stray(stray) => {
            let diagnostic = at(stray_message(*stray));
            match without_blanks(written) {
                Some(right) => diagnostic.fix(format!("Change to {right}"), reference.span, right),
                None => diagnostic,
            }
        }
        Malformed::Empty => {
            at("this reference names nothing: write a name between the braces".to_owned())
        }
        Malformed::SecretName(why) => at(why.to_string()),
        Malformed::Step => at(format!(
            "a step has an output and an exit code: write ${{step.{id}.output}} or ${{step.{id}.exit_code}}",
            id = name
                .split('.')
                .next()
                .filter(|id| !id.is_empty())
                .unwrap_or("ID"),
        )),
        Malformed::EnvName => at(format!(
            "'{name}' cannot name an environment variable: use letters, digits and '_', and no digit first"
        )),
        Malformed::Name => at(name_message(text.role, written)),
        Malformed::LookAlike(right) => at(format!("a secret is written {right}")).fix(
            format!("Change to {right}"),
            reference.span,
            right.clone(),
        ),
    }
}

fn stray_message(stray: char) -> String {
    match stray {
        ' ' => "a blank cannot stand in a reference".to_owned(),
        _ if stray.is_whitespace() || stray.is_control() => {
            format!("'{stray}' cannot stand in a reference")
        }
        _ => {
            format!("'{stray}' cannot stand in a reference: is a closing brace missing before it?")
        }
    }
}

/// The reference that `written` is without the blanks around its name, if it is one then.
fn without_blanks(written: &str) -> Option<String> {
    let inner = written.strip_prefix("${")?.strip_suffix('}')?.trim();
    let right = match inner.split_once(':') {
        Some((prefix, name)) => format!("${{{}:{}}}", prefix.trim(), name.trim()),
        None => format!("${{{inner}}}"),
    };
    match &scan(&right, false)[..] {
        [found] if found.range == (0..right.len()) => {
            let is_sound = !matches!(found.kind, ReferenceKind::Malformed(_));
            is_sound.then_some(right)
        }
        _ => None,
    }
}

fn name_message(role: Role, written: &str) -> String {
    let what = match role {
        Role::EnvValue | Role::Keys => "no shell reads this text",
        _ => "this is no shell text",
    };
    format!(
        "'{}' is no reference, and {what}: name a variable with letters, digits and '_', or write $${{ for a plain ${{",
        written.escape_debug()
    )
}

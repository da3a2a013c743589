//! References: `${…}` in a string, and what only looks like one.

use std::ops::Range;

use crate::secret_name::{BadSecretName, SecretName};
use crate::span::Span;

/// A reference in a [`crate::model::Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where it stands in the decoded text, with `${` and `}`.
    pub range: Range<usize>,
    /// The same in the file.
    pub span: Span,
    /// The name in it, in the file: of `${secret:a/b}` that is `a/b`, of `${step.ID.output}` `ID`.
    pub name_span: Span,
    /// What it is.
    pub kind: ReferenceKind,
}

/// The kinds of references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// `${name}`: a variable, `target`, `now`, or in shell text a variable of the shell.
    Variable(String),
    /// `${secret:name}`
    Secret(SecretName),
    /// `${step.ID.output}`
    StepOutput(String),
    /// `${step.ID.exit_code}`
    StepExitCode(String),
    /// `${env.NAME}`
    Env(String),
    /// `$${`, which is a literal `${`.
    Escape,
    /// Something that was meant as a reference and is none.
    Malformed(Malformed),
}

/// What is wrong with something that was meant as a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// `${secret:…` without `}`.
    Unclosed,
    /// `${…}` with a character that cannot stand in one.
    Stray(char),
    /// `${}`, `${secret:}`, `${env.}`
    Empty,
    /// `${secret:…}` with a name that cannot be one.
    SecretName(BadSecretName),
    /// `${step.…}` that is neither `${step.ID.output}` nor `${step.ID.exit_code}`.
    Step,
    /// `${env.…}` with a name that no variable can have.
    EnvName,
    /// `${…}` outside shell text with something that is no name.
    Name,
    /// Another tool's way to write a secret; the right one is in here.
    LookAlike(String),
}

/// The references of a decoded `text`, in order. `shell` tells whether unknown `${…}` is left to a
/// shell. Spans are decoded offsets here, which lowering moves to the file.
pub fn scan(text: &str, shell: bool) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(step) = text[at..].find(['$', '{', '<']) {
        at += step;
        match reference_at(text, at, shell) {
            Some(reference) => {
                at = reference.range.end;
                found.push(reference);
            }
            None => at += 1,
        }
    }
    found
}

/// A reference in a decoded text.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it stands, with `${` and `}`.
    pub range: Range<usize>,
    /// The name in it.
    pub name: Range<usize>,
    /// What it is.
    pub kind: ReferenceKind,
}

/// The reference that starts exactly at `at`.
fn reference_at(text: &str, at: usize, shell: bool) -> Option<Found> {
    let rest = &text[at..];
    if rest.starts_with("$${") {
        return Some(found(at..at + 3, at..at + 3, ReferenceKind::Escape));
    }
    if let Some(look_alike) = look_alike(text, at) {
        return Some(look_alike);
    }
    let inner = at + 2;
    let body = rest.strip_prefix("${")?;
    let owned = ["secret:", "step.", "env."]
        .iter()
        .find(|prefix| body.starts_with(**prefix));
    let Some(prefix) = owned else {
        return plain(text, inner, shell);
    };
    let start = inner + prefix.len();
    let end = start
        + text[start..]
            .find(is_terminator)
            .unwrap_or(text.len() - start);
    if !text[end..].starts_with('}') {
        return Some(interrupted(text, at, start..end));
    }
    let (kind, name) = owned_kind(prefix, &text[start..end]);
    Some(found(at..end + 1, start..start + name, kind))
}

/// What `${secret:…}`, `${step.…}` or `${env.…}` says, and how much of `content` is its name.
fn owned_kind(prefix: &str, content: &str) -> (ReferenceKind, usize) {
    let all = content.len();
    let wrong = |malformed| (ReferenceKind::Malformed(malformed), all);
    if content.is_empty() {
        return wrong(Malformed::Empty);
    }
    match prefix {
        "secret:" => match SecretName::parse(content) {
            Ok(name) => (ReferenceKind::Secret(name), all),
            Err(why) => wrong(Malformed::SecretName(why)),
        },
        "env." if is_variable_name(content) => (ReferenceKind::Env(content.to_owned()), all),
        "env." => wrong(Malformed::EnvName),
        _ => match content.rsplit_once('.') {
            Some((id, "output")) if is_step_id(id) => {
                (ReferenceKind::StepOutput(id.to_owned()), id.len())
            }
            Some((id, "exit_code")) if is_step_id(id) => {
                (ReferenceKind::StepExitCode(id.to_owned()), id.len())
            }
            _ => wrong(Malformed::Step),
        },
    }
}

/// `${…}` whose content starts at `inner` and is none of ours by its prefix.
fn plain(text: &str, inner: usize, shell: bool) -> Option<Found> {
    let at = inner - 2;
    let length = text[inner..]
        .find(|c: char| !is_name_char(c))
        .unwrap_or(text.len() - inner);
    let end = inner + length;
    let closed = text[end..].starts_with('}');
    if closed && is_variable_name(&text[inner..end]) {
        let name = text[inner..end].to_owned();
        return Some(found(
            at..end + 1,
            inner..end,
            ReferenceKind::Variable(name),
        ));
    }
    if shell {
        return None;
    }
    let end = inner
        + text[inner..]
            .find(is_terminator)
            .unwrap_or(text.len() - inner);
    let why = match text[end..].chars().next() {
        Some('}') if end == inner => Malformed::Empty,
        Some('}') => Malformed::Name,
        _ => return Some(interrupted(text, at, inner..end)),
    };
    Some(malformed(at..end + 1, inner..end, why))
}

/// What starts at `at` and is not closed where its `name` ends: perhaps behind that, on the same line.
fn interrupted(text: &str, at: usize, name: Range<usize>) -> Found {
    let rest = &text[name.end..];
    let brace = rest.find(['{', '}', '\n']);
    let brace = brace.filter(|brace| rest[*brace..].starts_with('}'));
    match (rest.chars().next(), brace) {
        (Some(stray), Some(brace)) => {
            let end = name.end + brace;
            malformed(at..end + 1, name.start..end, Malformed::Stray(stray))
        }
        _ => malformed(at..name.end, name, Malformed::Unclosed),
    }
}

/// Ways in which other tools write a secret: what opens it, and what closes it.
const LOOK_ALIKES: &[(&str, &str)] = &[
    ("${{ secrets.", " }}"),
    ("${{secrets.", "}}"),
    ("${{ secret:", " }}"),
    ("${{secret:", "}}"),
    ("{{ secret:", " }}"),
    ("{{secret:", "}}"),
    ("{{ secrets.", " }}"),
    ("{{secrets.", "}}"),
    ("${secrets.", "}"),
    ("${secrets:", "}"),
    ("${secret.", "}"),
    ("${ secret:", "}"),
    ("$<secret:", ">"),
    ("<secret:", ">"),
    ("$(secret:", ")"),
    ("$secret:", ""),
    ("{secret:", "}"),
];

/// A secret in another tool's way of writing that starts exactly at `at`.
fn look_alike(text: &str, at: usize) -> Option<Found> {
    let rest = &text[at..];
    let (open, close) = LOOK_ALIKES.iter().find(|(open, close)| {
        rest.strip_prefix(open).is_some_and(|body| {
            let name = secret_length(body);
            name > 0
                && body[name..]
                    .trim_start_matches(' ')
                    .starts_with(close.trim_start())
        })
    })?;
    let start = at + open.len();
    let name = start..start + secret_length(&text[start..]);
    let blanks = text[name.end..].len() - text[name.end..].trim_start_matches(' ').len();
    let end = match close.is_empty() {
        true => name.end,
        false => name.end + blanks + close.trim_start().len(),
    };
    let right = format!("${{secret:{}}}", &text[name.clone()]);
    Some(malformed(at..end, name, Malformed::LookAlike(right)))
}

/// How many of the first bytes of `text` can be the name of a secret.
fn secret_length(text: &str) -> usize {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/');
    let length = text.find(|c: char| !is_part(c)).unwrap_or(text.len());
    text[..length].trim_end_matches(['.', '/', '-']).len()
}

/// Whether `text` can name a variable, of a recipe or of the environment.
pub fn is_variable_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(is_name_char)
}

/// Whether `text` can be the id of a step.
pub(crate) fn is_step_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| is_name_char(c) || c == '-')
}

const fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Where a reference of ours ends at the latest, closed or not.
fn is_terminator(c: char) -> bool {
    matches!(
        c,
        '}' | '"' | '\'' | '`' | '$' | '{' | '(' | ')' | '<' | '>' | ';' | '|' | '&'
    ) || c.is_whitespace()
        || c.is_control()
}

fn found(range: Range<usize>, name: Range<usize>, kind: ReferenceKind) -> Found {
    Found { range, name, kind }
}

fn malformed(range: Range<usize>, name: Range<usize>, why: Malformed) -> Found {
    found(range, name, ReferenceKind::Malformed(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The references of `text` as `range-text name-text kind`.
    fn check(text: &str, shell: bool, expected: &[(&str, &str)]) {
        let all = scan(text, shell);
        let seen: Vec<(&str, String)> = all
            .iter()
            .map(|it| (&text[it.range.clone()], describe(&it.kind)))
            .collect();
        let expected: Vec<(&str, String)> = expected
            .iter()
            .map(|(range, kind)| (*range, (*kind).to_owned()))
            .collect();
        assert_eq!(seen, expected, "{text}");
    }

    fn describe(kind: &ReferenceKind) -> String {
        match kind {
            ReferenceKind::Variable(name) => format!("variable {name}"),
            ReferenceKind::Secret(name) => format!("secret {name}"),
            ReferenceKind::StepOutput(id) => format!("output {id}"),
            ReferenceKind::StepExitCode(id) => format!("code {id}"),
            ReferenceKind::Env(name) => format!("env {name}"),
            ReferenceKind::Escape => "escape".to_owned(),
            ReferenceKind::Malformed(Malformed::LookAlike(right)) => format!("like {right}"),
            ReferenceKind::Malformed(why) => format!("{why:?}"),
        }
    }

    #[test]
    fn every_form_is_found() {
        check(
            "${a} ${secret:x/y.z} ${step.get-it.output}${step.b.exit_code} ${env.HOME} ${now}",
            false,
            &[
                ("${a}", "variable a"),
                ("${secret:x/y.z}", "secret x/y.z"),
                ("${step.get-it.output}", "output get-it"),
                ("${step.b.exit_code}", "code b"),
                ("${env.HOME}", "env HOME"),
                ("${now}", "variable now"),
            ],
        );
    }

    #[test]
    fn a_doubled_dollar_is_a_literal() {
        check("$${x}", false, &[("$${", "escape")]);
        check("$$${x}", false, &[("$${", "escape")]);
        check("$$$${x}", false, &[("$${", "escape")]);
        check(
            "$${${x}",
            false,
            &[("$${", "escape"), ("${x}", "variable x")],
        );
    }

    #[test]
    fn the_shell_keeps_what_is_its_own() {
        let text = "${A:-${secret:x}} ${#a} ${1} ${a[0]} $(echo ${b}) $c";
        check(
            text,
            true,
            &[("${secret:x}", "secret x"), ("${b}", "variable b")],
        );
        check("${a-b}", false, &[("${a-b}", "Name")]);
        check("${} ${1}", false, &[("${}", "Empty"), ("${1}", "Name")]);
    }

    #[test]
    fn what_is_ours_by_its_prefix_is_ours_in_shell_text_too() {
        check("${secret:}", true, &[("${secret:}", "Empty")]);
        check("${secret:a", true, &[("${secret:a", "Unclosed")]);
        check("x=\"${secret:a\" y", true, &[("${secret:a", "Unclosed")]);
        check("${secret:a b}", true, &[("${secret:a b}", "Stray(' ')")]);
        check(
            "${secret:a ${b}",
            true,
            &[("${secret:a", "Unclosed"), ("${b}", "variable b")],
        );
        check("${secret:a\n}", true, &[("${secret:a", "Unclosed")]);
        check("x ${ a } }", false, &[("${ a }", "Stray(' ')")]);
        check(
            "${secret:a//b}",
            true,
            &[("${secret:a//b}", "SecretName(EmptySegment)")],
        );
        check(
            "${secret:a:b}",
            true,
            &[("${secret:a:b}", "SecretName(Character(':'))")],
        );
        check("${step.a.stdout}", true, &[("${step.a.stdout}", "Step")]);
        check("${env.1}", true, &[("${env.1}", "EnvName")]);
    }

    #[test]
    fn other_tools_ways_are_recognised() {
        for text in [
            "$<secret:a/b>",
            "${secrets.a/b}",
            "{{secret:a/b}}",
            "{{ secrets.a/b }}",
            "${{ secrets.a/b }}",
            "$secret:a/b",
            "$(secret:a/b)",
            "{secret:a/b}",
            "<secret:a/b>",
            "${secret.a/b}",
        ] {
            check(text, true, &[(text, "like ${secret:a/b}")]);
            check(text, false, &[(text, "like ${secret:a/b}")]);
        }
        check(
            "say $secret:a/b.",
            true,
            &[("$secret:a/b", "like ${secret:a/b}")],
        );
        check("$secret $secrets {secret} cat <secret", true, &[]);
    }
}

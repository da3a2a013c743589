//! The shell's own variables in a command: which ones it assigns, and which one stands at a place.
//!
//! This helps people to write and read; what a secret may touch is judged by `recipe::shell`.

use recipe::language::Role;
use recipe::model::{StepOperation, Text};
use recipe::shell::assigned;
use recipe::{Analysis, Span};

use super::wording;

/// Where a variable of the remote shell gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The `env` table of the operation.
    Env,
    /// The command itself.
    Assigned,
}

/// The variables that the operation around `offset` sets for its command, in `env` or in the text
/// around `offset` itself.
pub(super) fn known(analysis: &Analysis, offset: usize, text: &str) -> Vec<(String, Origin)> {
    let step = wording::step_at(analysis, offset).map(|it| &analysis.recipe.steps[it]);
    let operations = step.into_iter().flat_map(|step| &step.operations);
    let env = operations.flat_map(|it: &StepOperation| it.fields.map("env"));
    let mut names: Vec<_> = env
        .map(|(name, _)| (name.value.clone(), Origin::Env))
        .collect();
    for name in assigned(text).names() {
        if !names.iter().any(|(known, _)| known == name) {
            names.push((name.to_owned(), Origin::Assigned));
        }
    }
    names
}

/// The variable of the shell at `offset` in a shell text, as `$NAME` or `${NAME…`, with the place of
/// all that is written. References of the recipe are none.
pub(super) fn at(analysis: &Analysis, offset: usize) -> Option<(String, Span, &Text)> {
    let mut shell = None;
    analysis.recipe.each_text_at(offset, &mut |text| {
        if text.role == Role::Shell {
            shell = Some(text);
        }
    });
    let text = shell?;
    let source = &analysis.text;
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let before = source[..offset].trim_end_matches(is_part);
    let before = before.strip_suffix("${").or(before.strip_suffix('$'))?;
    // `\$` and `$$` are something else.
    if before.ends_with(['\\', '$']) || !text.span.touches(before.len()) {
        return None;
    }
    let name_start = before.len() + source[before.len()..].find(is_part)?;
    let rest = &source[name_start..];
    let name = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
    let end = name_start + name.len();
    let is_braced = source[..name_start].ends_with('{');
    let rest = source.get(end..text.span.end).unwrap_or_default();
    let closing = is_braced.then(|| closing_brace(rest)).flatten();
    let span = Span::new(before.len(), end + closing.unwrap_or(0));
    (is_name(name) && span.touches(offset)).then(|| (name.to_owned(), span, text))
}

/// Where the brace ends that was opened before `text`.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::at_cursor;

    #[test]
    fn a_variable_of_the_shell_is_told_from_what_only_looks_like_one() {
        let check = |place: &str| {
            let text = format!("[[step]]\nssh_command = {{ command = 'x {place} y' }}\n");
            let (analysis, offset) = at_cursor(&text);
            at(&analysis, offset)
                .map(|(name, span, _)| format!("{name} {}", &analysis.text[span.range()]))
        };
        assert_eq!(check("$HO$0ME").as_deref(), Some("HOME $HOME"));
        assert_eq!(check("${HO$0ME:-/x}").as_deref(), Some("HOME ${HOME:-/x}"));
        assert_eq!(check("${A$0[0]} ${B:-${C}}").as_deref(), Some("A ${A[0]}"));
        assert_eq!(check("${B$0:-${C}} }").as_deref(), Some("B ${B:-${C}}"));
        assert_eq!(check("\\$HO$0ME"), None);
        assert_eq!(check("HO$0ME"), None);
        assert_eq!(check("$0$1"), None);
    }
}

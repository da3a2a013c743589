use std::collections::HashMap;

use super::unresolved::{Place, Unresolved};
use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Role;
use crate::model::StepOperation;

pub(super) const CHECK: Check = Check {
    code: "near-variable",
    severity: Severity::Hint,
    title: "A variable of the shell that is nearly one of the recipe",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut nearest = HashMap::new();
    for Unresolved { name, place } in context.unresolved() {
        let Place::Text(text, reference, Some(operation)) = place else {
            continue;
        };
        if text.role != Role::Shell || OF_EVERY_SHELL.contains(name) {
            continue;
        }
        let nearest = *nearest
            .entry(*name)
            .or_insert_with(|| context.nearest(name, context.names.variable_names()));
        let Some(nearest) = nearest else { continue };
        if is_given(operation, name) || is_made_by_script(text.as_str(), name) {
            continue;
        }
        let message = format!(
            "the shell's variable '{name}' is expanded here, since the recipe has none of that name; \
             did you mean '{nearest}'?"
        );
        let diagnostic = CHECK.at(reference.name_span, message);
        let title = format!("Change to '{nearest}'");
        found.push(diagnostic.fix(title, reference.name_span, nearest));
    }
}

/// What shells, logins and job systems set.
const OF_EVERY_SHELL: &[&str] = &[
    "CI",
    "DISPLAY",
    "EDITOR",
    "EUID",
    "HOME",
    "HOST",
    "HOSTNAME",
    "IFS",
    "LANG",
    "LC_ALL",
    "LINENO",
    "LOGNAME",
    "MAIL",
    "OLDPWD",
    "OPTARG",
    "OPTIND",
    "PATH",
    "PIPESTATUS",
    "PPID",
    "PS1",
    "PWD",
    "PYTHONPATH",
    "RANDOM",
    "REPLY",
    "SECONDS",
    "SHELL",
    "SHLVL",
    "SSH_AUTH_SOCK",
    "TERM",
    "TMP",
    "TMPDIR",
    "TMUX",
    "TZ",
    "UID",
    "USER",
    "VIRTUAL_ENV",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
];

/// Whether the operation's `env` table sets it.
fn is_given(operation: &StepOperation, name: &str) -> bool {
    operation
        .fields
        .map("env")
        .iter()
        .any(|(key, _)| key.value == name)
}

/// Whether the script assigns, exports, reads or loops over it: its name stands there as a word that
/// is no expansion.
pub(super) fn is_made_by_script(script: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    script.match_indices(name).any(|(at, _)| {
        let (before, after) = (&script[..at], &script[at + name.len()..]);
        let is_word = !before.ends_with(is_part) && !after.starts_with(is_part);
        let is_expanded = before.ends_with('$') || before.ends_with("${");
        let gets_default = after.starts_with(":=") || after.starts_with('=');
        is_word && (!is_expanded || gets_default)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_makes_what_it_names_without_expanding_it() {
        for own in [
            "NAME=1; echo ${NAME}",
            "export NAME; echo ${NAME}",
            "while read -r NAME; do echo ${NAME}; done",
            "for NAME in a b; do echo ${NAME}; done",
            ": ${NAME:=x}; echo ${NAME}",
        ] {
            assert!(is_made_by_script(own, "NAME"), "{own}");
        }
        for foreign in [
            "echo ${NAME}",
            "echo $NAME ${NAME:-x}",
            "MY_NAME=1; NAMES=2; echo ${NAME}",
        ] {
            assert!(!is_made_by_script(foreign, "NAME"), "{foreign}");
        }
    }
}

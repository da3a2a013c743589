use std::collections::HashSet;

use super::near_variable::is_made_by_script;
use super::{Check, Context, Run, removal};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Role;
use crate::model::Variable;

pub(super) const CHECK: Check = Check {
    code: "unused-variable",
    severity: Severity::Hint,
    title: "A variable that nothing uses",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let is_unused = |variable: &&Variable| {
        let known = context.names.variables.get(&variable.name.value);
        known.is_some_and(|it| it.uses.is_empty() && it.set_by.is_empty())
    };
    let unused: Vec<&Variable> = context.recipe.variables.iter().filter(is_unused).collect();
    let meant = meant_by_others(context, &unused);
    let in_shell = expanded_by_shells(context, &unused);
    for variable in unused {
        if meant.contains(variable.name.value.as_str()) {
            continue;
        }
        let Some(value) = &variable.value else {
            continue;
        };
        let name = &variable.name.value;
        let mut message = format!("nothing uses the variable '{name}'");
        if in_shell.contains(name.as_str()) {
            message += &format!(": '${name}' is the shell's own, '${{{name}}}' would be this one");
        }
        let mut diagnostic = CHECK.at(variable.name.span, message);
        let entry = variable.name.span.to(value.span);
        let title = format!("Remove '{name}'");
        diagnostic
            .fixes
            .extend(removal::fix(context.text, entry, title));
        found.push(diagnostic);
    }
}

/// Which of `variables` are nearly what a reference to nothing says: its repair makes use of them.
fn meant_by_others<'a>(context: &Context<'a>, variables: &[&'a Variable]) -> HashSet<&'a str> {
    let names = || variables.iter().map(|it| it.name.value.as_str());
    let read = context.names.variables.keys();
    let unknown = read.filter(|name| !variables.is_empty() && !context.names.is_variable(name));
    unknown
        .filter_map(|name| context.nearest(name, names()))
        .collect()
}

/// Which of `variables` stand as `$name` in shell text that does not give them a value.
fn expanded_by_shells<'a>(context: &Context<'a>, variables: &[&'a Variable]) -> HashSet<&'a str> {
    let names: HashSet<&str> = variables.iter().map(|it| it.name.value.as_str()).collect();
    let mut expanded = HashSet::new();
    if names.is_empty() {
        return expanded;
    }
    context.recipe.each_text(&mut |text| {
        if text.role != Role::Shell {
            return;
        }
        let script = text.as_str();
        let words = script.match_indices('$').map(|(at, _)| {
            let rest = &script[at + 1..];
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())]
        });
        let words: HashSet<&str> = words.filter(|word| names.contains(word)).collect();
        expanded.extend(
            words
                .into_iter()
                .filter(|word| !is_made_by_script(script, word)),
        );
    });
    expanded
}

use super::unresolved::{Place, Unresolved};
use super::{Check, Context, Run, edits};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Role;
use crate::model::Text;
use crate::nearest::did_you_mean;
use crate::reference::{Reference, is_variable_name};
use crate::span::Spanned;

pub(super) const CHECK: Check = Check {
    code: "unknown-variable",
    severity: Severity::Error,
    title: "A variable that the recipe does not have",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for Unresolved { name, place } in context.unresolved() {
        match place {
            // In shell text, what is no variable of the recipe belongs to the shell.
            Place::Text(text, reference, _) if text.role != Role::Shell => {
                found.push(in_text(context, text, reference, name));
            }
            Place::Name(name) if is_variable_name(&name.value) => {
                found.push(in_name(context, name));
            }
            _ => {}
        }
    }
}

/// What `${…}` means without a variable of that name.
pub(super) const BUILT_IN: &[&str] = &["target", "now"];

fn in_text(context: &Context<'_>, text: &Text, reference: &Reference, name: &str) -> Diagnostic {
    let known = context
        .names
        .variable_names()
        .chain(BUILT_IN.iter().copied());
    let nearest = context.nearest(name, known);
    let advice = match (nearest, text.role) {
        (Some(_), _) => String::new(),
        (None, Role::Variable) => format!(
            ". Add it to [variables]; if it is meant for the shell, write $${{{name}}} or ${name}"
        ),
        (None, _) => format!(
            ". Add it to [variables], or write ${{env.{name}}} if it is an environment variable of this machine"
        ),
    };
    let message = format!(
        "no variable is named '{name}'{}{advice}",
        did_you_mean(nearest)
    );
    let diagnostic = CHECK.at(reference.name_span, message);
    match nearest {
        Some(nearest) => diagnostic.fix(
            format!("Change to '{nearest}'"),
            reference.name_span,
            nearest,
        ),
        None => diagnostic,
    }
}

fn in_name(context: &Context<'_>, name: &Spanned<String>) -> Diagnostic {
    let nearest = context.nearest(&name.value, context.names.variable_names());
    let message = format!(
        "no variable is named '{}'{}",
        name.value,
        did_you_mean(nearest)
    );
    let diagnostic = CHECK.at(name.span, message);
    match nearest {
        Some(nearest) => {
            let text = edits::like_before(context.text, name.span, nearest);
            diagnostic.fix(format!("Change to '{nearest}'"), name.span, text)
        }
        None => diagnostic,
    }
}

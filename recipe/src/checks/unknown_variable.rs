use super::{Check, Context, Run, edits};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::{Kind, NameKind, Role};
use crate::model::{Arg, Text};
use crate::nearest::did_you_mean;
use crate::reference::{Reference, ReferenceKind, is_variable_name};
use crate::span::Spanned;

pub(super) const CHECK: Check = Check {
    code: "unknown-variable",
    severity: Severity::Error,
    title: "A variable that the recipe does not have",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    context.recipe.each_text(&mut |text| {
        // In shell text, what is no variable of the recipe belongs to the shell.
        if text.role == Role::Shell {
            return;
        }
        for reference in &text.references {
            if let ReferenceKind::Variable(name) = &reference.kind
                && !context.names.is_variable(name)
                && !BUILT_IN.contains(&name.as_str())
            {
                found.push(in_text(context, text, reference, name));
            }
        }
    });
    for operation in context
        .recipe
        .steps
        .iter()
        .flat_map(|step| &step.operations)
    {
        operation.fields.each_field(&mut |field| {
            if let (Kind::Name(NameKind::ReadVariable), Arg::Name(name)) =
                (field.spec.kind, &field.value)
                && is_variable_name(&name.value)
                && !context.names.is_variable(&name.value)
            {
                found.push(in_name(context, name));
            }
        });
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

use std::cell::LazyCell;

use super::allows::line_start;
use super::removal::BOM;
use super::unresolved::{Place, Unresolved};
use super::{Check, Context, Run, edits, insertion, newline};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::language::Role;
use crate::model::Text;
use crate::nearest::did_you_mean;
use crate::reference::{Reference, is_variable_name};
use crate::span::{Span, Spanned};
use crate::syntax::HeaderTable;

pub(super) const CHECK: Check = Check {
    code: "unknown-variable",
    severity: Severity::Error,
    title: "A variable that the recipe does not have",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    // It can be searched for in vain in all of a long recipe.
    let table = LazyCell::new(|| variables(context));
    for Unresolved { name, place } in context.unresolved() {
        let (mut diagnostic, name) = match place {
            // In shell text, what is no variable of the recipe belongs to the shell.
            Place::Text(text, reference, _) if text.role != Role::Shell => {
                (in_text(context, text, reference, name), *name)
            }
            Place::Name(name) if is_variable_name(&name.value) => {
                (in_name(context, name), name.value.as_str())
            }
            _ => continue,
        };
        diagnostic.fixes.extend(add(context, *table, name));
        found.push(diagnostic);
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
    let mut diagnostic = CHECK.at(reference.name_span, message);
    if let Some(nearest) = nearest {
        let title = format!("Change to '{nearest}'");
        diagnostic = diagnostic.fix(title, reference.name_span, nearest);
    }
    diagnostic
}

fn in_name(context: &Context<'_>, name: &Spanned<String>) -> Diagnostic {
    let nearest = context.nearest(&name.value, context.names.variable_names());
    let message = format!(
        "no variable is named '{}'{}",
        name.value,
        did_you_mean(nearest)
    );
    let mut diagnostic = CHECK.at(name.span, message);
    if let Some(nearest) = nearest {
        let text = edits::like_before(context.text, name.span, nearest);
        diagnostic = diagnostic.fix(format!("Change to '{nearest}'"), name.span, text);
    }
    diagnostic
}

/// The table that has the header `[variables]`.
fn variables<'a>(context: &Context<'a>) -> Option<&'a HeaderTable> {
    let is_it = |it: &&HeaderTable| it.path.first().is_some_and(|it| it.name == "variables");
    context.analysis.tree.tables.iter().find(is_it)
}

/// Gives the variable a place in `[variables]`, with a value to write over.
fn add(context: &Context<'_>, table: Option<&HeaderTable>, name: &str) -> Option<Fix> {
    let (text, tree) = (context.text, &context.analysis.tree);
    let edit = match (table, tree.root.get("variables")) {
        (Some(table), _) if table.path.len() == 1 && !table.is_array => {
            let end = table.header.end.max(table.table.span.end);
            let entry = format!("{name} = \"\"");
            insertion::below(text, end, "", &[entry])
        }
        (Some(_), _) => return None,
        (None, Some(entry)) => insertion::first(text, entry.value.span, &[(name, "\"\"")])?,
        (None, None) => {
            let step = |it: &&HeaderTable| it.path.first().is_some_and(|it| it.name == "step");
            let header = tree.tables.iter().find(step)?.header;
            let line = line_start(text, header.start);
            // What stands above the first line of the file heads that.
            let above = insertion::above_comments(text, line);
            let mark = BOM.len() * usize::from(text.starts_with(BOM));
            let place = if above > mark { above } else { line.max(mark) };
            let newline = newline(text);
            Edit {
                span: Span::at(place),
                text: format!("[variables]{newline}{name} = \"\"{newline}{newline}"),
            }
        }
    };
    // Where a broken table ends is a guess.
    let errors = &tree.errors;
    let is_sound = !errors.iter().any(|it| it.span.start <= edit.span.end);
    is_sound.then(|| Fix {
        title: format!("Add '{name}' to [variables]"),
        edits: vec![edit],
    })
}

use super::satisfy::When;
use super::unresolved::{Place, Unresolved};
use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Role;
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "older-doppio",
    severity: Severity::Hint,
    title: "Something that older versions read differently",
    run: Run::Text(run),
};

/// Each is said once, where it comes up first.
fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let texts = context.recipe.steps.iter().zip(context.whens());
    let texts = texts.filter_map(|(step, when)| Some((step.fields.text("when")?, when)));
    if let Some((text, _)) = texts.clone().find(|(_, when)| when.is_none()) {
        let message = "older versions took a condition that cannot be read for one that does not hold, and skipped the step; now the recipe does not run";
        found.push(CHECK.at(text.span, message));
    }
    let asks_for_truth = |when: &Option<When>| when.is_some_and(|it| it.asks_for_truth);
    if let Some((text, _)) = texts.clone().find(|(_, when)| asks_for_truth(when)) {
        let message = "older versions took only 'true' and '1' for true; now everything is but nothing, '0', 'false', 'no' and 'off'";
        found.push(CHECK.at(text.span, message));
    }
    if let Some(span) = first_unresolved(context) {
        let message = "older versions left a reference to nothing as it was, and the shell made an empty text of it; now the recipe does not run";
        found.push(CHECK.at(span, message));
    }
}

/// The first reference that names nothing, outside of shell text, where it may be the shell's. One that is
/// nearly a variable is a typing error, and no more.
fn first_unresolved(context: &Context<'_>) -> Option<Span> {
    let is_near = |name| {
        let nearest = context.nearest(name, context.names.variable_names());
        nearest.is_some()
    };
    let mut unresolved = context.unresolved().iter();
    unresolved.find_map(|Unresolved { name, place }| match place {
        Place::Text(text, reference, _) if text.role != Role::Shell && !is_near(name) => {
            Some(reference.name_span)
        }
        _ => None,
    })
}

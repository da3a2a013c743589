use super::unknown_variable::BUILT_IN;
use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Role;
use crate::reference::ReferenceKind;
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "older-doppio",
    severity: Severity::Hint,
    title: "Something that older versions read differently",
    run: Run::Text(run),
};

/// Each is said once, where it comes up first.
fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let steps = context.recipe.steps.iter().zip(context.conditions());
    let mut texts = steps
        .filter_map(|(step, condition)| step.fields.text("when").filter(|_| condition.is_none()));
    if let Some(text) = texts.next() {
        let message = "older versions took a condition that cannot be read for one that does not hold, and skipped the step; now the recipe does not run";
        found.push(CHECK.at(text.span, message));
    }
    let mut conditions = context.conditions().iter().flatten();
    if let Some(condition) = conditions.find(|it| it.asks_for_truth()) {
        let message = "older versions took only 'true' and '1' for true; now everything is but nothing, '0', 'false', 'no' and 'off'";
        found.push(CHECK.at(condition.text.span, message));
    }
    if let Some(span) = first_unresolved(context) {
        let message = "older versions left a reference to nothing as it was, and the shell made an empty text of it; now the recipe does not run";
        found.push(CHECK.at(span, message));
    }
}

/// The first reference that names nothing, outside of shell text, where it may be the shell's. One that is
/// nearly a variable is a typing error, and no more.
fn first_unresolved(context: &Context<'_>) -> Option<Span> {
    let is_nothing = |name: &str| {
        let is_near = || {
            context
                .nearest(name, context.names.variable_names())
                .is_some()
        };
        !context.names.is_variable(name) && !BUILT_IN.contains(&name) && !is_near()
    };
    let mut first: Option<Span> = None;
    context.recipe.each_text(&mut |text| {
        if first.is_some() || text.role == Role::Shell {
            return;
        }
        let mut references = text.references.iter();
        let unresolved = references.find(|reference| match &reference.kind {
            ReferenceKind::Variable(name) => is_nothing(name),
            _ => false,
        });
        first = unresolved.map(|reference| reference.name_span);
    });
    first
}

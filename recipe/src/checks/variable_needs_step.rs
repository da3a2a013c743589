use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::reference::ReferenceKind;

pub(super) const CHECK: Check = Check {
    code: "variable-needs-step",
    severity: Severity::Error,
    title: "A value in [variables] that only a step can give",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let texts = context
        .recipe
        .variables
        .iter()
        .filter_map(|variable| variable.value.as_ref());
    for reference in texts.flat_map(|text| &text.references) {
        let message = match &reference.kind {
            ReferenceKind::StepOutput(id) | ReferenceKind::StepExitCode(id) => format!(
                "[variables] is read before the first step starts, so '{id}' has no result yet: \
                 use the reference in a step, or let a step set the variable"
            ),
            ReferenceKind::Variable(name) if context.names.is_set_by_step(name) => format!(
                "[variables] is read before the first step starts, and a step sets '{name}' later: \
                 use ${{{name}}} in the steps themselves"
            ),
            _ => continue,
        };
        let mut diagnostic = CHECK.at(reference.name_span, message);
        if let ReferenceKind::Variable(name) = &reference.kind {
            for place in context
                .names
                .variables
                .get(name)
                .iter()
                .flat_map(|it| &it.set_by)
            {
                diagnostic = diagnostic.related(place.span, "it is set here");
            }
        }
        found.push(diagnostic);
    }
}

use super::{Check, Context, Run, edits};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "duplicate-step-id",
    severity: Severity::Error,
    title: "Two steps with the same id",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (id, step) in &context.names.steps {
        let Some(((_, first), others)) = step.defined.split_first() else {
            continue;
        };
        for (position, (_, span)) in others.iter().enumerate() {
            let message = format!(
                "another step has the id '{}' already: ids are unique, so that depends_on says which step it means",
                id.escape_debug()
            );
            let free = free_id(context, id, position + 2);
            let text = edits::like_before(context.text, *span, &free);
            let diagnostic = CHECK
                .at(*span, message)
                .related(*first, "the first step with this id");
            found.push(diagnostic.fix(format!("Rename to '{free}'"), *span, text));
        }
    }
}

/// `id-2`, or the next number that no step has.
fn free_id(context: &Context<'_>, id: &str, from: usize) -> String {
    let mut ids = (from..).map(|number| format!("{id}-{number}"));
    ids.find(|id| !context.names.steps.contains_key(id))
        .unwrap_or_default()
}

use super::{Check, Context, Run, edits};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::reference::is_step_id;

pub(super) const CHECK: Check = Check {
    code: "step-id",
    severity: Severity::Error,
    title: "A step id with characters that no id can have",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for id in context.recipe.steps.iter().filter_map(|step| step.id()) {
        if is_step_id(&id.value) {
            continue;
        }
        let message = match id.value.is_empty() {
            true => "a step id cannot be empty: other steps refer to it".to_owned(),
            false => format!(
                "'{}' cannot be a step id: use letters, digits, '_' and '-'. \
                 What people read can go into 'name'",
                id.value.escape_debug()
            ),
        };
        let mut diagnostic = CHECK.at(id.span, message);
        diagnostic.fixes.extend(fix(context, &id.value));
        found.push(diagnostic);
    }
}

/// Renames the step where it is defined and wherever it is named.
fn fix(context: &Context<'_>, id: &str) -> Option<Fix> {
    let dashed: String = id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .collect();
    let right = dashed.trim_matches('-').to_owned();
    if right.is_empty() || context.names.steps.contains_key(&right) {
        return None;
    }
    let step = context.names.steps.get(id)?;
    let defined = step.defined.iter().map(|(_, span)| *span);
    let places = defined.chain(step.uses.iter().map(|place| place.span));
    let edits = places.map(|span| Edit {
        span,
        text: edits::like_before(context.text, span, &right),
    });
    Some(Fix {
        title: format!("Rename to '{right}'"),
        edits: edits.collect(),
    })
}

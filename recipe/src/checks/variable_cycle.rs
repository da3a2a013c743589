use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::reference::ReferenceKind;
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "variable-cycle",
    severity: Severity::Error,
    title: "Variables that refer to one another",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for cycle in &context.analysis.variables.cycles {
        let pairs = cycle.iter().zip(cycle.iter().cycle().skip(1));
        let mut places: Vec<_> = pairs
            .filter_map(|(from, to)| Some((from, to, place(context, from, to)?)))
            .collect();
        places.sort_by_key(|(_, _, span)| *span);
        let Some((from, to, first)) = places.first().copied() else {
            continue;
        };
        if from == to {
            let message = format!("the variable '{from}' refers to itself, so it has no value");
            found.push(CHECK.at(first, message));
            continue;
        }
        let message = format!(
            "the variable '{from}' refers to itself through '{to}', so neither has a value"
        );
        let mut diagnostic = CHECK.at(first, message);
        for (from, to, span) in places {
            diagnostic = diagnostic.related(span, format!("'{from}' refers to '{to}'"));
        }
        found.push(diagnostic);
    }
}

/// Where the variable `from` refers to the variable `to`.
fn place(context: &Context<'_>, from: &str, to: &str) -> Option<Span> {
    let text = context.recipe.variable(from)?.value.as_ref()?;
    let mut references = text.references.iter();
    let is_to = |kind: &ReferenceKind| matches!(kind, ReferenceKind::Variable(name) if name == to);
    Some(references.find(|reference| is_to(&reference.kind))?.span)
}

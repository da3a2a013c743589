use super::{Check, Context, Run, insertion};
use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "step-not-a-dependency",
    severity: Severity::Error,
    title: "The result of a step that this one does not wait for",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut uses = uses(context);
    let waits = answers(context, &uses, |it| (it.step, it.on));
    let mut waits = waits.into_iter();
    uses.retain(|_| waits.next() == Some(false));
    let closes_cycle = answers(context, &uses, |it| (it.on, it.step));
    for (it, closes_cycle) in uses.iter().zip(closes_cycle) {
        if it.step == it.on {
            let message = "a step has no result before it has run, so it cannot use its own";
            found.push(CHECK.at(it.span, message));
            continue;
        }
        let id = it.id;
        if closes_cycle {
            let message = format!(
                "'{id}' waits for this step, so it can have no result yet when this one runs"
            );
            found.push(CHECK.at(it.span, message));
            continue;
        }
        let message = format!(
            "this step does not wait for '{id}', so '{id}' may have no result yet: add it to depends_on"
        );
        let mut diagnostic = CHECK.at(it.span, message);
        let step = &context.recipe.steps[it.step];
        let fix = insertion::dependency(context.text, step, id);
        diagnostic.fixes.extend(fix);
        found.push(diagnostic);
    }
}

fn answers(
    context: &Context<'_>,
    uses: &[Use<'_>],
    pair: impl Fn(&Use<'_>) -> (usize, usize),
) -> Vec<bool> {
    context
        .graph
        .waits(&uses.iter().map(pair).collect::<Vec<_>>())
}

/// A place where a step uses the result of another.
struct Use<'a> {
    step: usize,
    on: usize,
    id: &'a str,
    span: Span,
}

fn uses<'a>(context: &Context<'a>) -> Vec<Use<'a>> {
    let mut uses = Vec::new();
    for (id, step) in &context.names.steps {
        let Some((on, _)) = step.defined.first() else {
            continue;
        };
        let places = step.outputs.iter().chain(&step.exit_codes);
        uses.extend(places.filter_map(|place| {
            Some(Use {
                step: place.step?,
                on: *on,
                id,
                span: place.span,
            })
        }));
    }
    uses
}

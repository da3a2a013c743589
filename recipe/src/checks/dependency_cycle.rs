use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::graph::{Edge, Why};

pub(super) const CHECK: Check = Check {
    code: "dependency-cycle",
    severity: Severity::Error,
    title: "Steps that wait for one another",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for cycle in context.cycles() {
        let Some((first, others)) = cycle.split_first() else {
            continue;
        };
        let message = match others {
            [] => format!(
                "the step '{}' waits for itself, so it can never start",
                id(context, first.step)
            ),
            _ => format!(
                "these steps wait for one another, so none of them can start: {}",
                chain(context, cycle)
            ),
        };
        let mut diagnostic = CHECK.at(first.span, message);
        if !others.is_empty() {
            for edge in cycle {
                diagnostic = diagnostic.related(edge.span, words(context, edge));
            }
        }
        found.push(diagnostic);
    }
}

/// `a → b → a`; in the middle of a long cycle, `…`.
fn chain(context: &Context<'_>, cycle: &[Edge]) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for edge in cycle {
        if ids.last() != Some(&id(context, edge.step)) {
            ids.push(id(context, edge.step));
        }
    }
    if ids.len() > MOST_NAMED {
        ids.splice(MOST_NAMED / 2..ids.len() - MOST_NAMED / 2, ["…"]);
    }
    ids.push(id(context, cycle[0].step));
    ids.join(" → ")
}

const MOST_NAMED: usize = 10;

fn words(context: &Context<'_>, edge: &Edge) -> String {
    let (step, on) = (id(context, edge.step), id(context, edge.on));
    match edge.why {
        Why::Depends => format!("'{step}' waits for '{on}'"),
        Why::Member => format!("'{step}' starts with the group '{on}' that it is in"),
        Why::Group => format!("the group '{step}' is done when '{on}' is"),
        Why::Order => format!("'{step}' comes after '{on}' in this group"),
    }
}

fn id<'a>(context: &Context<'a>, step: usize) -> &'a str {
    context.recipe.steps[step]
        .id()
        .map_or("", |id| id.value.as_str())
}

//! Which secrets each step is given: those that it names, and by the language's rule of taint those
//! that a variable or an output brings which an earlier step filled.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Action, Piece, Plan, Template};

/// For each step of the plan the names of the secrets that reach it.
pub(super) fn secrets(plan: &Plan) -> Vec<BTreeSet<String>> {
    let mut steps = vec![BTreeSet::new(); plan.steps.len()];
    // What steps have put into variables so far. A step that uses one runs after the one that sets it.
    let mut variables: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for index in plan.order() {
        let step = &plan.steps[index];
        let mut found = BTreeSet::new();
        for template in step.action.templates() {
            found.extend(brought(template, plan, &variables, &steps));
        }
        let filled = match &step.action {
            Action::Command(command) => command.capture.as_deref(),
            Action::SetVar { name, .. } => Some(name.as_str()),
            Action::Sleep(_) => None,
        };
        if let Some(name) = filled {
            variables.entry(name).or_default().extend(found.clone());
        }
        steps[index] = found;
    }
    steps
}

/// The secrets that a template brings.
fn brought(
    template: &Template,
    plan: &Plan,
    variables: &BTreeMap<&str, BTreeSet<String>>,
    steps: &[BTreeSet<String>],
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    template.visit(&plan.initial, &mut |piece| match piece {
        Piece::Secret(name) => {
            found.insert(name.to_string());
        }
        Piece::Variable(name) => {
            found.extend(variables.get(name.as_str()).into_iter().flatten().cloned())
        }
        Piece::StepOutput(index) => found.extend(steps.get(*index).into_iter().flatten().cloned()),
        _ => {}
    });
    found
}

//! Which steps run, and what they wait for: `--step`, `--from` and the graph.

use std::collections::{BTreeSet, HashMap};

use super::{MissingVariable, Piece, Plan, PlanError, PlanOptions};
use crate::analysis::Analysis;
use crate::nearest::{did_you_mean, nearest};

/// The steps that run.
pub(super) struct Selection {
    /// Their indices in the recipe, in the order they are written.
    pub(super) steps: Vec<usize>,
    /// For each of them its place in the plan.
    places: HashMap<usize, usize>,
    /// For each step of the recipe what it depends on.
    needs: Vec<Vec<usize>>,
}

/// The steps that `options` select.
pub(super) fn select(analysis: &Analysis, options: &PlanOptions) -> Result<Selection, String> {
    let needs = graph(analysis);
    let find = |flag: &str, id: &str| {
        analysis.names.step_index(id).ok_or_else(|| {
            let known = analysis
                .names
                .steps
                .iter()
                .filter(|(_, step)| !step.defined.is_empty());
            let hint = did_you_mean(nearest(id, known.map(|(id, _)| id.as_str())));
            format!("{flag} {id}: the recipe has no step of that id{hint}")
        })
    };
    let mut chosen = BTreeSet::new();
    for id in &options.only {
        chosen.insert(find("--step", id)?);
    }
    if let Some(id) = &options.from {
        chosen.extend(dependents(find("--from", id)?, &needs));
    }
    if options.only.is_empty() && options.from.is_none() {
        chosen.extend(0..needs.len());
    }
    let steps: Vec<usize> = chosen.into_iter().collect();
    let places = steps
        .iter()
        .enumerate()
        .map(|(place, index)| (*index, place))
        .collect();
    Ok(Selection {
        steps,
        places,
        needs,
    })
}

/// What each step depends on.
fn graph(analysis: &Analysis) -> Vec<Vec<usize>> {
    let needs = |step: &crate::model::Step| {
        let names = step.fields.names("depends_on").iter();
        names
            .filter_map(|id| analysis.names.step_index(&id.value))
            .collect()
    };
    analysis.recipe.steps.iter().map(needs).collect()
}

/// `first` and all steps that depend on it, directly or not.
fn dependents(first: usize, needs: &[Vec<usize>]) -> BTreeSet<usize> {
    let mut needed_by = vec![Vec::new(); needs.len()];
    for (step, needs) in needs.iter().enumerate() {
        for need in needs {
            needed_by[*need].push(step);
        }
    }
    reach(&needed_by, &[first])
}

/// `starts` and all that can be reached from them.
fn reach(edges: &[Vec<usize>], starts: &[usize]) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut open = starts.to_vec();
    while let Some(step) = open.pop() {
        if seen.insert(step) {
            open.extend(&edges[step]);
        }
    }
    seen
}

impl Selection {
    /// Tells the place in the plan of the step of an id.
    pub(super) fn ids<'a>(&'a self, analysis: &'a Analysis) -> impl Fn(&str) -> Option<usize> + 'a {
        |id| {
            let index = analysis.names.step_index(id)?;
            let place = self.places.get(&index).copied();
            // A step that is not selected has a place past the end, which `check_present` names.
            Some(place.unwrap_or(usize::MAX - index))
        }
    }

    /// Places of the selected steps that the step of this index waits for. A step that is not
    /// selected counts as done; what it waits for in turn is still waited for.
    pub(super) fn needs(&self, index: usize) -> Vec<usize> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = self.needs[index].clone();
        while let Some(step) = open.pop() {
            match self.places.get(&step) {
                Some(place) => {
                    found.insert(*place);
                }
                None if seen.insert(step) => open.extend(&self.needs[step]),
                None => {}
            }
        }
        found.into_iter().collect()
    }
}

/// Whether every run-time value that the plan uses can be there: with `--step` and `--from` the
/// step that makes it may not run.
pub(super) fn check_present(
    plan: &Plan,
    analysis: &Analysis,
    selection: &Selection,
) -> Result<(), PlanError> {
    if selection.steps.len() == analysis.recipe.steps.len() {
        return Ok(());
    }
    let set_here: BTreeSet<&str> = selection
        .steps
        .iter()
        .flat_map(|index| analysis.recipe.steps[*index].sets())
        .map(|name| name.value.as_str())
        .collect();
    let mut missing: Vec<MissingVariable> = Vec::new();
    let mut absent = None;
    for step in &plan.steps {
        let templates = step.templates().into_iter();
        for piece in templates.flat_map(|template| &template.0) {
            match piece {
                Piece::Variable(name)
                    if !set_here.contains(name.as_str())
                        && !plan.initial.contains_key(name)
                        && missing.iter().all(|it| it.name != *name) =>
                {
                    missing.push(MissingVariable {
                        name: name.clone(),
                        step: step.id.clone(),
                    });
                }
                Piece::StepOutput(place) | Piece::StepExitCode(place)
                    if *place >= plan.steps.len() =>
                {
                    let index = usize::MAX - place;
                    let id = analysis.recipe.steps[index].id().map_or("", |id| &id.value);
                    absent.get_or_insert_with(|| format!(
                        "step '{}' needs the result of step '{id}', which no step of this run makes; add --step {id}",
                        step.id
                    ));
                }
                _ => {}
            }
        }
    }
    match absent {
        _ if !missing.is_empty() => Err(PlanError::Variables(missing)),
        Some(message) => Err(PlanError::CommandLine(message)),
        None => Ok(()),
    }
}

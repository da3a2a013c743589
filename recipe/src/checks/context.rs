//! What several checks need, worked out once.

use std::cell::Cell;

use crate::analysis::Analysis;
use crate::graph::Graph;
use crate::model::Recipe;
use crate::names::Names;
use crate::nearest::nearest;

/// An analysis, and what is worked out from it for the checks.
pub(super) struct Context<'a> {
    pub(super) text: &'a str,
    pub(super) analysis: &'a Analysis,
    pub(super) recipe: &'a Recipe,
    pub(super) names: &'a Names,
    pub(super) graph: Graph,
    suggestions_left: Cell<usize>,
}

/// Nobody reads hundreds of suggestions, and each costs a look at every name there is.
const MOST_SUGGESTIONS: usize = 200;

impl<'a> Context<'a> {
    pub(super) fn new(analysis: &'a Analysis) -> Self {
        Self {
            text: &analysis.text,
            analysis,
            recipe: &analysis.recipe,
            names: &analysis.names,
            graph: Graph::of(&analysis.recipe, &analysis.names),
            suggestions_left: Cell::new(MOST_SUGGESTIONS),
        }
    }

    /// What a person probably meant by `name`.
    pub(super) fn nearest<'n>(
        &self,
        name: &str,
        candidates: impl IntoIterator<Item = &'n str>,
    ) -> Option<&'n str> {
        let left = self.suggestions_left.get().checked_sub(1)?;
        self.suggestions_left.set(left);
        nearest(name, candidates)
    }

    /// The ids of all steps.
    pub(super) fn step_ids(&self) -> impl Iterator<Item = &'a str> {
        let defined = self
            .names
            .steps
            .iter()
            .filter(|(_, step)| !step.defined.is_empty());
        defined.map(|(id, _)| id.as_str())
    }
}

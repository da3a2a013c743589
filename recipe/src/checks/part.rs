//! A part of a recipe that is looked at by itself: a step, or what stands in none.

use crate::analysis::Analysis;
use crate::model::{Recipe, Step, StepOperation, Text, Variable};
use crate::names::Names;

/// A part, and nothing that can change while the part does not.
pub(super) struct Part<'a> {
    /// The text of the recipe, to read what stands in the part.
    pub(super) text: &'a str,
    /// What the names mean that stand in texts of the part. Which others there are may change.
    pub(super) names: &'a Names,
    /// The step, if it is one.
    pub(super) step: Option<&'a Step>,
    recipe: &'a Recipe,
}

impl<'a> Part<'a> {
    pub(super) fn of(analysis: &'a Analysis, step: Option<&'a Step>) -> Self {
        Self {
            text: &analysis.text,
            names: &analysis.names,
            step,
            recipe: &analysis.recipe,
        }
    }

    /// `[variables]`, which stand in no step.
    pub(super) fn variables(&self) -> &'a [Variable] {
        match self.step {
            Some(_) => &[],
            None => &self.recipe.variables,
        }
    }

    /// The operations of the step.
    pub(super) fn operations(&self) -> impl Iterator<Item = &'a StepOperation> + use<'a> {
        self.step.into_iter().flat_map(|step| &step.operations)
    }

    /// Calls `visit` with every scanned string.
    pub(super) fn each_text(&self, visit: &mut dyn FnMut(&'a Text)) {
        match self.step {
            Some(step) => step.each_text(visit),
            None => self.recipe.each_variable_text(visit),
        }
    }
}

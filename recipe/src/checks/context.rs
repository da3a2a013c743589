//! What several checks need, worked out once.

use std::cell::{Cell, OnceCell};

use super::satisfy::Condition;
use crate::analysis::{Analysis, ShellFindingKind};
use crate::graph::Graph;
use crate::model::{Recipe, StepOperation};
use crate::names::Names;
use crate::nearest::nearest;
use crate::shell::Sink;
use crate::span::Span;

/// An analysis, and what is worked out from it for the checks.
pub(super) struct Context<'a> {
    pub(super) text: &'a str,
    pub(super) analysis: &'a Analysis,
    pub(super) recipe: &'a Recipe,
    pub(super) names: &'a Names,
    pub(super) graph: Graph,
    suggestions_left: Cell<usize>,
    conditions: OnceCell<Vec<Option<Condition<'a>>>>,
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
            conditions: OnceCell::new(),
        }
    }

    /// The condition of each step that has one that can be read.
    pub(super) fn conditions(&self) -> &[Option<Condition<'a>>] {
        let read = || self.recipe.steps.iter().map(Condition::of).collect();
        self.conditions.get_or_init(read)
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

    /// The secrets that scripts give away. Where secrets are an error anyway, as in what is typed into a
    /// session, a warning would be noise.
    pub(super) fn exposed(&self) -> impl Iterator<Item = Exposed<'a>> {
        let recipe = self.recipe;
        let is_typed = move |step: usize| {
            let operations = &recipe.steps[step].operations;
            operations.iter().any(StepOperation::types_into_session)
        };
        let found = self.analysis.findings().shell.iter();
        found.filter_map(move |finding| match &finding.kind {
            ShellFindingKind::Exposed { sink, program, via } if !is_typed(finding.step) => {
                Some(Exposed {
                    sink: *sink,
                    program,
                    via: via.as_deref(),
                    span: finding.span,
                })
            }
            _ => None,
        })
    }
}

/// A secret that a script gives away.
pub(super) struct Exposed<'a> {
    pub(super) sink: Sink,
    pub(super) program: &'a str,
    /// The shell variable that carries it there.
    pub(super) via: Option<&'a str>,
    pub(super) span: Span,
}

impl Exposed<'_> {
    /// `this secret`, or `the secret in $TOKEN`.
    pub(super) fn secret(&self) -> String {
        match self.via {
            Some(variable) => format!("the secret in ${variable}"),
            None => "this secret".to_owned(),
        }
    }
}

//! What several checks need, worked out once.

use std::cell::{Cell, OnceCell};

use super::captured::{self, Captured};
use super::satisfy::When;
use super::taint::Taint;
use super::unresolved::Unresolved;
use crate::analysis::Analysis;
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::ShellFindingKind;
use crate::graph::{Edge, Graph};
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
    pub(super) graph: &'a Graph,
    suggestions_left: Cell<usize>,
    whens: OnceCell<Vec<Option<When>>>,
    groups: OnceCell<Vec<usize>>,
    cycles: OnceCell<Vec<Vec<Edge>>>,
    free_step_id: OnceCell<String>,
    taint: OnceCell<Taint<'a>>,
    captured: OnceCell<Vec<Captured>>,
    unresolved: OnceCell<Vec<Unresolved<'a>>>,
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
            graph: analysis.graph(),
            suggestions_left: Cell::new(MOST_SUGGESTIONS),
            whens: OnceCell::new(),
            groups: OnceCell::new(),
            cycles: OnceCell::new(),
            free_step_id: OnceCell::new(),
            taint: OnceCell::new(),
            captured: OnceCell::new(),
            unresolved: OnceCell::new(),
        }
    }

    /// What is known of the condition of each step that has one that can be read.
    pub(super) fn whens(&self) -> &[Option<When>] {
        // What stands in no step comes first.
        let read = || {
            self.analysis
                .parts()
                .skip(1)
                .map(|part| part.when)
                .collect()
        };
        self.whens.get_or_init(read)
    }

    /// The steps that are groups.
    pub(super) fn groups(&self) -> &[usize] {
        self.groups.get_or_init(|| {
            let steps = self.recipe.steps.iter().enumerate();
            let groups = steps.filter(|(_, step)| {
                let operation = step.operation();
                operation.is_some_and(|operation| operation.spec.name == "group")
            });
            groups.map(|(index, _)| index).collect()
        })
    }

    /// Steps that wait for one another.
    pub(super) fn cycles(&self) -> &[Vec<Edge>] {
        self.cycles.get_or_init(|| self.graph.cycles())
    }

    /// `step-1`, or the first number that no step has yet.
    pub(super) fn free_step_id(&self) -> &str {
        self.free_step_id.get_or_init(|| {
            let ids = (1..).map(|number| format!("step-{number}"));
            let mut free = ids.filter(|id| !self.names.steps.contains_key(id));
            free.next().unwrap_or_default()
        })
    }

    /// Where secrets go.
    pub(super) fn taint(&self) -> &Taint<'a> {
        self.taint.get_or_init(|| Taint::of(self.analysis))
    }

    /// References to variables that the recipe does not have, in the order they are written.
    pub(super) fn unresolved(&self) -> &[Unresolved<'a>] {
        self.unresolved
            .get_or_init(|| Unresolved::all(self.recipe, self.names))
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
    pub(super) fn exposed(&self) -> impl Iterator<Item = Exposed<'_>> {
        let recipe = self.recipe;
        let is_typed = move |step: usize| {
            let operations = &recipe.steps[step].operations;
            operations.iter().any(StepOperation::types_into_session)
        };
        let captured = self
            .captured
            .get_or_init(|| captured::all(self.analysis, self.taint()));
        let captured = captured.iter().filter(move |it| !is_typed(it.step));
        let captured = captured.map(|it| Exposed {
            sink: it.sink,
            program: &it.program,
            via: it.via.as_deref(),
            span: it.span,
            from: Some(&it.from),
        });
        let found = self.analysis.shell();
        let found = found.filter_map(move |finding| match &finding.kind {
            ShellFindingKind::Exposed { sink, program, via } if !is_typed(finding.step) => {
                Some(Exposed {
                    sink: *sink,
                    program,
                    via: via.as_deref(),
                    span: finding.span,
                    from: None,
                })
            }
            _ => None,
        });
        found.chain(captured)
    }
}

/// A secret that a script gives away.
pub(super) struct Exposed<'a> {
    pub(super) sink: Sink,
    pub(super) program: &'a str,
    /// The shell variable that carries it there.
    pub(super) via: Option<&'a str>,
    pub(super) span: Span,
    /// Where it comes from, if it only counts as a secret: the step, and the secret that this has.
    from: Option<&'a (String, String)>,
}

impl Exposed<'_> {
    /// `this secret`, or `the secret in $TOKEN`.
    pub(super) fn secret(&self) -> String {
        match (self.from, self.via) {
            (Some((step, secret)), via) => format!(
                "{} comes from step '{step}', which has the secret '{secret}', so it counts as one and",
                via.map_or_else(|| "this".to_owned(), |via| format!("what is in ${via}"))
            ),
            (None, Some(variable)) => format!("the secret in ${variable}"),
            (None, None) => "this secret".to_owned(),
        }
    }

    /// What is found there. What only counts as a secret may hold none.
    pub(super) fn found(&self, check: &super::Check, message: String) -> Diagnostic {
        let severity = match self.from {
            Some(_) => Severity::Hint,
            None => check.severity,
        };
        Diagnostic::new(check.code, severity, self.span, message)
    }
}

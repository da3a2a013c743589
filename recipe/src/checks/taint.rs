//! Which values hold secrets: a secret goes into a step, and into whatever the step leaves behind.
//!
//! A variable whose value refers to a secret is one. A step that is given one may print it, so what
//! it captures and its output count as one too; and so does what a further step makes of that.

use std::collections::{HashMap, VecDeque};

use crate::analysis::Analysis;
use crate::names::Use;
use crate::reference::{Reference, ReferenceKind};
use crate::secret_name::SecretName;
use crate::span::Span;

/// Where secrets go in a recipe.
pub(super) struct Taint<'a> {
    analysis: &'a Analysis,
    /// For each step one secret that it is given, directly or not.
    steps: Vec<Option<&'a SecretName>>,
    /// Variables that a step with a secret sets, with that step.
    set: HashMap<&'a str, usize>,
}

/// A secret that a reference brings in.
pub(super) struct Brought<'a> {
    pub(super) secret: &'a SecretName,
    /// The step through whose output it comes, if it comes that way.
    pub(super) through: Option<usize>,
}

impl<'a> Taint<'a> {
    pub(super) fn of(analysis: &'a Analysis) -> Self {
        let mut taint = Self {
            analysis,
            steps: vec![None; analysis.recipe.steps.len()],
            set: HashMap::new(),
        };
        let mut sets: HashMap<usize, Vec<&'a str>> = HashMap::new();
        // Of several secrets the one that stands last is named.
        let mut given: Vec<(Span, usize, &'a SecretName)> = Vec::new();
        let mut give = |secret: &'a SecretName, uses: &[Use]| {
            let in_steps = uses
                .iter()
                .filter_map(|it| Some((it.span, it.step?, secret)));
            given.extend(in_steps);
        };
        for (secret, uses) in &analysis.names.secrets {
            give(secret, uses);
        }
        for (name, variable) in &analysis.names.variables {
            if let Some(secret) = taint.first_value(name) {
                give(secret, &variable.uses);
            }
            for step in variable.set_by.iter().filter_map(|place| place.step) {
                sets.entry(step).or_default().push(name);
            }
        }
        given.sort_unstable_by_key(|(span, ..)| *span);
        for (_, step, secret) in given {
            taint.steps[step] = Some(secret);
        }
        taint.spread(&sets);
        taint
    }

    /// The secret that a reference brings in.
    pub(super) fn brought_by(&self, reference: &'a Reference) -> Option<Brought<'a>> {
        let directly = |secret| Brought {
            secret,
            through: None,
        };
        let through = |step: usize| {
            Some(Brought {
                secret: self.steps[step]?,
                through: Some(step),
            })
        };
        match &reference.kind {
            ReferenceKind::Secret(name) => Some(directly(name)),
            ReferenceKind::Variable(name) => match self.first_value(name) {
                Some(secret) => Some(directly(secret)),
                None => through(*self.set.get(name.as_str())?),
            },
            ReferenceKind::StepOutput(id) => through(self.analysis.names.step_index(id)?),
            _ => None,
        }
    }

    /// The secret in the value of `[variables]`.
    fn first_value(&self, name: &str) -> Option<&'a SecretName> {
        self.analysis.variables.value(name)?.secrets().next()
    }

    /// From each step that has a secret to the steps that read what it leaves behind: its output, and the
    /// variables that it sets.
    fn spread(&mut self, sets: &HashMap<usize, Vec<&'a str>>) {
        let names = &self.analysis.names;
        let given = self.steps.iter().enumerate();
        let given = given.filter(|(_, secret)| secret.is_some());
        let mut open: VecDeque<usize> = given.map(|(index, _)| index).collect();
        while let Some(step) = open.pop_front() {
            let id = self.analysis.recipe.steps[step].id();
            let outputs = id.and_then(|id| {
                let it = names.steps.get(&id.value)?;
                // Of a duplicate id the first step is meant.
                let is_meant = it.defined.first().is_some_and(|(index, _)| *index == step);
                is_meant.then_some(&it.outputs)
            });
            let mut readers: Vec<&Use> = outputs.into_iter().flatten().collect();
            for name in sets.get(&step).into_iter().flatten() {
                self.set.entry(name).or_insert(step);
                readers.extend(
                    names
                        .variables
                        .get(*name)
                        .into_iter()
                        .flat_map(|it| &it.uses),
                );
            }
            for reader in readers.into_iter().filter_map(|place| place.step) {
                if self.steps[reader].is_none() {
                    self.steps[reader] = self.steps[step];
                    open.push_back(reader);
                }
            }
        }
    }
}

//! Which values hold secrets: a secret goes into a step, and into whatever the step leaves behind.
//!
//! A variable whose value refers to a secret is one. A step that is given one may print it, so what
//! it captures and its output count as one too; and so does what a further step makes of that.

use std::collections::VecDeque;

use crate::analysis::Analysis;
use crate::names::{Use, Variable};
use crate::reference::{Reference, ReferenceKind};
use crate::secret_name::SecretName;

/// Where secrets go in a recipe.
pub(super) struct Taint<'a> {
    analysis: &'a Analysis,
    /// For each step one secret that it is given, directly or not.
    steps: Vec<Option<&'a SecretName>>,
}

/// A secret that a reference brings in.
pub(super) struct Brought<'a> {
    pub(super) secret: &'a SecretName,
    /// The step through whose output it comes, if it comes that way.
    pub(super) through: Option<usize>,
}

impl<'a> Taint<'a> {
    pub(super) fn of(analysis: &'a Analysis) -> Self {
        let (names, steps) = (&analysis.names, analysis.recipe.steps.len());
        let mut taint = Self {
            analysis,
            steps: vec![None; steps],
        };
        let mut given: Vec<(&Use, &'a SecretName)> = Vec::new();
        // Who reads what each step leaves behind: its output, and the variables that it sets.
        let mut readers: Vec<Vec<&[Use]>> = vec![Vec::new(); steps];
        for (secret, uses) in &names.secrets {
            given.extend(uses.iter().map(|place| (place, secret)));
        }
        for (name, variable) in &names.variables {
            if let Some(secret) = taint.first_value(name, variable) {
                given.extend(variable.uses.iter().map(|place| (place, secret)));
            }
            for step in variable.set_by.iter().filter_map(|place| place.step) {
                readers[step].push(&variable.uses);
            }
        }
        for step in names.steps.values().filter(|it| !it.outputs.is_empty()) {
            // Of a duplicate id the first step is meant.
            if let Some((index, _)) = step.defined.first() {
                readers[*index].push(&step.outputs);
            }
        }
        // Of several secrets the one that stands last is named.
        given.sort_by_key(|(place, _)| place.span);
        for (place, secret) in given {
            if let Some(step) = place.step {
                taint.steps[step] = Some(secret);
            }
        }
        taint.spread(&readers);
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
            ReferenceKind::Variable(name) => {
                let variable = self.analysis.names.variables.get(name)?;
                match self.first_value(name, variable) {
                    Some(secret) => Some(directly(secret)),
                    None => {
                        let mut setters = variable.set_by.iter();
                        setters.find_map(|place| through(place.step?))
                    }
                }
            }
            ReferenceKind::StepOutput(id) => through(self.analysis.names.step_index(id)?),
            _ => None,
        }
    }

    /// The secret in the value of `[variables]`.
    fn first_value(&self, name: &str, variable: &Variable) -> Option<&'a SecretName> {
        let is_written = !variable.defined.is_empty();
        let value = is_written.then(|| self.analysis.variables.value(name))?;
        value?.secrets().next()
    }

    /// From each step that has a secret to those that read what it leaves behind.
    fn spread(&mut self, readers: &[Vec<&[Use]>]) {
        let given = self.steps.iter().enumerate();
        let given = given.filter(|(_, secret)| secret.is_some());
        let mut open: VecDeque<usize> = given.map(|(index, _)| index).collect();
        while let Some(step) = open.pop_front() {
            let places = readers[step].iter().copied().flatten();
            for reader in places.filter_map(|place| place.step) {
                if self.steps[reader].is_none() {
                    self.steps[reader] = self.steps[step];
                    open.push_back(reader);
                }
            }
        }
    }
}

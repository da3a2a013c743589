//! Which values hold secrets: a secret goes into a step, and into whatever the step leaves behind.
//!
//! A variable whose value refers to a secret is one. A step that is given one may print it, so what
//! it captures and its output count as one too; and so does what a further step makes of that.

use std::collections::{HashMap, VecDeque};

use crate::analysis::Analysis;
use crate::language::{Kind, NameKind};
use crate::model::{Arg, Field, Text};
use crate::reference::{Reference, ReferenceKind};
use crate::secret_name::SecretName;

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

/// Who reads what a step may leave behind.
#[derive(Default)]
struct Readers<'a> {
    of_variable: HashMap<&'a str, Vec<usize>>,
    of_output: HashMap<usize, Vec<usize>>,
}

impl<'a> Taint<'a> {
    pub(super) fn of(analysis: &'a Analysis) -> Self {
        let steps = vec![None; analysis.recipe.steps.len()];
        let mut taint = Self {
            analysis,
            steps,
            set: HashMap::new(),
        };
        let mut readers = Readers::default();
        for (index, step) in analysis.recipe.steps.iter().enumerate() {
            step.each_text(&mut |text| taint.read_text(index, text, &mut readers));
            for operation in &step.operations {
                let fields = &operation.fields;
                fields.each_field(&mut |field| taint.read_field(index, field, &mut readers));
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

    fn read_text(&mut self, step: usize, text: &'a Text, readers: &mut Readers<'a>) {
        for reference in &text.references {
            match &reference.kind {
                ReferenceKind::Secret(name) => self.steps[step] = Some(name),
                ReferenceKind::Variable(name) => self.read_variable(step, name, readers),
                ReferenceKind::StepOutput(id) => self.read_output(step, id, readers),
                _ => {}
            }
        }
    }

    fn read_field(&mut self, step: usize, field: &'a Field, readers: &mut Readers<'a>) {
        match (&field.value, field.spec.kind) {
            (Arg::Name(name), Kind::Name(NameKind::ReadVariable)) => {
                self.read_variable(step, &name.value, readers);
            }
            (Arg::Name(id), Kind::Name(NameKind::StepReference)) => {
                self.read_output(step, &id.value, readers);
            }
            _ => {}
        }
    }

    fn read_variable(&mut self, step: usize, name: &'a str, readers: &mut Readers<'a>) {
        if let Some(secret) = self.first_value(name) {
            self.steps[step] = Some(secret);
        }
        if self.analysis.names.is_set_by_step(name) {
            readers.of_variable.entry(name).or_default().push(step);
        }
    }

    fn read_output(&mut self, step: usize, id: &str, readers: &mut Readers<'a>) {
        if let Some(from) = self.analysis.names.step_index(id) {
            readers.of_output.entry(from).or_default().push(step);
        }
    }

    /// From each step that has a secret to the steps that read what it leaves behind.
    fn spread(&mut self, readers: &Readers<'a>) {
        let given = self
            .steps
            .iter()
            .enumerate()
            .filter(|(_, secret)| secret.is_some());
        let mut open: VecDeque<usize> = given.map(|(index, _)| index).collect();
        while let Some(step) = open.pop_front() {
            let mut reached: Vec<usize> = readers.of_output.get(&step).cloned().unwrap_or_default();
            for name in self.analysis.recipe.steps[step].sets() {
                self.set.entry(&name.value).or_insert(step);
                reached.extend(
                    readers
                        .of_variable
                        .get(name.value.as_str())
                        .into_iter()
                        .flatten(),
                );
            }
            for reader in reached {
                if self.steps[reader].is_none() {
                    self.steps[reader] = self.steps[step];
                    open.push_back(reader);
                }
            }
        }
    }
}

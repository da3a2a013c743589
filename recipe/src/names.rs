//! Definitions and uses: every name of a recipe and all the places it stands in.

use std::collections::BTreeMap;

use crate::language::NameKind;
use crate::model::{Arg, Field, Recipe, Text};
use crate::reference::ReferenceKind;
use crate::secret_name::SecretName;
use crate::span::Span;

/// Every name of a recipe.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Variables: those of `[variables]`, those that steps set, and in shell text only those.
    pub variables: BTreeMap<String, Variable>,
    /// Steps by id.
    pub steps: BTreeMap<String, Step>,
    /// Secrets.
    pub secrets: BTreeMap<SecretName, Vec<Use>>,
}

/// Where a variable is given values and read.
#[derive(Clone, Debug, Default)]
pub struct Variable {
    /// Its keys in `[variables]`: one in a sound recipe.
    pub defined: Vec<Span>,
    /// Where steps set it.
    pub set_by: Vec<Use>,
    /// Where it is read.
    pub uses: Vec<Use>,
}

/// Where a step is defined and referred to.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// The steps with this id: index and the place of the id. One in a sound recipe.
    pub defined: Vec<(usize, Span)>,
    /// Where other steps name it.
    pub uses: Vec<Use>,
}

/// A place where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The name, without quotes or braces.
    pub span: Span,
    /// The index of the step it stands in; in `[variables]` there is none.
    pub step: Option<usize>,
}

impl Names {
    /// Collects the names of `recipe`.
    pub fn of(recipe: &Recipe) -> Self {
        let mut names = Self::default();
        for variable in &recipe.variables {
            names
                .variable(&variable.name.value)
                .defined
                .push(variable.name.span);
        }
        for (index, step) in recipe.steps.iter().enumerate() {
            if let Some(id) = step.id() {
                names
                    .steps
                    .entry(id.value.clone())
                    .or_default()
                    .defined
                    .push((index, id.span));
            }
            for name in step.sets() {
                let place = Use {
                    span: name.span,
                    step: Some(index),
                };
                names.variable(&name.value).set_by.push(place);
            }
        }
        for text in recipe
            .variables
            .iter()
            .filter_map(|variable| variable.value.as_ref())
        {
            names.read_text(text, None);
        }
        for (index, step) in recipe.steps.iter().enumerate() {
            step.each_text(&mut |text| names.read_text(text, Some(index)));
            let fields = std::iter::once(&step.fields);
            for fields in fields.chain(step.operations.iter().map(|operation| &operation.fields)) {
                fields.each_field(&mut |field| names.read_field(field, index));
            }
        }
        names
    }

    /// Whether `name` is a variable of the recipe: of `[variables]`, or set by a step.
    pub fn is_variable(&self, name: &str) -> bool {
        self.variables
            .get(name)
            .is_some_and(|it| !it.defined.is_empty() || !it.set_by.is_empty())
    }

    /// Whether some step sets the variable, so that its value is data.
    pub fn is_set_by_step(&self, name: &str) -> bool {
        self.variables
            .get(name)
            .is_some_and(|it| !it.set_by.is_empty())
    }

    /// The names of all variables of the recipe.
    pub fn variable_names(&self) -> impl Iterator<Item = &str> {
        self.variables
            .keys()
            .map(String::as_str)
            .filter(|name| self.is_variable(name))
    }

    /// The step of that id, the first if there are several.
    pub fn step_index(&self, id: &str) -> Option<usize> {
        self.steps.get(id)?.defined.first().map(|(index, _)| *index)
    }

    fn variable(&mut self, name: &str) -> &mut Variable {
        self.variables.entry(name.to_owned()).or_default()
    }

    fn read_text(&mut self, text: &Text, step: Option<usize>) {
        for reference in &text.references {
            let place = Use {
                span: reference.name_span,
                step,
            };
            match &reference.kind {
                ReferenceKind::Variable(name) => self.variable(name).uses.push(place),
                ReferenceKind::Secret(name) => {
                    self.secrets.entry(name.clone()).or_default().push(place);
                }
                ReferenceKind::StepOutput(id) | ReferenceKind::StepExitCode(id) => {
                    self.steps.entry(id.clone()).or_default().uses.push(place);
                }
                ReferenceKind::Env(_) | ReferenceKind::Escape | ReferenceKind::Malformed(_) => {}
            }
        }
    }

    fn read_field(&mut self, field: &Field, step: usize) {
        let place = |span| Use {
            span,
            step: Some(step),
        };
        match (&field.value, field.spec.kind) {
            (Arg::Names(ids), _) => {
                for id in ids {
                    self.steps
                        .entry(id.value.clone())
                        .or_default()
                        .uses
                        .push(place(id.span));
                }
            }
            (Arg::Name(id), crate::language::Kind::Name(NameKind::StepReference)) => {
                self.steps
                    .entry(id.value.clone())
                    .or_default()
                    .uses
                    .push(place(id.span));
            }
            (Arg::Name(name), crate::language::Kind::Name(NameKind::ReadVariable)) => {
                self.variable(&name.value).uses.push(place(name.span));
            }
            _ => {}
        }
    }
}

//! References to variables that the recipe does not have. Most recipes have none but those that shell
//! texts leave to the shell, so only the steps are read in which the names stand.

use std::collections::BTreeSet;

use super::unknown_variable::BUILT_IN;
use crate::language::{Kind, NameKind};
use crate::model::{Arg, Recipe, StepOperation, Text};
use crate::names::Names;
use crate::reference::{Reference, ReferenceKind};
use crate::span::Spanned;

/// A reference to a variable that the recipe does not have.
pub(super) struct Unresolved<'a> {
    /// The name that stands there.
    pub(super) name: &'a str,
    pub(super) place: Place<'a>,
}

/// Where it stands.
pub(super) enum Place<'a> {
    /// `${name}` in a text, and the operation of the text.
    Text(&'a Text, &'a Reference, Option<&'a StepOperation>),
    /// The name alone, as a value.
    Name(&'a Spanned<String>),
}

impl<'a> Unresolved<'a> {
    /// All of them, step by step.
    pub(super) fn all(recipe: &'a Recipe, names: &'a Names) -> Vec<Self> {
        let is_unresolved = |name: &str| !names.is_variable(name) && !BUILT_IN.contains(&name);
        let unresolved = names.variables.iter().filter(|(name, it)| {
            it.defined.is_empty() && it.set_by.is_empty() && !BUILT_IN.contains(&name.as_str())
        });
        let uses = unresolved.flat_map(|(_, it)| &it.uses);
        let parts: BTreeSet<Option<usize>> = uses.map(|place| place.step).collect();
        let mut all = Vec::new();
        for part in parts {
            let mut read = |operation: Option<&'a StepOperation>, text: &'a Text| {
                for reference in &text.references {
                    if let ReferenceKind::Variable(name) = &reference.kind
                        && is_unresolved(name)
                    {
                        let place = Place::Text(text, reference, operation);
                        all.push(Self { name, place });
                    }
                }
            };
            let Some(step) = part.map(|index| &recipe.steps[index]) else {
                recipe.each_variable_text(&mut |text| read(None, text));
                continue;
            };
            step.fields.each_text(&mut |text| read(None, text));
            for operation in &step.operations {
                let fields = &operation.fields;
                fields.each_text(&mut |text| read(Some(operation), text));
            }
            for operation in &step.operations {
                operation.fields.each_field(&mut |field| {
                    if let (Kind::Name(NameKind::ReadVariable), Arg::Name(name)) =
                        (field.spec.kind, &field.value)
                        && !names.is_variable(&name.value)
                    {
                        let place = Place::Name(name);
                        all.push(Self {
                            name: &name.value,
                            place,
                        });
                    }
                });
            }
        }
        all
    }
}

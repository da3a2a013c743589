//! A variable of the shell in one operation: its key in `env`, where the commands give it a value, and where
//! they read it. What it is called elsewhere, on the host or in another step, is not the recipe's.

use recipe::language::Role;
use recipe::model::{StepOperation, Text};
use recipe::reference::{Reference, ReferenceKind};
use recipe::shell::{Named, places_of};
use recipe::symbol::{Access, Occurrence, without_quotes};
use recipe::{Analysis, Span};

use super::wording;

/// The variable, with all its places in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) places: Vec<Occurrence>,
    /// Where the name stands as a word by which a program may know the variable.
    pub(super) words: Vec<Span>,
    /// Whether its session goes on after this step, so that later ones may read it.
    pub(super) is_kept: bool,
}

/// The variable of the shell at `offset`, if the operation there gives it a value.
pub(super) fn variable_at(analysis: &Analysis, offset: usize) -> Option<Variable> {
    let name = word_at(&analysis.text, offset)?;
    let step = wording::step_at(analysis, offset)?;
    let operations = analysis.recipe.steps[step].operations.iter();
    let mut all = operations.map(|it| Variable::of(analysis, step, it, name));
    all.find(|it| it.is_defined() && it.at(&analysis.text, offset).is_some())
}

impl Variable {
    /// The variable of that name in an operation.
    pub(super) fn of(
        analysis: &Analysis,
        step: usize,
        operation: &StepOperation,
        name: &str,
    ) -> Self {
        let step = Some(step);
        let keys = operation.fields.map("env").iter();
        let keys = keys.filter(|(key, _)| key.value == name);
        let defined = keys.map(|(key, _)| Occurrence {
            span: without_quotes(&analysis.text, key.span),
            access: Access::Define,
            step,
        });
        let mut places: Vec<_> = defined.collect();
        let mut words = Vec::new();
        let mut is_kept = false;
        operation.fields.each_text(&mut |text| {
            is_kept |= text.role == Role::Session;
            if text.role != Role::Shell {
                return;
            }
            for (range, named) in places_of(&of_the_shell(analysis, text), name) {
                let span = text.source.span_of(range.start, range.end);
                let access = match named {
                    Named::Assigned => Access::Write,
                    Named::Read => Access::Read,
                    Named::Word => {
                        words.push(span);
                        continue;
                    }
                };
                places.push(Occurrence { span, access, step });
            }
        });
        places.sort_by_key(|it| it.span);
        Self {
            name: name.to_owned(),
            places,
            words,
            is_kept,
        }
    }

    /// Whether the operation gives it a value.
    fn is_defined(&self) -> bool {
        self.places.iter().any(|it| it.access != Access::Read)
    }

    /// Its place at `offset`, which may also be on the `${` before the name.
    pub(super) fn at(&self, text: &str, offset: usize) -> Option<Span> {
        let places = self.places.iter().map(|it| it.span);
        let mut here = places.filter(|it| {
            let before = text[..it.start].trim_end_matches(['$', '{']).len();
            let sigil = (it.start - before).min(2);
            Span::new(it.start - sigil, it.end).touches(offset)
        });
        here.next()
    }
}

/// The name that `offset` touches, or that follows the `$` or `${` there.
fn word_at(text: &str, offset: usize) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let rest = &text[offset..];
    let sigil = ["${", "$", "{"].iter().find(|it| rest.starts_with(**it));
    let inside = offset + sigil.map_or(0, |it| it.len());
    let start = text[..inside].trim_end_matches(is_part).len();
    let word = &text[start..];
    let word = &word[..word.find(|c| !is_part(c)).unwrap_or(word.len())];
    (!word.is_empty()).then_some(word)
}

/// A shell text as the shell gets it, but of the same length: with a word in the place of what is the
/// recipe's, and `${` where `$${` stands.
fn of_the_shell(analysis: &Analysis, text: &Text) -> String {
    let mut shell = String::with_capacity(text.as_str().len());
    for Reference { range, kind, .. } in &text.references {
        let stand_in = match kind {
            ReferenceKind::Malformed(_) => continue,
            ReferenceKind::Variable(name) if !is_the_recipes(analysis, name) => continue,
            ReferenceKind::Escape => " ${".to_owned(),
            _ => "M".repeat(range.len()),
        };
        shell.push_str(
            text.as_str()
                .get(shell.len()..range.start)
                .unwrap_or_default(),
        );
        shell.push_str(&stand_in);
    }
    shell.push_str(text.as_str().get(shell.len()..).unwrap_or_default());
    shell
}

/// Whether `${name}` in shell text is a reference.
pub(super) fn is_the_recipes(analysis: &Analysis, name: &str) -> bool {
    matches!(name, "target" | "now") || analysis.names.is_variable(name)
}

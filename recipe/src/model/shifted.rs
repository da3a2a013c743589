//! What moves in a model when the text before it changes.

use super::{Arg, Field, Fields, Problem, Recipe, Step, StepOperation, Text, Variable};
use crate::reference::Reference;
use crate::shift::{Shift, Shiftable};
use crate::span::{Span, Spanned};

impl Recipe {
    /// Makes this the recipe in which the step `index`, which stood at `was`, is `step` now, with
    /// these problems, and what stood behind the edit elsewhere.
    pub(crate) fn replace(
        &mut self,
        index: usize,
        step: Step,
        problems: Vec<Problem>,
        was: Span,
        shift: Shift,
    ) {
        self.steps[index] = step;
        for step in self.steps.iter_mut().skip(index + 1) {
            step.shift(shift);
        }
        self.meta.shift(shift);
        self.target.shift(shift);
        self.variables.shift(shift);
        // That there is no [recipe] is said at the start of the text, where a step may be: it is not the step's.
        let of_text = Span::at(0);
        let before = |limit| move |it: &Problem| it.span().start < limit || it.span() == of_text;
        let first = self.problems.partition_point(before(was.start));
        let last = self.problems.partition_point(before(was.end));
        self.problems[last..]
            .iter_mut()
            .for_each(|problem| problem.shift(shift));
        self.problems.splice(first..last, problems);
    }
}

impl Problem {
    /// Where it is sorted in.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::UnknownKey { key, .. } => key.span,
            Self::NotAmong { value, .. } => value.span,
            Self::MissingKey { span, .. }
            | Self::WrongType { span, .. }
            | Self::OutOfRange { span, .. }
            | Self::NotExactlyOne { span, .. }
            | Self::WrongHeader { span, .. } => *span,
        }
    }
}

impl Shiftable for Variable {
    fn shift(&mut self, shift: Shift) {
        self.name.shift(shift);
        self.value.shift(shift);
    }
}

impl Shiftable for Step {
    fn shift(&mut self, shift: Shift) {
        self.fields.shift(shift);
        self.span.shift(shift);
        self.operations.shift(shift);
    }
}

impl Shiftable for StepOperation {
    fn shift(&mut self, shift: Shift) {
        self.key.shift(shift);
        self.fields.shift(shift);
    }
}

impl Shiftable for Fields {
    fn shift(&mut self, shift: Shift) {
        self.span.shift(shift);
        self.items.shift(shift);
    }
}

impl Shiftable for Field {
    fn shift(&mut self, shift: Shift) {
        self.key.shift(shift);
        self.span.shift(shift);
        self.value.shift(shift);
    }
}

impl Shiftable for Arg {
    fn shift(&mut self, shift: Shift) {
        match self {
            Self::Text(text) => text.shift(shift),
            Self::Name(name) => name.shift(shift),
            Self::Texts(texts) => texts.shift(shift),
            Self::Names(names) => names.shift(shift),
            Self::Map(entries) => entries.shift(shift),
            Self::Fields(fields) => fields.shift(shift),
            Self::Variant(name, fields) => {
                name.shift(shift);
                fields.shift(shift);
            }
            Self::Many(args) => args.shift(shift),
            Self::Integer(_) | Self::Number(_) | Self::Boolean(_) | Self::Invalid => {}
        }
    }
}

impl Shiftable for (Spanned<String>, Text) {
    fn shift(&mut self, shift: Shift) {
        self.0.shift(shift);
        self.1.shift(shift);
    }
}

impl Shiftable for Text {
    fn shift(&mut self, shift: Shift) {
        self.source.shift(shift);
        self.span.shift(shift);
        self.references.shift(shift);
    }
}

impl Shiftable for Reference {
    fn shift(&mut self, shift: Shift) {
        self.span.shift(shift);
        self.name_span.shift(shift);
    }
}

impl Shiftable for Problem {
    fn shift(&mut self, shift: Shift) {
        match self {
            Self::UnknownKey { key, .. } => key.shift(shift),
            Self::NotAmong { value, .. } => value.shift(shift),
            Self::NotExactlyOne { span, extra, .. } => {
                span.shift(shift);
                extra.shift(shift);
            }
            Self::MissingKey { span, .. }
            | Self::WrongType { span, .. }
            | Self::OutOfRange { span, .. }
            | Self::WrongHeader { span, .. } => span.shift(shift),
        }
    }
}

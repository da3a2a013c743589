//! What moves in a model when the text before it changes.

use std::ops::Range;

use super::{Arg, Field, Fields, Problem, Recipe, Step, StepOperation, Text, Variable};
use crate::reference::Reference;
use crate::shift::{Shift, Shiftable};
use crate::span::{Span, Spanned};

impl Recipe {
    /// Makes this the recipe in which the steps of the first range are `new` now, and, where there are such,
    /// everything else is that of `others`. The problems that stood at `was` are gone, and these have come.
    /// What stood behind the edit stands elsewhere.
    pub(crate) fn replace(
        &mut self,
        steps: Range<usize>,
        new: Vec<Step>,
        others: Option<Recipe>,
        (was, problems): (&[Span], Vec<Problem>),
        shift: Shift,
    ) {
        let behind = steps.start + new.len();
        self.steps.splice(steps, new);
        for step in &mut self.steps[behind..] {
            step.shift(shift);
        }
        // That there is no [recipe] is said at the start of the text, where a step may be: it is not the step's.
        let of_text = Span::at(0);
        let is_gone = |at: Span| {
            let before = was.partition_point(|it| it.start <= at.start);
            let last = before.checked_sub(1).map(|last| was[last]);
            match at == of_text {
                true => others.is_some(),
                false => last.is_some_and(|it| at.start < it.end),
            }
        };
        self.problems.retain(|problem| !is_gone(problem.span()));
        self.problems.shift(shift);
        self.problems.extend(problems);
        self.problems.sort_by_key(Problem::span);
        match others {
            Some(others) => {
                self.meta = others.meta;
                self.target = others.target;
                self.variables = others.variables;
            }
            None => {
                self.meta.shift(shift);
                self.target.shift(shift);
                self.variables.shift(shift);
            }
        }
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

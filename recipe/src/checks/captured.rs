//! What scripts do with values that count as secret because of the step that they come from.

use super::taint::Taint;
use crate::analysis::Analysis;
use crate::findings::exposed_span;
use crate::language::Role;
use crate::model::{Step, StepOperation, Text};
use crate::resolve::is_too_long;
use crate::resolve::shell::paste;
use crate::shell::{Sink, judge};
use crate::span::Span;

/// A place where such a value gets where others see it.
#[derive(Debug)]
pub(super) struct Captured {
    pub(super) step: usize,
    pub(super) sink: Sink,
    pub(super) program: String,
    pub(super) via: Option<String>,
    pub(super) span: Span,
    /// The id of the step that it comes from, and the secret that this has.
    pub(super) from: (String, String),
}

/// All of them. A secret itself is found elsewhere, step by step.
pub(super) fn all<'a>(analysis: &'a Analysis, taint: &Taint<'a>) -> Vec<Captured> {
    let mut found = Vec::new();
    if analysis.names.secrets.is_empty() {
        return found;
    }
    for (index, step) in analysis.recipe.steps.iter().enumerate() {
        for operation in &step.operations {
            of_operation(analysis, taint, index, operation, &mut found);
        }
    }
    found
}

fn of_operation<'a>(
    analysis: &'a Analysis,
    taint: &Taint<'a>,
    step: usize,
    operation: &'a StepOperation,
    found: &mut Vec<Captured>,
) {
    let (names, variables) = (&analysis.names, &analysis.variables);
    let from = |text: &'a Text| {
        let mut brought = text.references.iter().filter_map(|it| {
            let brought = taint.brought_by(it)?;
            Some((brought.through?, brought.secret))
        });
        brought.next()
    };
    let env = operation.fields.map("env").iter();
    let env: Vec<_> = env
        .filter_map(|(name, text)| Some((name.value.clone(), from(text)?)))
        .collect();
    let secret_env: Vec<String> = env.iter().map(|(name, _)| name.clone()).collect();
    operation.fields.each_text(&mut |text| {
        let Some((source, secret)) = from(text).or(env.first().map(|it| it.1)) else {
            return;
        };
        if text.role != Role::Shell || is_too_long(text, names, variables) {
            return;
        }
        let pasted = paste(text, names, variables, &|id| names.step_index(id));
        let counts = |span: Span| {
            let mut all = text.references.iter().filter(|it| it.span == span);
            all.any(|it| taint.brought_by(it).is_some_and(|it| it.through.is_some()))
        };
        let mut marks = pasted.marks.clone();
        for (mark, place) in marks.iter_mut().enumerate() {
            place.secret = counts(pasted.span_of_mark(text, mark));
        }
        let id = |step: &Step| step.id().map_or_else(String::new, |id| id.value.clone());
        for exposure in judge(&pasted.text, &marks, &secret_env).exposures {
            found.push(Captured {
                step,
                sink: exposure.sink,
                span: exposed_span(&pasted, text, exposure.mark, &exposure.span),
                program: exposure.program,
                via: exposure.via,
                from: (id(&analysis.recipe.steps[source]), secret.to_string()),
            });
        }
    });
}

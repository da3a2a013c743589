//! What is found in each part of a recipe by itself: in a step, or in what stands in none.
//!
//! After an edit, what was found in the parts that it does not touch still holds, unless the edit has given a
//! name another meaning that they use. So only what it touches, and those, are looked at again.
//!
//! * [`Parts`]: what was found, part by part, each when somebody asks first;
//! * [`of_part`]: looks at one;
//! * [`shell_findings`]: what its shell texts do, also for the plan, which knows other values.

mod shifted;

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use crate::analysis::Analysis;
use crate::checks::{self, When};
use crate::credentials::{self, Credential};
use crate::diagnostic::Diagnostic;
use crate::language::Role;
use crate::model::{Fields, Step, Text, Variable};
use crate::names::{Names, Use};
use crate::resolve::shell::{Pasted, paste};
use crate::resolve::{StepIndices, Variables, is_too_long, template};
use crate::shell::{Memory, Sink, Why};
use crate::shift::{Shift, Shiftable};
use crate::span::Span;

/// What was found in each part: first in what stands in no step, then in each step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts(Vec<OnceLock<Found>>);

/// What is found in one part.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// What the checks say that look at a part by itself.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What its shell texts do with secrets and other data, where that is worth a word.
    pub(crate) shell: Vec<ShellFinding>,
    /// Credentials that are written out in the text, in order.
    pub(crate) credentials: Vec<Credential>,
    /// Texts that would be too long with their variables filled in.
    pub(crate) too_long: Vec<Span>,
    /// What its condition comes to, if it has one that can be read.
    pub(crate) when: Option<When>,
}

/// A place in shell text that is worth a word.
#[derive(Clone, Debug)]
pub struct ShellFinding {
    /// The index of the step.
    pub step: usize,
    /// Where: the reference, or the word of the command.
    pub span: Span,
    /// What.
    pub kind: ShellFindingKind,
}

/// What is found in shell text.
#[derive(Clone, Debug)]
pub enum ShellFindingKind {
    /// The value cannot be placed so that it stays data.
    Refused(Why),
    /// The shell cannot read it.
    Broken {
        /// Why, in a sentence.
        why: String,
        /// Whether there are values in it that can therefore not be placed.
        holds_data: bool,
    },
    /// A secret gets where others see it.
    Exposed {
        /// By which way.
        sink: Sink,
        /// The program.
        program: String,
        /// The shell variable that carries it there.
        via: Option<String>,
    },
}

impl Parts {
    /// Those of a recipe with so many steps, of which nothing is known yet.
    pub(crate) fn unknown(steps: usize) -> Self {
        Self(vec![OnceLock::new(); steps + 1])
    }

    /// What was found in each part, where `look` tells it of those that nobody has looked at.
    pub(crate) fn each(
        &self,
        look: impl Fn(Option<usize>) -> Found,
    ) -> impl Iterator<Item = &Found> {
        let parts = self.0.iter().enumerate();
        parts.map(move |(part, found)| found.get_or_init(|| look(part.checked_sub(1))))
    }

    /// What was found in each part, as far as somebody has looked.
    pub(crate) fn known(&self) -> impl Iterator<Item = (Option<usize>, Option<&Found>)> {
        let parts = self.0.iter().enumerate();
        parts.map(|(part, found)| (part.checked_sub(1), found.get()))
    }

    /// Forgets what was found in the steps `old`, in whose place there are `new` others now, and, if `others` says
    /// so, in what stands in no step.
    pub(crate) fn replace(&mut self, old: Range<usize>, new: usize, others: bool) {
        let unknown = std::iter::repeat_n(OnceLock::new(), new);
        self.0.splice(old.start + 1..old.end + 1, unknown);
        if others {
            self.0[0] = OnceLock::new();
        }
        if old.len() == new {
            return;
        }
        for (index, part) in self.0.iter_mut().skip(1).enumerate().skip(old.start + new) {
            let found = part.get_mut().map(|found| &mut found.shell);
            found.into_iter().flatten().for_each(|it| it.step = index);
        }
    }

    /// Forgets what was found where a name is used that is among `redefined`.
    pub(crate) fn forget(&mut self, redefined: &Redefined, names: &Names) {
        for place in redefined.uses(names) {
            self.0[place.step.map_or(0, |step| step + 1)] = OnceLock::new();
        }
    }
}

impl Shiftable for Parts {
    fn shift(&mut self, shift: Shift) {
        let known = self.0.iter_mut().filter_map(OnceLock::get_mut);
        known.for_each(|found| found.shift(shift));
    }
}

/// Names that mean something else since an edit.
#[derive(Debug, Default)]
pub(crate) struct Redefined {
    variables: BTreeSet<String>,
    ids: BTreeSet<String>,
}

impl Redefined {
    /// Those that the ones of these steps define and the others do not.
    pub(crate) fn between(old: &[Step], new: &[Step]) -> Self {
        let sets = |steps: &[Step]| -> BTreeSet<String> {
            let names = steps.iter().flat_map(Step::sets);
            names.map(|name| name.value.clone()).collect()
        };
        let ids = |steps: &[Step]| -> BTreeSet<String> {
            let ids = steps.iter().filter_map(Step::id);
            ids.map(|id| id.value.clone()).collect()
        };
        Self {
            variables: &sets(old) ^ &sets(new),
            ids: &ids(old) ^ &ids(new),
        }
    }

    /// Adds those that the ones of these `[variables]` define and the others do not.
    pub(crate) fn add_variables(&mut self, old: &[Variable], new: &[Variable]) {
        let names = |variables: &[Variable]| -> BTreeSet<String> {
            let names = variables.iter().map(|it| it.name.value.clone());
            names.collect()
        };
        self.variables.extend(&names(old) ^ &names(new));
    }

    /// Adds those that do not stand for the same any more.
    pub(crate) fn add_values(&mut self, old: &Variables, new: &Variables) {
        self.variables.extend(old.differing(new));
    }

    /// Whether a variable is among them.
    pub(crate) fn has_variables(&self) -> bool {
        !self.variables.is_empty()
    }

    fn uses<'a>(&'a self, names: &'a Names) -> impl Iterator<Item = &'a Use> {
        let variables = self.variables.iter();
        let variables = variables.filter_map(|name| Some(&names.variables.get(name)?.uses));
        let ids = self.ids.iter();
        let ids = ids.filter_map(|id| Some(&names.steps.get(id)?.uses));
        variables.chain(ids).flatten()
    }
}

/// Looks at the step of that index, or at what stands in none.
pub(crate) fn of_part(analysis: &Analysis, step: Option<usize>, memory: &mut Memory) -> Found {
    let model = step.map(|index| &analysis.recipe.steps[index]);
    let ids = |id: &str| analysis.names.step_index(id);
    let shell = |index| shell_findings(analysis, index, &analysis.variables, &ids, memory);
    Found {
        diagnostics: checks::of_part(analysis, model),
        shell: step.map(shell).unwrap_or_default(),
        credentials: credentials::of(
            &analysis.text,
            region(analysis, step),
            &analysis.recipe,
            model,
        ),
        too_long: too_long(analysis, model),
        when: model.and_then(When::of),
    }
}

/// Where the part stands: up to the next step.
pub(crate) fn region(analysis: &Analysis, step: Option<usize>) -> Range<usize> {
    let steps = &analysis.recipe.steps;
    let start_of = |index: usize| steps.get(index).map(|step| step.span.start);
    let start = step.and_then(start_of).unwrap_or_default();
    let end = start_of(step.map_or(0, |index| index + 1)).unwrap_or(analysis.text.len());
    start..end.max(start)
}

fn too_long(analysis: &Analysis, step: Option<&Step>) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut look = |text: &Text| {
        if is_too_long(text, &analysis.names, &analysis.variables) {
            spans.push(text.span);
        }
    };
    match step {
        Some(step) => step.each_text(&mut look),
        None => analysis.recipe.each_variable_text(&mut look),
    }
    spans
}

/// What the shell texts of a step do with data, given the values of `variables`.
pub(crate) fn shell_findings(
    analysis: &Analysis,
    step: usize,
    variables: &Variables,
    ids: &StepIndices<'_>,
    memory: &mut Memory,
) -> Vec<ShellFinding> {
    let mut findings = Vec::new();
    for operation in &analysis.recipe.steps[step].operations {
        let secret_env = secret_env(&operation.fields, analysis, variables, ids);
        operation.fields.each_text(&mut |text| {
            let plain = text.references.is_empty() && secret_env.is_empty();
            if text.role != Role::Shell || is_too_long(text, &analysis.names, variables) {
                return;
            }
            let pasted = paste(text, &analysis.names, variables, ids);
            let fault = memory.fault(&pasted.text, &pasted.marks);
            let judgement = (!plain).then(|| pasted.judge(&secret_env, memory));
            let refusals = judgement.iter().flat_map(|it| &it.refusals);
            let mut finding = |span, kind| findings.push(ShellFinding { step, span, kind });
            match fault {
                Some(fault) => finding(
                    pasted.span_of(text, &fault.span),
                    ShellFindingKind::Broken {
                        why: fault.message,
                        holds_data: refusals.count() > 0,
                    },
                ),
                None => refusals.for_each(|refusal| {
                    let span = pasted.span_of_mark(text, refusal.mark);
                    finding(span, ShellFindingKind::Refused(refusal.why.clone()));
                }),
            }
            let exposed = judgement.iter().flat_map(|it| &it.exposures);
            for exposure in exposed {
                finding(
                    exposed_span(&pasted, text, exposure.mark, &exposure.span),
                    ShellFindingKind::Exposed {
                        sink: exposure.sink,
                        program: exposure.program.clone(),
                        via: exposure.via.clone(),
                    },
                );
            }
        });
    }
    findings
}

/// The reference where it stands in the argument itself, else the argument that carries its value.
pub(crate) fn exposed_span(
    pasted: &Pasted,
    text: &Text,
    mark: Option<usize>,
    word: &Range<usize>,
) -> Span {
    let inside = mark.filter(|mark| {
        let span = &pasted.marks[*mark].span;
        word.start <= span.start && span.end <= word.end
    });
    match inside {
        Some(mark) => pasted.span_of_mark(text, mark),
        None => pasted.span_of(text, word),
    }
}

/// The variables of the operation's `env` table that hold a secret.
pub(crate) fn secret_env(
    fields: &Fields,
    analysis: &Analysis,
    variables: &Variables,
    ids: &StepIndices<'_>,
) -> Vec<String> {
    let holds_secret = |text: &Text| {
        !is_too_long(text, &analysis.names, variables)
            && template(text, &analysis.names, variables, ids)
                .secrets()
                .next()
                .is_some()
    };
    let entries = fields
        .map("env")
        .iter()
        .filter(|(_, text)| holds_secret(text));
    let names: HashSet<&String> = entries.map(|(name, _)| &name.value).collect();
    let mut names: Vec<String> = names.into_iter().cloned().collect();
    names.sort();
    names
}

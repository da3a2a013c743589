//! Everything that can be said about one version of a text.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::checks::allows::Allows;
use crate::credentials::{self, Credential};
use crate::diagnostic::Diagnostic;
use crate::language::Role;
use crate::model::{Fields, Recipe, Text};
use crate::names::Names;
use crate::resolve::shell::paste;
use crate::resolve::{StepIndices, Variables, is_too_long, template};
use crate::secret_name::SecretName;
use crate::shell::{Memory, Sink, Why};
use crate::span::Span;
use crate::syntax::{self, Tree};
use crate::{checks, lower};

/// Analyses texts, remembering what is costly and does not change from one version to the next.
#[derive(Debug, Default)]
pub struct Analyser {
    memory: Memory,
}

/// What can be said about one version of a text. Rebuilt on every change; cheap to share.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The text.
    pub text: Arc<str>,
    /// Whether it is a recipe at all; of other TOML nothing is said.
    pub is_recipe: bool,
    /// The text as TOML.
    pub tree: Tree,
    /// The text as a recipe.
    pub recipe: Recipe,
    /// Its names.
    pub names: Names,
    /// What `[variables]` stand for.
    pub variables: Variables,
    /// What its shell texts do with secrets and other data, where that is worth a word.
    pub shell: Vec<ShellFinding>,
    /// Credentials that are written out in the text, in order.
    pub credentials: Vec<Credential>,
    /// Texts that would be too long with their variables filled in.
    pub too_long: Vec<Span>,
    /// What it says need not be reported.
    pub(crate) allows: Allows,
    /// What is wrong whatever the keychain holds, in order of place.
    diagnostics: Vec<Diagnostic>,
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

/// What is known of the world outside the text.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Whether the secrets that the recipe uses are there. One that is not listed is unknown.
    pub secrets: BTreeMap<SecretName, Presence>,
    /// Names that are stored, to find the nearest.
    pub stored: Vec<String>,
}

/// Whether a secret is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The environment or the keychain has it.
    Present,
    /// Neither has it.
    Missing,
    /// Nobody can tell now: no keychain, or one that does not answer.
    Unknown,
}

impl Analyser {
    /// Analyses `text`. `file_name` helps to tell whether it is a recipe: one that ends in
    /// `.recipe.toml` always is.
    pub fn analyse(&mut self, text: Arc<str>, file_name: Option<&str>) -> Analysis {
        let tree = syntax::parse(&text);
        let recipe = lower::lower(&tree);
        let names = Names::of(&recipe);
        let variables = Variables::of(&recipe, &names, &BTreeMap::new());
        let mut analysis = Analysis {
            is_recipe: syntax::is_recipe(&tree, file_name),
            text,
            tree,
            recipe,
            names,
            variables,
            shell: Vec::new(),
            credentials: Vec::new(),
            too_long: Vec::new(),
            allows: Allows::default(),
            diagnostics: Vec::new(),
        };
        if analysis.is_recipe {
            analysis.allows = Allows::of(&analysis.text, &analysis.tree);
            analysis.credentials = credentials::of(&analysis.text, &analysis.recipe);
            analysis.too_long = too_long(&analysis);
            analysis.shell = shell_findings(&analysis, &analysis.variables, &mut self.memory);
            analysis.diagnostics = checks::of_text(&analysis);
        }
        self.memory.sweep();
        analysis
    }
}

impl Analysis {
    /// What is wrong, in order of place.
    pub fn diagnostics(&self, facts: &Facts) -> Vec<Diagnostic> {
        let mut all = self.diagnostics.clone();
        if self.is_recipe {
            all.extend(checks::of_facts(self, facts));
            all.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.severity));
        }
        all
    }

    /// What is wrong whatever the keychain holds, in order of place.
    pub fn text_diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The indices of the steps by id; of a duplicate id the first.
    pub(crate) fn step_indices(&self) -> StepIndices<'_> {
        let first = |step: &crate::names::Step| step.defined.first().map(|(index, _)| *index);
        let steps = self.names.steps.iter();
        steps
            .filter_map(|(id, step)| Some((id.as_str(), first(step)?)))
            .collect()
    }
}

/// What shell texts do with data, given the values of `variables`.
pub(crate) fn shell_findings(
    analysis: &Analysis,
    variables: &Variables,
    memory: &mut Memory,
) -> Vec<ShellFinding> {
    let steps = analysis.step_indices();
    let mut findings = Vec::new();
    for (step, model) in analysis.recipe.steps.iter().enumerate() {
        for operation in &model.operations {
            let secret_env = secret_env(&operation.fields, analysis, variables, &steps);
            operation.fields.each_text(&mut |text| {
                let plain = text.references.is_empty() && secret_env.is_empty();
                if text.role != Role::Shell
                    || plain
                    || is_too_long(text, &analysis.names, variables)
                {
                    return;
                }
                let pasted = paste(text, &analysis.names, variables, &steps);
                let judgement = pasted.judge(&secret_env, memory);
                findings.extend(judgement.refusals.iter().map(|refusal| ShellFinding {
                    step,
                    span: pasted.span_of_mark(text, refusal.mark),
                    kind: ShellFindingKind::Refused(refusal.why.clone()),
                }));
                let exposed = judgement.exposures.iter();
                findings.extend(exposed.map(|exposure| ShellFinding {
                    step,
                    span: exposed_span(&pasted, text, exposure.mark, &exposure.span),
                    kind: ShellFindingKind::Exposed {
                        sink: exposure.sink,
                        program: exposure.program.clone(),
                        via: exposure.via.clone(),
                    },
                }));
            });
        }
    }
    findings
}

/// The reference where it stands in the argument itself, else the argument that carries its value.
fn exposed_span(
    pasted: &crate::resolve::shell::Pasted,
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
    steps: &StepIndices,
) -> Vec<String> {
    let holds_secret = |text: &Text| {
        !is_too_long(text, &analysis.names, variables)
            && template(text, &analysis.names, variables, steps)
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

fn too_long(analysis: &Analysis) -> Vec<Span> {
    let mut spans = Vec::new();
    analysis.recipe.each_text(&mut |text| {
        if is_too_long(text, &analysis.names, &analysis.variables) {
            spans.push(text.span);
        }
    });
    spans
}

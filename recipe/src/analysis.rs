//! Everything that can be said about one version of a text.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::checks::allows::Allows;
use crate::credentials::{self, Credential};
use crate::diagnostic::Diagnostic;
use crate::language::Role;
use crate::model::{Fields, Recipe, Step, Text};
use crate::names::Names;
use crate::remarks::Remarks;
use crate::resolve::shell::paste;
use crate::resolve::{StepIndices, Variables, is_too_long, template};
use crate::secret_name::SecretName;
use crate::shell::{Memory, Sink, Why};
use crate::shift::Difference;
use crate::span::Span;
use crate::syntax::{self, StepTables, Tree};
use crate::{checks, lower};

/// Analyses texts, remembering what is costly and does not change from one version to the next.
#[derive(Debug, Default)]
pub struct Analyser {
    memory: Arc<Mutex<Memory>>,
}

/// What can be said about one version of a text. Made anew on every change; what is wrong with it is
/// looked for when somebody asks first, since completion and hover need not wait for that.
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
    memory: Arc<Mutex<Memory>>,
    findings: OnceLock<Findings>,
    diagnostics: OnceLock<Vec<Diagnostic>>,
}

/// What the checks and the plan ask about all texts of a recipe.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    /// What its shell texts do with secrets and other data, where that is worth a word.
    pub(crate) shell: Vec<ShellFinding>,
    /// Credentials that are written out in the text, in order.
    pub(crate) credentials: Vec<Credential>,
    /// Texts that would be too long with their variables filled in.
    pub(crate) too_long: Vec<Span>,
    /// What it says need not be reported.
    pub(crate) allows: Allows,
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
    /// The shell cannot read it; why, in a sentence.
    Broken(String),
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
    /// What `shellcheck` says, if it was asked.
    pub remarks: Arc<Remarks>,
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
        Analysis {
            is_recipe: syntax::is_recipe(&tree, file_name),
            variables: Variables::of(&recipe, &names, &BTreeMap::new()),
            text,
            tree,
            recipe,
            names,
            memory: Arc::clone(&self.memory),
            findings: OnceLock::new(),
            diagnostics: OnceLock::new(),
        }
    }

    /// The same for a text that `before`, the analysis of the same file, was edited to. After an edit
    /// inside one step that is much faster.
    pub fn analyse_again(
        &mut self,
        mut before: Analysis,
        text: Arc<str>,
        file_name: Option<&str>,
    ) -> Analysis {
        match before.edit(&text) {
            Some(()) => Analysis { text, ..before },
            None => self.analyse(text, file_name),
        }
    }
}

impl Analysis {
    /// Makes this the analysis of `text`, but for the text itself, if it differs in one step only. If
    /// nothing is returned, nothing can be said of what is left of this.
    fn edit(&mut self, text: &str) -> Option<()> {
        let difference = Difference::between(&self.text, text);
        let shift = difference.shift();
        if !self.is_recipe {
            return None;
        }
        let StepTables { step, tables, was } = syntax::reparse(&mut self.tree, text, difference)?;
        let (new, problems) = lower::lower_step(&self.tree.tables[tables])?;
        let old = self.recipe.steps.get(step)?;
        let sets_the_same = variables_set(old).eq(variables_set(&new));
        let stands_in_the_same = Names::stand_ins(old) == Names::stand_ins(&new);
        self.recipe.replace(step, new, problems, was, shift);
        match stands_in_the_same {
            true => self.names.replace(step, &self.recipe.steps[step], shift),
            false => self.names = Names::of(&self.recipe),
        }
        if !sets_the_same {
            self.variables = Variables::of(&self.recipe, &self.names, &BTreeMap::new());
        }
        self.findings = OnceLock::new();
        self.diagnostics = OnceLock::new();
        Some(())
    }

    /// What is wrong, in order of place.
    pub fn diagnostics(&self, facts: &Facts) -> Vec<Diagnostic> {
        let mut all = self.text_diagnostics().to_vec();
        if self.is_recipe {
            all.extend(checks::of_facts(self, facts));
            all.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.severity));
        }
        all
    }

    /// What is wrong whatever the keychain holds, in order of place.
    pub fn text_diagnostics(&self) -> &[Diagnostic] {
        self.diagnostics.get_or_init(|| match self.is_recipe {
            true => checks::of_text(self),
            false => Vec::new(),
        })
    }

    /// What the checks ask about all texts.
    pub(crate) fn findings(&self) -> &Findings {
        self.findings.get_or_init(|| {
            // A panic while it was locked left at worst a judgement that nobody asks for.
            let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
            let findings = Findings {
                shell: shell_findings(self, &self.variables, &mut memory),
                credentials: credentials::of(&self.text, &self.recipe),
                too_long: too_long(self),
                allows: Allows::of(&self.text, &self.tree),
            };
            memory.sweep();
            findings
        })
    }

    /// Credentials that are written out in the text, in order.
    pub fn credentials(&self) -> &[Credential] {
        &self.findings().credentials
    }

    /// What `span` says, escapes read, where a reference to a secret could stand in its place.
    pub fn value_at(&self, span: Span) -> Option<String> {
        credentials::value_at(&self.recipe, span)
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
                if text.role != Role::Shell || is_too_long(text, &analysis.names, variables) {
                    return;
                }
                let pasted = paste(text, &analysis.names, variables, &steps);
                let fault = memory.fault(&pasted.text, &pasted.marks);
                findings.extend(fault.map(|fault| ShellFinding {
                    step,
                    span: pasted.span_of(text, &fault.span),
                    kind: ShellFindingKind::Broken(fault.message),
                }));
                if plain {
                    return;
                }
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

fn variables_set(step: &Step) -> impl Iterator<Item = &str> {
    step.sets().into_iter().map(|name| name.value.as_str())
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

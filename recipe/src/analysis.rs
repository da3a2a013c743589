//! Everything that can be said about one version of a text.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::checks::allows::Allows;
use crate::credentials::{self, Credential, Mask};
use crate::diagnostic::{Diagnostic, Edit};
use crate::findings::{self, Found, Parts, Redefined, ShellFinding};
use crate::graph::Graph;
use crate::model::{Recipe, Step};
use crate::names::Names;
use crate::remarks::Remarks;
use crate::resolve::Variables;
use crate::secret_name::SecretName;
use crate::shell::Memory;
use crate::shift::{Difference, Shiftable};
use crate::span::Span;
use crate::syntax::{self, Tree};
use crate::{checks, lower};

/// Analyses texts, remembering what is costly and does not change from one version to the next.
#[derive(Debug, Default)]
pub struct Analyser {
    memory: Arc<Mutex<Memory>>,
}

/// What can be said about one version of a text. What is wrong with it is looked for when somebody asks
/// first, since completion and hover need not wait for that.
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
    parts: Parts,
    allows: OnceLock<Allows>,
    graph: OnceLock<Graph>,
    diagnostics: OnceLock<Vec<Diagnostic>>,
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
            parts: Parts::unknown(recipe.steps.len()),
            recipe,
            names,
            memory: Arc::clone(&self.memory),
            allows: OnceLock::new(),
            graph: OnceLock::new(),
            diagnostics: OnceLock::new(),
        }
    }

    /// The same for a text that `before`, the analysis of the same file, was edited to. After
    /// most edits that is much faster.
    pub fn analyse_again(
        &mut self,
        mut before: Analysis,
        text: Arc<str>,
        file_name: Option<&str>,
    ) -> Analysis {
        match before.edit(&text, file_name) {
            Some(()) => Analysis { text, ..before },
            None => self.analyse(text, file_name),
        }
    }
}

impl Analysis {
    /// Makes this the analysis of `text`, but for the text itself, making anew only what the edit touches. If
    /// nothing is returned, nothing can be said of what is left of this.
    fn edit(&mut self, text: &str, file_name: Option<&str>) -> Option<()> {
        let difference = Difference::between(&self.text, text);
        let shift = difference.shift();
        if !self.is_recipe {
            return None;
        }
        let changed = syntax::reparse(&mut self.tree, text, difference)?;
        if !syntax::is_recipe(&self.tree, file_name) {
            return None;
        }
        let (mut new, mut problems) = (Vec::new(), Vec::new());
        for tables in &changed.tables {
            let (step, more) = lower::lower_step(&self.tree.tables[tables.clone()])?;
            new.push(step);
            problems.extend(more);
        }
        let mut others = changed.others.then(|| lower::lower_others(&self.tree));
        problems.extend(
            others
                .iter_mut()
                .flat_map(|it| std::mem::take(&mut it.problems)),
        );

        let old = self.recipe.steps.get(changed.steps.clone())?;
        let stand_ins = |steps: &[Step]| -> Vec<_> {
            let all = steps.iter().flat_map(Names::stand_ins);
            all.map(|(name, place)| (name.to_owned(), place)).collect()
        };
        let stands_in_the_same = changed.others || stand_ins(old) == stand_ins(&new);
        let count = new.len();
        let mut redefined = Redefined::between(old, &new);
        if let Some(others) = &others {
            redefined.add_variables(&self.recipe.variables, &others.variables);
        }
        let steps = changed.steps.clone();
        self.recipe
            .replace(steps, new, others, (&changed.was, problems), shift);
        match stands_in_the_same {
            true => {
                let Self { names, recipe, .. } = self;
                names.replace(recipe, changed.steps.clone(), count, changed.others, shift);
            }
            false => self.names = Names::of(&self.recipe),
        }
        if changed.others || redefined.has_variables() {
            let variables = Variables::of(&self.recipe, &self.names, &BTreeMap::new());
            redefined.add_values(&self.variables, &variables);
            self.variables = variables;
        }
        match checks::newline(&self.text) == checks::newline(text) {
            true => {
                self.parts.replace(changed.steps, count, changed.others);
                self.parts.forget(&redefined, &self.names);
                self.parts.shift(shift);
            }
            // Repairs write the line ends that the text has.
            false => self.parts = Parts::unknown(self.recipe.steps.len()),
        }
        self.allows = OnceLock::new();
        self.graph = OnceLock::new();
        self.diagnostics = OnceLock::new();
        Some(())
    }

    /// What is wrong, in order of place.
    pub fn diagnostics(&self, facts: &Facts) -> Vec<Diagnostic> {
        let mut all = self.text_diagnostics().to_vec();
        if self.is_recipe {
            let mut of_facts = checks::of_facts(self, facts);
            self.mask().hide_in(&mut of_facts);
            all.extend(of_facts);
            all.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.severity));
        }
        all
    }

    /// What is wrong whatever the keychain holds, in order of place.
    pub fn text_diagnostics(&self) -> &[Diagnostic] {
        self.diagnostics.get_or_init(|| {
            if !self.is_recipe {
                return Vec::new();
            }
            let mut found = checks::of_text(self);
            self.mask().hide_in(&mut found);
            let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
            memory.sweep();
            found
        })
    }

    /// What was found in each part.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Found> {
        self.parts.each(|step| {
            // A panic while it was locked left at worst a judgement that nobody asks for.
            let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
            findings::of_part(self, step, &mut memory)
        })
    }

    /// What shell texts do with secrets and other data, where that is worth a word.
    pub(crate) fn shell(&self) -> impl Iterator<Item = &ShellFinding> {
        self.parts().flat_map(|part| &part.shell)
    }

    /// Credentials that are written out in the text, in order.
    pub fn credentials(&self) -> impl Iterator<Item = &Credential> {
        self.parts().flat_map(|part| &part.credentials)
    }

    /// Hides the credentials that are written out in the text wherever something of it is shown.
    pub fn mask(&self) -> Mask {
        Mask::of(self)
    }

    /// Where credentials are written out, without a look at anything else: who is asked what to show
    /// need not wait for the checks.
    pub(crate) fn each_credential(&self, visit: &mut dyn FnMut(Span)) {
        for (step, found) in self.parts.known() {
            match found {
                Some(found) => found.credentials.iter().for_each(|it| visit(it.span)),
                None => {
                    let region = findings::region(self, step);
                    let found = credentials::in_region(&self.text, region);
                    found.iter().for_each(|it| visit(it.span));
                }
            }
        }
    }

    /// What the recipe says need not be reported.
    pub(crate) fn allows(&self) -> &Allows {
        self.allows
            .get_or_init(|| Allows::of(&self.text, &self.tree))
    }

    /// Who waits for whom.
    pub fn graph(&self) -> &Graph {
        self.graph
            .get_or_init(|| Graph::of(&self.recipe, &self.names))
    }

    /// What has the recipe refer to the secret `name` where the credential at `span` stands; nothing where a
    /// reference would not mean its value.
    pub fn refer_instead(&self, span: Span, name: &SecretName) -> Option<Vec<Edit>> {
        credentials::moving::edits(&self.recipe, &self.recipe.steps, span, name)
    }

    /// What `span` says, escapes read, where a reference to a secret could stand in its place.
    pub fn value_at(&self, span: Span) -> Option<String> {
        credentials::value_at(&self.recipe, span)
    }
}

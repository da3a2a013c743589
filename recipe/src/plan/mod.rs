//! What a run does, strictly: no half-typed values, no errors, nothing left to look up by name.
//!
//! Text variables are already filled in and shell text is already rewritten, so that everything
//! that is data reaches a command as the value of an environment variable. What is left open is
//! only what a run alone can know: secrets, captured values, the host, the clock.

mod build;
mod retry;
mod select;
mod written;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::{SecretName, when};

pub use build::plan;
pub use retry::{Retry, attempt_limit};

/// What the command line adds to a recipe.
#[derive(Clone, Debug, Default)]
pub struct PlanOptions {
    /// `--var NAME=VALUE`: values that replace those of `[variables]`. They are not scanned.
    pub vars: BTreeMap<String, String>,
    /// `--step ID`: exactly these steps, if there are any.
    pub only: Vec<String>,
    /// `--from ID`: this step and all that depend on it.
    pub from: Option<String>,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// The recipe is wrong, or this version cannot execute it: all errors, in order of place.
    Recipe(Vec<Diagnostic>),
    /// The command line does not fit the recipe: a message for people.
    CommandLine(String),
    /// Steps that do not run would have set these variables, and nobody gave them values.
    Variables(Vec<MissingVariable>),
}

/// A variable without a value, see [`PlanError::Variables`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingVariable {
    /// Its name.
    pub name: String,
    /// The first step that needs it.
    pub step: String,
}

impl fmt::Display for MissingVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, step } = self;
        write!(
            f,
            "step '{step}' needs the variable '{name}', which no step of this run makes; give it with --var {name}=…"
        )
    }
}

/// A sound recipe, ready to be executed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The recipe's name.
    pub name: String,
    /// Whether `[target] type = "local"` makes this machine the target.
    pub target_is_local: bool,
    /// The steps in the order they are written; [`PlannedStep::needs`] orders them.
    pub steps: Vec<PlannedStep>,
    /// First values of the variables that some step sets. One that is not listed starts empty.
    pub initial: BTreeMap<String, Template>,
    /// Where this is a part of a recipe (`--step`, `--from`): the whole, if all of it can be run.
    pub whole: Option<Box<Plan>>,
}

/// One step.
#[derive(Clone, Debug)]
pub struct PlannedStep {
    /// Its id, unique in the recipe.
    pub id: String,
    /// What people read: its `name`, or its id.
    pub name: String,
    /// The line of its `[[step]]` header, counted from 1.
    pub line: usize,
    /// Indices of the steps that must be done before it starts.
    pub needs: Vec<usize>,
    /// Whether it runs at all.
    pub when: Option<When>,
    /// How often and when it is tried again.
    pub retry: Option<Retry>,
    /// The limit of one attempt: the smaller of the step's and its operation's.
    pub timeout: Option<Duration>,
    /// Whether its failure lets the run go on.
    pub continue_on_failure: bool,
    /// What it does.
    pub action: Action,
}

/// The condition of a step: the expression, and what its references stand for, by index.
#[derive(Clone, Debug)]
pub struct When {
    /// The parsed expression, whose operands are indices into `operands` or plain texts.
    pub expression: when::Expr,
    /// The values of the expression's references.
    pub operands: Vec<Template>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Runs shell text on a host: `run_commands`, `ssh_command`, `tmux_new`.
    Command(Command),
    /// Gives a variable a value.
    SetVar {
        /// The variable.
        name: String,
        /// Its new value.
        value: Template,
    },
    /// Waits.
    Sleep(Duration),
}

/// Shell text and where and how it runs.
#[derive(Clone, Debug)]
pub struct Command {
    /// The host id.
    pub host: Template,
    /// The text. Empty for a `tmux_new` without a command: the session is the user's shell.
    pub script: Script,
    /// The folder it starts in.
    pub workdir: Option<Template>,
    /// The `env` table of the operation.
    pub env: Vec<(String, Template)>,
    /// The variable that takes its standard output.
    pub capture: Option<String>,
    /// The tmux session that it starts in, if it is not run directly.
    pub tmux_session: Option<Template>,
}

/// How the environment variables start that carry the values of references into shell text, see
/// [`Script::bindings`]. No recipe may set one of that name itself.
pub const VALUE_PREFIX: &str = "DOPPIO_VALUE_";

/// Shell text whose data references have become expansions of environment variables.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// What the shell reads.
    pub text: String,
    /// The environment variables that `text` expands, set for this one command.
    pub bindings: Vec<(String, Template)>,
    /// The text as people should see it (dry run, summary of effects): variables filled in, and the
    /// references of data where they stand.
    pub source: Template,
}

/// A text with holes that the run fills. Two pieces of text never stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template(pub Vec<Piece>);

/// A part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text as it stands.
    Text(String),
    /// The host id that the run was started for.
    Target,
    /// The time the run started, RFC 3339, UTC.
    Now,
    /// A secret's value.
    Secret(SecretName),
    /// An environment variable of the machine that runs the recipe.
    Env(String),
    /// The value that a variable has when the step starts; some step sets it.
    Variable(String),
    /// Standard output of the step of that index.
    StepOutput(usize),
    /// Exit code of the step of that index.
    StepExitCode(usize),
}

impl Template {
    /// A template that is just `text`.
    pub fn text(text: impl Into<String>) -> Self {
        Self(vec![Piece::Text(text.into())])
    }

    /// The text, if there is no hole in it.
    pub fn as_text(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The pieces in it and, through variables, those of their first values.
    pub fn visit<'a>(
        &'a self,
        initial: &'a BTreeMap<String, Self>,
        see: &mut impl FnMut(&'a Piece),
    ) {
        for piece in &self.0 {
            see(piece);
            // First values cannot refer to variables that steps set, so this goes one level down.
            if let Piece::Variable(name) = piece
                && let Some(first) = initial.get(name)
            {
                first.0.iter().for_each(&mut *see);
            }
        }
    }

    /// The secrets in it.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretName> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Secret(name) => Some(name),
            _ => None,
        })
    }
}

impl PlannedStep {
    /// Every template of the step: what it needs to know before it can start.
    pub fn templates(&self) -> Vec<&Template> {
        let operands = self.when.iter().flat_map(|when| &when.operands);
        operands.chain(self.action.templates()).collect()
    }
}

impl Action {
    /// The templates of what is done.
    pub fn templates(&self) -> Vec<&Template> {
        let mut all = Vec::new();
        match self {
            Self::Command(command) => {
                all.push(&command.host);
                all.extend(command.script.bindings.iter().map(|(_, value)| value));
                all.extend(&command.workdir);
                all.extend(command.env.iter().map(|(_, value)| value));
                all.extend(&command.tmux_session);
            }
            Self::SetVar { value, .. } => all.push(value),
            Self::Sleep(_) => {}
        }
        all
    }
}

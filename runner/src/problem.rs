//! What keeps a run from starting: found and listed together before the first step.

use recipe::Effects;
use serde::{Deserialize, Serialize};

/// One thing that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What it is, for programs.
    #[serde(flatten)]
    pub kind: ProblemKind,
    /// The steps that need it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<String>,
    /// What, why, and what to do, for people.
    pub message: String,
}

/// The kinds of problems, with what a program needs to solve one and start again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProblemKind {
    /// The recipe cannot be planned, or the command line does not fit it.
    RecipeWrong {
        /// The line in the recipe, counted from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<usize>,
    },
    /// An environment variable that the recipe reads is not set.
    EnvironmentUnset {
        /// Its name.
        name: String,
    },
    /// Steps that do not run would have set the variable, and `--var` does not.
    VariableMissing {
        /// Its name.
        name: String,
    },
    /// Steps run on `${target}`, and none was given.
    TargetMissing,
    /// Nobody has approved what the run would do, or what was approved was something else.
    /// `--approve` with this hash does.
    ApprovalNeeded {
        /// The hash of what it would do.
        hash: String,
        /// What it would do.
        effects: Effects,
        /// What is different from what was approved of the same file before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changes: Option<Vec<String>>,
    },
    /// No source has the secret.
    SecretMissing {
        /// Its name.
        name: String,
    },
    /// Whether the secret exists cannot be said, or it is locked and stays so.
    SecretUnavailable {
        /// Its name.
        name: String,
    },
    /// The host id names no host.
    HostUnknown {
        /// The host id.
        host: String,
    },
    /// The host does not answer.
    HostUnreachable {
        /// The host id.
        host: String,
    },
    /// The host's key has never been seen. `--accept-host-key`, `--accept-new-host-keys` or `doppio host trust` records it.
    HostKeyUnknown {
        /// The host id.
        host: String,
        /// `SHA256:…` as `ssh-keygen -l` shows it.
        fingerprint: String,
    },
    /// The host's key is not the one that is known. Nothing accepts it but editing the named file.
    HostKeyRefused {
        /// The host id.
        host: String,
    },
    /// The host accepts none of our keys.
    LoginRefused {
        /// The host id.
        host: String,
    },
    /// The key that the host would accept needs a passphrase, and nobody gave it.
    PassphraseNeeded {
        /// The host id.
        host: String,
    },
    /// The configuration of the host is broken, or asks for what this version cannot do.
    HostUnusable {
        /// The host id.
        host: String,
    },
}

/// Whether a run was refused only to ask: the answer starts another one, and of this one nothing is kept.
pub fn only_asks(problems: &[Problem]) -> bool {
    !problems.is_empty() && problems.iter().all(|it| it.kind.is_question())
}

impl ProblemKind {
    /// Whether the recipe or the command line is at fault, not the world around it.
    pub fn is_wrong(&self) -> bool {
        matches!(
            self,
            Self::RecipeWrong { .. } | Self::EnvironmentUnset { .. } | Self::VariableMissing { .. }
        )
    }

    /// Whether it is a question that somebody answers on the way to a run: where, whether it may, whom it may trust.
    fn is_question(&self) -> bool {
        matches!(
            self,
            Self::TargetMissing | Self::ApprovalNeeded { .. } | Self::HostKeyUnknown { .. }
        )
    }
}

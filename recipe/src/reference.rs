//! References: `${…}` in a string, and what only looks like one.

use std::ops::Range;

use crate::secret_name::{BadSecretName, SecretName};
use crate::span::Span;

/// A reference in a [`crate::model::Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where it stands in the decoded text, with `${` and `}`.
    pub range: Range<usize>,
    /// The same in the file.
    pub span: Span,
    /// The name in it, in the file: of `${secret:a/b}` that is `a/b`, of `${step.ID.output}` `ID`.
    pub name_span: Span,
    /// What it is.
    pub kind: ReferenceKind,
}

/// The kinds of references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// `${name}`: a variable, `target`, `now`, or in shell text a variable of the shell.
    Variable(String),
    /// `${secret:name}`
    Secret(SecretName),
    /// `${step.ID.output}`
    StepOutput(String),
    /// `${step.ID.exit_code}`
    StepExitCode(String),
    /// `${env.NAME}`
    Env(String),
    /// `$${`, which is a literal `${`.
    Escape,
    /// Something that was meant as a reference and is none.
    Malformed(Malformed),
}

/// What is wrong with something that was meant as a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// `${secret:…` without `}`.
    Unclosed,
    /// `${}`, `${secret:}`, `${env.}`
    Empty,
    /// `${secret:…}` with a name that cannot be one.
    SecretName(BadSecretName),
    /// `${step.…}` that is neither `${step.ID.output}` nor `${step.ID.exit_code}`.
    Step,
    /// `${env.…}` with a name that no variable can have.
    EnvName,
    /// `${…}` outside shell text with something that is no name.
    Name,
    /// Another tool's way to write a secret; the right one is in here.
    LookAlike(String),
}

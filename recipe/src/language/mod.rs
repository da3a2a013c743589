//! The language as a table: every table, operation and parameter with its type, default and a
//! sentence of documentation. Lowering, completion, hover and the reference page are read off it.
//!
//! * [`RECIPE`], [`TARGET`], [`STEP`]: the keys of the tables;
//! * [`OPERATIONS`]: what a step can do;
//! * [`CONDITIONS`]: what `wait_condition` and `assert` can ask;
//! * [`schema()`]: as much of it as a JSON Schema can say.
//!
//! Source: sections 1 to 3 of the language page.

mod conditions;
mod operations;
mod schema;
mod tables;

pub use conditions::{CONDITIONS, CONSTANT_CONDITIONS};
pub use operations::OPERATIONS;
pub use schema::schema;
pub use tables::{RECIPE, RETRY, STEP, TARGET};

/// A key of a table, or a parameter of an operation.
#[derive(Debug)]
pub struct Param {
    /// The key.
    pub name: &'static str,
    /// What its value must be.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// What holds if it is left out, as it would be written.
    pub default: Option<&'static str>,
    /// What it is for, in a sentence.
    pub doc: &'static str,
}

/// An operation, a condition or one variant of a value such as `source = { local = … }`.
#[derive(Debug)]
pub struct Operation {
    /// The key that it is written under.
    pub name: &'static str,
    /// Its parameters.
    pub params: &'static [Param],
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// Whether this version can execute it. One that it cannot execute is checked, completed and
    /// explained all the same, and refused by a run before its first step.
    pub executable: bool,
}

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string that is scanned for references.
    Text(Role),
    /// A string that is not scanned: an id or the name of a variable.
    Name(NameKind),
    /// A whole number.
    Integer(Range),
    /// A whole number or a float.
    Number(Range),
    /// `true` or `false`.
    Boolean,
    /// One of these words.
    Enumeration(&'static [&'static str]),
    /// An array of strings, each scanned for references.
    Texts(Role),
    /// An array of step ids.
    StepIds,
    /// A table of strings under any key; each value is scanned for references.
    Map(Role),
    /// A table of these keys.
    Table(&'static [Param]),
    /// A table with exactly one of these keys.
    OneOf(&'static [Operation]),
    /// A condition: a table with one of [`CONDITIONS`], or one of [`CONSTANT_CONDITIONS`].
    Condition,
    /// An array of conditions.
    Conditions,
}

/// What a scanned string is used as. It decides what `${…}` means and where secrets may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Text that a shell reads: an unknown `${NAME}` is the shell's.
    Shell,
    /// A path, local or on a host.
    Path,
    /// A regular expression in the syntax of Rust's `regex`.
    Regex,
    /// A host id.
    Host,
    /// The name of a tmux session.
    Session,
    /// Text typed into a session that already runs.
    Keys,
    /// The value of an environment variable, from an `env` table.
    EnvValue,
    /// A credential: `auth_token`.
    Credential,
    /// URL, header or body of an HTTP request.
    Http,
    /// A value in `[variables]`.
    Variable,
    /// The condition of a step.
    When,
    /// Any other text.
    Plain,
}

/// What an unscanned string names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// The id of a step, defined here.
    StepId,
    /// The id of a step, defined elsewhere.
    StepReference,
    /// A variable that this step sets.
    SetVariable,
    /// A variable that is read.
    ReadVariable,
    /// Words for people.
    Label,
}

/// Which numbers are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// 0 and more.
    NotNegative,
    /// More than 0.
    Positive,
    /// Anything but 0.
    NotZero,
}

impl Role {
    /// Whether a secret may stand in such a text (section 3). Shell text typed into a session that
    /// already runs is the exception that the role alone cannot tell: `tmux_mode = "existing"`.
    pub const fn allows_secrets(self) -> bool {
        matches!(
            self,
            Self::Shell | Self::EnvValue | Self::Credential | Self::Http | Self::Variable
        )
    }
}

impl Range {
    /// Whether `number` is in it.
    pub fn contains(self, number: f64) -> bool {
        match self {
            Self::NotNegative => number >= 0.0,
            Self::Positive => number > 0.0,
            Self::NotZero => number != 0.0,
        }
    }

    /// `0 or more`, and so on.
    pub const fn described(self) -> &'static str {
        match self {
            Self::NotNegative => "0 or more",
            Self::Positive => "more than 0",
            Self::NotZero => "anything but 0",
        }
    }
}

impl Kind {
    /// What a value of this kind is called, with its article.
    pub fn described(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Name(_) | Self::Enumeration(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Number(_) => "a number",
            Self::Boolean => "a boolean",
            Self::Texts(_) => "an array of strings",
            Self::StepIds => "an array of step ids",
            Self::Map(_) => "a table of strings",
            Self::Table(_) | Self::OneOf(_) => "a table",
            Self::Condition => "a condition",
            Self::Conditions => "an array of conditions",
        }
    }
}

/// The operation of that name.
pub fn operation(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// The parameter of that name.
pub fn param(params: &'static [Param], name: &str) -> Option<&'static Param> {
    params.iter().find(|param| param.name == name)
}

const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Param {
    Param {
        name,
        kind,
        required: true,
        default: None,
        doc,
    }
}

const fn optional(name: &'static str, kind: Kind, doc: &'static str) -> Param {
    Param {
        name,
        kind,
        required: false,
        default: None,
        doc,
    }
}

const fn defaults(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    doc: &'static str,
) -> Param {
    Param {
        name,
        kind,
        required: false,
        default: Some(default),
        doc,
    }
}

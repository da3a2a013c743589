//! What is wrong with a recipe, as data: the command line renders it, the language server converts it.

use crate::span::Span;
use crate::visible::sentence;

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code, such as `unknown-key`; `docs/checks/CODE.md` explains it.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Exactly where.
    pub span: Span,
    /// What is wrong, why, and what to do, in one or two sentences.
    pub message: String,
    /// Other places that matter, with a word on each.
    pub related: Vec<Related>,
    /// The repairs that are obvious, the best first.
    pub fixes: Vec<Fix>,
}

/// Another place that matters for a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// A repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an imperative: "Change to 'depends_on'".
    pub title: String,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
}

/// Replaces a range of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What stands there then.
    pub text: String,
}

/// `text` with `edits`, which are in order of place and do not overlap.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edited = String::with_capacity(text.len());
    let mut rest = 0;
    for edit in edits {
        edited.push_str(&text[rest..edit.span.start]);
        edited.push_str(&edit.text);
        rest = edit.span.end;
    }
    edited + &text[rest..]
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The recipe does not run.
    Error,
    /// It runs, and will probably not do what its author wants.
    Warning,
    /// Worth knowing.
    Info,
    /// A suggestion.
    Hint,
}

impl Severity {
    /// `error`, `warning`, `info` or `hint`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Hint => "hint",
        }
    }

    /// The level of that name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Error, Self::Warning, Self::Info, Self::Hint];
        all.into_iter().find(|it| it.name() == name)
    }
}

impl Diagnostic {
    /// A finding without related places and fixes.
    pub fn new(
        code: &'static str,
        severity: Severity,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity,
            span,
            message: sentence(message.into()),
            related: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        let message = sentence(message.into());
        self.related.push(Related { span, message });
        self
    }

    /// Adds a fix of one edit.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        let edit = Edit {
            span,
            text: text.into(),
        };
        self.fixes.push(Fix {
            title: sentence(title.into()),
            edits: vec![edit],
        });
        self
    }
}

//! Names as people point at them: which one stands at a place, and everywhere that it stands.

use crate::analysis::Analysis;
use crate::names::{Names, Use};
use crate::reference::{is_step_id, is_variable_name};
use crate::secret_name::SecretName;
use crate::session_name::session_name_problems;
use crate::span::Span;

/// Something that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// What it is.
    pub kind: SymbolKind,
    /// Its name.
    pub name: String,
}

/// The kinds of things that have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SymbolKind {
    /// A step, by its id.
    Step,
    /// What `${name}` names: a variable of the recipe, a built-in one, or one of the remote shell.
    Variable,
    /// A secret.
    Secret,
    /// A host.
    Host,
    /// A tmux session.
    Session,
    /// An environment variable of the machine that runs the recipe.
    Environment,
}

/// A place where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The name itself, without quotes, braces or prefix.
    pub span: Span,
    /// What is done with it there.
    pub access: Access,
    /// The index of the step it stands in; in `[variables]` there is none.
    pub step: Option<usize>,
}

/// What is done with a name at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It is defined: an id, a key of `[variables]`, a session that is started.
    Define,
    /// A step gives it a value.
    Write,
    /// It is referred to.
    Read,
}

impl SymbolKind {
    /// What people call it.
    pub const fn described(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Variable => "variable",
            Self::Secret => "secret",
            Self::Host => "host",
            Self::Session => "tmux session",
            Self::Environment => "environment variable",
        }
    }

    /// Whether `name` can be the name of such a thing. What host ids there are, the language leaves
    /// open: of theirs it is only refused what would not be a name here.
    ///
    /// # Errors
    /// When it cannot: what is wrong, in words for people.
    pub fn check_name(self, name: &str) -> Result<(), String> {
        let shown = name.escape_debug();
        match self {
            Self::Step if !is_step_id(name) => Err(format!(
                "'{shown}' cannot be the id of a step: use letters, digits, '_' and '-'"
            )),
            Self::Variable | Self::Environment if !is_variable_name(name) => Err(format!(
                "'{shown}' cannot name a variable: use letters, digits and '_', and no digit first"
            )),
            Self::Secret => match SecretName::parse(name) {
                Ok(_) => Ok(()),
                Err(why) => Err(format!("'{shown}' cannot name a secret: {why}")),
            },
            Self::Host | Self::Session if name.contains("${") => Err(format!(
                "'{shown}' holds a reference, and a name is written out"
            )),
            Self::Session => match session_name_problems(name).into_iter().next() {
                None => Ok(()),
                Some((_, why)) => Err(why.to_string()),
            },
            Self::Host if name.trim().is_empty() => {
                Err("the id of a host cannot be blank".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Whether the same name in another recipe means the same. A session that one recipe starts is often ended by
    /// another.
    pub const fn is_shared(self) -> bool {
        matches!(
            self,
            Self::Secret | Self::Host | Self::Session | Self::Environment
        )
    }
}

/// What is named at `offset`, and the place of the name: also where the cursor is on the other parts
/// of a reference, `${secret:` or `.output}`.
pub fn symbol_at(analysis: &Analysis, offset: usize) -> Option<(Symbol, Span)> {
    let name_at = |offset: usize| {
        let mut found: Option<(Symbol, Span)> = None;
        each(analysis, &mut |kind, name, it| {
            // Of two names side by side the one that the cursor is before counts.
            let ends_here = |it: &(Symbol, Span)| it.1.end == offset;
            if it.span.touches(offset) && found.as_ref().is_none_or(ends_here) {
                let name = name.to_owned();
                found = Some((Symbol { kind, name }, it.span));
            }
        });
        found
    };
    name_at(offset).or_else(|| name_at(reference_name(analysis, offset)?.start))
}

/// The name in the reference around `offset`.
fn reference_name(analysis: &Analysis, offset: usize) -> Option<Span> {
    let mut name = None;
    analysis.recipe.each_text_at(offset, &mut |text| {
        let mut references = text.references.iter();
        let here = references.find(|it| it.span.start <= offset && offset < it.span.end);
        name = here.map(|it| it.name_span).or(name);
    });
    name
}

/// Everywhere that the symbol stands in a recipe, in order of place.
pub fn occurrences(analysis: &Analysis, symbol: &Symbol) -> Vec<Occurrence> {
    let mut found = Vec::new();
    each(analysis, &mut |kind, name, it| {
        if kind == symbol.kind && name == symbol.name {
            found.push(it);
        }
    });
    found.sort_by_key(|it| it.span);
    found.dedup_by_key(|it| it.span);
    found
}

/// Calls `visit` with every name at every place. A name that is empty is none.
fn each(analysis: &Analysis, visit: &mut dyn FnMut(SymbolKind, &str, Occurrence)) {
    use Access::{Define, Read, Write};
    let names: &Names = &analysis.names;
    let mut all = |kind, name: &str, access, places: &[Use]| {
        for Use { span, step } in places.iter().filter(|_| !name.is_empty()) {
            let (span, step) = (*span, *step);
            visit(kind, name, Occurrence { span, access, step });
        }
    };
    for (id, it) in &names.steps {
        for (index, span) in &it.defined {
            let (span, step) = (*span, Some(*index));
            all(SymbolKind::Step, id, Define, &[Use { span, step }]);
        }
        all(SymbolKind::Step, id, Read, &it.uses);
    }
    for (name, it) in &names.variables {
        for key in &it.defined {
            let span = without_quotes(&analysis.text, *key);
            all(
                SymbolKind::Variable,
                name,
                Define,
                &[Use { span, step: None }],
            );
        }
        all(SymbolKind::Variable, name, Write, &it.set_by);
        all(SymbolKind::Variable, name, Read, &it.uses);
    }
    for (name, it) in &names.sessions {
        all(SymbolKind::Session, name, Define, &it.started);
        all(SymbolKind::Session, name, Read, &it.uses);
    }
    for (name, uses) in &names.secrets {
        all(SymbolKind::Secret, name.as_str(), Read, uses);
    }
    for (name, uses) in &names.hosts {
        all(SymbolKind::Host, name, Read, uses);
    }
    for (name, uses) in &names.environment {
        all(SymbolKind::Environment, name, Read, uses);
    }
}

/// The name in a key, which may be quoted.
pub fn without_quotes(text: &str, key: Span) -> Span {
    let written = &text[key.range()];
    let inner = written.trim_start_matches(['"', '\'']);
    let start = key.end - inner.len();
    Span::new(start, start + inner.trim_end_matches(['"', '\'']).len())
}

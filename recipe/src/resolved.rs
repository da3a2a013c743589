//! A step as it would be sent: its texts with what is known filled in, and of each part where it comes
//! from. Secrets, the environment and what other steps make stand in it by their names: their values are not
//! known here, and never looked for.

use std::ops::Range;

use crate::analysis::Analysis;
use crate::credentials::masked;
use crate::language::{self, Role};
use crate::model::{Arg, Fields, StepOperation, Text};
use crate::plan::Piece;
use crate::reference::ReferenceKind;
use crate::resolve::shell::{Pasted, paste};
use crate::resolve::{is_too_long, pieces};
use crate::shell::{Colour, colours, with_stand_ins};
use crate::span::Span;

/// A step with what is known filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Each text of the operation below a line with its key: `# command`.
    pub text: String,
    /// Where its parts come from, in order; the lines with the keys come from nowhere.
    pub parts: Vec<Part>,
}

/// A part of a [`Resolved`] text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which part of the text.
    pub range: Range<usize>,
    /// What it is.
    pub origin: Origin,
    /// The name of what it stands for, if it has one.
    pub name: Option<String>,
    /// Where that is written in the recipe, if it is.
    pub place: Option<Span>,
}

/// Where a part of a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is written there.
    Recipe,
    /// The value of a variable of `[variables]`.
    Variable,
    /// A secret, by its name.
    Secret,
    /// A variable of the environment of the machine that runs the recipe, by its name.
    Environment,
    /// `${target}` or `${now}`.
    Builtin,
    /// A variable of the remote shell, left to it.
    Shell,
    /// What another step sets or prints, by its name.
    Capture,
}

impl Origin {
    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recipe => "recipe",
            Self::Variable => "variable",
            Self::Secret => "secret",
            Self::Environment => "environment",
            Self::Builtin => "builtin",
            Self::Shell => "shell",
            Self::Capture => "capture",
        }
    }
}

/// The step of that index with what is known filled in, if it has exactly one operation.
pub fn resolved(analysis: &Analysis, step: usize) -> Option<Resolved> {
    let step = analysis.recipe.steps.get(step)?;
    let operation = step.operation()?;
    let mut writing = Writing {
        analysis,
        done: Resolved::default(),
    };
    if let Some(when) = step.fields.text("when") {
        writing.text("when", when);
    }
    writing.target(operation);
    writing.fields("", &operation.fields);
    // A credential that is written out is no secret by the language, and none to show all the same. Stars
    // are as long as what they stand for.
    let Resolved { text, parts } = writing.done;
    let text = masked(&analysis.mask().hide(&text));
    Some(Resolved { text, parts })
}

struct Writing<'a> {
    analysis: &'a Analysis,
    done: Resolved,
}

impl Writing<'_> {
    /// A host that is not written is the target.
    fn target(&mut self, operation: &StepOperation) {
        let takes_host = language::param(operation.spec.params, "host_id").is_some();
        if takes_host && operation.fields.get("host_id").is_none() {
            self.key("host_id");
            self.piece(&Piece::Target, None);
            self.done.text.push('\n');
        }
    }

    fn fields(&mut self, path: &str, fields: &Fields) {
        for field in &fields.items {
            let dot = if path.is_empty() || field.spec.name.is_empty() {
                ""
            } else {
                "."
            };
            self.arg(&format!("{path}{dot}{}", field.spec.name), &field.value);
        }
    }

    fn arg(&mut self, path: &str, arg: &Arg) {
        match arg {
            Arg::Text(text) => self.text(path, text),
            Arg::Texts(texts) => {
                for (index, text) in texts.iter().enumerate() {
                    self.text(&format!("{path}[{index}]"), text);
                }
            }
            Arg::Map(entries) => {
                for (name, text) in entries {
                    self.text(&format!("{path}.{}", name.value), text);
                }
            }
            Arg::Fields(fields) => self.fields(path, fields),
            Arg::Variant(name, fields) => self.fields(&format!("{path}.{}", name.value), fields),
            Arg::Many(args) => {
                for (index, arg) in args.iter().enumerate() {
                    self.arg(&format!("{path}[{index}]"), arg);
                }
            }
            Arg::Name(_)
            | Arg::Integer(_)
            | Arg::Number(_)
            | Arg::Boolean(_)
            | Arg::Names(_)
            | Arg::Invalid => {}
        }
    }

    fn key(&mut self, path: &str) {
        let gap = if self.done.text.is_empty() { "" } else { "\n" };
        self.done.text.push_str(&format!("{gap}# {path}\n"));
    }

    fn text(&mut self, path: &str, text: &Text) {
        let (names, variables) = (&self.analysis.names, &self.analysis.variables);
        if is_too_long(text, names, variables) {
            self.key(&format!("{path}: longer than a run takes"));
            return;
        }
        self.key(path);
        match text.role {
            Role::Shell => self.script(text),
            _ => self.plain(text),
        }
        if !self.done.text.ends_with('\n') {
            self.done.text.push('\n');
        }
    }

    /// Text in which every reference is ours.
    fn plain(&mut self, text: &Text) {
        let mut done = 0;
        for (index, reference) in text.references.iter().enumerate() {
            self.written(text, done..reference.range.start);
            let (names, variables) = (&self.analysis.names, &self.analysis.variables);
            match pieces(reference, names, variables, &|id| names.step_index(id)) {
                Some(found) => found
                    .iter()
                    .for_each(|it| self.piece(it, Some((text, index)))),
                None => self.written(text, reference.range.clone()),
            }
            done = reference.range.end;
        }
        self.written(text, done..text.as_str().len());
    }

    /// Shell text, some of whose references are the shell's.
    fn script(&mut self, text: &Text) {
        let (names, variables) = (&self.analysis.names, &self.analysis.variables);
        let pasted = paste(text, names, variables, &|id| names.step_index(id));
        let words = with_stand_ins(&pasted.text, &pasted.marks).unwrap_or_default();
        let coloured = colours(&words).into_iter();
        let shells: Vec<Range<usize>> = coloured
            .filter(|(part, colour)| {
                *colour == Colour::Variable && words[part.clone()].starts_with('$')
            })
            .map(|(part, _)| part)
            .collect();
        for (part, reference) in pasted.parts() {
            let Some(index) = reference else {
                self.shell(text, &pasted, part, &shells);
                continue;
            };
            let mut done = part.start;
            for (mark, data) in pasted.data_in(part.clone()) {
                self.filled_in(&pasted.text[done..mark.start], text, index);
                self.piece(data, Some((text, index)));
                done = mark.end;
            }
            self.filled_in(&pasted.text[done..part.end], text, index);
        }
    }

    /// A part of a script that is written in the recipe, with the shell's variables in it.
    fn shell(&mut self, text: &Text, pasted: &Pasted, part: Range<usize>, shells: &[Range<usize>]) {
        let mut done = part.start;
        let script = |range: Range<usize>| (pasted.span_of(text, &range), &pasted.text[range]);
        let inside = shells
            .iter()
            .filter(|it| part.start <= it.start && it.end <= part.end);
        for variable in inside {
            let (place, before) = script(done..variable.start);
            self.push(before, Origin::Recipe, None, Some(place));
            let (place, written) = script(variable.clone());
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let name = written.trim_matches(|c| !is_part(c)).to_owned();
            self.push(written, Origin::Shell, Some(name), Some(place));
            done = variable.end;
        }
        let (place, rest) = script(done..part.end);
        self.push(rest, Origin::Recipe, None, Some(place));
    }

    /// What stands in the recipe.
    fn written(&mut self, text: &Text, range: Range<usize>) {
        let place = text.source.span_of(range.start, range.end);
        self.push(&text.as_str()[range], Origin::Recipe, None, Some(place));
    }

    /// Text that a reference brought: the value of a variable, or the `${` of an escape.
    fn filled_in(&mut self, value: &str, text: &Text, reference: usize) {
        match &text.references[reference].kind {
            ReferenceKind::Variable(name) => {
                let place = self.analysis.recipe.variable(name).map(|it| it.name.span);
                self.push(value, Origin::Variable, Some(name.clone()), place);
            }
            _ => self.push(
                value,
                Origin::Recipe,
                None,
                Some(text.references[reference].span),
            ),
        }
    }

    /// A piece of what a reference stands for; of data only the name.
    fn piece(&mut self, piece: &Piece, from: Option<(&Text, usize)>) {
        let steps = &self.analysis.recipe.steps;
        let id = |index: usize| steps.get(index).and_then(|step| step.id());
        let set_by = |name: &str| {
            let variable = self.analysis.names.variables.get(name);
            variable.and_then(|it| Some(it.set_by.first()?.span))
        };
        let (origin, name, place) = match piece {
            Piece::Text(value) => {
                if let Some((text, reference)) = from {
                    self.filled_in(value, text, reference);
                }
                return;
            }
            Piece::Target => (Origin::Builtin, "target".to_owned(), None),
            Piece::Now => (Origin::Builtin, "now".to_owned(), None),
            Piece::Secret(name) => (Origin::Secret, name.to_string(), None),
            Piece::Env(name) => (Origin::Environment, name.clone(), None),
            Piece::Variable(name) => (Origin::Capture, name.clone(), set_by(name)),
            Piece::StepOutput(index) | Piece::StepExitCode(index) => {
                let name = id(*index).map_or_else(String::new, |id| id.value.clone());
                (Origin::Capture, name, id(*index).map(|id| id.span))
            }
        };
        let shown =
            piece.written(|index| id(index).map_or_else(String::new, |id| id.value.clone()));
        self.push(&shown, origin, Some(name), place);
    }

    fn push(&mut self, text: &str, origin: Origin, name: Option<String>, place: Option<Span>) {
        let start = self.done.text.len();
        self.done.text.push_str(text);
        let range = start..self.done.text.len();
        if !range.is_empty() {
            self.done.parts.push(Part {
                range,
                origin,
                name,
                place,
            });
        }
    }
}

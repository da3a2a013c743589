//! Semantic tokens: what references, names and operations are, and the shell text inside strings.
//!
//! Parsing shell is what costs. So [`gather`] takes from an analysis what there is to say, and
//! [`Gathered::colour`] parses, away from whoever waits for the next edit; what was parsed once is in
//! [`Memory`].

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use recipe::language::{Kind as Value, NameKind, Role};
use recipe::model::{Arg, Field, Step, Text};
use recipe::reference::{Reference, ReferenceKind};
use recipe::shell::{Colour, Mark, colours, with_stand_ins};
use recipe::syntax::Str;
use recipe::{Analysis, Span};

/// Something in the text that has a meaning. It may span lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) span: Span,
    pub(crate) kind: Kind,
    pub(crate) modifiers: &'static [Modifier],
}

/// What a token is, in the protocol's own words, so that themes know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Comment,
    /// A step, or a command in shell text.
    Function,
    /// An operation, or a word of the shell's grammar.
    Keyword,
    /// The `secret:` of a reference, and the like.
    Namespace,
    Number,
    Operator,
    /// An option of a command.
    Parameter,
    /// The `output` of a step.
    Property,
    String,
    /// A variable, a secret, a variable of an environment.
    Variable,
}

/// What more there is to say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Modifier {
    /// Here it gets its name.
    Declaration,
    /// Nothing in a recipe changes it: a secret, the environment.
    Readonly,
    /// The language, or the machine, brings it along.
    DefaultLibrary,
}

impl Kind {
    /// All of them, with the protocol's names.
    pub(crate) const ALL: [(Self, &'static str); 10] = [
        (Self::Comment, "comment"),
        (Self::Function, "function"),
        (Self::Keyword, "keyword"),
        (Self::Namespace, "namespace"),
        (Self::Number, "number"),
        (Self::Operator, "operator"),
        (Self::Parameter, "parameter"),
        (Self::Property, "property"),
        (Self::String, "string"),
        (Self::Variable, "variable"),
    ];
}

impl Modifier {
    /// All of them, with the protocol's names.
    pub(crate) const ALL: [(Self, &'static str); 3] = [
        (Self::Declaration, "declaration"),
        (Self::Readonly, "readonly"),
        (Self::DefaultLibrary, "defaultLibrary"),
    ];
}

/// What there is to say of a part of a recipe, before its shell text is parsed.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    tokens: Vec<Token>,
    scripts: Vec<Script>,
}

/// A shell text.
#[derive(Debug)]
struct Script {
    source: Str,
    /// The references of the recipe in it, which have tokens of their own.
    marks: Vec<Mark>,
}

/// Takes from `part` of a recipe what there is to say.
pub(crate) fn gather(analysis: &Analysis, part: Span) -> Gathered {
    let is_here = |span: Span| span.start <= part.end && part.start <= span.end;
    let mut gathered = Gathered::default();
    for variable in analysis.recipe.variables.iter() {
        let name = variable.name.span;
        if is_here(name) {
            gathered.add(name, Kind::Variable, &[Modifier::Declaration]);
        }
        if let Some(text) = variable.value.as_ref().filter(|text| is_here(text.span)) {
            gathered.text(analysis, text);
        }
    }
    for step in analysis.recipe.steps.iter().filter(|it| is_here(it.span)) {
        gathered.step(step);
        step.each_text(&mut |text| {
            if is_here(text.span) {
                gathered.text(analysis, text);
            }
        });
    }
    gathered
}

impl Gathered {
    /// All tokens, in order and apart from one another.
    pub(crate) fn colour(self, memory: &Memory) -> Vec<Token> {
        let mut tokens = self.tokens;
        for script in &self.scripts {
            tokens.extend(script.colour(memory));
        }
        tokens.retain(|token| !token.span.is_empty());
        tokens.sort_by_key(|token| token.span);
        let mut end = 0;
        tokens.retain(|token| {
            let is_apart = token.span.start >= end;
            end = end.max(token.span.end);
            is_apart
        });
        tokens
    }

    fn step(&mut self, step: &Step) {
        step.fields.each_field(&mut |field| self.field(field));
        for operation in &step.operations {
            self.add(operation.key, Kind::Keyword, &[]);
            operation.fields.each_field(&mut |field| self.field(field));
        }
    }

    fn field(&mut self, field: &Field) {
        match (&field.spec.kind, &field.value) {
            (Value::StepIds, Arg::Names(ids)) => {
                for id in ids {
                    self.add(id.span, Kind::Function, &[]);
                }
            }
            (Value::Name(kind), Arg::Name(name)) => match kind {
                NameKind::StepId => self.add(name.span, Kind::Function, &[Modifier::Declaration]),
                NameKind::StepReference => self.add(name.span, Kind::Function, &[]),
                NameKind::SetVariable => {
                    self.add(name.span, Kind::Variable, &[Modifier::Declaration]);
                }
                NameKind::ReadVariable => self.add(name.span, Kind::Variable, &[]),
                NameKind::Label => {}
            },
            _ => {}
        }
    }

    /// The references in a text, and the text itself if it is shell text.
    fn text(&mut self, analysis: &Analysis, text: &Text) {
        let mut marks = Vec::new();
        for reference in &text.references {
            let is_ours = match &reference.kind {
                ReferenceKind::Variable(name) => {
                    text.role != Role::Shell
                        || analysis.names.is_variable(name)
                        || is_built_in(name)
                }
                ReferenceKind::Escape => false,
                _ => true,
            };
            if is_ours {
                self.reference(analysis, reference);
                marks.push(Mark {
                    span: reference.range.clone(),
                    variable: String::new(),
                    secret: false,
                });
            }
        }
        if text.role == Role::Shell {
            let source = text.source.clone();
            self.scripts.push(Script { source, marks });
        }
    }

    fn reference(&mut self, analysis: &Analysis, reference: &Reference) {
        use Modifier::{DefaultLibrary, Readonly};
        let (whole, name) = (reference.span, reference.name_span);
        let (kind, modifiers): (_, &[Modifier]) = match &reference.kind {
            ReferenceKind::Variable(it) if !analysis.names.is_variable(it) && is_built_in(it) => {
                (Kind::Variable, &[DefaultLibrary])
            }
            ReferenceKind::Variable(_) => (Kind::Variable, &[]),
            ReferenceKind::Secret(_) => (Kind::Variable, &[Readonly]),
            ReferenceKind::Env(_) => (Kind::Variable, &[Readonly, DefaultLibrary]),
            ReferenceKind::StepOutput(_) | ReferenceKind::StepExitCode(_) => (Kind::Function, &[]),
            ReferenceKind::Escape | ReferenceKind::Malformed(_) => return,
        };
        self.add(name, kind, modifiers);
        // Where it is written with escapes, its parts are not where they seem.
        let written = &analysis.text[whole.range()];
        if !written.starts_with("${") || !written.ends_with('}') || !whole.covers(name) {
            return;
        }
        let (open, close) = (whole.start + 2, whole.end - 1);
        self.add(Span::new(whole.start, open), Kind::Operator, &[]);
        self.add(Span::new(close, whole.end), Kind::Operator, &[]);
        self.add(
            Span::new(open, name.start.saturating_sub(1)),
            Kind::Namespace,
            &[],
        );
        self.add(Span::new(name.end + 1, close), Kind::Property, &[]);
    }

    fn add(&mut self, span: Span, kind: Kind, modifiers: &'static [Modifier]) {
        if span.start < span.end {
            self.tokens.push(Token {
                span,
                kind,
                modifiers,
            });
        }
    }
}

fn is_built_in(name: &str) -> bool {
    matches!(name, "target" | "now")
}

impl Script {
    fn colour(&self, memory: &Memory) -> Vec<Token> {
        let mut tokens = Vec::new();
        let Some(text) = with_stand_ins(&self.source.text, &self.marks) else {
            return tokens;
        };
        let mut marks = self.marks.iter().map(|mark| &mark.span).peekable();
        for (part, colour) in memory.colours(text).iter() {
            let mut start = part.start;
            let mut add = |start: usize, end: usize| {
                if start < end {
                    tokens.push(Token {
                        span: self.source.span_of(start, end),
                        kind: kind(*colour),
                        modifiers: &[],
                    });
                }
            };
            while marks.next_if(|mark| mark.end <= part.start).is_some() {}
            // A reference at the end of this part may reach into the next.
            while let Some(mark) = marks.peek().filter(|mark| mark.start < part.end) {
                add(start, mark.start);
                start = start.max(mark.end);
                if mark.end > part.end {
                    break;
                }
                marks.next();
            }
            add(start, part.end);
        }
        tokens
    }
}

fn kind(colour: Colour) -> Kind {
    match colour {
        Colour::Comment => Kind::Comment,
        Colour::Keyword => Kind::Keyword,
        Colour::Command => Kind::Function,
        Colour::Option => Kind::Parameter,
        Colour::Variable => Kind::Variable,
        Colour::String => Kind::String,
        Colour::Operator => Kind::Operator,
        Colour::Number => Kind::Number,
    }
}

/// What shell texts were parsed to.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<Generations>);

/// Those asked for lately, and those that were before them.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<String, Colours>,
    old: HashMap<String, Colours>,
}

type Colours = Arc<[(Range<usize>, Colour)]>;

/// So many texts are lately: more than a recipe has that anybody edits.
const YOUNG: usize = 16_384;

impl Memory {
    /// The parts of a script.
    fn colours(&self, script: String) -> Colours {
        let known = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let old = all.old.remove(&script);
            old.or_else(|| all.young.get(&script).cloned())
        };
        let found = known.unwrap_or_else(|| colours(&script).into());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.young.len() >= YOUNG {
            all.old = std::mem::take(&mut all.young);
        }
        all.young.insert(script, found.clone());
        found
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use expect_test::{Expect, expect};
    use recipe::Analyser;

    use super::*;

    fn tokens(text: &str, part: Span) -> Vec<Token> {
        let analysis = Analyser::default().analyse(Arc::from(text), Some("a.recipe.toml"));
        gather(&analysis, part).colour(&Memory::default())
    }

    fn check(text: &str, expected: Expect) {
        let shown = tokens(text, Span::new(0, text.len()))
            .into_iter()
            .map(|token| {
                let modifiers = token.modifiers.iter().map(|it| format!(".{it:?}"));
                let modifiers: String = modifiers.collect();
                format!(
                    "{:?}{modifiers} {:?}\n",
                    token.kind,
                    &text[token.span.range()]
                )
            });
        expected.assert_eq(&shown.collect::<String>());
    }

    #[test]
    fn references_and_names_are_told_apart() {
        check(
            "[variables]\nmodel = 'x'\npath = '/${model}'\n[[step]]\nid = 'a'\nset_var = { name = 'y', value = '${secret:a/b}${env.USER}${target}' }\n\
             [[step]]\nid = 'b'\ndepends_on = ['a']\nssh_command = { command = 'x', env = { A = '${step.a.output}$${z}' } }\n",
            expect![[r#"
                Variable.Declaration "model"
                Variable.Declaration "path"
                Operator "${"
                Variable "model"
                Operator "}"
                Function.Declaration "a"
                Keyword "set_var"
                Variable.Declaration "y"
                Operator "${"
                Namespace "secret"
                Variable.Readonly "a/b"
                Operator "}"
                Operator "${"
                Namespace "env"
                Variable.Readonly.DefaultLibrary "USER"
                Operator "}"
                Operator "${"
                Variable.DefaultLibrary "target"
                Operator "}"
                Function.Declaration "b"
                Function "a"
                Keyword "ssh_command"
                Function "x"
                Operator "${"
                Namespace "step"
                Function "a"
                Property "output"
                Operator "}"
            "#]],
        );
    }

    #[test]
    fn shell_text_is_coloured_around_references() {
        check(
            "[variables]\nbin = 'x'\n[[step]]\nid = 'a'\nssh_command = { command = \"\"\"\n# go ${bin}\n\\\"${bin}\\\" --to=\\\"a ${secret:b} c\\\" \\\n  ${HOME} | ${bin}\n\"\"\" }\n",
            expect![[r##"
                Variable.Declaration "bin"
                Function.Declaration "a"
                Keyword "ssh_command"
                Comment "# go "
                Operator "${"
                Variable "bin"
                Operator "}"
                String "\\\""
                Operator "${"
                Variable "bin"
                Operator "}"
                String "\\\""
                Parameter "--to="
                String "\\\"a "
                Operator "${"
                Namespace "secret"
                Variable.Readonly "b"
                Operator "}"
                String " c\\\""
                Variable "${HOME}"
                Operator "|"
                Operator "${"
                Variable "bin"
                Operator "}"
            "##]],
        );
    }

    #[test]
    fn only_a_part_is_told_of() {
        let text = "[[step]]\nid = 'a'\nsleep = {}\n[[step]]\nid = 'b'\nsleep = {}\n";
        let second = text.rfind("[[step]]").expect("it is there");
        let found = tokens(text, Span::new(second + 1, text.len()));
        let words: Vec<_> = found.iter().map(|it| &text[it.span.range()]).collect();
        assert_eq!(words, ["b", "sleep"]);
    }

    #[test]
    fn what_was_parsed_is_remembered_and_forgotten() {
        let memory = Memory::default();
        let first = memory.colours("ls -l".to_owned());
        assert!(Arc::ptr_eq(&first, &memory.colours("ls -l".to_owned())));
        for number in 0..YOUNG {
            memory.colours(number.to_string());
        }
        assert!(Arc::ptr_eq(&first, &memory.colours("ls -l".to_owned())));
        let all = memory.0.lock().expect("nobody panicked");
        assert!(all.young.len() + all.old.len() <= 2 * YOUNG);
    }
}

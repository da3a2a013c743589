//! Secrets that leave a script by a way where others see them: an argument of an external program, a URL,
//! what the script prints, its trace. [`super::sinks`] knows those ways, [`flow`] what hands a secret on.

mod flow;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use tree_sitter::Node;

use super::Mark;
use super::command::{self, Command, Word};
use super::parse::Script;
use super::programs::effective;
use super::sinks::{self, Sink, Trace};

/// A secret that others can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// By which way.
    pub sink: Sink,
    /// Index of the mark; nothing where the secret comes from the operation's `env` table.
    pub mark: Option<usize>,
    /// The program, as the script names it, without its directory.
    pub program: String,
    /// The shell variable by which the secret gets there.
    pub via: Option<String>,
    /// The argument, or the option that switches the trace on, in the text that was judged.
    pub span: Range<usize>,
}

/// A secret that a piece of the script expands to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    mark: Option<usize>,
    /// The variable that it comes from.
    via: Option<String>,
    /// Where it, or the variable, stands.
    at: usize,
}

/// What a variable holds: nothing secret, or secrets of these marks and of the `env` table.
type Held = HashMap<String, Vec<Option<usize>>>;

/// The exposures of a script, in the order of the text.
pub(super) fn find(
    text: &str,
    script: &Script,
    marks: &[Mark],
    secret_env: &[String],
    left_alone: &[usize],
) -> Vec<Exposure> {
    let secret = |mark: &usize| marks[*mark].secret && !left_alone.contains(mark);
    let secrets: Vec<usize> = (0..marks.len()).filter(secret).collect();
    if secrets.is_empty() && secret_env.is_empty() {
        return Vec::new();
    }
    let mut search = Search {
        text,
        script,
        marks,
        secrets,
        held: Held::new(),
        exported: BTreeSet::new(),
        given: HashMap::new(),
        functions: Vec::new(),
        trace: None,
        found: Vec::new(),
    };
    command::each(script.root(), &mut |node| search.note_function(node));
    // A function is called behind where it stands: what it is given is known the next time.
    for _ in 0..MOST_ROUNDS {
        let known = search.given.clone();
        search.begin(secret_env);
        command::each(script.root(), &mut |node| search.visit(node));
        if search.given == known {
            break;
        }
    }
    search.found.sort_by_key(|exposure| exposure.span.start);
    search.found.dedup();
    search.found
}

/// Functions that call one another hand a secret on so often.
const MOST_ROUNDS: usize = 4;

struct Search<'t> {
    /// The text as it was judged, without stand-ins.
    text: &'t str,
    script: &'t Script,
    marks: &'t [Mark],
    secrets: Vec<usize>,
    held: Held,
    /// The variables that programs find in their environment.
    exported: BTreeSet<String>,
    /// What the arguments of functions hold, by the function and the argument's name.
    given: HashMap<(String, String), BTreeSet<Option<usize>>>,
    functions: Vec<&'t str>,
    /// The trace that is on, until one secret was found in it: one word on each is enough.
    trace: Option<Trace>,
    found: Vec<Exposure>,
}

impl<'t> Search<'t> {
    /// Nothing is known yet but what `secret_env` and earlier rounds tell.
    fn begin(&mut self, secret_env: &[String]) {
        let names = || secret_env.iter().cloned();
        self.held = names().map(|name| (name, vec![None])).collect();
        self.exported = names().collect();
        self.trace = None;
        self.found.clear();
    }

    fn note_function(&mut self, node: Node<'t>) {
        if node.kind() == "function_definition" {
            let name = node.child_by_field_name("name");
            self.functions
                .extend(name.map(|name| self.script.slice(name)));
        }
    }

    fn visit(&mut self, node: Node<'t>) {
        let parent = node.parent().map_or("", |parent| parent.kind());
        match node.kind() {
            "variable_assignment" if parent != "command" => self.assign(node, "name"),
            "for_statement" => self.assign(node, "variable"),
            "command" if parent == "redirected_statement" => {}
            "command" | "redirected_statement" => self.run(node),
            "test_command" => self.traced(node, &self.sources(node)),
            "declaration_command" => self.declare(node),
            _ => {}
        }
    }

    /// What the shell writes of a command before it executes it, where it does.
    fn traced(&mut self, node: Node<'t>, sources: &[Source]) {
        let Some(source) = sources.first() else {
            return;
        };
        let covers = |trace: &mut Trace| node.start_byte() < trace.end;
        if let Some(trace) = self.trace.take_if(covers) {
            self.found.push(Exposure {
                sink: Sink::Traced,
                mark: source.mark,
                program: "set".to_owned(),
                via: source.via.clone(),
                span: trace.option,
            });
        }
    }

    /// `X=…`: from here on the variable holds what the values hold. It holds nothing else where nothing
    /// can jump over the assignment.
    fn assign(&mut self, node: Node<'t>, name: &str) {
        let Some(name) = node.child_by_field_name(name) else {
            return;
        };
        let straight = node
            .parent()
            .is_some_and(|parent| parent.kind() == "program");
        let text = self.script.slice(name);
        let name = text.split('[').next().unwrap_or_default();
        let mut cursor = node.walk();
        let values = node.children_by_field_name("value", &mut cursor);
        let sources: Vec<_> = values.flat_map(|value| self.sources(value)).collect();
        let held = self.held.entry(name.to_owned()).or_default();
        if straight && text == name && !self.script.slice(node).contains("+=") {
            held.clear();
        }
        held.extend(sources.iter().map(|source| source.mark));
        self.traced(node, &sources);
    }

    /// A command: which of its arguments hold a secret.
    fn run(&mut self, node: Node<'t>) {
        let Some(command) = Command::of(self.script, node) else {
            return;
        };
        let start = effective(&command.words);
        let Some(word) = command.words.get(start) else {
            return;
        };
        let written = &self.text[word.node.byte_range()];
        let program = match word.program() {
            Some(program) if written == self.script.slice(word.node) => program.to_owned(),
            _ => written.to_owned(),
        };
        let words = &command.words[start..];
        if program == "set" {
            sinks::switch_trace(node, words, &mut self.trace);
            self.set_positions(words);
        }
        self.carry(node, &program, words);
        self.tell(node, words);
        if program == "set" {
            return;
        }
        let sources: Vec<_> = words
            .iter()
            .flat_map(|word| {
                let of_word = |source| (word.node, source);
                self.sources(word.node).into_iter().map(of_word)
            })
            .collect();
        let mut shown: Vec<_> = sources
            .iter()
            .filter_map(|(word, source)| {
                let sink = self.sink(node, &program, words, *word, source)?;
                Some((sink, word.byte_range(), source.clone()))
            })
            .collect();
        if sinks::copies(words) && sinks::prints(self.script, node, words) {
            let fed = sinks::copied(self.script, node).into_iter();
            shown.extend(fed.flat_map(|body| {
                let printed = move |source| (Sink::Printed, body.byte_range(), source);
                self.sources(body).into_iter().map(printed)
            }));
        }
        for (sink, span, Source { mark, via, .. }) in shown {
            self.found.push(Exposure {
                sink,
                mark,
                program: program.clone(),
                via,
                span,
            });
        }
        let sources: Vec<_> = sources.into_iter().map(|(_, source)| source).collect();
        self.traced(node, &sources);
    }

    /// The way by which a secret in a word of a command gets where others see it, if it does.
    fn sink(
        &self,
        node: Node<'t>,
        program: &str,
        words: &[Word<'t>],
        word: Node<'t>,
        source: &Source,
    ) -> Option<Sink> {
        // `/bin/echo` is a program, whatever the shell can do itself.
        let of_the_shell = words
            .first()
            .is_some_and(|word| !word.written.contains('/'));
        if of_the_shell && self.functions.contains(&program) {
            return None;
        }
        if of_the_shell && matches!(program, "echo" | "printf") {
            return sinks::prints(self.script, node, words).then_some(Sink::Printed);
        }
        if of_the_shell && BUILTINS.contains(&program) {
            return None;
        }
        let before = &self.script.text[word.start_byte()..source.at.max(word.start_byte())];
        Some(match sinks::is_url(before) {
            true => Sink::Url,
            false if sinks::types(program, words) => Sink::Typed,
            false => Sink::Argument,
        })
    }

    /// The secrets that `value` expands to.
    fn sources(&self, value: Node<'t>) -> Vec<Source> {
        let mut sources: Vec<Source> = Vec::new();
        for mark in &self.secrets {
            let span = &self.marks[*mark].span;
            let inside = value.start_byte() <= span.start && span.end <= value.end_byte();
            if inside && self.passes(value, self.script.path(span).iter().map(|step| step.node)) {
                sources.push(Source {
                    mark: Some(*mark),
                    via: None,
                    at: span.start,
                });
            }
        }
        command::each(value, &mut |node| {
            let Some(name) = self.expanded(node) else {
                return;
            };
            let ancestors = self.script.path(&node.byte_range());
            if self.passes(value, ancestors.iter().map(|step| step.node)) {
                let held = self.holds(name, node).into_iter();
                sources.extend(held.map(|mark| Source {
                    mark,
                    via: Some(name.to_owned()),
                    at: node.start_byte(),
                }));
            }
        });
        sources.dedup_by(|one, other| (one.mark, &one.via) == (other.mark, &other.via));
        sources
    }

    /// The variable whose value this node expands to: not its length, and not `${X:+…}`.
    fn expanded(&self, node: Node<'t>) -> Option<&'t str> {
        let expansion = matches!(node.kind(), "simple_expansion" | "expansion");
        let written = expansion.then(|| self.script.expansion(node).len())?;
        // In the text as it was: a stand-in can go on with a name, as in `$X${…}`.
        let text = self.text.get(node.end_byte() - written..node.end_byte())?;
        let inner = text
            .strip_prefix("${")
            .unwrap_or_else(|| text.trim_start_matches('$'));
        let end = inner
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(inner.len());
        // `$@` is one character.
        let end = match inner.starts_with(['@', '*']) {
            true => 1,
            false => end,
        };
        let (name, rest) = inner.split_at(end);
        (!rest.starts_with(":+") && !rest.starts_with('+')).then_some(name)
    }

    /// Whether what stands at the end of `path` becomes part of `value`: through a `$(…)` only where
    /// `echo` or `printf` say it.
    fn passes(&self, value: Node<'t>, path: impl Iterator<Item = Node<'t>>) -> bool {
        let mut said = true;
        for node in path.skip_while(|node| *node != value) {
            match node.kind() {
                "command_substitution" => said = false,
                "process_substitution"
                | "heredoc_redirect"
                | "herestring_redirect"
                | "file_redirect" => return false,
                "command" if !said => {
                    let command = Command::of(self.script, node);
                    let says = |command: Command<'_>| {
                        matches!(
                            command.words.first().and_then(|word| word.program()),
                            Some("echo" | "printf")
                        )
                    };
                    said = command.is_some_and(says);
                }
                _ => {}
            }
        }
        said
    }
}

/// Commands of the shell itself: they start no process, so nobody sees their arguments.
const BUILTINS: &[&str] = &[
    ".",
    ":",
    "[",
    "alias",
    "bg",
    "bind",
    "break",
    "builtin",
    "caller",
    "cd",
    "compgen",
    "complete",
    "continue",
    "declare",
    "dirs",
    "disown",
    "echo",
    "enable",
    "eval",
    "exit",
    "export",
    "false",
    "fc",
    "fg",
    "getopts",
    "hash",
    "help",
    "history",
    "jobs",
    "let",
    "local",
    "logout",
    "mapfile",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "set",
    "shift",
    "shopt",
    "source",
    "suspend",
    "test",
    "times",
    "trap",
    "true",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "wait",
    "kill",
];

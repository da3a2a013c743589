//! What a whole script says that matters at each of its references: found in one walk, so that a thousand
//! references do not read the script a thousand times.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tree_sitter::Node;

use super::command::{self, Command};
use super::parse::Script;
use super::programs::reader_of;
use super::refusal::Why;

/// A script, and what is known about all of it.
pub(super) struct Facts<'t> {
    pub(super) script: &'t Script,
    pub(super) here_documents_are_plain: bool,
    /// By the identity of the node.
    commands: HashMap<usize, Command<'t>>,
    /// Commands that take their standard input for code, and why nothing may be fed to them.
    readers: Vec<(Range<usize>, Why)>,
    /// Variables whose value some declaration makes the shell evaluate.
    evaluated: HashSet<&'t str>,
    /// Variables that are arrays somewhere.
    arrays: HashSet<&'t str>,
}

/// Variables of bash that evaluate what they are given, as arithmetic.
const EVALUATED: &[&str] = &["OPTIND", "RANDOM", "SRANDOM", "HISTCMD"];

const AN_INTEGER: Why = Why::Arithmetic {
    place: "an integer variable or a reference to a name",
};

impl<'t> Facts<'t> {
    pub(super) fn of(script: &'t Script) -> Self {
        let mut facts = Self {
            script,
            here_documents_are_plain: script.here_documents_are_plain(),
            commands: HashMap::new(),
            readers: Vec::new(),
            evaluated: EVALUATED.iter().copied().collect(),
            arrays: HashSet::new(),
        };
        let mut order = Vec::new();
        let mut redirected = HashSet::new();
        command::each(script.root(), &mut |node| match node.kind() {
            "command" | "redirected_statement" => {
                let body = node.child_by_field_name("body");
                redirected.extend(body.map(|body| body.id()));
                if let Some(command) = Command::of(script, node) {
                    facts.commands.insert(node.id(), command);
                    if !redirected.contains(&node.id()) {
                        order.push(node);
                    }
                }
                if matches!(
                    script.slice(node).split_whitespace().next(),
                    Some("command" | "builtin")
                ) {
                    facts.declare(node);
                }
            }
            "declaration_command" => facts.declare(node),
            "variable_assignment" => facts.assign(node),
            _ => {}
        });
        for node in order {
            let why = facts.reader(node);
            facts
                .readers
                .extend(why.map(|why| (node.byte_range(), why)));
        }
        facts
    }

    /// The command that a `command` or `redirected_statement` node is.
    pub(super) fn command(&self, node: Node<'_>) -> Option<&Command<'t>> {
        self.commands.get(&node.id())
    }

    /// Why nothing may be fed to one of the commands that stand in `range`.
    pub(super) fn reader_in(&self, range: &Range<usize>) -> Option<Why> {
        let inside =
            |(at, _): &&(Range<usize>, Why)| range.start <= at.start && at.end <= range.end;
        self.readers.iter().find(inside).map(|(_, why)| why.clone())
    }

    /// Why the variable `name` evaluates what it is given, if it does.
    pub(super) fn evaluates(&self, name: &str) -> Option<Why> {
        self.evaluated.contains(name).then_some(AN_INTEGER)
    }

    /// Whether a declaration of `name` with these options takes `(…)` in a value for a list of words.
    pub(super) fn is_array<'a>(
        &self,
        name: &str,
        options: impl IntoIterator<Item = &'a str>,
    ) -> bool {
        self.arrays.contains(name) || options.into_iter().any(|word| is_option(word, ['a', 'A']))
    }

    fn declare(&mut self, node: Node<'t>) {
        let text = self.script.slice(node);
        let names = || text.split(|c: char| !c.is_alphanumeric() && c != '_');
        if evaluates(text.split_whitespace()).is_some() {
            self.evaluated.extend(names());
        }
        if text
            .split_whitespace()
            .any(|word| is_option(word, ['a', 'A']))
        {
            self.arrays.extend(names());
        }
    }

    fn assign(&mut self, node: Node<'t>) {
        let value = node.child_by_field_name("value");
        if value.is_some_and(|value| value.kind() == "array") {
            let name = node.child_by_field_name("name");
            self.arrays.extend(name.map(|name| self.script.slice(name)));
        }
    }

    fn reader(&self, node: Node<'t>) -> Option<Why> {
        let words = &self.command(node)?.words;
        let names = || words.iter().filter_map(|word| word.literal.as_deref());
        let reads = names().any(|name| matches!(name, "read" | "readarray" | "mapfile"));
        let evaluated = || names().find_map(|name| self.evaluates(name));
        reader_of(words).or_else(|| evaluated().filter(|_| reads))
    }
}

/// Why a declaration with these words evaluates what it is given, if it does.
pub(super) fn evaluates<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<Why> {
    words
        .any(|word| is_option(word, ['i', 'n']))
        .then_some(AN_INTEGER)
}

fn is_option(word: &str, letters: [char; 2]) -> bool {
    word.starts_with('-') && !word.starts_with("--") && word.contains(letters)
}

//! Commands that print what variables hold without an expansion of them: `printenv TOKEN`, `declare -p`, a
//! shell that traces what it reads.

use std::ops::Range;

use tree_sitter::Node;

use super::carriers::mentions;
use super::command::Word;
use super::parse::Script;
use super::programs::is_shell;

/// What is printed by such a command.
pub(super) enum Told<'w> {
    /// This variable of the environment.
    Exported(&'w str),
    /// All of the environment.
    Environment,
    /// All variables.
    All,
}

/// What a command with these words prints, with the word that says so.
pub(super) fn told<'w>(words: &'w [Word<'_>]) -> Vec<(Told<'w>, Range<usize>)> {
    let Some((program, rest)) = words.split_first() else {
        return Vec::new();
    };
    let place = |word: &Word<'_>| word.node.byte_range();
    let literals = || rest.iter().map(|word| word.literal.as_deref());
    match program.program() {
        Some("printenv") if !rest.is_empty() => {
            let names = rest.iter();
            let names = names.filter_map(|word| Some((word.literal.as_deref()?, place(word))));
            names.map(|(name, at)| (Told::Exported(name), at)).collect()
        }
        Some("printenv") => vec![(Told::Environment, place(program))],
        // With a command it prints nothing, and with `-i` nothing is left.
        Some("env") if literals().all(|it| it.is_some_and(|it| matches!(it, "-0" | "--null"))) => {
            vec![(Told::Environment, place(program))]
        }
        Some("set") if rest.is_empty() => vec![(Told::All, place(program))],
        _ => Vec::new(),
    }
}

/// A `declare` or the like: its variables, whether it exports them, and whether it prints them.
pub(super) struct Declaration<'t> {
    pub(super) names: Vec<(&'t str, Range<usize>)>,
    pub(super) exports: bool,
    /// The word that says so.
    pub(super) prints: Option<Range<usize>>,
}

impl<'t> Declaration<'t> {
    pub(super) fn of(script: &'t Script, node: Node<'t>) -> Self {
        let mut found = Self {
            names: Vec::new(),
            exports: false,
            prints: None,
        };
        let mut cursor = node.walk();
        for (index, child) in node.children(&mut cursor).enumerate() {
            let text = script.slice(child);
            match child.kind() {
                _ if index == 0 => found.exports = text == "export",
                "variable_assignment" => {
                    let name = child.child_by_field_name("name");
                    let name = name.map(|name| (script.slice(name), name.byte_range()));
                    found.names.extend(name);
                }
                _ if text.starts_with('-') => {
                    found.exports |= text.contains('x');
                    found.prints = text.contains('p').then(|| child.byte_range());
                }
                _ => found.names.push((text, child.byte_range())),
            }
        }
        found
    }
}

/// The option by which a shell that these words start traces what it is told to do.
pub(super) fn tracing<'w, 't>(words: &'w [Word<'t>]) -> Option<&'w Word<'t>> {
    let shell = words.first().filter(|word| word.literal.is_some())?;
    let is_tracing = |word: &&Word<'_>| {
        let letters = word.literal.as_deref().and_then(|it| it.strip_prefix('-'));
        letters.is_some_and(|it| it.contains('x') && it.bytes().all(|it| it.is_ascii_lowercase()))
    };
    let mut options = words[1..]
        .iter()
        .take_while(|it| it.written.starts_with('-'));
    options.find(is_tracing).filter(|_| is_shell(shell))
}

/// The first of `names` that a shell expands which is given `texts` to read.
pub(super) fn expanded_in<'n>(
    names: impl Iterator<Item = &'n str>,
    texts: &[&str],
) -> Option<&'n str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    let is_in = |name: &&str| texts.iter().any(|text| mentions(text, name));
    names.into_iter().find(is_in)
}

//! Commands as lists of words, whatever way they stand in the tree.

use tree_sitter::Node;

use super::parse::Script;

/// A simple command: its name and its arguments, without assignments and redirections.
pub(super) struct Command<'t> {
    pub(super) words: Vec<Word<'t>>,
}

/// A word of a command.
pub(super) struct Word<'t> {
    pub(super) node: Node<'t>,
    /// What the shell makes of it, where that is known before it runs.
    pub(super) literal: Option<String>,
    /// As it is written, quotes and all.
    pub(super) written: &'t str,
}

impl<'t> Command<'t> {
    /// Reads a `command` node, or a `redirected_statement` around one.
    pub(super) fn of(script: &'t Script, node: Node<'t>) -> Option<Self> {
        let mut words = Vec::new();
        match node.kind() {
            "command" => own_words(node, &mut words),
            "redirected_statement" => {
                own_words(last_command(node.child_by_field_name("body")?)?, &mut words);
                stray_words(node, &mut words);
            }
            _ => return None,
        }
        words.sort_by_key(Node::start_byte);
        let word = |node| Word {
            node,
            literal: literal(script.slice(node)),
            written: script.slice(node),
        };
        Some(Self {
            words: words.into_iter().map(word).collect(),
        })
    }

    /// The index of the word that contains `node`'s start.
    pub(super) fn index_of(&self, offset: usize) -> Option<usize> {
        let contains = |word: &Word<'_>| word.node.byte_range().contains(&offset);
        self.words.iter().position(contains)
    }
}

impl Word<'_> {
    /// The name of the program that this word starts: without its directory.
    pub(super) fn program(&self) -> Option<&str> {
        self.literal.as_deref().map(base_name)
    }

    /// Whether nothing may be left of it, or several words: all of it is expanded, and not in quotes.
    pub(super) fn may_vanish(&self) -> bool {
        let is_expanded = |node: Node<'_>| {
            matches!(
                node.kind(),
                "simple_expansion" | "expansion" | "command_substitution"
            )
        };
        let node = self.node;
        match node.kind() {
            "concatenation" => node.children(&mut node.walk()).all(is_expanded),
            "string" => self.written.contains("[@]") || self.written.contains("$@"),
            _ => is_expanded(node),
        }
    }
}

/// The last part of a path.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Calls `visit` for `node` and everything in it, in the order of the text.
pub(super) fn each<'t>(node: Node<'t>, visit: &mut impl FnMut(Node<'t>)) {
    let mut cursor = node.walk();
    loop {
        visit(cursor.node());
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// The command that the redirections after a list or a pipeline belong to.
fn last_command(mut node: Node<'_>) -> Option<Node<'_>> {
    while matches!(
        node.kind(),
        "list" | "pipeline" | "negated_command" | "redirected_statement"
    ) {
        node = match node.child_by_field_name("body") {
            Some(body) => body,
            None => node.named_child(
                u32::try_from(node.named_child_count())
                    .ok()?
                    .checked_sub(1)?,
            )?,
        };
    }
    (node.kind() == "command").then_some(node)
}

fn own_words<'t>(command: Node<'t>, words: &mut Vec<Node<'t>>) {
    let mut cursor = command.walk();
    let mut more = cursor.goto_first_child();
    while more {
        match cursor.field_name() {
            Some("name" | "argument") => words.push(cursor.node()),
            _ => extra_destinations(cursor.node(), words),
        }
        more = cursor.goto_next_sibling();
    }
}

/// The words that the tree counts to a redirection although they are arguments: `cmd >file argument`,
/// `cmd <<EOF argument`.
fn stray_words<'t>(statement: Node<'t>, words: &mut Vec<Node<'t>>) {
    let mut cursor = statement.walk();
    for redirect in statement.children_by_field_name("redirect", &mut cursor) {
        extra_destinations(redirect, words);
        let mut inner = redirect.walk();
        words.extend(redirect.children_by_field_name("argument", &mut inner));
    }
}

fn extra_destinations<'t>(redirect: Node<'t>, words: &mut Vec<Node<'t>>) {
    if redirect.kind() == "file_redirect" {
        let mut cursor = redirect.walk();
        words.extend(
            redirect
                .children_by_field_name("destination", &mut cursor)
                .skip(1),
        );
    }
}

/// What a word means if nothing in it is expanded.
fn literal(word: &str) -> Option<String> {
    let mut plain = String::with_capacity(word.len());
    let mut quote = None;
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), _) => plain.push(c),
            (None, '\'' | '"') => quote = Some(c),
            (_, '\\') => plain.extend(chars.next().filter(|escaped| *escaped != '\n')),
            (_, '$' | '`') | (None, '*' | '?' | '[' | '{' | '~' | '<' | '>') if word.len() > 1 => {
                return None;
            }
            _ => plain.push(c),
        }
    }
    Some(plain)
}

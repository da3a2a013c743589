//! What carries a value from one place of a script to another: what is fed to a command or piped into it,
//! and which of the words of a command start another.

use tree_sitter::Node;

use super::command::{Command, Word, each};
use super::parse::Script;

/// The texts that are fed to a command, each as its node: the bodies of here-documents, and the words of
/// here-strings. What feeds a loop feeds the `read` in its condition.
pub(super) fn fed(node: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    // A here-string can stand within the command in the tree, too.
    let body = node.child_by_field_name("body");
    let inner = body.filter(|body| body.kind() == "command");
    for node in [Some(node), inner].into_iter().flatten() {
        let mut cursor = node.walk();
        for redirect in node.children_by_field_name("redirect", &mut cursor) {
            in_redirect(redirect, &mut found);
        }
    }
    let around = node.parent().filter(|it| is_loop(*it));
    let around = around.and_then(|statement| statement.parent());
    let around = around.filter(|it| it.kind() == "redirected_statement");
    found.extend(around.map(fed).unwrap_or_default());
    found
}

fn is_loop(node: Node<'_>) -> bool {
    node.kind() == "while_statement"
}

/// A here-document holds the pipeline and the redirections behind its delimiter too: those are others.
fn in_redirect<'t>(redirect: Node<'t>, found: &mut Vec<Node<'t>>) {
    each(redirect, &mut |node| match node.kind() {
        "heredoc_body" => found.push(node),
        "herestring_redirect" => {
            let last = u32::try_from(node.named_child_count()).unwrap_or(0);
            found.extend(last.checked_sub(1).and_then(|last| node.named_child(last)));
        }
        _ => {}
    });
}

/// The command whose output is piped into the command at `node`, if it is one that says its words.
pub(super) fn piped<'t>(script: &'t Script, node: Node<'t>) -> Option<Command<'t>> {
    let mut inner = node;
    for outer in std::iter::successors(node.parent(), Node::parent) {
        match outer.kind() {
            "pipeline" => {
                let mut before = inner.prev_named_sibling()?;
                if before.kind() == "redirected_statement" {
                    before = before.child_by_field_name("body")?;
                }
                let command = Command::of(script, before)?;
                let name = command.words.first()?.literal.as_deref();
                return matches!(name, Some("echo" | "printf")).then_some(command);
            }
            "while_statement" | "redirected_statement" | "list" | "compound_statement" => {}
            _ => return None,
        }
        // Only what reads first gets it.
        if inner.start_byte() != outer.start_byte() && !is_loop(outer) {
            return None;
        }
        inner = outer;
    }
    None
}

/// The word of `xargs …` with the program that it starts.
pub(super) fn started_by_xargs<'w, 't>(words: &'w [Word<'t>]) -> Option<&'w Word<'t>> {
    let mut rest = words.iter().skip(1);
    while let Some(word) = rest.next() {
        // `-I{}` has a brace in it, so that it is no literal.
        match word.written {
            "-I" | "-n" | "-P" | "-L" | "-d" | "-E" | "-s" | "-a" => {
                rest.next();
            }
            option if option.starts_with('-') => {}
            _ => return Some(word),
        }
    }
    None
}

/// The names of the variables that `read`, `mapfile` or `readarray` with these words sets.
pub(super) fn read_into<'w>(program: &str, words: &'w [Word<'_>]) -> Vec<&'w str> {
    // `-a` is followed by the name of an array, which is set as well.
    let with_value = if program == "read" {
        "dinNptu"
    } else {
        "dnOsuCc"
    };
    let mut names = Vec::new();
    let mut rest = words.iter().skip(1);
    while let Some(word) = rest.next() {
        match word.literal.as_deref() {
            Some(option) if option.starts_with('-') => {
                if option.ends_with(|letter| with_value.contains(letter)) {
                    rest.next();
                }
            }
            name => names.extend(name),
        }
    }
    names
}

/// The words of `set …` that become `$1` and those that follow.
pub(super) fn positions<'w, 't>(words: &'w [Word<'t>]) -> Option<&'w [Word<'t>]> {
    let is_option = |word: &Word<'_>| {
        let text = word.literal.as_deref();
        text.is_some_and(|text| text.starts_with(['-', '+']))
    };
    let rest = words.get(1..)?;
    let options = rest.iter().take_while(|word| is_option(word)).count();
    let is_ended = rest[..options]
        .last()
        .is_some_and(|word| word.written == "--");
    (is_ended || options == 0 && !rest.is_empty()).then(|| &rest[options..])
}

/// Whether `name` is that of an argument: `$1`, `$@`.
pub(super) fn is_position(name: &str) -> bool {
    matches!(name, "@" | "*") || name.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty()
}

/// The name of the function that `node` is in.
pub(super) fn function_around<'t>(script: &'t Script, node: Node<'t>) -> Option<&'t str> {
    let mut around = std::iter::successors(node.parent(), Node::parent);
    let function = around.find(|it| it.kind() == "function_definition")?;
    function
        .child_by_field_name("name")
        .map(|name| script.slice(name))
}

/// Whether `text`, which another shell reads, expands the variable `name`.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    ["$", "${"].iter().any(|sign| {
        let whole = format!("{sign}{name}");
        let mut found = text.match_indices(&whole);
        found.any(|(at, _)| !text[at + whole.len()..].starts_with(is_part))
    })
}

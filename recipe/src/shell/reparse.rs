//! Which words, and whose standard input, are parsed a second time: what stands there is code.

use tree_sitter::Node;

use super::command::{self, Command, Word};
use super::parse::{Script, Step};
use super::programs::{effective, parser_of, reader_of};
use super::refusal::Why;

/// Refuses a reference at the end of `path` where some command takes the text around it for code, or for
/// the name of a variable.
pub(super) fn refuse(script: &Script, path: &[Step<'_>]) -> Result<(), Why> {
    let offset = path.last().map_or(0, |step| step.node.start_byte());
    for (depth, step) in path.iter().enumerate() {
        let outer = depth.checked_sub(1).map(|outer| path[outer].node.kind());
        let inner = path.get(depth + 1);
        let why = match step.node.kind() {
            "command" if outer == Some("redirected_statement") => None,
            "command" | "redirected_statement" => argument(script, step.node, path, offset),
            "declaration_command" => declared(script, step.node, inner, offset),
            "unset_command" if inner.is_some() => Some(Why::Name),
            "variable_assignment" if inner.and_then(|inner| inner.field) == Some("value") => {
                assigned(script, step.node)
            }
            _ => None,
        };
        let why = why.or_else(|| inner.and_then(|inner| fed(script, step.node, inner.node)));
        if let Some(why) = why {
            return Err(why);
        }
    }
    Ok(())
}

/// Variables whose value a shell expands or runs.
const CODE_VARIABLES: &[&str] = &[
    "PS0",
    "PS1",
    "PS2",
    "PS3",
    "PS4",
    "PROMPT_COMMAND",
    "BASH_ENV",
    "ENV",
];

/// The argument of a command.
fn argument(script: &Script, node: Node<'_>, path: &[Step<'_>], offset: usize) -> Option<Why> {
    let command = Command::of(script, node)?;
    let index = command.index_of(offset)?;
    let words = &command.words;
    let twice = |program: &str| {
        Some(Why::ParsedTwice {
            program: program.to_owned(),
        })
    };
    if let Some(program) = parser_of(words, index) {
        return twice(&program);
    }
    let start = effective(words);
    let (name, before) = (words.get(start)?.program()?, words[..index].last());
    let option = before
        .filter(|_| index > start + 1)
        .and_then(|word| word.literal.as_deref());
    let piped = path
        .iter()
        .any(|step| step.node.kind() == "process_substitution");
    match name {
        _ if index <= start => None,
        "source" | "." if piped => twice(name),
        "let" => Some(Why::Arithmetic {
            place: "the argument of let",
        }),
        "unset" | "getopts" => Some(Why::Name),
        "read" | "readarray" | "mapfile"
            if !matches!(option, Some("-p" | "-d" | "-n" | "-N" | "-t" | "-u")) =>
        {
            Some(Why::Name)
        }
        "printf" | "test" | "["
            if matches!(option, Some("-v" | "-R")) || starts_with(script, &words[index], "-v") =>
        {
            Some(Why::Name)
        }
        "export" | "readonly" | "declare" | "typeset" | "local" => {
            declaration_word(script, words, index, offset)
        }
        _ => None,
    }
}

fn starts_with(script: &Script, word: &Word<'_>, prefix: &str) -> bool {
    script.slice(word.node).starts_with(prefix)
}

/// `command export X=…`: a declaration that the tree takes for a plain command.
fn declaration_word(
    script: &Script,
    words: &[Word<'_>],
    index: usize,
    offset: usize,
) -> Option<Why> {
    let options = words.iter().filter_map(|word| word.literal.as_deref());
    match is_value(script, words[index].node, offset) {
        true => evaluates(options),
        false => Some(Why::Name),
    }
}

/// Whether `offset` is in the value of `word`, which is `name=value`.
fn is_value(script: &Script, word: Node<'_>, offset: usize) -> bool {
    let assignment = script.slice(word).split_once('=');
    assignment.is_some_and(|(name, _)| is_name(name) && word.start_byte() + name.len() < offset)
}

/// `export X=…`, `declare -i X=…`.
fn declared(
    script: &Script,
    node: Node<'_>,
    inner: Option<&Step<'_>>,
    offset: usize,
) -> Option<Why> {
    let inner = inner?.node;
    let mut cursor = node.walk();
    let options = node
        .children(&mut cursor)
        .filter(|child| child.kind() == "word")
        .map(|child| script.slice(child));
    match inner.kind() {
        "variable_assignment" | "concatenation" if is_value(script, inner, offset) => {
            evaluates(options)
        }
        _ => Some(Why::Name),
    }
}

/// Whether a declaration with these options evaluates what it is given.
fn evaluates<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<Why> {
    let evaluating =
        |word: &str| word.starts_with('-') && !word.starts_with("--") && word.contains(['i', 'n']);
    words.any(evaluating).then_some(Why::Arithmetic {
        place: "an integer variable or a reference to a name",
    })
}

fn is_name(text: &str) -> bool {
    let text = text.strip_suffix('+').unwrap_or(text);
    !text.is_empty() && !text.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

/// The value of a variable that the shell evaluates or expands whenever it is set or used.
fn assigned(script: &Script, node: Node<'_>) -> Option<Why> {
    let name = script.slice(node.child_by_field_name("name")?);
    if CODE_VARIABLES.contains(&name) {
        return Some(Why::ParsedTwice {
            program: format!("a shell that has {name}"),
        });
    }
    let mut why = None;
    command::each(script.root(), &mut |node| {
        let text = script.slice(node);
        if node.kind() == "declaration_command"
            && text
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word == name)
        {
            why = why.take().or(evaluates(text.split_whitespace()));
        }
    });
    why
}

/// The standard input of a shell: a here-document, a here-string, or what is piped into it.
fn fed(script: &Script, node: Node<'_>, inner: Node<'_>) -> Option<Why> {
    let readers = match (node.kind(), inner.kind()) {
        ("pipeline", _) => {
            let mut cursor = node.walk();
            let later = node
                .named_children(&mut cursor)
                .filter(|stage| stage.start_byte() >= inner.end_byte());
            later
                .flat_map(|stage| Command::all(script, stage))
                .collect()
        }
        (
            "redirected_statement" | "command",
            "heredoc_redirect" | "herestring_redirect" | "file_redirect",
        ) => Command::all(script, node),
        _ => return None,
    };
    let program = readers
        .iter()
        .find_map(|command| reader_of(&command.words))?;
    Some(Why::ParsedTwice { program })
}

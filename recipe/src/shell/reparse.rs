//! Which words, and whose standard input, are parsed a second time: what stands there is code.

use tree_sitter::Node;

use super::command::Word;
use super::facts::{self, Facts};
use super::fetch;
use super::parse::{Script, Step};
use super::programs::{effective, may_name_program, parser_of};
use super::refusal::Why;

/// Refuses a reference at the end of `path` where some command takes the text around it for code, or for
/// the name of a variable.
pub(super) fn refuse(facts: &Facts<'_>, path: &[Step<'_>]) -> Result<(), Why> {
    let offset = path.last().map_or(0, |step| step.node.start_byte());
    for (depth, step) in path.iter().enumerate() {
        let outer = depth.checked_sub(1).map(|outer| path[outer].node.kind());
        let inner = path.get(depth + 1);
        let why = match step.node.kind() {
            "command" if outer == Some("redirected_statement") => None,
            "command" | "redirected_statement" => argument(facts, step.node, path, offset),
            "declaration_command" => declared(facts, step.node, inner, offset),
            "unset_command" if inner.is_some() => Some(Why::Name),
            "variable_assignment" if inner.and_then(|inner| inner.field) == Some("value") => {
                set(facts, step.node.child_by_field_name("name"))
            }
            "for_statement" if inner.and_then(|inner| inner.field) == Some("value") => {
                set(facts, step.node.child_by_field_name("variable"))
            }
            "expansion" if inner.is_some() => set(facts, step.node.named_child(0)),
            _ => None,
        };
        let whole = match outer {
            Some("redirected_statement") => path[depth - 1].node,
            _ => step.node,
        };
        let why = why
            .or_else(|| inner.and_then(|inner| fed(facts, step.node, whole, inner.node, offset)));
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
    "GIT_SSH_COMMAND",
    "RSYNC_RSH",
];

/// The argument of a command.
fn argument(facts: &Facts<'_>, node: Node<'_>, path: &[Step<'_>], offset: usize) -> Option<Why> {
    let script = facts.script;
    let command = facts.command(node)?;
    let index = command.index_of(offset)?;
    let words = &command.words;
    let twice = |program: &str| {
        Some(Why::ParsedTwice {
            program: program.to_owned(),
        })
    };
    if let Some(why) = parser_of(words, index) {
        return Some(why);
    }
    let start = effective(words);
    if may_name_program(words, index) && is_split(node, path) {
        return twice("the shell");
    }
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
        "wait" if option.is_some_and(|option| option.starts_with('-') && option.ends_with('p')) => {
            Some(Why::Name)
        }
        "enable"
            if words[start..]
                .iter()
                .any(|word| word.written.starts_with("-f")) =>
        {
            twice(name)
        }
        "env" | "sudo" | "doas" => code_variable(words[index].written.split('=').next()?),
        "read" | "readarray" | "mapfile"
            if !matches!(option, Some("-p" | "-d" | "-n" | "-N" | "-t" | "-u")) =>
        {
            Some(Why::Name)
        }
        "printf" if evaluated_target(facts, &words[start + 1..index]).is_some() => {
            evaluated_target(facts, &words[start + 1..index])
        }
        "printf" | "test" | "["
            if matches!(option, Some("-v" | "-R")) || starts_with(script, &words[index], "-v") =>
        {
            Some(Why::Name)
        }
        "export" | "readonly" | "declare" | "typeset" | "local" => {
            declaration_word(facts, words, index, offset)
        }
        _ => None,
    }
}

/// Whether the end of `path` stands in a `$(…)` of the command `node` whose output becomes several words: where
/// the name of a program is looked for, they are one with its arguments.
fn is_split(node: Node<'_>, path: &[Step<'_>]) -> bool {
    let inside = path.iter().skip_while(|step| step.node != node);
    inside.into_iter().any(|step| {
        let outer = step.node.parent().map_or("", |outer| outer.kind());
        step.node.kind() == "command_substitution" && outer != "string"
    })
}

fn starts_with(script: &Script, word: &Word<'_>, prefix: &str) -> bool {
    script.slice(word.node).starts_with(prefix)
}

/// `printf -v X …`
fn evaluated_target(facts: &Facts<'_>, words: &[Word<'_>]) -> Option<Why> {
    let glued = words.first()?.literal.as_deref()?.strip_prefix("-v")?;
    match glued {
        "" => facts.evaluates(words.get(1)?.literal.as_deref()?),
        name => facts.evaluates(name),
    }
}

/// `command export X=…`: a declaration that the tree takes for a plain command.
fn declaration_word(
    facts: &Facts<'_>,
    words: &[Word<'_>],
    index: usize,
    offset: usize,
) -> Option<Why> {
    let options: Vec<_> = words
        .iter()
        .filter_map(|word| word.literal.as_deref())
        .collect();
    match is_value(facts.script, words[index].node, offset) {
        true => declares(facts, words[index].written, &options, false),
        false => Some(Why::Name),
    }
}

/// Why a declaration does more with the value of `assignment` than to keep it, if it does.
fn declares(facts: &Facts<'_>, assignment: &str, options: &[&str], list: bool) -> Option<Why> {
    let name = assignment.split(['=', '+']).next().unwrap_or_default();
    let program = || "a declaration of an array".to_owned();
    let reparsed = !list && facts.is_array(name, options.iter().copied());
    facts::evaluates(options.iter().copied())
        .or_else(|| reparsed.then(|| Why::ParsedTwice { program: program() }))
        .or_else(|| variable(facts, name))
}

/// Whether `offset` is in the value of `word`, which is `name=value`.
fn is_value(script: &Script, word: Node<'_>, offset: usize) -> bool {
    let assignment = script.slice(word).split_once('=');
    assignment.is_some_and(|(name, _)| is_name(name) && word.start_byte() + name.len() < offset)
}

/// `export X=…`, `declare -i X=…`.
fn declared(
    facts: &Facts<'_>,
    node: Node<'_>,
    inner: Option<&Step<'_>>,
    offset: usize,
) -> Option<Why> {
    let (script, inner) = (facts.script, inner?.node);
    let mut cursor = node.walk();
    let options: Vec<_> = node
        .children(&mut cursor)
        .filter(|child| child.kind() == "word")
        .map(|child| script.slice(child))
        .collect();
    let value = inner.child_by_field_name("value");
    let list = value.is_some_and(|value| value.kind() == "array");
    match inner.kind() {
        "variable_assignment" | "concatenation" if is_value(script, inner, offset) => {
            declares(facts, script.slice(inner), &options, list)
        }
        _ => Some(Why::Name),
    }
}

fn is_name(text: &str) -> bool {
    let text = text.strip_suffix('+').unwrap_or(text);
    !text.is_empty() && !text.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

/// The value of a variable that the shell evaluates or expands whenever it is set or used.
fn set(facts: &Facts<'_>, name: Option<Node<'_>>) -> Option<Why> {
    variable(facts, facts.script.slice(name?))
}

fn variable(facts: &Facts<'_>, name: &str) -> Option<Why> {
    code_variable(name).or_else(|| facts.evaluates(name))
}

fn code_variable(name: &str) -> Option<Why> {
    CODE_VARIABLES.contains(&name).then(|| Why::ParsedTwice {
        program: format!("what reads {name}"),
    })
}

/// The standard input of a shell: a here-document, a here-string, or what is piped into it. `whole` is
/// `node` with all of its redirections.
fn fed(
    facts: &Facts<'_>,
    node: Node<'_>,
    whole: Node<'_>,
    inner: Node<'_>,
    offset: usize,
) -> Option<Why> {
    let only_sent = || {
        let command = facts.command(inner)?;
        Some(fetch::only_sends(&command.words, command.index_of(offset)?))
    };
    match (node.kind(), inner.kind()) {
        ("pipeline", _) if only_sent() == Some(true) => None,
        ("pipeline", _) => facts.reader_in(&(inner.end_byte()..node.end_byte())),
        (
            "redirected_statement" | "command",
            "heredoc_redirect" | "herestring_redirect" | "file_redirect",
        ) => facts.reader_in(&whole.byte_range()),
        _ => None,
    }
}

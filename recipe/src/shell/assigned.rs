//! The variables that a script gives values, each with where that counts.
//!
//! This helps people to write and read; what a secret may touch is judged elsewhere.

use std::ops::Range;

use tree_sitter::Node;

use super::command::{Command, Word, each};
use super::context::is_quoted_here_document;
use super::parse::Script;
use super::programs::is_shell;
use super::{Mark, with_stand_ins};
use crate::reference::{ReferenceKind, scan};

/// What a script, or one within it, gives values.
#[derive(Debug, Default)]
pub struct Assigned {
    /// Where it stands in the whole text.
    range: Range<usize>,
    assignments: Vec<Assignment>,
    /// Where the shell expands nothing: comments, single quotes, quoted here-documents.
    plain: Vec<Range<usize>>,
    /// Scripts in single quotes or here-documents that a shell is given.
    inner: Vec<Assigned>,
}

/// One place where a variable gets a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// What the variable is called.
    pub name: String,
    /// Where its name stands.
    pub span: Range<usize>,
    /// What it is given, as it is written; nothing if only a run tells.
    pub value: Option<String>,
    /// Where the value counts: a subshell and a function keep theirs to themselves.
    scope: Range<usize>,
}

/// So deep may scripts stand in one another.
const DEEPEST: usize = 4;

/// What `text`, which may have references of a recipe in it, gives values.
pub fn assigned(text: &str) -> Assigned {
    within(text, DEEPEST)
}

fn within(text: &str, depth: usize) -> Assigned {
    let mut found = Assigned {
        range: 0..text.len(),
        ..Assigned::default()
    };
    let script = stand_ins(text).and_then(|text| Script::of(&text));
    if let Some(script) = script {
        found.gather(&script, depth);
    }
    found
}

impl Assigned {
    /// All names, those of scripts within it as well.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let inner: Vec<&str> = self.inner.iter().flat_map(|it| it.names()).collect();
        let own = self.assignments.iter().map(|it| it.name.as_str());
        own.chain(inner)
    }

    /// What the shell would put in the place of `${name}` at `offset`, if the script has set it by then.
    pub fn last_before(&self, offset: usize, name: &str) -> Option<&Assignment> {
        let is_in = |range: &Range<usize>| range.start <= offset && offset < range.end;
        if let Some(inner) = self.inner.iter().find(|it| is_in(&it.range)) {
            return inner.last_before(offset, name);
        }
        if self.plain.iter().any(is_in) {
            return None;
        }
        let counts =
            |it: &&Assignment| it.name == name && it.span.end <= offset && is_in(&it.scope);
        self.assignments.iter().rfind(counts)
    }

    fn gather(&mut self, script: &Script, depth: usize) {
        let mut cursor = script.root().walk();
        // Where values count that are given in each of the nodes around.
        let mut around = vec![Around::all(script)];
        loop {
            let node = cursor.node();
            let outer = around.last().cloned().unwrap_or_default();
            let inside = outer.inside(script, node);
            self.visit(script, node, (outer.parent, &inside.scope), depth);
            if cursor.goto_first_child() {
                around.push(inside);
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
                around.pop();
            }
        }
    }

    fn visit(
        &mut self,
        script: &Script,
        node: Node<'_>,
        (parent, scope): (&str, &Range<usize>),
        depth: usize,
    ) {
        match node.kind() {
            "comment" | "raw_string" => self.plain.push(node.byte_range()),
            "heredoc_body" if is_quoted_here_document(script, node) => {
                self.plain.push(node.byte_range());
            }
            // Of a prefix to a command only that command knows.
            "variable_assignment" if parent != "command" => {
                let name = node.child_by_field_name("name").map(|it| match it.kind() {
                    "subscript" => it.child_by_field_name("name").unwrap_or(it),
                    _ => it,
                });
                let value = node.child_by_field_name("value");
                let value = value.map_or("", |it| script.slice(it));
                self.add(script, name, Some(value), scope);
            }
            // Also of a loop that is still being written.
            "variable_name" if matches!(parent, "for_statement" | "ERROR") => {
                let before = node.prev_sibling().map_or("", |it| it.kind());
                let name = matches!(before, "for" | "select").then_some(node);
                self.add(script, name, None, scope);
            }
            "command" | "redirected_statement" => {
                if let Some(command) = Command::of(script, node) {
                    if parent != "redirected_statement" {
                        for name in set_by(&command.words) {
                            self.add(script, Some(name), None, scope);
                        }
                    }
                    if depth > 0 && gives_to_shell(&command.words) {
                        self.look_into(script, node, depth - 1);
                    }
                }
            }
            _ => {}
        }
    }

    fn add(
        &mut self,
        script: &Script,
        name: Option<Node<'_>>,
        value: Option<&str>,
        scope: &Range<usize>,
    ) {
        let Some(name) = name.filter(|it| is_name(script.slice(*it))) else {
            return;
        };
        self.assignments.push(Assignment {
            name: script.slice(name).to_owned(),
            span: name.byte_range(),
            value: value.map(str::to_owned),
            scope: scope.clone(),
        });
    }

    /// What a shell is given in single quotes or a quoted here-document.
    fn look_into(&mut self, script: &Script, command: Node<'_>, depth: usize) {
        each(command, &mut |part| {
            let range = part.byte_range();
            let range = match part.kind() {
                "raw_string" if range.len() >= 2 => range.start + 1..range.end - 1,
                "heredoc_body" if is_quoted_here_document(script, part) => range,
                _ => return,
            };
            let is_new = self.inner.iter().all(|it| it.range != range);
            if let Some(text) = script.text.get(range.clone()).filter(|_| is_new) {
                self.inner.push(within(text, depth).moved(range.start));
            }
        });
    }

    /// The same so much further on.
    fn moved(mut self, by: usize) -> Self {
        let to = |range: &mut Range<usize>| *range = range.start + by..range.end + by;
        to(&mut self.range);
        self.plain.iter_mut().for_each(to);
        for it in &mut self.assignments {
            to(&mut it.span);
            to(&mut it.scope);
        }
        self.inner = self.inner.into_iter().map(|it| it.moved(by)).collect();
        self
    }
}

/// What is around a node.
#[derive(Clone, Debug, Default)]
struct Around<'t> {
    parent: &'t str,
    /// Where a value that is given there counts.
    scope: Range<usize>,
    /// The function.
    function: Option<Range<usize>>,
}

impl<'t> Around<'t> {
    fn all(script: &Script) -> Self {
        Self {
            scope: 0..script.text.len() + 1,
            ..Self::default()
        }
    }

    /// The same for what is in `node`, which is in here.
    fn inside(&self, script: &Script, node: Node<'t>) -> Self {
        let own = node.byte_range();
        let is_local = || {
            let first = script.slice(node).split_whitespace().next();
            matches!(first, Some("local" | "declare" | "typeset"))
        };
        let mut inside = self.clone();
        inside.parent = node.kind();
        match node.kind() {
            "subshell" | "command_substitution" | "process_substitution" => inside.scope = own,
            "function_definition" => inside.function = Some(own),
            "declaration_command" if is_local() => {
                let function = self.function.clone();
                inside.scope = function.unwrap_or_else(|| self.scope.clone());
            }
            // Each part of one is a process.
            _ if self.parent == "pipeline" => inside.scope = own,
            _ => {}
        }
        inside
    }
}

/// Whether a shell is among what a command starts.
fn gives_to_shell(words: &[Word<'_>]) -> bool {
    let mut known = words.iter().filter(|it| it.literal.is_some());
    known.any(|word| is_shell(word) || word.program() == Some("ssh"))
}

/// The words that are names of variables which a builtin sets.
fn set_by<'t>(words: &[Word<'t>]) -> Vec<Node<'t>> {
    let literal = |index: usize| words.get(index).and_then(|it| it.literal.as_deref());
    let start = match literal(0) {
        Some("command" | "builtin") => 1,
        _ => 0,
    };
    let rest = words.get(start + 1..).unwrap_or_default();
    let behind = |option: &str| {
        let at = rest
            .iter()
            .position(|it| it.literal.as_deref() == Some(option));
        at.and_then(|at| rest.get(at + 1)).map(|it| it.node)
    };
    match literal(start) {
        Some("read") => operands(rest, "dinNptu", "a"),
        Some("mapfile" | "readarray") => operands(rest, "dnOsuCc", ""),
        Some("printf") => behind("-v").into_iter().collect(),
        Some("getopts") => rest.get(1).map(|it| it.node).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The words that are no options and no values of them. The value of an option of `names` is one as well.
fn operands<'t>(words: &[Word<'t>], with_value: &str, names: &str) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(option) = word.written.strip_prefix('-') else {
            found.push(word.node);
            continue;
        };
        let value = option.find(|c| with_value.contains(c) || names.contains(c));
        let is_last = value.is_some_and(|at| at + 1 == option.len());
        if is_last && option.ends_with(|c| with_value.contains(c)) {
            words.next();
        }
    }
    found
}

/// A word in the place of each reference that is surely the recipe's, so that the shell's grammar has nothing
/// against it.
fn stand_ins(text: &str) -> Option<String> {
    let (mut text, mut marks) = (text.to_owned(), Vec::new());
    for found in scan(&text.clone(), true) {
        match found.kind {
            ReferenceKind::Variable(_) | ReferenceKind::Malformed(_) => {}
            // The shell sees `${`, and the names of variables stand where they stood.
            ReferenceKind::Escape => text.replace_range(found.range, "_${"),
            _ => marks.push(Mark {
                span: found.range,
                variable: String::new(),
                secret: false,
            }),
        }
    }
    with_stand_ins(&text, &marks)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `${i}` at the place of `@` would be in the shell: the line of the assignment that counts.
    fn check(text: &str) -> Option<String> {
        let offset = text.find('@').expect("a place");
        let text = text.replace('@', "${i}");
        let found = assigned(&text);
        let found = found.last_before(offset, "i")?;
        assert_eq!(&text[found.span.clone()], "i", "{text}");
        let rest = &text[found.span.start..];
        Some(rest[..rest.find([' ', ';', ')', '\n']).unwrap_or(rest.len())].to_owned())
    }

    #[test]
    fn what_a_script_sets_is_seen() {
        for text in [
            "i=1; echo @",
            "echo x && i=1 && echo @",
            "for i in 1 2; do echo @; done",
            "while read -r i; do echo @; done < f",
            "read -p 'i? ' -r a i\necho @",
            "ls | while IFS= read -r i; do echo @; done",
            "export i=$(date)\necho @",
            "readonly i; i=2; echo \"a @\"",
            "if true; then i=2; fi; echo @",
            "printf -v i %s x; echo @",
            "mapfile -t i < f; echo @",
            "getopts ab: i; echo @",
            "i[2]=x; echo @",
            "i+=x; echo @",
            "f() { local i=1; echo @; }",
            "( i=1; echo @ )",
            "i=1; echo $(( @ + 1 ))",
            "i=1\ncat <<EOF\n@\nEOF\n",
            "x=$${y}; i=$${z:-1} ; echo ${secret:a/b} @",
            "bash -c 'for i in 1 2; do echo @; done'",
            "sudo bash <<'EOF'\ni=1\necho @\nEOF\n",
            "ssh host 'i=1; echo @'",
        ] {
            assert!(check(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        for text in [
            "echo i=3; echo @",
            "make i=3 && echo @",
            "run --i=3 @",
            "[ $i == 3 ]; echo @",
            "xi=1; echo @",
            "echo for i in you; echo @",
            "# i=1\necho @",
            "echo '\ni=1\n' @",
            "echo \"\ni=1\n\" @",
            "cat <<EOF\ni=1\nEOF\necho @",
            // Not here, or not yet.
            "(i=1); echo @",
            "x=$(i=1); echo @",
            "echo 1 | read i; echo @",
            "f() { local i=1; }; echo @",
            "echo @; i=1",
            "i=1 make @",
            // The shell expands nothing there.
            "i=1; echo '@'",
            "i=1 # @\n",
            "i=1\ncat <<'EOF'\n@\nEOF\n",
            "bash -c 'i=1'; echo @",
            "i=1; bash -c 'echo @'",
            "read -p i; echo @",
        ] {
            assert_eq!(check(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_value_counts() {
        assert_eq!(check("i=1; i=2; echo @; i=3").as_deref(), Some("i=2"));
        assert_eq!(check("i=1; (i=2); echo @").as_deref(), Some("i=1"));
    }

    #[test]
    fn names_are_found_in_half_a_command_too() {
        let names = |text: &str| {
            let found = assigned(text);
            let mut names: Vec<String> = found.names().map(str::to_owned).collect();
            names.sort();
            names.join(" ")
        };
        let text = "A=1 run; export B=2\nfor c in x; do D+=y; done | read -r e; $(F=3) --opt=4 9=5";
        assert_eq!(names(text), "B D F c e");
        assert_eq!(names("A=1; echo \"$"), "A");
        assert_eq!(names("A=1\nfor b in x; do echo $"), "A b");
        assert_eq!(names("A=1\nif true; then B=2; echo ${"), "A B");
        assert_eq!(names("bash -c 'A=1'"), "A");
    }

    #[test]
    fn whatever_is_no_shell_is_no_harm() {
        let deep = "(".repeat(5_000);
        let here = "bash <<'A'\n".repeat(500);
        for text in [
            "",
            "${",
            "=",
            "i",
            deep.as_str(),
            here.as_str(),
            "$${",
            "bash -c '",
        ] {
            assigned(text).last_before(0, "i");
        }
    }
}

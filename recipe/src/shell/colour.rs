//! What the parts of a shell text are, for editors that colour them. A help to the eye and nothing more:
//! what a secret may touch is judged elsewhere.

use std::ops::Range;

use tree_sitter::Node;

use super::parse::Script;

/// What a part of a shell text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// `# …`
    Comment,
    /// `if`, `for`, `export`
    Keyword,
    /// The name of a program or function.
    Command,
    /// `-x`, `--long`
    Option,
    /// `$NAME`, and the name where it is assigned.
    Variable,
    /// A quoted text or a here-document.
    String,
    /// `|`, `>`, `&&`
    Operator,
    /// A number that the shell reads as one.
    Number,
}

/// The parts of `script` that have a colour, in order and apart from one another. Everything else is plain
/// words.
pub fn colours(script: &str) -> Vec<(Range<usize>, Colour)> {
    let mut found: Vec<(Range<usize>, Colour)> = Vec::new();
    let Some(script) = Script::of(script) else {
        return found;
    };
    let mut cursor = script.root().walk();
    let mut parents = Vec::new();
    let mut texts = Vec::new();
    loop {
        let node = cursor.node();
        let parent = parents.last().copied().unwrap_or("");
        if node.kind() == "heredoc_body" {
            texts.extend(between(&script, node));
        }
        if cursor.goto_first_child() {
            parents.push(node.kind());
            continue;
        }
        if let Some(colour) = colour(&script, node, parent) {
            add(&mut found, trimmed(&script, node), colour);
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return with_texts(found, texts);
            }
            parents.pop();
        }
    }
}

/// The text of a here-document between what is expanded in it, which is no node of its own.
fn between(script: &Script, body: Node<'_>) -> Vec<Range<usize>> {
    let mut cursor = body.walk();
    let parts = body.children(&mut cursor).map(|it| trimmed(script, it));
    let mut parts: Vec<Range<usize>> = parts.collect();
    if parts.is_empty() {
        return parts; // It is a leaf.
    }
    let mut done = body.start_byte();
    parts.push(body.end_byte()..body.end_byte());
    for part in &mut parts {
        let start = done;
        done = part.end.max(done);
        *part = start..part.start.max(start);
    }
    parts
}

/// All parts in order, with what is between the others.
fn with_texts(
    found: Vec<(Range<usize>, Colour)>,
    texts: Vec<Range<usize>>,
) -> Vec<(Range<usize>, Colour)> {
    if texts.is_empty() {
        return found;
    }
    let texts = texts.into_iter().map(|text| (text, Colour::String));
    let mut all: Vec<_> = found.into_iter().chain(texts).collect();
    all.sort_by_key(|(part, _)| (part.start, part.end));
    let mut parts = Vec::with_capacity(all.len());
    all.into_iter()
        .for_each(|(part, colour)| add(&mut parts, part, colour));
    parts
}

/// Leaves of one colour that touch are one part.
fn add(found: &mut Vec<(Range<usize>, Colour)>, part: Range<usize>, colour: Colour) {
    match found.last_mut() {
        Some((last, same)) if last.end == part.start && *same == colour => last.end = part.end,
        Some((last, _)) if last.end > part.start => {}
        _ if part.is_empty() => {}
        _ => found.push((part, colour)),
    }
}

/// Where a leaf stands, without the blanks that some take in before them.
fn trimmed(script: &Script, node: Node<'_>) -> Range<usize> {
    let text = script.slice(node);
    let blanks = match node.kind() {
        "string_content" | "heredoc_content" | "heredoc_body" | "raw_string" => 0,
        _ => text.len() - text.trim_start().len(),
    };
    node.start_byte() + blanks..node.end_byte()
}

fn colour(script: &Script, node: Node<'_>, parent: &str) -> Option<Colour> {
    let is_keyword = |kind: &str| kind.len() > 1 && kind.bytes().all(|it| it.is_ascii_lowercase());
    Some(match (node.kind(), parent) {
        ("comment", _) => Colour::Comment,
        ("word", "command_name" | "function_definition") => Colour::Command,
        ("word", _) if script.slice(node).starts_with('-') => Colour::Option,
        ("variable_name" | "special_variable_name", _) => Colour::Variable,
        ("$" | "${" | "}" | "#", "simple_expansion" | "expansion")
        | ("[" | "]" | "word", "subscript") => Colour::Variable,
        ("string_content" | "raw_string" | "ansi_c_string" | "translated_string", _)
        | ("heredoc_body" | "heredoc_content" | "heredoc_start" | "heredoc_end" | "regex", _)
        | ("\"", "string" | "translated_string") => Colour::String,
        ("number" | "file_descriptor", _) => Colour::Number,
        ("test_operator", _)
        | ("|" | "|&" | "||" | "&&" | "&" | "!" | "=" | "+=" | "==" | "!=" | "=~", _)
        | (">" | ">>" | "<" | "<<" | "<<-" | "<<<" | "&>" | "&>>" | ">&" | "<&" | ">|", _)
        | ("$(" | "`" | "<(" | ">(" | "$((" | "((" | "))", _)
        | (")", "command_substitution" | "process_substitution")
        | (
            ":-" | "-" | ":=" | ":?" | "?" | ":+" | "+" | "%" | "%%" | "##" | "/" | "//",
            "expansion",
        ) => Colour::Operator,
        (kind, _) if !node.is_named() && is_keyword(kind) => Colour::Keyword,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(script: &str, expected: Expect) {
        let parts = colours(script).into_iter();
        let lines: Vec<String> = parts
            .map(|(part, colour)| format!("{colour:?} {:?}\n", &script[part]))
            .collect();
        expected.assert_eq(&lines.concat());
    }

    #[test]
    fn commands_options_variables_and_strings() {
        check(
            "# go\nexport A=1\ncd \"$HOME/${B:-x} y\" && ls -la 'a b' | sort > out 2>&1; echo $(date +%s)",
            expect![[r##"
                Comment "# go"
                Keyword "export"
                Variable "A"
                Operator "="
                Number "1"
                Command "cd"
                String "\""
                Variable "$HOME"
                String "/"
                Variable "${B"
                Operator ":-"
                Variable "}"
                String " y\""
                Operator "&&"
                Command "ls"
                Option "-la"
                String "'a b'"
                Operator "|"
                Command "sort"
                Operator ">"
                Number "2"
                Operator ">&"
                Number "1"
                Command "echo"
                Operator "$("
                Command "date"
                Operator ")"
            "##]],
        );
    }

    #[test]
    fn control_flow_functions_and_here_documents() {
        check(
            "f() { if [[ $1 == a ]]; then for x in 1 2; do echo $x; done; fi; }\ncat <<EOF\nhi $USER\nEOF\n",
            expect![[r#"
                Command "f"
                Keyword "if"
                Variable "$1"
                Operator "=="
                Keyword "then"
                Keyword "for"
                Variable "x"
                Keyword "in"
                Number "1"
                Number "2"
                Keyword "do"
                Command "echo"
                Variable "$x"
                Keyword "done"
                Keyword "fi"
                Command "cat"
                Operator "<<"
                String "EOF"
                String "hi "
                Variable "$USER"
                String "\nEOF"
            "#]],
        );
    }

    #[test]
    fn elements_of_arrays_and_all_of_a_here_document() {
        check(
            "a=(x y)\necho \"${a[@]}\" ${#a[*]} ${a[1]:-z}\ncat <<EOF | sort\n$A and $(date -u) in ${b[0]}.\nEOF\necho done",
            expect![[r#"
                Variable "a"
                Operator "="
                Command "echo"
                String "\""
                Variable "${a[@]}"
                String "\""
                Variable "${#a[*]}"
                Variable "${a["
                Number "1"
                Variable "]"
                Operator ":-"
                Variable "}"
                Command "cat"
                Operator "<<"
                String "EOF"
                Operator "|"
                Command "sort"
                Variable "$A"
                String " and "
                Operator "$("
                Command "date"
                Option "-u"
                Operator ")"
                String " in "
                Variable "${b["
                Number "0"
                Variable "]}"
                String ".\nEOF"
                Command "echo"
            "#]],
        );
    }

    #[test]
    fn whatever_is_not_shell_has_some_colours_in_order() {
        for script in [
            "",
            "if",
            "echo \"",
            "${",
            "((((",
            "cat <<",
            "a 'b",
            "\u{1F600} $\u{e4}",
            "x=$(",
            "}",
        ] {
            let mut end = 0;
            for (part, _) in colours(script) {
                assert!(end <= part.start && part.start < part.end && part.end <= script.len());
                assert!(script.is_char_boundary(part.start) && script.is_char_boundary(part.end));
                end = part.end;
            }
        }
    }
}

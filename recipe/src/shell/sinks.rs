//! The ways by which a secret leaves a script so that others see it.

use std::ops::Range;

use tree_sitter::Node;

use super::carriers;
use super::command::{Command, Word, each};
use super::parse::Script;

/// A way by which a secret gets where others see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sink {
    /// An argument of an external program: the process list.
    Argument,
    /// A part of a URL in such an argument: the process list, logs of servers, git's configuration.
    Url,
    /// Keys typed into a terminal: its screen and its history.
    Typed,
    /// What the script prints.
    Printed,
    /// What the shell writes of each command before it executes it, after `set -x`.
    Traced,
}

/// A trace that is on.
pub(super) struct Trace {
    /// The option that switched it on.
    pub(super) option: Range<usize>,
    /// Where it ends at the latest: with the subshell that it was switched on in.
    pub(super) end: usize,
}

/// Follows `set` with these words: does it switch the trace on, or off?
pub(super) fn switch_trace(node: Node<'_>, words: &[Word<'_>], trace: &mut Option<Trace>) {
    let mut by_name = None;
    for word in words.iter().skip(1) {
        let Some(text) = word.literal.as_deref() else {
            return;
        };
        let is_switch = match (by_name.take(), text.chars().next()) {
            (Some(sign), _) => (text == "xtrace").then_some(sign),
            (None, Some(sign @ ('-' | '+'))) if text != "--" && text != "-" => {
                by_name = text.ends_with('o').then_some(sign);
                text.contains('x').then_some(sign)
            }
            _ => return,
        };
        match is_switch {
            Some('-') => {
                let option = word.node.byte_range();
                let end = subshell_end(node);
                *trace = Some(Trace { option, end });
            }
            Some(_) => *trace = None,
            None => {}
        }
    }
}

/// Where the subshell around `node` ends; outside of any, nowhere.
fn subshell_end(node: Node<'_>) -> usize {
    let subshell = ancestors(node).find(|it| {
        matches!(
            it.kind(),
            "subshell" | "command_substitution" | "process_substitution"
        )
    });
    subshell.map_or(usize::MAX, |it| it.end_byte())
}

/// Whether what a command of these words writes is the script's own output: no pipe, file, variable or
/// caller of a function takes it.
pub(super) fn prints(script: &Script, command: Node<'_>, words: &[Word<'_>]) -> bool {
    let literal = |index: usize| words.get(index).and_then(|word| word.literal.as_deref());
    let is_printf = literal(0) == Some("printf");
    if is_printf && literal(1).is_some_and(|option| option.starts_with("-v")) {
        return false;
    }
    let mut inner = command;
    !goes_to_file(script, command, command)
        && ancestors(command).all(|outer| {
            let taken = match outer.kind() {
                "pipeline" => !is_copied(script, inner, outer),
                "command_substitution" | "process_substitution" | "function_definition" => true,
                _ => goes_to_file(script, outer, command),
            };
            inner = outer;
            !taken
        })
}

/// Whether what `stage` of a pipeline writes comes out at its end: nothing follows but copies.
fn is_copied(script: &Script, stage: Node<'_>, pipeline: Node<'_>) -> bool {
    let mut later = std::iter::successors(stage.next_named_sibling(), Node::next_named_sibling);
    if stage.next_named_sibling().is_none() {
        return true;
    }
    let copy = |stage: Node<'_>| {
        let command = Command::of(script, stage);
        command.is_some_and(|it| copies(&it.words)) && !goes_to_file(script, stage, stage)
    };
    // The redirections behind the last stage stand around all of them.
    let around = pipeline.parent().filter(|outer| {
        let body = outer.child_by_field_name("body");
        outer.kind() == "redirected_statement" && body == Some(pipeline)
    });
    let mut cursor = pipeline.walk();
    let is_sent = around.is_some_and(|outer| {
        let mut redirects = outer.children_by_field_name("redirect", &mut cursor);
        redirects.any(|redirect| is_output_to_file(script, redirect))
    });
    !is_sent && later.all(copy)
}

/// Whether a command of these words writes what it reads: `cat`, `sudo tee file`.
pub(super) fn copies(words: &[Word<'_>]) -> bool {
    let mut literals = words
        .iter()
        .map(|word| word.literal.as_deref().unwrap_or_default());
    let program = literals.find(|word| *word != "sudo" && !word.starts_with('-'));
    matches!(program, Some("cat" | "tee"))
}

/// Whether `statement` sends the output of `command`, which is in it, to a file.
fn goes_to_file(script: &Script, statement: Node<'_>, command: Node<'_>) -> bool {
    if statement.kind() != "redirected_statement" {
        return false;
    }
    let body = statement.child_by_field_name("body");
    // After a list, redirections are those of its last command.
    let is_other = body.is_some_and(|body| {
        matches!(body.kind(), "list" | "pipeline") && command.end_byte() < body.end_byte()
    });
    let mut cursor = statement.walk();
    let mut redirects = statement.children_by_field_name("redirect", &mut cursor);
    !is_other && redirects.any(|redirect| is_output_to_file(script, redirect))
}

/// `>file`, `1>>file`, `&>file`, but not `2>file` or `>&2`.
fn is_output_to_file(script: &Script, redirect: Node<'_>) -> bool {
    const TERMINALS: &[&str] = &["/dev/stdout", "/dev/stderr", "/dev/tty"];
    let text = script.slice(redirect);
    let text = text.strip_prefix('1').unwrap_or(text);
    redirect.kind() == "file_redirect"
        && (text.starts_with("&>") || text.starts_with('>') && !text.starts_with(">&"))
        && !TERMINALS.iter().any(|terminal| text.ends_with(terminal))
}

/// The texts that a command writes which copies what it is fed. What follows the delimiter on its line, as
/// in `cat <<EOF | login` and `cat <<EOF >file`, belongs to the here-document in the tree; nothing where
/// that takes the output.
pub(super) fn copied<'t>(script: &Script, statement: Node<'t>) -> Vec<Node<'t>> {
    let mut is_taken = false;
    each(statement, &mut |node| match node.kind() {
        "pipeline" => is_taken = true,
        "file_redirect" => is_taken |= is_output_to_file(script, node),
        _ => {}
    });
    match is_taken {
        true => Vec::new(),
        false => carriers::fed(statement),
    }
}

/// Whether what follows `before` in the same word is a part of a URL.
pub(super) fn is_url(before: &str) -> bool {
    let url = before.rsplit(|c: char| c.is_whitespace() || "\"',;<>".contains(c));
    // A quote may stand in the middle of a word, as in "https://"$TOKEN.
    url.take(2).any(|part| part.contains("://"))
}

/// `tmux send-keys`, `screen -X stuff`.
pub(super) fn types(program: &str, words: &[Word<'_>]) -> bool {
    let names: &[&str] = match program {
        "tmux" => &["send-keys", "send", "set-buffer"],
        "screen" => &["stuff"],
        _ => return false,
    };
    let mut literals = words.iter().filter_map(|word| word.literal.as_deref());
    literals.any(|word| names.contains(&word))
}

fn ancestors(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    std::iter::successors(node.parent(), Node::parent)
}

#[cfg(test)]
mod tests {
    use crate::shell::judge;

    /// `sink place via` of each secret that gets out of `text`, where `$TOKEN` holds one.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let judgement = judge(text, &[], &["TOKEN".to_owned()]);
        let say = |it: &crate::shell::Exposure| {
            let via = it.via.as_deref().unwrap_or("-");
            format!("{:?} {} {via}", it.sink, &text[it.span.clone()])
        };
        let seen: Vec<String> = judgement.exposures.iter().map(say).collect();
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn what_a_script_prints_is_seen() {
        for (text, word) in [
            ("echo $TOKEN", "$TOKEN"),
            ("echo \"token: $TOKEN\" >&2", "\"token: $TOKEN\""),
            ("printf '%s\\n' \"$TOKEN\" 2>err", "\"$TOKEN\""),
            ("if true; then command echo $TOKEN; fi", "$TOKEN"),
            ("read x | echo $TOKEN", "$TOKEN"),
            ("echo $TOKEN && make > log", "$TOKEN"),
            ("echo $TOKEN >/dev/stderr", "$TOKEN"),
            ("cat <<EOF\nx $TOKEN\nEOF\n", "x $TOKEN\n"),
        ] {
            check(text, &[&format!("Printed {word} TOKEN")]);
        }
    }

    #[test]
    fn what_goes_to_a_pipe_a_file_or_a_variable_is_not_printed() {
        for text in [
            "echo $TOKEN | docker login --password-stdin",
            "{ echo user; echo $TOKEN; } | login",
            "echo \"$TOKEN\" > ~/.token",
            "echo \"$TOKEN\" 1>>~/.token 2>&1",
            "( umask 077; printf %s $TOKEN > f )",
            "{ echo a; echo $TOKEN; } &> f",
            "header=$(echo \"A: $TOKEN\")",
            "printf -v header 'A: %s' $TOKEN",
            "token() { echo $TOKEN; }",
            "diff <(echo $TOKEN) f",
            "cat > ~/.netrc <<EOF\npassword $TOKEN\nEOF\n",
            "cat <<EOF | login\n$TOKEN\nEOF\n",
            "cat <<EOF >f\n$TOKEN\nEOF\n",
            "cat <<'EOF'\n$TOKEN\nEOF\n",
            "echo ${#TOKEN} ${TOKEN:+set} '$TOKEN'",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn a_secret_in_a_url_is_one_report() {
        for (text, word) in [
            ("git clone https://x:$TOKEN@h/r", "https://x:$TOKEN@h/r"),
            ("git clone \"https://\"$TOKEN@h/r", "\"https://\"$TOKEN@h/r"),
            (
                "curl -fsS \"http://h/?t=${TOKEN}&x\"",
                "\"http://h/?t=${TOKEN}&x\"",
            ),
            (
                "pip install git+https://$TOKEN@h/r",
                "git+https://$TOKEN@h/r",
            ),
        ] {
            check(text, &[&format!("Url {word} TOKEN")]);
        }
        check(
            "curl -H \"A: $TOKEN\" https://h/",
            &["Argument \"A: $TOKEN\" TOKEN"],
        );
        check(
            "curl -d \"{'u':'https://h','t':'$TOKEN'}\" h",
            &["Argument \"{'u':'https://h','t':'$TOKEN'}\" TOKEN"],
        );
    }

    #[test]
    fn what_is_typed_into_a_terminal_is_seen() {
        let text = "tmux send-keys -t x \"export T=$TOKEN\" Enter";
        check(text, &["Typed \"export T=$TOKEN\" TOKEN"]);
        check("tmux setenv T \"$TOKEN\"", &["Argument \"$TOKEN\" TOKEN"]);
    }

    #[test]
    fn a_trace_tells_about_the_first_secret_in_it() {
        for (text, option) in [
            ("set -x\nlogin <<< $TOKEN\nexport A=$TOKEN B=$TOKEN", "-x"),
            ("set -euxo pipefail\nexport A=\"$TOKEN\"", "-euxo"),
            ("set -e -o xtrace\n[[ -n $TOKEN ]]", "xtrace"),
            ("set +x; set -x\nfor t in $TOKEN; do login; done", "-x"),
            ("( set -x; [ -n \"$TOKEN\" ] )", "-x"),
        ] {
            check(text, &[&format!("Traced {option} TOKEN")]);
        }
        for text in [
            "set -x\nmake\nset +x\nexport A=$TOKEN",
            "set -ex\nset +o xtrace\nexport A=$TOKEN",
            "( set -x; make )\nexport A=$TOKEN",
            "export A=$TOKEN\nset -x\nmake",
            "set -- -x\nexport A=$TOKEN",
            "set -euo pipefail\nexport A=$TOKEN",
            "set -x\nlogin --stdin <<EOF\n$TOKEN\nEOF\n",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn a_secret_is_followed_to_where_it_is_used() {
        for (text, word, via) in [
            ("read -r q <<< \"$TOKEN\"; hf \"$q\"", "\"$q\"", "q"),
            ("read -r a q <<EOF\nx $TOKEN\nEOF\nhf $q\n", "$q", "q"),
            (
                "mapfile -t q <<< $TOKEN; hf \"${q[0]}\"",
                "\"${q[0]}\"",
                "q",
            ),
            ("set -- \"$TOKEN\"; hf \"$1\"", "\"$1\"", "1"),
            ("set -- x \"$TOKEN\"; hf \"$@\"", "\"$@\"", "@"),
            ("f() { curl -H \"A: $1\"; }; f \"$TOKEN\"", "\"A: $1\"", "1"),
            (
                "f() { g x \"$1\"; }; g() { hf $2; }; f \"$TOKEN\"",
                "$2",
                "2",
            ),
            ("f() { local t=\"$1\"; hf $t; }; f \"$TOKEN\"", "$t", "t"),
            ("echo \"$TOKEN\" | xargs hf --token", "hf", "TOKEN"),
            ("printf %s $TOKEN | xargs -n 1 -I{} hf {}", "hf", "TOKEN"),
            ("xargs hf <<< \"$TOKEN\"", "hf", "TOKEN"),
        ] {
            check(text, &[&format!("Argument {word} {via}")]);
        }
        for text in [
            "read -r q <<< \"$HOME\"; hf \"$q\"",
            "read -r q <<< \"$TOKEN\"; q=x; hf \"$q\"",
            "read -r q <<< \"$TOKEN\"; hf \"$p\"",
            "read -r -p \"$TOKEN\" q; hf \"$q\"",
            "set -- \"$TOKEN\"; set -- x; hf \"$1\"",
            "set -- x \"$TOKEN\"; hf \"$1\"",
            "set -- \"$TOKEN\"; f() { hf $1; }; f x",
            "f() { hf \"$1\"; }; f x \"$TOKEN\"",
            "f() { login <<< \"$1\"; }; f \"$TOKEN\"",
            "echo \"$TOKEN\" | login | xargs hf --token",
            "echo x | xargs hf; login <<< \"$TOKEN\"",
            "echo \"$TOKEN\" | hf login --token-stdin",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn what_prints_variables_is_seen() {
        for (text, word) in [
            ("echo \"$TOKEN\" | tee f", "\"$TOKEN\""),
            ("echo \"$TOKEN\" | sudo tee -a f | cat", "\"$TOKEN\""),
            ("tee f <<< \"$TOKEN\"", "\"$TOKEN\""),
            ("cat <<< \"$TOKEN\"", "\"$TOKEN\""),
            ("tee f <<EOF\nx $TOKEN\nEOF\n", "x $TOKEN\n"),
            ("printenv HOME TOKEN", "TOKEN"),
            ("declare -p TOKEN", "TOKEN"),
            ("echo $TOKEN | xargs echo", "echo"),
        ] {
            check(text, &[&format!("Printed {word} TOKEN")]);
        }
        for (text, word) in [
            ("env", "env"),
            ("printenv", "printenv"),
            ("set", "set"),
            ("export -p", "-p"),
            ("declare -p", "-p"),
        ] {
            // Somewhere the name must stand, or nobody looks.
            let text = format!("login <<< $TOKEN\n{text}\n");
            check(&text, &[&format!("Printed {word} TOKEN")]);
        }
        for text in [
            "echo \"$TOKEN\" | tee f > /dev/null",
            "echo \"$TOKEN\" | sudo tee f >/dev/null",
            "echo \"$TOKEN\" | tee f | login",
            "tee f <<< \"$TOKEN\" >/dev/null",
            "cat <<< \"$TOKEN\" | login",
            "printenv HOME; login <<< $TOKEN",
            "printenv TOKEN | login --stdin",
            "x=$(printenv TOKEN)",
            "printenv TOKEN > f",
            "env login; : $TOKEN",
            "env A=b login <<< $TOKEN",
            "env -i; : $TOKEN",
            "env | grep -c TOKEN",
            "declare -p HOME; : $TOKEN",
            "declare -x TOKEN",
            "q=$TOKEN; printenv q",
            "set -e; : $TOKEN",
            "export -p > f; : $TOKEN",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn a_shell_that_traces_what_it_reads_is_seen() {
        for (text, option) in [
            ("bash -x <<'E'\nlogin $TOKEN\nE\n", "-x"),
            ("bash -ex -s <<'E'\nexport A=\"${TOKEN}\"\nE\n", "-ex"),
            ("bash -xc 'login $TOKEN'", "-xc"),
        ] {
            check(text, &[&format!("Traced {option} TOKEN")]);
        }
        for text in [
            "bash <<'E'\nlogin $TOKEN\nE\n",
            "bash -x <<'E'\nlogin $TOKEN_FILE\nE\n",
            "bash -c 'login $TOKEN'",
            "grep -x TOKEN <<'E'\n$TOKEN\nE\n",
            "q=$TOKEN; bash -x <<'E'\nlogin $q\nE\n",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn one_cause_is_one_report() {
        check(
            "set -x\ncurl https://$TOKEN@h/",
            &["Traced -x TOKEN", "Url https://$TOKEN@h/ TOKEN"],
        );
    }
}

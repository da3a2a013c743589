//! What a run would do, in plain words: the question at a terminal, and the refusal where nobody can
//! be asked. All text of the recipe is escaped here, so that a terminal obeys none of it.

use std::fmt::Write;

use recipe::effects::{Does, LOCAL, OnHost};
use recipe::{Effects, masked_words};

use super::{Given, Question};
use crate::visible::escaped;

/// How many lines of a command a person is shown.
const LINES: usize = 40;

impl Question {
    /// What a person at a terminal reads before they decide.
    pub fn words(&self) -> String {
        let recipe = escaped(&self.recipe);
        let mut out = match &self.before {
            None => format!("{recipe} was not approved yet. It would do this:\n"),
            Some((time, _)) => {
                let day = time.strftime("%Y-%m-%d");
                let mut out =
                    format!("{recipe} does something else than what you approved on {day}:\n");
                for change in self.changes().unwrap_or_default() {
                    indented(&mut out, "  ", &change, LINES);
                }
                out.push_str("\nAll that it would do:\n");
                out
            }
        };
        out.push_str(&summary(&self.effects, LINES));
        out
    }

    /// The same where nobody can be asked, with what to do.
    pub(super) fn refusal(&self, given: &Given) -> String {
        let other = match given {
            Given::Hash(hash) => format!(
                "What would be done is not what was approved ({}). ",
                escaped(hash)
            ),
            Given::Nothing | Given::Everything => String::new(),
        };
        format!(
            "{other}{}Approve it with --approve {}, or run it with --yes",
            self.words(),
            self.effects.hash
        )
    }
}

/// What a person reads in an editor before they decide.
pub fn told(effects: &Effects, changes: Option<&[String]>, lines: usize) -> String {
    let mut out = match changes {
        None => "It was not approved yet. It would do this:\n".to_owned(),
        Some(changes) => {
            let mut out = "It does something else than what you approved:\n".to_owned();
            for change in changes {
                indented(&mut out, "  ", change, lines);
            }
            out + "\nAll that it would do:\n"
        }
    };
    out.push_str(&summary(effects, lines));
    out.trim_end().to_owned()
}

/// What happens on each host, with at most so many lines of each command.
fn summary(effects: &Effects, lines: usize) -> String {
    if effects.hosts.is_empty() {
        return "\nNo command runs anywhere.\n".to_owned();
    }
    let mut out = String::new();
    for host in &effects.hosts {
        out.push_str(&headline(host));
        for command in &host.commands {
            does(&mut out, command, lines);
        }
    }
    out
}

fn headline(on: &OnHost) -> String {
    let host = match on.host.as_str() {
        LOCAL => "On this machine".to_owned(),
        host if host.contains("${") => format!("On a host that the run chooses, {}", escaped(host)),
        host => format!("On {}", escaped(host)),
    };
    let names: Vec<String> = on.secrets.iter().map(|name| escaped(name)).collect();
    let secrets = match names.len() {
        0 => None,
        1 => Some(format!("the secret {}", names[0])),
        _ => Some(format!("the secrets {}", names.join(", "))),
    };
    let variables = on.environment.iter();
    let variables = variables.map(|name| format!("${} of this machine", escaped(name)));
    let given: Vec<String> = secrets.into_iter().chain(variables).collect();
    let given = given.join(" and ");
    match (given.is_empty(), on.host == LOCAL) {
        (true, _) => format!("\n{host}, without secrets:\n"),
        (false, true) => format!("\n{host}, using {given}:\n"),
        (false, false) => format!("\n{host}, which gets {given}:\n"),
    }
}

fn does(out: &mut String, command: &Does, lines: usize) {
    let mut around = Vec::new();
    around.extend(
        command
            .folder
            .as_ref()
            .map(|folder| format!("in {}", escaped(folder))),
    );
    around.extend(
        command
            .session
            .as_ref()
            .map(|name| format!("in the tmux session {}", escaped(name))),
    );
    around.extend(
        command
            .when
            .as_ref()
            .map(|when| format!("if {}", escaped(when))),
    );
    around.extend(
        command
            .env
            .iter()
            .map(|it| format!("with {}", escaped(&masked_words(it)))),
    );
    let around = match around.is_empty() {
        true => String::new(),
        false => format!(" ({})", around.join(", ")),
    };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  {}{around}", escaped(&command.step));
    let text = match command.text.trim() {
        "" => "a shell",
        text => text,
    };
    indented(out, "    | ", text, lines);
}

/// The first lines of a text, each after `before`.
fn indented(out: &mut String, before: &str, text: &str, lines: usize) {
    let text = masked_words(text);
    let all: Vec<&str> = text.split('\n').collect();
    for line in all.iter().take(lines) {
        let line: Vec<String> = line.trim_end().split('\t').map(escaped).collect();
        let _ = writeln!(out, "{before}{}", line.join("\t"));
    }
    if let Some(more) = all.len().checked_sub(lines).filter(|more| *more > 0) {
        let _ = writeln!(out, "{before}… {more} more lines, which --dry-run shows");
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::Timestamp;

    use super::*;

    fn effects(host: &str, text: &str) -> Effects {
        let does = Does {
            step: "train".into(),
            text: text.into(),
            session: Some("s".into()),
            env: vec!["A=${secret:a/b}".into()],
            ..Does::default()
        };
        Effects {
            hash: format!("hash of {text:?}"),
            hosts: vec![OnHost {
                host: host.into(),
                secrets: vec!["a/b".into()],
                environment: vec!["HOME".into()],
                commands: vec![does],
            }],
        }
    }

    #[test]
    fn a_credential_is_not_shown_but_all_that_runs_is() {
        let token = format!("ghp_{}", "qZkWmTxRbYvNcLhJgFsAdPoIuEtKrQwZmX12");
        let told = told(
            &effects("local", &format!("login --token {token}")),
            None,
            9,
        );
        assert!(
            !told.contains(&token) && told.contains("| login --token ****"),
            "{told}"
        );
        let key = [
            "-----BEGIN X PRIVATE",
            " KEY-----\n",
            "rm -rf x\n".repeat(20).as_str(),
            "-----END X",
        ]
        .concat();
        let told = super::told(
            &effects("local", &format!(": {key} PRIVATE KEY-----")),
            None,
            90,
        );
        assert!(told.contains("rm -rf x"), "{told}");
    }

    #[test]
    fn a_person_reads_what_is_new_and_all_that_is_done() {
        let question = Question {
            recipe: "a\x1b[2J.toml".into(),
            before: Some((Timestamp::UNIX_EPOCH, effects("gpu-1", "ls"))),
            effects: effects("gpu-2", "ls\n\x1b[2Krm\u{202e} -rf"),
        };
        expect![[r#"
            a\u{1b}[2J.toml does something else than what you approved on 1970-01-01:
              + sends a/b to gpu-2 (a new host)
              + sends $HOME of this machine to gpu-2 (a new host)
              + runs on gpu-2: ls ⏎ \u{1b}[2Krm\u{202e} -rf (tmux session s) (with A=${secret:a/b}) (a new host)
              - sends a/b to gpu-1
              - sends $HOME of this machine to gpu-1
              - runs on gpu-1: ls (tmux session s) (with A=${secret:a/b})

            All that it would do:

            On gpu-2, which gets the secret a/b and $HOME of this machine:
              train (in the tmux session s, with A=${secret:a/b})
                | ls
                | \u{1b}[2Krm\u{202e} -rf
        "#]]
        .assert_eq(&question.words());
        let long = Question {
            before: None,
            effects: effects("local", &"x\n".repeat(60)),
            ..question
        };
        let words = long.refusal(&Given::Hash("other".into()));
        assert!(words.contains("… 20 more lines"), "{words}");
        assert!(
            words.starts_with("What would be done is not what was approved (other). a"),
            "{words}"
        );
        assert!(words.ends_with("or run it with --yes"), "{words}");
    }
}

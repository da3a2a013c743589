//! Ordinary shell scripts, as people write them: Doppio has nothing to say about them, and where it calls
//! one broken that was sound before, bash agrees.

mod common;

use std::process::Command;

use common::{corpus, diagnostics};
use recipe::diagnostic::{Diagnostic, Severity};

#[test]
fn the_scripts_are_many_and_bash_reads_each() {
    let scripts = corpus();
    assert!(scripts.len() >= 200, "{}", scripts.len());
    for (name, script) in &scripts {
        assert_eq!(bash(script), None, "{name}");
    }
}

#[test]
fn nothing_above_a_hint_is_said_of_any() {
    for (name, script) in corpus() {
        let found: Vec<Diagnostic> = diagnostics(&recipe(&script))
            .into_iter()
            .filter(|it| it.severity < Severity::Hint)
            .collect();
        assert_eq!(found, [], "{name}");
    }
}

/// Each script without each of its lines: most are as sound as before, and some are not.
#[test]
fn what_is_called_broken_is_broken_to_bash() {
    let mut agreed = 0;
    for (name, script) in corpus() {
        for broken in without_each_line(&script) {
            let found = diagnostics(&recipe(&broken));
            if let Some(it) = found.iter().find(|it| it.code == "shell-syntax") {
                let why = bash(&broken);
                assert!(why.is_some(), "{name}: {}\n{broken}", it.message);
                agreed += 1;
            }
        }
    }
    assert!(agreed > 100, "{agreed}");
}

/// Pieces of the scripts, changed here and there, against bash itself: what is called broken is broken, and
/// little of what is broken is missed.
#[test]
fn what_is_broken_to_bash_is_called_so() {
    let scripts: Vec<String> = corpus().into_iter().map(|(_, script)| script).collect();
    let mut random = Random(0x5eed);
    let (mut broken, mut false_alarms, mut missed) = (0, Vec::new(), Vec::new());
    for _ in 0..SNIPPETS {
        let snippet = random.snippet(&scripts);
        let found = diagnostics(&recipe(&snippet));
        let found = found.into_iter().find(|it| it.code == "shell-syntax");
        match (found, bash(&snippet)) {
            (Some(_), Some(_)) => broken += 1,
            (None, None) => {}
            (Some(it), None) => false_alarms.push(format!("{}\n{snippet}", it.message)),
            (None, Some(why)) => missed.push(format!("{why}{snippet}")),
        }
    }
    let list = |it: &[String]| it.join("\n--------\n");
    assert!(false_alarms.is_empty(), "{}", list(&false_alarms));
    let few = missed.len() * 25 <= broken;
    assert!(few, "{} beside {broken}: {}", missed.len(), list(&missed));
}

const SNIPPETS: usize = 3000;

/// What is put into a script that was sound.
const STRAYS: &[&str] = &[
    "(", ")", "{", "}", "[", "]", ";", "&", "|", "<", ">", "'", "\"", "`", "$", "\\", "#", "!",
    "\n", " ", "fi", "done\n", "then ", "do ", "esac", "else\n", "if ", "case ", "$(", "((",
    "<<E\n", "&&", ";;", "}\n", "in ",
];

/// Numbers that look random and are the same each time (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    /// Some lines of a script, with at most two changes.
    fn snippet(&mut self, scripts: &[String]) -> String {
        let lines: Vec<&str> = scripts[self.below(scripts.len())]
            .split_inclusive('\n')
            .collect();
        let start = self.below(lines.len());
        let most = [1, 3, 8, 15, 40][self.below(5)];
        let end = lines.len().min(start + most);
        let mut text = lines[start..end].concat();
        for _ in 0..self.below(3) {
            let mut at = self.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            if self.below(2) == 0 {
                text.insert_str(at, STRAYS[self.below(STRAYS.len())]);
            } else if at < text.len() {
                text.remove(at);
            }
        }
        match text.contains("'''") || text.ends_with('\'') {
            true => self.snippet(scripts),
            false => text,
        }
    }
}

fn without_each_line(script: &str) -> Vec<String> {
    let lines: Vec<&str> = script.split_inclusive('\n').collect();
    let without = |left_out: usize| {
        let lines = lines.iter().enumerate();
        lines
            .filter(|(index, _)| *index != left_out)
            .map(|(_, line)| *line)
            .collect()
    };
    (0..lines.len()).map(without).collect()
}

/// A recipe that runs `script` as it stands.
fn recipe(script: &str) -> String {
    format!(
        "[recipe]\nname = \"corpus\"\n[[step]]\nid = \"run\"\nrun_commands = {{ commands = '''\n{script}''' }}\n"
    )
}

/// What bash says of a script that it does not read without complaint. It runs nothing.
#[expect(clippy::disallowed_methods, reason = "bash is the witness")]
fn bash(script: &str) -> Option<String> {
    let output = Command::new("bash")
        .args(["-n", "-c", script])
        .output()
        .expect("bash is there");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success() || !said.is_empty()).then_some(said)
}

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

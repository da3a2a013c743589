//! The real `shellcheck`, as the runner asks it.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use recipe::diagnostic::{Diagnostic, Severity};
use recipe::remarks::{Remark, Remarks, Replacement};
use recipe::{Analyser, Analysis, Facts};
use serde_json::Value;

pub(crate) fn analyse(text: &str) -> Analysis {
    Analyser::default().analyse(text.into(), Some("page.recipe.toml"))
}

/// What is wrong with `text`, and what shellcheck says of its commands.
pub(crate) fn diagnostics(text: &str) -> Vec<Diagnostic> {
    let analysis = analyse(text);
    let scripts = analysis.scripts().into_iter();
    let remarks: Remarks = scripts.map(|it| (it.clone(), said(&it))).collect();
    let facts = Facts {
        remarks: Arc::new(remarks),
        ..Facts::default()
    };
    analysis.diagnostics(&facts)
}

/// Every script of the corpus with each thing that is said of it.
pub(crate) fn of_corpus() -> Vec<(String, Remark)> {
    let scripts = super::corpus();
    let files: Vec<String> = scripts.iter().map(|(path, _)| path.clone()).collect();
    let said = comments(&files, "");
    let script = |comment: &Value| {
        let file = comment["file"].as_str().expect("a file");
        let (_, script) = scripts
            .iter()
            .find(|(path, _)| path == file)
            .expect("one of them");
        (script.clone(), remark(comment))
    };
    said.iter().map(script).collect()
}

fn said(script: &str) -> Arc<[Remark]> {
    comments(&["-".to_owned()], script)
        .iter()
        .map(remark)
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "shellcheck is the witness")]
fn comments(files: &[String], input: &str) -> Vec<Value> {
    let mut child = Command::new("shellcheck")
        .args(["--shell=bash", "--norc", "--format=json1"])
        .args(files)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("shellcheck is installed: scripts/install-test-parts");
    let mut pipe = child.stdin.take().expect("a pipe");
    // One that reads files reads nothing else.
    let _ = pipe.write_all(input.as_bytes());
    drop(pipe);
    let output = child.wait_with_output().expect("it ends");
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    said["comments"].as_array().expect("a list").clone()
}

fn remark(said: &Value) -> Remark {
    let number = |it: &Value, key: &str| it[key].as_u64().expect("a number") as usize;
    let start = |it: &Value| (number(it, "line"), number(it, "column"));
    let end = |it: &Value| (number(it, "endLine"), number(it, "endColumn"));
    let text = |it: &Value| it.as_str().expect("a text").to_owned();
    let parts = said["fix"]["replacements"].as_array();
    let part = |it: &Value| Replacement {
        start: start(it),
        end: end(it),
        text: text(&it["replacement"]),
    };
    Remark {
        start: start(said),
        end: end(said),
        severity: Severity::Hint,
        code: number(said, "code") as u32,
        message: text(&said["message"]),
        fix: parts.into_iter().flatten().map(part).collect(),
    }
}

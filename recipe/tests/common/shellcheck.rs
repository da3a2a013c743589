//! The real `shellcheck`, as the runner asks it.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use recipe::diagnostic::{Diagnostic, Severity};
use recipe::remarks::{Remark, Remarks};
use recipe::{Analyser, Facts};

/// What is wrong with `text`, and what shellcheck says of its commands.
pub(crate) fn diagnostics(text: &str) -> Vec<Diagnostic> {
    let analysis = Analyser::default().analyse(text.into(), Some("page.recipe.toml"));
    let scripts = analysis.scripts().into_iter();
    let remarks: Remarks = scripts.map(|it| (it.clone(), said(&it))).collect();
    let facts = Facts {
        remarks: Arc::new(remarks),
        ..Facts::default()
    };
    analysis.diagnostics(&facts)
}

#[expect(clippy::disallowed_methods, reason = "shellcheck is the witness")]
fn said(script: &str) -> Arc<[Remark]> {
    let mut child = Command::new("shellcheck")
        .args(["--shell=bash", "--norc", "--format=json1", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("shellcheck is installed: scripts/install-test-parts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(script.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let number = |it: &serde_json::Value, key: &str| it[key].as_u64().expect("a number") as usize;
    let comments = said["comments"].as_array().expect("a list").iter();
    comments
        .map(|it| Remark {
            start: (number(it, "line"), number(it, "column")),
            end: (number(it, "endLine"), number(it, "endColumn")),
            severity: Severity::Hint,
            code: number(it, "code") as u32,
            message: it["message"].to_string(),
        })
        .collect()
}

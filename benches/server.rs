//! What an editor waits for, over the real binary and its real protocol: printed, never failing.
//!
//! `cargo bench -p doppio --bench server`. The time to the diagnostics includes the pause that the
//! server makes before it looks at a long text.

#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::lsp_client::LspClient;

const URI: &str = "file:///bench.recipe.toml";
const SAMPLES: i64 = 30;

fn main() {
    let home = tempfile::tempdir().expect("a home");
    let connect = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doppio"));
        command
            .arg("lsp")
            .env_clear()
            .env("HOME", home.path())
            .stderr(Stdio::null());
        LspClient::connect(&mut command, json!({})).0
    };
    println!("{:<44} {:>9} {:>9}", "", "median ms", "95 % ms");
    let starts = (0..SAMPLES).map(|_| timed(|| drop(connect())));
    row("start to the answer to initialize", starts.collect());
    for steps in [100, 1_000, 10_000] {
        let mut client = connect();
        measure(&mut client, steps);
        client.quit();
    }
}

fn measure(client: &mut LspClient, steps: usize) {
    let text = recipe(steps);
    let line = text.lines().count() / 2 / LINES * LINES + TYPED;
    let opened = timed(|| {
        client.open(URI, &text);
        client.diagnostics(URI, 0);
    });
    row(&format!("{steps} steps: open to diagnostics"), vec![opened]);
    let mut version = 0;
    let changes = (0..SAMPLES).map(|_| {
        version += 1;
        timed(|| {
            type_letter(client, version, line);
            client.diagnostics(URI, version);
        })
    });
    row(
        &format!("{steps} steps: change to diagnostics"),
        changes.collect(),
    );
    let at = json!({"textDocument": {"uri": URI}, "position": {"line": line, "character": 4}});
    let mut version = SAMPLES;
    let completions = (0..SAMPLES).map(|_| {
        version += 1;
        let time = timed(|| {
            type_letter(client, version, line);
            client.request("textDocument/completion", at.clone());
        });
        client.diagnostics(URI, version);
        time
    });
    row(
        &format!("{steps} steps: type and complete"),
        completions.collect(),
    );
    let hovers = (0..SAMPLES)
        .map(|_| timed(|| drop::<Value>(client.request("textDocument/hover", at.clone()))));
    row(&format!("{steps} steps: hover"), hovers.collect());
}

/// Types a letter into a command, and takes it out again the next time.
fn type_letter(client: &mut LspClient, version: i64, line: usize) {
    let end = i64::from(version % 2 == 0);
    let range =
        json!({"start": {"line": line, "character": 0}, "end": {"line": line, "character": end}});
    let text = if end == 0 { "e" } else { "" };
    client.notify(
        "textDocument/didChange",
        json!({
            "textDocument": {"uri": URI, "version": version},
            "contentChanges": [{"range": range, "text": text}],
        }),
    );
}

/// How many lines a step has, and which of them is typed into.
const LINES: usize = 9;
const TYPED: usize = 5;

fn recipe(steps: usize) -> String {
    // As many lines as a step has, so that each step starts at a multiple.
    let mut text =
        "[recipe]\nname = \"bench\"\n\n[variables]\nfolder = \"/work\"\n\n\n\n\n".to_owned();
    for step in 0..steps {
        let needs = step
            .checked_sub(1)
            .map(|before| format!("\"step-{before}\""));
        let needs = needs.unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "[[step]]\nid = \"step-{step}\"\ndepends_on = [{needs}]\n[step.run_commands]\ncommands = \"\"\"\n\
             cho part {step} in ${{folder}}\npython train.py --part {step}\n\"\"\"\n\
             env = {{ TOKEN = \"${{secret:huggingface/token}}\" }}\n"
        );
    }
    text
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn row(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1e3;
    println!("{name:<44} {:>9.2} {:>9.2}", at(50), at(95));
}

//! A recipe that is run from the editor.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use testkit::lsp_client::{LspClient, file_uri};
use testkit::sshd::Sshd;
use testkit::{poll, wait_until};

use super::editor::{Editor, PATIENCE, approval, recipe, step};
use super::{offers, server};

#[test]
fn what_stands_in_the_editor_runs_and_its_progress_is_shown() {
    let text = recipe(&(step("one", "touch FOLDER/one") + &step("two", "pwd > FOLDER/two")));
    let mut editor = Editor::open(&text, offers());
    editor.run(&json!({}));
    let token = editor.client.heard("window/workDoneProgress/create")["token"].clone();
    let begin = editor.client.heard("$/progress");
    assert_eq!(
        (&begin["token"], &begin["value"]["kind"]),
        (&token, &json!("begin"))
    );
    assert_eq!(begin["value"]["title"], "Running 'job'");
    assert_eq!(begin["value"]["cancellable"], true);
    let (level, words) = editor.said();
    assert_eq!(level, 3, "{words}");
    assert!(words.starts_with("'job' succeeded. See "), "{words}");
    let log = words.trim_start_matches("'job' succeeded. See ");
    assert!(Path::new(log).is_file(), "{log}");
    assert!(editor.file("one").exists() && editor.file("two").exists());
    let rest = editor.client.everything_within(Duration::from_millis(50));
    let mut kinds = rest
        .iter()
        .filter(|it| it["method"] == "$/progress" && it["params"]["token"] == token);
    assert_eq!(
        kinds.next_back().map(|it| &it["params"]["value"]["kind"]),
        Some(&json!("end"))
    );
}

#[test]
fn one_step_alone() {
    let text = recipe(&(step("one", "touch FOLDER/one") + &step("two", "touch FOLDER/two")));
    let mut editor = Editor::open(&text, offers());
    editor.run(&json!({"step": "two"}));
    assert!(editor.said().1.starts_with("'job' succeeded"));
    assert!(!editor.file("one").exists() && editor.file("two").exists());
    editor.run(&json!({"step": "three"}));
    assert_eq!(
        editor.said(),
        (
            1,
            "'job' was not started: it has no step 'three'.".to_owned()
        )
    );
}

#[test]
fn a_dry_run_is_shown_and_does_nothing() {
    let mut editor = Editor::open(&recipe(&step("one", "touch FOLDER/one")), offers());
    editor.run(&json!({"dryRun": true}));
    assert_eq!(editor.said(), (3, "'job': dry run.".to_owned()));
    let shown = editor.client.heard("window/showDocument");
    let path = shown["uri"]
        .as_str()
        .and_then(|uri| uri.strip_prefix("file://"))
        .expect("a file");
    let text = fs::read_to_string(path).expect("the preview");
    assert!(text.contains("touch"), "{text}");
    assert!(!editor.file("one").exists());
}

#[test]
fn what_failed_is_marked_until_the_next_edit() {
    let text = recipe(&(step("one", "true") + &step("two", "exit 3")));
    let mut editor = Editor::open(&text, offers());
    editor.run(&json!({}));
    let message = editor.client.wait("a failure", |message| {
        message["params"]["diagnostics"][0]["code"] == "run-failed"
    });
    let found = &message["params"]["diagnostics"][0];
    assert_eq!(
        (&found["severity"], &found["range"]["start"]["line"]),
        (&json!(1), &json!(5))
    );
    let words = found["message"].as_str().unwrap_or_default();
    assert!(
        words.starts_with("this step failed") && words.contains('3'),
        "{words}"
    );
    let (level, words) = editor.said();
    assert_eq!((level, words.as_str()), (1, "'job' failed."));
    let log = editor.client.heard("window/showDocument");
    assert!(
        log["uri"]
            .as_str()
            .is_some_and(|uri| uri.ends_with("log.txt")),
        "{log}"
    );
    let uri = editor.uri.clone();
    editor.client.replace(&uri, 1, &format!("{text}# mended\n"));
    assert_eq!(editor.client.diagnostics(&uri, 1), [json!(null); 0]);
}

#[test]
fn a_second_run_of_the_same_waits_for_nobody() {
    let text = recipe(&step("one", "touch FOLDER/started; sleep 60"));
    let mut editor = Editor::open(&text, offers());
    editor.run(&json!({}));
    let token = editor.client.heard("window/workDoneProgress/create")["token"].clone();
    let started = editor.file("started");
    wait_until(PATIENCE, "the step", || started.exists());
    editor.run(&json!({}));
    let (level, words) = editor.said();
    assert!(level == 1 && words.contains("running already"), "{words}");
    editor
        .client
        .notify("window/workDoneProgress/cancel", json!({"token": token}));
    assert_eq!(
        editor.said().1.split(". ").next(),
        Some("'job' was cancelled")
    );
    // Without progress there is an action for that.
    fs::remove_file(&started).expect("it is there");
    editor.run(&json!({}));
    wait_until(PATIENCE, "the step", || started.exists());
    editor.choose("Cancel the run");
    assert_eq!(
        editor.said().1.split(". ").next(),
        Some("'job' was cancelled")
    );
}

#[test]
fn a_missing_target_comes_back_as_an_action_for_every_client() {
    let text = "[recipe]\nname = \"job\"\n[[step]]\nid = \"a\"\nssh_command = { command = 'touch FOLDER/ran' }\n";
    // Neither literals nor messages with buttons nor progress.
    let mut editor = Editor::open(text, json!({}));
    editor.run(&json!({}));
    let (level, words) = editor.said();
    assert!(level == 2 && words.contains("'Run on local'"), "{words}");
    editor.choose("Run on local");
    assert!(editor.said().1.contains("It was not approved yet"));
    editor.choose("Approve and run: 1 host, 0 secrets");
    let (_, words) = editor.said();
    assert!(words.starts_with("'job' succeeded"), "{words}");
    assert!(editor.file("ran").exists());
    let titles = editor.actions();
    assert!(
        titles.iter().all(|it| it["title"] != "Run on local"),
        "{titles:?}"
    );
}

#[test]
fn a_run_outlives_its_editor() {
    let text = recipe(
        &(step("one", "touch FOLDER/started; sleep 1; echo some output")
            + "depends_on = []\n"
            + &step("two", "touch FOLDER/ended")
                .replace("id = \"two\"", "id = \"two\"\ndepends_on = [\"one\"]")),
    );
    let mut editor = Editor::open(&text, offers());
    editor.run(&json!({}));
    let started = editor.file("started");
    wait_until(PATIENCE, "the step", || started.exists());
    let Editor { home, client, .. } = editor;
    drop(client);
    let ended = home.path().join("recipes/ended");
    assert!(
        poll(PATIENCE, || ended.exists().then_some(())).is_some(),
        "the run ended with its editor"
    );
}

#[test]
fn no_secret_reaches_the_editor() {
    const CANARY: &str = "canary-2342-hunter44";
    let home = tempfile::tempdir().expect("a folder");
    let out = home.path().join("out");
    let text = recipe(&format!(
        "[[step]]\nid = \"one\"\nssh_command = {{ command = 'echo $A; echo $A > {}', host_id = \"local\", env = {{ A = \"${{secret:my/key}}\" }} }}\n",
        out.display()
    ));
    let uri = file_uri(&home.path().join("a.toml"));
    let mut command = server(home.path());
    command.env("DOPPIO_SECRET_MY_KEY", CANARY);
    let (mut client, _) = LspClient::connect(&mut command, offers());
    client.open(&uri, &text);
    let hash = approval(&text, &home.path().join("a.toml"), &json!({}));
    client.request(
        "workspace/executeCommand",
        json!({"command": "doppio.run", "arguments": [{"uri": uri, "approve": hash}]}),
    );
    let words = client.heard("window/showMessage")["message"].clone();
    assert!(
        words
            .as_str()
            .is_some_and(|it| it.starts_with("'job' succeeded")),
        "{words}"
    );
    assert_eq!(fs::read_to_string(out).expect("it ran").trim(), CANARY);
    client.everything_within(Duration::from_millis(100));
    assert!(!client.traffic().contains(CANARY));
}

#[test]
fn an_unknown_host_key_comes_back_as_an_action_that_trusts_it() {
    let sshd = Sshd::start();
    let text =
        "[recipe]\nname = \"job\"\n[[step]]\nid = \"a\"\nssh_command = { command = 'touch ran' }\n";
    let mut editor = Editor::open(text, json!({}));
    sshd.write_client(editor.home.path(), "bash");
    fs::remove_file(editor.home.path().join(".ssh/known_hosts")).expect("it was written");
    editor.run(&json!({}));
    assert!(editor.said().1.contains("'Run on testbed'"));
    editor.choose("Run on testbed");
    assert!(editor.said().1.contains("On testbed, without secrets:"));
    editor.choose("Approve and run: 1 host, 0 secrets");
    let (level, words) = editor.said();
    assert!(
        level == 2 && words.contains("'Trust host key SHA256:"),
        "{words}"
    );
    assert!(!sshd.home("bash").join("ran").exists());
    editor.choose("Trust host key SHA256:");
    let (_, words) = editor.said();
    assert!(words.starts_with("'job' succeeded"), "{words}");
    assert!(sshd.home("bash").join("ran").exists());
}

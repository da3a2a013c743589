//! Nothing runs before somebody has approved what it does, and nothing at all in a folder that is not
//! trusted.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::lsp_client::{LspClient, file_uri};

use super::editor::{Editor, recipe, step};
use super::{at, labels, offers, server};

const SECRET: &str = "[[step]]\nid = \"two\"\nssh_command = { command = \"true\", host_id = \"a@203.0.113.7\", env = { A = \"${secret:my/key}\" } }\n";

#[test]
fn what_a_run_does_is_shown_and_approved_by_an_action() {
    // Neither literals nor messages with buttons nor progress.
    let mut editor = Editor::open(&recipe(&step("one", "touch FOLDER/one")), json!({}));
    editor.run_unapproved(&json!({}));
    let (level, words) = editor.said();
    assert_eq!(level, 2, "{words}");
    let folder = editor.file("").canonicalize().expect("it is there");
    let expected = format!(
        "'job' was not started:\nIt was not approved yet. It would do this:\n\nOn this machine, without secrets:\n  one (in {0})\n    | touch {1}/one\n\
         Code actions here: 'Approve and run: 1 host, 0 secrets'.",
        folder.display(),
        editor.file("").display().to_string().trim_end_matches('/'),
    );
    assert_eq!(words, expected);
    assert!(!editor.file("one").exists());
    let about = json!({"textDocument": {"uri": editor.uri}});
    let lenses = editor.client.request("textDocument/codeLens", about);
    assert_eq!(
        lenses[0]["command"]["title"],
        "Approve and run: 1 host, 0 secrets"
    );
    editor.choose("Approve and run");
    assert!(editor.said().1.starts_with("'job' succeeded"));
    assert!(editor.file("one").exists());
    editor.run_unapproved(&json!({}));
    assert!(
        editor.said().1.starts_with("'job' succeeded"),
        "it is remembered"
    );
}

#[test]
fn what_changed_since_is_told() {
    let mut editor = Editor::open(&recipe(&step("one", "true")), json!({}));
    editor.run(&json!({}));
    assert!(editor.said().1.starts_with("'job' succeeded"));
    let uri = editor.uri.clone();
    editor
        .client
        .replace(&uri, 1, &recipe(&(step("one", "true") + SECRET)));
    editor.run_unapproved(&json!({}));
    let (_, words) = editor.said();
    assert!(
        words.contains("It does something else than what you approved:"),
        "{words}"
    );
    assert!(
        words.contains("+ sends my/key to a@203.0.113.7 (a new host)"),
        "{words}"
    );
    assert!(
        words.contains("'Approve and run: 2 hosts, 1 secret'"),
        "{words}"
    );
}

#[test]
fn a_client_that_asks_gets_the_question() {
    let mut all = offers();
    all["experimental"] = json!({"doppio": {"wants": true}});
    let mut editor = Editor::open(&recipe(&step("one", "true")), all);
    editor.run_unapproved(&json!({}));
    let wants = editor.client.heard("doppio/runWants");
    let command = &wants["commands"][0];
    assert_eq!(command["title"], "Approve and run: 1 host, 0 secrets");
    assert_eq!(command["command"], "doppio.run");
    assert_eq!(
        command["arguments"][0]["approve"].as_str().map(str::len),
        Some(64)
    );
    let words = wants["approval"].as_str().expect("words");
    assert!(words.starts_with("It was not approved yet."), "{words}");
    assert!(
        wants["message"]
            .as_str()
            .is_some_and(|it| it.contains("On this machine"))
    );
}

/// A client whose user does not trust the folder, with a recipe open.
fn untrusted(home: &std::path::Path, trusted: Value) -> (LspClient, String) {
    let text = recipe(
        &(step("one", "touch FOLDER/one").replace("FOLDER", &home.display().to_string()) + SECRET),
    );
    let mut command = server(home);
    command
        .env("DOPPIO_SECRET_MY_KEY", "made-up-value")
        .env("DOPPIO_SECRET_GITHUB_TOKEN", "another");
    let mut client = LspClient::start(&mut command);
    client.request("initialize", json!({
        "processId": null, "rootUri": null, "capabilities": offers(), "initializationOptions": {"trusted": trusted},
    }));
    client.notify("initialized", json!({}));
    let uri = file_uri(&home.join("a.toml"));
    client.open(&uri, &text);
    client.diagnostics(&uri, 0);
    (client, uri)
}

fn hover(client: &mut LspClient, uri: &str) -> String {
    let column = SECRET
        .lines()
        .last()
        .and_then(|line| line.find("my/key"))
        .expect("it is there");
    let column = u32::try_from(column).expect("a short line");
    let hover = client.request("textDocument/hover", at(uri, 7, column));
    hover["contents"]["value"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn run(client: &mut LspClient, uri: &str, dry: bool) -> String {
    let argument = json!({"uri": uri, "dryRun": dry});
    client.request(
        "workspace/executeCommand",
        json!({"command": "doppio.run", "arguments": [argument]}),
    );
    client.heard("window/showMessage")["message"]
        .as_str()
        .expect("words")
        .to_owned()
}

#[test]
fn a_folder_that_is_not_trusted_has_language_features_and_nothing_else() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(home.path().join(".config/doppio")).expect("a folder");
    std::fs::write(
        home.path().join(".config/doppio/hosts.toml"),
        "[gpu-1]\nhost = \"203.0.113.7\"\n",
    )
    .expect("written");
    // What is neither yes nor no is no.
    for trusted in [json!(false), json!("yes"), Value::Null] {
        let (mut client, uri) = untrusted(home.path(), trusted);
        let said = hover(&mut client, &uri);
        assert!(
            said.contains("not looked up: this folder is not trusted"),
            "{said}"
        );
        let keys = client.request("textDocument/completion", at(&uri, 4, 0));
        assert!(labels(&keys).contains(&"when"), "{keys}");
        for dry in [false, true] {
            let words = run(&mut client, &uri, dry);
            assert!(
                words.starts_with("'job' was not started: this folder is not trusted."),
                "{words}"
            );
            assert!(words.contains("Manage Workspace Trust"), "{words}");
        }
        client.everything_within(Duration::from_millis(100));
        assert!(!home.path().join("one").exists() && !home.path().join(".local").exists());
        assert!(
            !client.traffic().contains("DOPPIO_SECRET"),
            "nothing was looked up"
        );
    }
}

#[test]
fn trust_can_come_and_go() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut client, uri) = untrusted(home.path(), json!(false));
    assert!(run(&mut client, &uri, false).contains("not trusted"));
    client.notify("doppio/didChangeTrust", json!({"trusted": true}));
    assert!(run(&mut client, &uri, false).contains("It was not approved yet"));
    testkit::wait_until(
        Duration::from_secs(30),
        "the secret to be looked up",
        || hover(&mut client, &uri).contains("DOPPIO_SECRET_MY_KEY"),
    );
    client.notify("doppio/didChangeTrust", json!({"trusted": false}));
    assert!(hover(&mut client, &uri).contains("this folder is not trusted"));
    assert!(run(&mut client, &uri, true).contains("not trusted"));
}

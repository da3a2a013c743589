//! The server beside a real keyring.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::keyring::Keyring;
use testkit::lsp_client::LspClient;

use super::{DOPPIO, URI, at, labels, offers};

const CANARY: &str = "canary-0815-hunter33";

/// A recipe that uses a secret.
fn using(name: &str) -> String {
    format!(
        "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\nssh_command = {{ command = \"true\", host_id = \"local\", env = {{ A = \"${{secret:{name}}}\" }} }}\n"
    )
}

fn connect(keyring: &Keyring) -> LspClient {
    LspClient::connect(&mut server(keyring), offers()).0
}

fn server(keyring: &Keyring) -> Command {
    let mut command = keyring.command(DOPPIO);
    command.arg("lsp");
    command
}

/// Waits for diagnostics that are as `is_it` says.
#[track_caller]
fn wait_for(client: &mut LspClient, is_it: impl Fn(&[Value]) -> bool) -> Instant {
    client.wait("such diagnostics", |message| {
        let list = message["params"]["diagnostics"].as_array();
        message["method"] == "textDocument/publishDiagnostics"
            && list.is_some_and(|list| is_it(list))
    });
    // What came before is out of date.
    client.forget();
    Instant::now()
}

fn is_missing(found: &[Value]) -> bool {
    found
        .iter()
        .any(|it| it["code"] == "missing-secret" && it["severity"] == 2)
}

#[test]
fn storing_and_deleting_reach_the_editor_without_a_keystroke() {
    let keyring = Keyring::start();
    let mut client = connect(&keyring);
    client.open(URI, &using("mine/key"));
    wait_for(&mut client, is_missing);
    for _ in 0..3 {
        keyring.store("mine/key", CANARY);
        let stored = Instant::now();
        let heard = wait_for(&mut client, |found| !is_missing(found));
        assert!(
            heard - stored < Duration::from_secs(1),
            "{:?}",
            heard - stored
        );
        delete(&keyring, "mine/key");
        let deleted = Instant::now();
        let heard = wait_for(&mut client, is_missing);
        assert!(
            heard - deleted < Duration::from_secs(1),
            "{:?}",
            heard - deleted
        );
    }
    assert!(!client.traffic().contains(CANARY));
    assert_eq!(client.quit().code(), Some(0));
}

#[test]
fn the_server_never_asks_for_a_value_an_unlock_or_a_prompt() {
    let keyring = Keyring::start();
    keyring.store("mine/key", CANARY);
    let monitor = keyring.monitor();
    let mut client = connect(&keyring);
    client.open(URI, &using("mine/key"));
    wait_for(&mut client, |found| found.is_empty());
    client.replace(URI, 1, &using("other/key"));
    wait_for(&mut client, is_missing);
    complete_and_hover(&mut client);
    keyring.lock();
    client.replace(URI, 2, &using("mine/key"));
    wait_for(&mut client, |found| found.is_empty());
    complete_and_hover(&mut client);
    client.notify(
        "textDocument/didSave",
        json!({"textDocument": {"uri": URI}}),
    );
    client.everything_within(Duration::from_millis(300));
    let calls = monitor.calls();
    assert!(
        calls.iter().any(|call| call.ends_with("SearchItems")),
        "{calls:?}"
    );
    for forbidden in [
        "GetSecret",
        "GetSecrets",
        "Unlock",
        "Prompt",
        "CreateItem",
        "Delete",
    ] {
        let end = format!(".{forbidden}");
        assert!(
            !calls.iter().any(|call| call.ends_with(&end)),
            "{forbidden}: {calls:?}"
        );
    }
    assert!(!client.traffic().contains(CANARY));
    assert_eq!(client.quit().code(), Some(0));
}

fn complete_and_hover(client: &mut LspClient) {
    let text = using("mine/key");
    let column = text
        .lines()
        .nth(4)
        .and_then(|line| line.find("mine/key"))
        .expect("the name");
    let place = at(URI, 4, u32::try_from(column).expect("a column"));
    let completion = client.request("textDocument/completion", place.clone());
    assert!(labels(&completion).contains(&"github/token"));
    assert!(client.request("textDocument/hover", place)["contents"].is_object());
}

#[test]
fn a_mute_keychain_delays_nothing_and_says_nothing() {
    let keyring = Keyring::start();
    keyring.mute();
    let mut client = connect(&keyring);
    client.open(URI, &using("mine/key"));
    let started = Instant::now();
    assert_eq!(client.diagnostics(URI, 0), [json!(null); 0]);
    for _ in 0..20 {
        complete_and_hover(&mut client);
    }
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(client.quit().code(), Some(0));
}

#[test]
fn without_a_keychain_nothing_is_missing() {
    let keyring = Keyring::absent();
    let mut client = connect(&keyring);
    client.open(URI, &using("mine/key"));
    assert_eq!(client.diagnostics(URI, 0), [json!(null); 0]);
    let said = client.everything_within(Duration::from_millis(500));
    let wrong = said.iter().filter(|it| {
        it["params"]["diagnostics"]
            .as_array()
            .is_some_and(|it| is_missing(it))
    });
    assert_eq!(wrong.count(), 0);
    assert_eq!(client.quit().code(), Some(0));
}

/// Deletes an entry as the user would in another program.
fn delete(keyring: &Keyring, name: &str) {
    let mut command = keyring.command("secret-tool");
    let status = command
        .args(["clear", "service", "dev.doppio.secrets", "username", name])
        .status();
    assert!(status.expect("secret-tool is there").success());
}

//! What arrives in an order takes effect in that order, and nothing blocks anything.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::lsp_client::LspClient;

use super::{URI, at, connect, labels, offers, server};

/// A recipe with many steps that are a little work to analyse.
fn long(steps: usize) -> String {
    let mut text = String::from("[recipe]\nname = \"long\"\n");
    for step in 0..steps {
        text.push_str(&format!(
            "[[step]]\nid = \"s{step}\"\nrun_commands = {{ commands = \"\"\"\nset -e\necho {step} > out\ncat out | wc -l\n\"\"\", env = {{ A = \"{step}\" }} }}\n"
        ));
    }
    text
}

#[test]
fn twenty_thousand_edits_take_effect_in_their_order() {
    let (_home, mut client) = connect();
    client.open(URI, "# \n[recipe]\nname = \"x\"\n");
    let mut expected = String::new();
    for version in 1..=20_000_i64 {
        // Each types a character in front of what is there, so that order shows in the text.
        let letter = char::from(b'a' + (version % 26) as u8);
        let start = json!({"line": 0, "character": 2});
        let change = json!({"range": {"start": start, "end": start}, "text": letter.to_string()});
        client.notify(
            "textDocument/didChange",
            json!({"textDocument": {"uri": URI, "version": version}, "contentChanges": [change]}),
        );
        expected.insert(0, letter);
    }
    // What is typed into the comment becomes a key once the comment's sign is gone: its name is
    // then in the diagnostic.
    let change = json!({"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 2}}, "text": ""});
    client.notify(
        "textDocument/didChange",
        json!({"textDocument": {"uri": URI, "version": 20_001}, "contentChanges": [change]}),
    );
    let found = client.diagnostics(URI, 20_001);
    let end = found
        .iter()
        .map(|it| it["range"]["end"]["character"].as_i64())
        .max()
        .flatten();
    assert_eq!(end, Some(20_000), "{found:?}");
    let start = json!({"line": 0, "character": 4});
    let end = json!({"line": 0, "character": 20_000});
    let cut = json!({"range": {"start": start, "end": end}, "text": " = 1"});
    client.notify(
        "textDocument/didChange",
        json!({"textDocument": {"uri": URI, "version": 20_002}, "contentChanges": [cut]}),
    );
    let found = client.diagnostics(URI, 20_002);
    let named = format!("'{}'", &expected[..4]);
    assert!(
        found
            .iter()
            .any(|it| it["message"].as_str().is_some_and(|it| it.contains(&named))),
        "{named}: {found:?}"
    );
}

#[test]
fn a_request_sees_the_edit_before_it_and_not_the_one_after() {
    let (_home, mut client) = connect();
    client.open(URI, "[recipe]\nname = \"x\"\n[target]\n");
    let mut asked = Vec::new();
    for round in 0..200 {
        let text = match round % 2 {
            0 => "[recipe]\nname = \"x\"\n[target]\ntype = \"\"\n",
            _ => "[recipe]\nname = \"x\"\n[[step]]\ncontinue_on_failure = \n",
        };
        client.replace(URI, round + 1, text);
        let column = if round % 2 == 0 { 8 } else { 22 };
        asked.push((
            round,
            client.ask("textDocument/completion", at(URI, 3, column)),
        ));
    }
    for (round, id) in asked {
        let reply = client.reply(id);
        let first = if round % 2 == 0 { "any" } else { "true" };
        assert_eq!(
            labels(&reply["result"]).first(),
            Some(&first),
            "round {round}: {reply}"
        );
    }
}

#[test]
fn queued_edits_are_looked_at_together() {
    let (_home, mut client) = connect();
    let text = long(300);
    client.open(URI, &text);
    client.diagnostics(URI, 0);
    for version in 1..=200 {
        client.replace(URI, version, &format!("{text}# {version}\n"));
    }
    client.diagnostics(URI, 200);
    let others = client.everything_within(Duration::ZERO);
    let published = others
        .iter()
        .filter(|it| it["method"] == "textDocument/publishDiagnostics");
    assert!(
        published.count() < 100,
        "nobody types 200 times and wants 200 answers"
    );
}

#[test]
fn what_was_cancelled_is_answered_at_once_and_not_looked_for() {
    let (_home, mut client) = connect();
    client.open(URI, &long(2000));
    let slow = client.ask(
        "textDocument/codeLens",
        json!({"textDocument": {"uri": URI}}),
    );
    let asked: Vec<i64> = (0..50)
        .map(|_| client.ask("textDocument/completion", at(URI, 1, 0)))
        .collect();
    for id in &asked {
        client.notify("$/cancelRequest", json!({"id": id}));
    }
    for id in asked {
        let reply = client.reply(id);
        let is_cancelled = reply["error"]["code"] == -32800;
        assert!(is_cancelled || reply.get("result").is_some(), "{reply}");
    }
    assert!(client.reply(slow).get("error").is_none());
}

#[test]
fn analysing_does_not_keep_the_server_from_reading() {
    let (_home, mut client) = connect();
    client.open(URI, &long(5000));
    // `shutdown` asks nothing of the state, so it is answered while the document is analysed.
    let started = Instant::now();
    client.request("shutdown", json!(null));
    let waited = started.elapsed();
    let ready = Instant::now();
    client.diagnostics(URI, 0);
    let analysing = ready.elapsed();
    assert!(
        waited < Duration::from_millis(200) || waited < analysing,
        "waited {waited:?}, analysed for {analysing:?} more"
    );
}

#[test]
fn an_old_version_changes_nothing() {
    let (_home, mut client) = connect();
    client.open(URI, super::RECIPE);
    client.replace(URI, 5, super::RECIPE);
    client.replace(URI, 5, "[recipe]\n");
    client.replace(URI, 3, "[recipe]\n");
    client.replace(URI, 6, &format!("{}# end\n", super::RECIPE));
    assert_eq!(client.diagnostics(URI, 6), [json!(null); 0]);
    let rest = client.everything_within(Duration::from_millis(100));
    let wrong = rest.iter().filter(|it| {
        it["params"]["diagnostics"]
            .as_array()
            .is_some_and(|it| !it.is_empty())
    });
    assert_eq!(wrong.count(), 0);
}

/// A client that calls itself `name`, with an open document that holds one comment.
fn named(name: &str) -> (tempfile::TempDir, LspClient) {
    let home = tempfile::tempdir().expect("a folder");
    let mut client = LspClient::start(&mut server(home.path()));
    let client_info = json!({"name": name, "version": "25.01.1"});
    let params = json!({"processId": null, "clientInfo": client_info, "capabilities": offers()});
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    client.open(URI, "# \n[recipe]\nname = \"x\"\n[target]\ntype = \"\"\n");
    (home, client)
}

/// Typing at the start of the first line, which makes this version.
fn typing(version: i64, text: &str) -> Value {
    let start = json!({"line": 0, "character": 0});
    let change = json!({"range": {"start": start, "end": start}, "text": text});
    let document = json!({"uri": URI, "version": version});
    let params = json!({"textDocument": document, "contentChanges": [change]});
    json!({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params})
}

/// Sends messages in one piece, so that nothing comes between them.
fn send_at_once(client: &mut LspClient, messages: &[Value]) {
    let framed = messages.iter().map(|message| {
        let body = message.to_string();
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    });
    client.send_raw(framed.collect::<String>().as_bytes());
}

#[test]
fn changes_that_helix_lets_overtake_one_another_are_put_in_order() {
    let (_home, mut client) = named("helix");
    let question = json!({"jsonrpc": "2.0", "id": 77, "method": "textDocument/completion", "params": at(URI, 4, 8)});
    // `ab = 1` is typed from its end.
    let messages = [
        typing(2, "= "),
        typing(6, "a"),
        typing(5, "b"),
        typing(3, " "),
        typing(4, ""),
        question,
        typing(1, "1 "),
    ];
    send_at_once(&mut client, &messages);
    let found = client.diagnostics(URI, 6);
    let end = json!({"line": 0, "character": 2});
    assert_eq!(found[0]["range"]["end"], end, "{found:?}");
    let message = found[0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("'ab'"), "{message}");
    // What was asked in between is answered, too.
    let reply = client.reply(77);
    assert_eq!(labels(&reply["result"])[..2], ["any", "local"]);
}

#[test]
fn a_version_that_never_comes_is_not_waited_for_long() {
    for name in ["helix", "another"] {
        let (_home, mut client) = named(name);
        send_at_once(&mut client, &[typing(7, "ab = 1 ")]);
        let found = client.diagnostics(URI, 7);
        let end = json!({"line": 0, "character": 2});
        assert_eq!(found[0]["range"]["end"], end, "{found:?}");
    }
}

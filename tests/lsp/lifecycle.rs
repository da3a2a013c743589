//! How the server starts, ends, and survives what clients do wrong.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::lsp_client::{LspClient, Replies};
use testkit::{ProcessGroup, wait_until};

use super::{RECIPE, URI, at, connect, offers, server};

#[test]
fn a_proper_goodbye_ends_it_with_0() {
    let (_home, client) = connect();
    assert_eq!(client.quit().code(), Some(0));
}

#[test]
fn exit_without_shutdown_ends_it_with_1_though_the_pipe_stays_open() {
    let (_home, mut client) = connect();
    client.notify("exit", json!(null));
    assert_eq!(client.ended().code(), Some(1));
}

#[test]
fn the_end_of_input_ends_it_with_1() {
    let (_home, mut client) = connect();
    client.close_input();
    assert_eq!(client.ended().code(), Some(1));
}

#[test]
fn after_shutdown_nothing_is_answered_but_refused() {
    let (_home, mut client) = connect();
    client.request("shutdown", json!(null));
    let id = client.ask("textDocument/hover", at(URI, 0, 0));
    assert_eq!(client.reply(id)["error"]["code"], -32600);
    client.notify("exit", json!(null));
    assert_eq!(client.ended().code(), Some(0));
}

#[test]
fn before_initialize_nothing_is_answered_but_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let mut client = LspClient::start(&mut server(home.path()));
    let id = client.ask("textDocument/hover", at(URI, 0, 0));
    assert_eq!(client.reply(id)["error"]["code"], -32002);
    client.request(
        "initialize",
        json!({"capabilities": {}, "processId": null, "rootUri": null}),
    );
    let id = client.ask(
        "initialize",
        json!({"capabilities": {}, "processId": null, "rootUri": null}),
    );
    assert_eq!(client.reply(id)["error"]["code"], -32600);
    client.notify("initialized", json!({}));
    assert_eq!(client.quit().code(), Some(0));
}

#[test]
fn it_ends_with_its_client_though_the_pipes_stay_open() {
    let home = tempfile::tempdir().expect("a folder");
    let editor = ProcessGroup::spawn(Command::new("sleep").arg("600").stdin(Stdio::null()));
    let mut client = LspClient::start(&mut server(home.path()));
    let params = json!({"processId": editor.id(), "rootUri": null, "capabilities": {}});
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    drop(editor);
    assert_eq!(client.ended().code(), Some(1));
}

#[test]
fn a_client_that_cannot_be_seen_is_not_missed() {
    let home = tempfile::tempdir().expect("a folder");
    let mut client = LspClient::start(&mut server(home.path()));
    // No process has this id: the largest that Linux gives is 2^22.
    let params = json!({"processId": 0x7fff_ffff, "rootUri": null, "capabilities": {}});
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    client.everything_within(Duration::from_millis(1500));
    assert_eq!(client.quit().code(), Some(0));
}

#[test]
fn json_that_is_none_gets_a_parse_error_and_ends_it() {
    for body in ["{\"jsonrpc\":", "nonsense", "\"\u{0}\""] {
        let (_home, mut client) = connect();
        client.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
        let reply = client.wait("an error", |message| message.get("error").is_some());
        assert_eq!(reply["error"]["code"], -32700, "{body}: {reply}");
        client.close_input();
        assert_eq!(client.ended().code(), Some(1), "{body}");
    }
}

#[test]
fn json_that_is_no_message_is_refused_and_what_follows_is_answered() {
    let (_home, mut client) = connect();
    for (body, id) in [
        ("[]", json!(null)),
        ("{}", json!(null)),
        (
            r#"[{"jsonrpc":"2.0","id":"b","method":"shutdown"}]"#,
            json!(null),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1.5,"method":"shutdown"}"#,
            json!(null),
        ),
        (r#"{"id":"a","method":"shutdown"}"#, json!("a")),
        (r#"{"jsonrpc":"2.0","id":"m","method":5}"#, json!("m")),
    ] {
        client.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
        let reply = client.wait("an error", |it| it.get("error").is_some() && it["id"] == id);
        assert_eq!(reply["error"]["code"], -32600, "{body}: {reply}");
    }
    let id = client.ask("$/foo", json!({}));
    assert_eq!(client.reply(id)["error"]["code"], -32601);
    client.open(URI, RECIPE);
    assert!(client.request("textDocument/hover", at(URI, 0, 2))["contents"].is_object());
    assert_eq!(client.quit().code(), Some(0));
}

#[test]
fn headers_that_are_none_do_not_hang_it() {
    for bytes in [
        b"hello\r\n\r\n".as_slice(),
        b"Content-Length: x\r\n\r\n{}",
        b"Content-Length: 3\r\n\r\n\xff\xff\xff",
        b"Content-Length: 99999\r\n\r\n{}",
    ] {
        let (_home, mut client) = connect();
        client.send_raw(bytes);
        client.close_input();
        assert_eq!(
            client.ended().code(),
            Some(1),
            "{:?}",
            String::from_utf8_lossy(bytes)
        );
    }
}

#[test]
fn unknown_messages_are_ignored_or_refused() {
    let (_home, mut client) = connect();
    client.notify("$/whatever", json!({"a": 1}));
    client.notify("doppio/unheardOf", json!([]));
    client.notify(
        "workspace/didChangeConfiguration",
        json!({"settings": null}),
    );
    client.notify(
        "textDocument/didChange",
        json!({"textDocument": {"uri": "file:///not/open", "version": 1}, "contentChanges": []}),
    );
    client.notify("textDocument/didOpen", json!("not what it should be"));
    let id = client.ask("doppio/unheardOf", json!({}));
    assert_eq!(client.reply(id)["error"]["code"], -32601);
    let id = client.ask("textDocument/hover", json!({"textDocument": 1}));
    assert_eq!(client.reply(id)["error"]["code"], -32602);
    let id = client.ask(
        "workspace/executeCommand",
        json!({"command": "doppio.nonsense", "arguments": []}),
    );
    assert_eq!(client.reply(id)["error"]["code"], -32602);
    let id = client.ask(
        "workspace/executeCommand",
        json!({"command": "doppio.run", "arguments": [{}]}),
    );
    assert_eq!(client.reply(id)["error"]["code"], -32602);
    assert_eq!(
        client.request("textDocument/hover", at(URI, 0, 0)),
        Value::Null
    );
    assert_eq!(client.quit().code(), Some(0));
}

#[test]
fn a_client_that_never_answers_is_served_all_the_same() {
    let (_home, mut client) = connect();
    client.reply_with(Replies::Never);
    client.open(URI, RECIPE);
    client.diagnostics(URI, 0);
    for _ in 0..20 {
        let run = json!({"command": "doppio.run", "arguments": [{"uri": URI, "dryRun": true}]});
        client.request("workspace/executeCommand", run);
        assert!(client.request("textDocument/hover", at(URI, 0, 2))["contents"].is_object());
    }
    assert_eq!(client.quit().code(), Some(0));
}

#[test]
fn a_client_that_stops_reading_costs_no_memory_and_is_served_later() {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = server(home.path());
    let mut server = ProcessGroup::spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()));
    let mut input = server.child().stdin.take().expect("a pipe");
    let mut say = |message: Value| {
        let body = message.to_string();
        std::io::Write::write_all(
            &mut input,
            format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes(),
        )
    };
    let hello = json!({"processId": null, "rootUri": null, "capabilities": offers()});
    say(json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}))
        .expect("it reads");
    // It may be spoken to once it has answered; that is the last thing that is read for long.
    let mut output = server.child().stdout.take().expect("a pipe");
    let mut answer = Vec::new();
    while !String::from_utf8_lossy(&answer).contains("serverInfo") {
        let mut piece = [0; 4096];
        let length = output.read(&mut piece).expect("it answers");
        answer.extend_from_slice(&piece[..length]);
    }
    say(json!({"jsonrpc": "2.0", "method": "initialized", "params": {}})).expect("it reads");
    let document = json!({"uri": URI, "languageId": "toml", "version": 0, "text": RECIPE});
    say(json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": document}})).expect("it reads");
    // Each version has many things wrong: unread, they would be a gigabyte.
    let wrong: String = (0..500)
        .map(|n| format!("wrong_key_number_{n} = 1\n"))
        .collect();
    for version in 1..=3000 {
        let text = format!("[recipe]\nname = \"x\"\n# {version}\n{wrong}");
        let change = json!({"textDocument": {"uri": URI, "version": version}, "contentChanges": [{"text": text}]});
        say(json!({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": change}))
            .expect("it reads");
    }
    let resident = || {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", server.id())).expect("it lives");
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .expect("its memory");
        let kilobytes = line
            .split_whitespace()
            .nth(1)
            .and_then(|it| it.parse::<u64>().ok());
        kilobytes.expect("a number") / 1024
    };
    assert!(resident() < 200, "{} MiB", resident());
    let heard = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let hearing = heard.clone();
    std::thread::spawn(move || {
        let mut piece = [0; 65536];
        while let Ok(length @ 1..) = output.read(&mut piece) {
            hearing
                .lock()
                .expect("nobody panics")
                .extend_from_slice(&piece[..length]);
        }
    });
    wait_until(Duration::from_secs(60), "the newest version", || {
        let heard = heard.lock().expect("nobody panics");
        let tail = &heard[heard.len().saturating_sub(400_000)..];
        String::from_utf8_lossy(tail).contains("\"version\":3000")
    });
}

#[test]
fn it_answers_at_once() {
    let home = tempfile::tempdir().expect("a folder");
    let mut times: Vec<Duration> = (0..10)
        .map(|_| {
            let started = Instant::now();
            let mut client = LspClient::start(&mut server(home.path()));
            client.request(
                "initialize",
                json!({"processId": null, "rootUri": null, "capabilities": {}}),
            );
            started.elapsed()
        })
        .collect();
    times.sort();
    // The aim is 20 ms in a release build on a quiet machine; this finds what waits for something.
    assert!(times[0] < Duration::from_millis(500), "{times:?}");
}

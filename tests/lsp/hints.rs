//! What is shown within the text, through the protocol.

use serde_json::{Value, json};
use testkit::lsp_client::LspClient;

use super::{URI, server};

const TEXT: &str = "[recipe]\r\nname = \"x\"\r\n[variables]\r\nmodel = \"bert\"\r\n[[step]]\r\nid = \"a\"\r\ntimeout_secs = 90\r\nretry = {}\r\nssh_command = { host_id = \"local\", command = \"\"\"\r\necho 😀 ${model}\r\n\"\"\" }\r\n";

/// Where the hints of some lines stand and what they say.
fn hints(client: &mut LspClient, first: u32, last: u32) -> Vec<(u64, u64, String)> {
    let place = |line: u32| json!({"line": line, "character": 0});
    let range = json!({"start": place(first), "end": place(last)});
    let params = json!({"textDocument": {"uri": URI}, "range": range});
    let found = client.request("textDocument/inlayHint", params);
    let one = |hint: &Value| {
        let at = |name: &str| hint["position"][name].as_u64().expect("a number");
        let label = hint["label"].as_str().expect("a text").to_owned();
        (at("line"), at("character"), label)
    };
    found.as_array().expect("hints").iter().map(one).collect()
}

#[test]
fn hints_are_told_of_a_range_in_columns_of_the_client_and_switched_off() {
    let home = tempfile::tempdir().expect("a folder");
    let offers = json!({"textDocument": {"inlayHint": {}}, "workspace": {"inlayHint": {"refreshSupport": true}}});
    let (mut client, answer) = LspClient::connect(&mut server(home.path()), offers);
    assert_eq!(answer["inlayHintProvider"], true);
    client.open(URI, TEXT);
    let duration = (6, 17, "= 1 minute 30 seconds".to_owned());
    let retries = (7, 10, "at most 4 min 40 s".to_owned());
    // The emoji is two UTF-16 units.
    let value = (9, 16, "= bert".to_owned());
    assert_eq!(
        hints(&mut client, 0, 11),
        [duration.clone(), retries.clone(), value.clone()]
    );
    assert_eq!(hints(&mut client, 7, 8), [retries]);
    let settings = json!({"settings": {"doppio": {"hints": {"values": false, "retries": false}}}});
    client.notify("workspace/didChangeConfiguration", settings);
    client.heard("workspace/inlayHint/refresh");
    assert_eq!(hints(&mut client, 0, 11), [duration]);
    client.notify(
        "workspace/didChangeConfiguration",
        json!({"settings": {"hints": null}}),
    );
    client.heard("workspace/inlayHint/refresh");
    assert_eq!(hints(&mut client, 8, 11), [value]);
}

#[test]
fn who_shows_no_hints_is_offered_none() {
    let home = tempfile::tempdir().expect("a folder");
    let (_client, answer) = LspClient::connect(&mut server(home.path()), json!({}));
    assert_eq!(answer["inlayHintProvider"], Value::Null);
}

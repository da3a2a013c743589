//! Diagnostics, completion, hover and actions through the protocol.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::lsp_client::LspClient;

use super::{RECIPE, URI, at, connect, labels, offers, server};

/// A misspelt key, with a repair.
const WRONG: &str = "[recipe]\nname = \"x\"\n\n[[step]]\nid = \"a\"\ndepend_on = []\nsleep = { duration_secs = 1 }\n";

fn codes(found: &[Value]) -> Vec<&str> {
    found.iter().filter_map(|it| it["code"].as_str()).collect()
}

#[test]
fn what_is_wrong_is_said_and_taken_back() {
    let (_home, mut client) = connect();
    client.open(URI, WRONG);
    let found = client.diagnostics(URI, 0);
    assert_eq!(codes(&found), ["unknown-key"]);
    assert_eq!(found[0]["source"], "doppio");
    assert_eq!(found[0]["severity"], 1);
    let range = json!({"start": {"line": 5, "character": 0}, "end": {"line": 5, "character": 9}});
    assert_eq!(found[0]["range"], range);
    // There is a page to link to once the package says where its repository is.
    let page = found[0]["codeDescription"]["href"].as_str();
    assert!(
        page.is_none_or(|page| page.ends_with("docs/checks/unknown-key.md")),
        "{page:?}"
    );
    client.replace(URI, 1, &WRONG.replace("depend_on", "depends_on"));
    assert_eq!(client.diagnostics(URI, 1), [json!(null); 0]);
}

#[test]
fn the_text_is_told_as_the_server_has_it() {
    let (_home, mut client) = connect();
    let asked = json!({"uri": URI});
    assert_eq!(client.request("doppio/text", asked.clone()), Value::Null);
    client.open(URI, "a = 1\r\n");
    let place = json!({"line": 0, "character": 4});
    let end = json!({"line": 0, "character": 5});
    client.notify(
        "textDocument/didChange",
        json!({
            "textDocument": {"uri": URI, "version": 7},
            "contentChanges": [{"range": {"start": place, "end": end}, "text": "\"é😀\""}],
        }),
    );
    let text = client.request("doppio/text", asked);
    assert_eq!(text, json!({"version": 7, "text": "a = \"é😀\"\r\n"}));
}

#[test]
fn closing_takes_everything_back() {
    let (_home, mut client) = connect();
    client.open(URI, WRONG);
    client.diagnostics(URI, 0);
    client.notify(
        "textDocument/didClose",
        json!({"textDocument": {"uri": URI}}),
    );
    let params = client.heard("textDocument/publishDiagnostics");
    assert_eq!(
        (&params["uri"], &params["diagnostics"]),
        (&json!(URI), &json!([]))
    );
}

#[test]
fn of_toml_that_is_no_recipe_nothing_is_said() {
    let (_home, mut client) = connect();
    let uri = "file:///work/Cargo.toml";
    client.open(uri, "[package]\nname = 1\nname = 2\n");
    assert_eq!(
        client.request("textDocument/hover", at(uri, 1, 0)),
        Value::Null
    );
    assert_eq!(
        client.request("textDocument/completion", at(uri, 1, 0)),
        Value::Null
    );
    let lenses = client.request(
        "textDocument/codeLens",
        json!({"textDocument": {"uri": uri}}),
    );
    assert_eq!(lenses, Value::Null);
    let said = client.everything_within(Duration::from_millis(200));
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn what_stops_being_a_recipe_is_cleared() {
    let (_home, mut client) = connect();
    let uri = "file:///work/a.toml";
    client.open(uri, WRONG);
    assert_eq!(client.diagnostics(uri, 0).len(), 1);
    client.replace(uri, 1, "[package]\nname = 1\n");
    assert_eq!(client.diagnostics(uri, 1), [json!(null); 0]);
    client.replace(uri, 2, "[package]\nname = 12\n");
    let said = client.everything_within(Duration::from_millis(200));
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn columns_are_counted_in_what_was_agreed() {
    let text = "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\nssh_command = { command = \"ä😀\", wrong = 1, host_id = \"local\" }\n";
    for (offered, agreed, column) in [
        (json!(["utf-16", "utf-8"]), "utf-8", 36),
        (json!(["utf-16"]), "utf-16", 33),
        (json!(["utf-32"]), "utf-32", 32),
        (Value::Null, "utf-16", 33),
    ] {
        let home = tempfile::tempdir().expect("a folder");
        let general = json!({"general": {"positionEncodings": offered}});
        let capabilities = if offered.is_null() {
            json!({})
        } else {
            general
        };
        let (mut client, server) = LspClient::connect(&mut server(home.path()), capabilities);
        assert_eq!(server["positionEncoding"], agreed);
        client.open(URI, text);
        let found = client.diagnostics(URI, 0);
        let start = json!({"line": 4, "character": column});
        assert!(
            found.iter().any(|it| it["range"]["start"] == start),
            "{agreed}: {found:?}"
        );
    }
}

#[test]
fn completion_edits_the_word_around_the_cursor() {
    let (_home, mut client) = connect();
    client.open(URI, "[recipe]\nname = \"x\"\n[target]\ntype = \"loc\"\n");
    let completion = client.request("textDocument/completion", at(URI, 3, 9));
    assert_eq!(labels(&completion)[..2], ["any", "local"]);
    let edit = &completion["items"][1]["textEdit"];
    let range = json!({"start": {"line": 3, "character": 8}, "end": {"line": 3, "character": 11}});
    assert_eq!(
        (&edit["range"], &edit["newText"]),
        (&range, &json!("local"))
    );
}

#[test]
fn hover_explains_a_key() {
    let (_home, mut client) = connect();
    client.open(URI, RECIPE);
    let hover = client.request("textDocument/hover", at(URI, 5, 3));
    let text = hover["contents"]["value"].as_str().unwrap_or_default();
    assert!(text.contains("**ssh_command**"), "{text}");
    assert_eq!(hover["range"]["end"]["character"], 11);
}

#[test]
fn a_fix_mends_what_is_wrong() {
    let (_home, mut client) = connect();
    client.open(URI, WRONG);
    client.diagnostics(URI, 0);
    let place = json!({"line": 5, "character": 3});
    let mut params = json!({"textDocument": {"uri": URI}, "range": {"start": place, "end": place}, "context": {"diagnostics": []}});
    let actions = client.request("textDocument/codeAction", params.clone());
    let fix = &actions[0];
    assert_eq!(fix["kind"], "quickfix");
    assert_eq!(fix["diagnostics"][0]["code"], "unknown-key");
    let change = &fix["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({"uri": URI, "version": 0}));
    assert_eq!(change["edits"][0]["newText"], "depends_on");
    let titles: Vec<_> = actions
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it["title"].as_str())
        .collect();
    let others = [
        "Run step 'a'",
        "Run recipe",
        "Dry run",
        "Show what step 'a' sends",
    ];
    assert_eq!(titles[1..], others);
    params["context"]["only"] = json!(["quickfix"]);
    let fixes = client.request("textDocument/codeAction", params);
    assert_eq!(fixes.as_array().map(Vec::len), Some(1));
}

#[test]
fn every_lens_has_a_command_that_the_server_announced() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut client, server) = LspClient::connect(&mut server(home.path()), offers());
    client.open(URI, RECIPE);
    let lenses = client.request(
        "textDocument/codeLens",
        json!({"textDocument": {"uri": URI}}),
    );
    let lenses = lenses.as_array().expect("lenses");
    let titles: Vec<_> = lenses
        .iter()
        .filter_map(|it| it["command"]["title"].as_str())
        .collect();
    assert_eq!(titles, ["Run recipe", "Dry run", "Run step"]);
    let announced = server["executeCommandProvider"]["commands"]
        .as_array()
        .expect("commands");
    assert!(
        lenses
            .iter()
            .all(|it| announced.contains(&it["command"]["command"]))
    );
    assert_eq!(lenses[2]["range"]["start"]["line"], 3);
}

#[test]
fn a_recipe_with_errors_does_not_run_and_says_why() {
    let (_home, mut client) = connect();
    client.open(URI, WRONG);
    client.request(
        "workspace/executeCommand",
        json!({"command": "doppio.run", "arguments": [{"uri": URI}]}),
    );
    let message = client.heard("window/showMessage");
    assert_eq!(message["type"], 1);
    let text = message["message"].as_str().unwrap_or_default();
    assert!(
        text.starts_with("'x' was not started: line 6:") && text.contains("depends_on"),
        "{text}"
    );
}

#[test]
fn who_pulls_is_not_pushed_to() {
    let home = tempfile::tempdir().expect("a folder");
    let pull = json!({"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": true}}});
    let (mut client, server) = LspClient::connect(&mut server(home.path()), pull);
    assert!(server["diagnosticProvider"].is_object());
    client.open(URI, WRONG);
    let pull = |client: &mut LspClient, previous: &Value| {
        let document = json!({"uri": URI});
        let params = json!({"textDocument": document, "previousResultId": previous});
        client.request("textDocument/diagnostic", params)
    };
    let report = pull(&mut client, &Value::Null);
    assert_eq!(report["kind"], "full");
    assert_eq!(report["items"][0]["code"], "unknown-key");

    // What is known already is not said again, also after an edit that moves nothing.
    let id = &report["resultId"];
    let unchanged = json!({"kind": "unchanged", "resultId": id});
    assert_eq!(pull(&mut client, id), unchanged);
    client.replace(URI, 1, &format!("{WRONG}# a remark\n"));
    assert_eq!(pull(&mut client, id), unchanged);
    client.replace(URI, 2, &format!("\n{WRONG}"));
    let moved = pull(&mut client, id);
    assert_eq!(moved["items"][0]["range"]["start"]["line"], 6);
    client.replace(URI, 3, &WRONG.replace("depend_on", "depends_on"));
    let mended = pull(&mut client, &moved["resultId"]);
    assert_eq!(
        (&mended["kind"], &mended["items"]),
        (&json!("full"), &json!([]))
    );
    let said = client.everything_within(Duration::from_millis(200));
    assert!(
        said.iter()
            .all(|it| it["method"] != "textDocument/publishDiagnostics"),
        "{said:?}"
    );
}

#[test]
fn who_cannot_be_told_to_pull_again_is_pushed_to() {
    let home = tempfile::tempdir().expect("a folder");
    let pull = json!({"textDocument": {"diagnostic": {}}});
    let (mut client, server) = LspClient::connect(&mut server(home.path()), pull);
    assert_eq!(server.get("diagnosticProvider"), None);
    client.open(URI, WRONG);
    assert_eq!(codes(&client.diagnostics(URI, 0)), ["unknown-key"]);
}

/// A program that is given a secret as an argument, and a version that is none.
const LOUD: &str = "[recipe]\nname = \"x\"\nversion = \"one\"\n\n[[step]]\nid = \"a\"\n\
    ssh_command = { command = \"login --token ${secret:a/b}\" }\n";

#[test]
fn the_user_chooses_levels_at_the_start_and_later() {
    let home = tempfile::tempdir().expect("a folder");
    let options = json!({"levels": {"version-not-semver": "off", "secret-in-argument": "info"}});
    let mut client = LspClient::start(&mut server(home.path()));
    let initialize = json!({"processId": null, "rootUri": null, "capabilities": super::offers(), "initializationOptions": options});
    client.request("initialize", initialize);
    client.notify("initialized", json!({}));
    client.open(URI, LOUD);
    let levels = |found: &[Value]| -> Vec<(String, i64)> {
        let one = |it: &Value| Some((it["code"].as_str()?.to_owned(), it["severity"].as_i64()?));
        found.iter().filter_map(one).collect()
    };
    let found = client.diagnostics(URI, 0);
    assert_eq!(levels(&found), [("secret-in-argument".to_owned(), 3)]);
    client.notify("workspace/didChangeConfiguration", json!({"settings": {}}));
    let settings = json!({"settings": {"doppio": {"levels": {"secret-in-argument": "error", "unknown-key": "off"}}}});
    client.notify("workspace/didChangeConfiguration", settings);
    let said = client.heard("window/showMessage");
    let text = said["message"].as_str().unwrap_or_default();
    assert!(
        text.contains("'unknown-key' cannot be less than an error"),
        "{text}"
    );
    let params = client.heard("textDocument/publishDiagnostics");
    let found = params["diagnostics"].as_array().expect("a list");
    let both = [
        ("version-not-semver".to_owned(), 4),
        ("secret-in-argument".to_owned(), 1),
    ];
    assert_eq!(levels(found), both);
}

#[test]
fn what_is_found_can_be_allowed_where_it_is() {
    let (_home, mut client) = connect();
    client.open(URI, LOUD);
    client.diagnostics(URI, 0);
    let range = json!({"start": {"line": 6, "character": 45}, "end": {"line": 6, "character": 45}});
    let params =
        json!({"textDocument": {"uri": URI}, "range": range, "context": {"diagnostics": []}});
    let actions = client.request("textDocument/codeAction", params);
    let actions = actions.as_array().expect("a list");
    let allow = actions
        .iter()
        .find(|it| it["title"] == "Allow secret-in-argument here");
    let allow = allow.unwrap_or_else(|| panic!("{actions:?}"));
    let edit = &allow["edit"]["documentChanges"][0]["edits"][0];
    assert_eq!(edit["newText"], "# doppio: allow(secret-in-argument)\n");
    assert_eq!(edit["range"]["start"], json!({"line": 6, "character": 0}));
    let text = LOUD.replace(
        "ssh_command",
        "# doppio: allow(secret-in-argument)\nssh_command",
    );
    client.replace(URI, 1, &text);
    assert_eq!(codes(&client.diagnostics(URI, 1)), ["version-not-semver"]);
}

#[test]
fn what_is_not_needed_is_shown_faded() {
    let text = "[recipe]\nname = \"x\"\n[variables]\nunused = \"x\"\n";
    for (tags, expected) in [
        (json!({"valueSet": [1, 2]}), json!([1])),
        (json!({"valueSet": [2]}), Value::Null),
    ] {
        let home = tempfile::tempdir().expect("a folder");
        let published = json!({"textDocument": {"publishDiagnostics": {"tagSupport": tags}}});
        let (mut client, _) = LspClient::connect(&mut server(home.path()), published);
        client.open(URI, text);
        let found = client.diagnostics(URI, 0);
        assert_eq!(codes(&found), ["unused-variable"]);
        assert_eq!(found[0]["tags"], expected);
    }
}

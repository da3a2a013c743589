//! What the real shellcheck says reaches the editor at its place, and only where it may start.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::lsp_client::LspClient;

use super::{URI, offers, server};

const RECIPE: &str = "[recipe]\nname = \"x\"\n[variables]\ndir = \"build\"\n[[step]]\nid = \"a\"\n\
    ssh_command = { command = \"ä=1\\n\\tcd ${dir} && rm -f $FILES\", host_id = \"local\" }\n";

fn connect(home: &std::path::Path, options: &Value) -> LspClient {
    let mut client = LspClient::start(&mut server(home));
    let params = json!({
        "processId": null, "rootUri": null, "capabilities": offers(), "initializationOptions": options,
    });
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    client
}

#[test]
fn a_remark_comes_by_itself_at_its_place() {
    let home = tempfile::tempdir().expect("a folder");
    let mut client = connect(home.path(), &json!({}));
    client.open(URI, RECIPE);
    let is_remark = |it: &Value| it["code"] == "shellcheck";
    let message = client.wait("remarks", |message| {
        let found = message["params"]["diagnostics"].as_array();
        found.is_some_and(|found| found.iter().any(is_remark))
    });
    let found = message["params"]["diagnostics"].as_array().expect("a list");
    let remark = found.iter().find(|it| is_remark(it)).expect("a remark");
    assert!(
        remark["message"]
            .as_str()
            .is_some_and(|it| it.contains("SC2086")),
        "{remark}"
    );
    assert_eq!(remark["severity"], 4);
    let line = RECIPE.lines().nth(6).expect("a line");
    let column = |place: &Value| place["character"].as_u64().expect("a column") as usize;
    let range = &remark["range"];
    assert_eq!(range["start"]["line"], 6);
    assert_eq!(
        &line[column(&range["start"])..column(&range["end"])],
        "$FILES"
    );
    // Its repair, with the quotes as this string must have them.
    let about =
        json!({"textDocument": {"uri": URI}, "range": range, "context": {"diagnostics": []}});
    let actions = client.request("textDocument/codeAction", about);
    let actions = actions.as_array().expect("actions");
    let is_it = |it: &&Value| it["title"] == "Change to '\"$FILES\"'";
    let fix = actions.iter().find(is_it).expect("a fix");
    let edits = fix["edit"]["documentChanges"][0]["edits"].as_array();
    let mut mended = line.to_owned();
    for edit in edits.expect("edits").iter().rev() {
        let place = column(&edit["range"]["start"])..column(&edit["range"]["end"]);
        mended.replace_range(place, edit["newText"].as_str().expect("a text"));
    }
    assert_eq!(mended, line.replace("$FILES", "\\\"$FILES\\\""));
    assert_eq!(client.quit().code(), Some(0));
}

#[test]
fn it_does_not_start_where_it_may_not() {
    let home = tempfile::tempdir().expect("a folder");
    // A program of that name leaves a trace when it starts.
    let started = home.path().join("started");
    let program = home.path().join("shellcheck");
    std::fs::write(&program, format!("#!/bin/sh\n: >'{}'\n", started.display())).expect("a file");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).expect("it may run");
    let run = |options: Value, waits: bool| {
        let mut command = server(home.path());
        command.env("PATH", home.path());
        let mut client = LspClient::start(&mut command);
        let params = json!({
            "processId": null, "rootUri": null, "capabilities": offers(), "initializationOptions": options,
        });
        client.request("initialize", params);
        client.notify("initialized", json!({}));
        client.open(URI, RECIPE);
        client.diagnostics(URI, 0);
        let limit = std::time::Instant::now() + Duration::from_secs(20);
        while waits && !started.exists() && std::time::Instant::now() < limit {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(client.quit().code(), Some(0));
        started.exists()
    };
    assert!(!run(json!({"trusted": false}), false));
    assert!(!run(json!({"levels": {"shellcheck": "off"}}), false));
    assert!(run(json!({}), true), "it starts where it may");
}

//! From names to places through the protocol.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use testkit::keyring::Keyring;
use testkit::lsp_client::{LspClient, file_uri};

use super::{URI, at, connect, server};

/// The secret stands behind characters that each encoding counts in its own way, and lines end as on
/// Windows.
const TEXT: &str = "[recipe]\r\nname = \"x\"\r\n[variables]\r\nmodel = \"bert\"\r\n[[step]]\r\nid = \"a\"\r\nssh_command = { host_id = \"local\", command = \"echo ä😀 ${model} ${secret:x/y}\" }\r\n[[step]]\r\nid = \"b\"\r\ndepends_on = [\"a\"]\r\nssh_command = { host_id = \"local\", command = \"\"\"\r\necho ${secret:x/y} # ${model}\r\n\"\"\" }\r\n";

const OTHER: &str =
    "[recipe]\nname = \"y\"\n[variables]\ntoken = '${secret:x/y}'\nmodel = 'other'\n";
const OTHER_URI: &str = "file:///work/other.recipe.toml";

fn range(line: u32, start: u32, end: u32) -> Value {
    json!({"start": {"line": line, "character": start}, "end": {"line": line, "character": end}})
}

fn ranges(found: &Value) -> Vec<&Value> {
    let found = found.as_array().expect("places").iter();
    found.map(|it| &it["range"]).collect()
}

#[test]
fn names_are_followed_to_every_place() {
    let (_home, mut client) = connect();
    client.open(URI, TEXT);
    client.open(OTHER_URI, OTHER);
    let model = at(URI, 11, 23);
    let definition = client.request("textDocument/definition", model.clone());
    assert_eq!(definition, json!([{"uri": URI, "range": range(3, 0, 5)}]));
    let declaration = client.request("textDocument/declaration", model.clone());
    assert_eq!(declaration, json!({"uri": URI, "range": range(3, 0, 5)}));
    let highlights = client.request("textDocument/documentHighlight", model);
    // In UTF-8, `ä😀` are six columns.
    let expected = [range(3, 0, 5), range(6, 60, 65), range(11, 23, 28)];
    assert_eq!(ranges(&highlights), expected.iter().collect::<Vec<_>>());
    assert_eq!(
        (&highlights[0]["kind"], &highlights[1]["kind"]),
        (&json!(3), &json!(2))
    );

    let mut secret = at(OTHER_URI, 3, 20);
    secret["context"] = json!({"includeDeclaration": false});
    let found = client.request("textDocument/references", secret);
    let uris: Vec<_> = found
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| &it["uri"])
        .collect();
    assert_eq!(uris, [OTHER_URI, URI, URI]);
    let nothing = client.request("textDocument/definition", at(URI, 1, 0));
    assert_eq!(nothing, json!([]));
}

#[test]
fn a_secret_is_renamed_in_all_recipes_at_once_and_with_versions() {
    let (_home, mut client) = connect();
    client.open(URI, TEXT);
    client.open(OTHER_URI, OTHER);
    let mut params = at(URI, 11, 15);
    let prepared = client.request("textDocument/prepareRename", params.clone());
    assert_eq!(
        prepared,
        json!({"range": range(11, 14, 17), "placeholder": "x/y"})
    );
    params["newName"] = json!("z/w");
    let edit = client.request("textDocument/rename", params.clone());
    let changes = edit["documentChanges"].as_array().expect("versioned edits");
    let documents: Vec<_> = changes
        .iter()
        .map(|it| &it["textDocument"]["uri"])
        .collect();
    assert_eq!(documents, [URI, OTHER_URI]);
    assert_eq!(changes[0]["textDocument"]["version"], 0);
    assert_eq!(changes[0]["edits"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        changes[1]["edits"][0],
        json!({"range": range(3, 18, 21), "newText": "z/w"})
    );

    params["newName"] = json!("not a name");
    let id = client.ask("textDocument/rename", params);
    let reply = client.reply(id);
    assert_eq!(reply["error"]["code"], -32803);
    let why = reply["error"]["message"].as_str().unwrap_or_default();
    assert!(why.contains("cannot name a secret"), "{why}");
}

#[test]
fn a_session_is_followed_from_the_recipe_that_starts_it_to_the_one_that_ends_it() {
    let (_home, mut client) = connect();
    let step = "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\n";
    client.open(
        URI,
        &format!("{step}tmux_new = {{ session_name = \"main\", command = \"train\" }}\n"),
    );
    client.open(
        OTHER_URI,
        &format!("{step}tmux_kill = {{ session_name = \"main\" }}\n"),
    );
    let mut params = at(OTHER_URI, 4, 31);
    params["context"] = json!({"includeDeclaration": true});
    let found = client.request("textDocument/references", params.clone());
    let found = found.as_array().into_iter().flatten();
    let uris: Vec<_> = found.map(|it| &it["uri"]).cloned().collect();
    assert_eq!(uris, [OTHER_URI, URI]);
    params["newName"] = json!("training");
    let edit = client.request("textDocument/rename", params);
    let changes = edit["documentChanges"].as_array().expect("versioned edits");
    let edited: Vec<_> = changes
        .iter()
        .map(|it| (&it["textDocument"]["uri"], &it["edits"][0]["range"]))
        .collect();
    assert_eq!(
        edited,
        [
            (&json!(OTHER_URI), &range(4, 30, 34)),
            (&json!(URI), &range(4, 29, 33))
        ]
    );
}

#[test]
fn who_offers_no_versions_gets_plain_changes_in_its_own_columns() {
    let home = tempfile::tempdir().expect("a folder");
    let offers = json!({"general": {"positionEncodings": ["utf-16"]}});
    let (mut client, capabilities) = LspClient::connect(&mut server(home.path()), offers);
    assert_eq!(
        capabilities["renameProvider"],
        json!(true),
        "nobody prepares"
    );
    client.open(URI, TEXT);
    let mut params = at(URI, 3, 2);
    params["newName"] = json!("base");
    let edit = client.request("textDocument/rename", params);
    let edits = &edit["changes"][URI];
    assert_eq!(
        edits[1],
        json!({"range": range(6, 57, 62), "newText": "base"})
    );
    assert_eq!(edits.as_array().map(Vec::len), Some(3));
}

/// A client whose workspace is `folder`.
fn connect_in(folder: &Path, mut command: std::process::Command) -> LspClient {
    let mut client = LspClient::start(&mut command);
    let offers = json!({"general": {"positionEncodings": ["utf-8"]}, "workspace": {"workspaceEdit": {"documentChanges": true}}, "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}}}}});
    let folders = json!([{"uri": file_uri(folder), "name": "work"}]);
    let params = json!({"processId": null, "rootUri": null, "workspaceFolders": folders, "capabilities": offers});
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    client
}

#[test]
fn recipes_that_are_not_open_are_looked_through_too() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("work");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
        fs::write(&path, text).expect("the folder takes files");
        file_uri(&path)
    };
    let here = write("here.toml", TEXT);
    let there = write("deep/there.toml", OTHER);
    let open = write("open.toml", "[recipe]\nname = '${secret:x/y}'\n");
    write("ignored/a.toml", OTHER);
    write(".gitignore", "ignored\n");
    write("Cargo.toml", "[package]\nname = 'x/y'\n");
    let mut client = connect_in(&folder, server(home.path()));
    client.open(&here, TEXT);
    // What is open counts, not what its file holds.
    client.open(&open, "[variables]\nz = 'nothing'\n[[step]]\nid = 'z'\n");

    let mut params = at(&here, 11, 15);
    params["context"] = json!({"includeDeclaration": true});
    let found = client.request("textDocument/references", params.clone());
    let uris: Vec<_> = found
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| &it["uri"])
        .collect();
    assert_eq!(uris, [&json!(here), &json!(here), &json!(there)]);
    params["newName"] = json!("z/w");
    let edit = client.request("textDocument/rename", params);
    let documents: Vec<_> = edit["documentChanges"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| &it["textDocument"])
        .collect();
    let closed = json!({"uri": there, "version": null});
    assert_eq!(documents, [&json!({"uri": here, "version": 0}), &closed]);
    let found = client.request("workspace/symbol", json!({"query": "token"}));
    assert_eq!(found[0]["location"]["uri"], json!(there));
    // A step is its recipe's own.
    let mut params = at(&here, 5, 7);
    params["context"] = json!({"includeDeclaration": true});
    let found = client.request("textDocument/references", params);
    assert_eq!(found.as_array().map(Vec::len), Some(2));
}

/// Hosts are written down in files of the user's, which are read and not asked anything.
#[test]
fn a_host_leads_to_where_it_is_written_down_and_is_renamed_there() {
    let home = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
        fs::write(&path, text).expect("the folder takes files");
        file_uri(&path)
    };
    let own = write(
        ".config/doppio/hosts.toml",
        "# ä\n[hosts.gpu-1] # mine\nhostname = \"x\"\n",
    );
    let ssh = write(".ssh/config", "Host other gpu-2\n  HostName x\n");
    let text = "[recipe]\nname = \"x\"\n[variables]\nh = \"gpu-1\"\n[[step]]\nid = \"a\"\nssh_command = { host_id = \"gpu-1\", command = \"true\" }\n[[step]]\nid = \"b\"\nssh_command = { host_id = \"root@gpu-2\", command = \"true\" }\n[[step]]\nid = \"c\"\nssh_command = { host_id = \"${h}\", command = \"true\" }\n";
    let mut client = connect_in(&home.path().join("work"), server(home.path()));
    client.open(URI, text);
    for (line, character, file, place) in [
        (3, 6, &own, range(1, 7, 12)),
        (6, 28, &own, range(1, 7, 12)),
        (9, 28, &ssh, range(0, 11, 16)),
    ] {
        let found = client.request("textDocument/definition", at(URI, line, character));
        assert_eq!(found, json!([{"uri": file, "range": place}]), "{line}");
        let found = client.request("textDocument/declaration", at(URI, line, character));
        assert_eq!(found["uri"], json!(file), "{line}");
    }
    let mut params = at(URI, 6, 28);
    params["newName"] = json!("big.one");
    let edit = client.request("textDocument/rename", params.clone());
    let changes = edit["documentChanges"].as_array().expect("versioned edits");
    assert_eq!(changes[0]["edits"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        changes[1]["textDocument"],
        json!({"uri": own, "version": null})
    );
    assert_eq!(
        changes[1]["edits"],
        json!([{"range": range(1, 7, 12), "newText": "\"big.one\""}])
    );
    let refused = |client: &mut LspClient, params: Value| {
        let id = client.ask("textDocument/rename", params);
        client.reply(id)["error"]["message"].to_string()
    };
    params["newName"] = json!("gpu-2");
    assert!(refused(&mut client, params.clone()).contains("a host 'gpu-2' already"));
    params["newName"] = json!("root@x");
    assert!(refused(&mut client, params).contains("no `@`"));
    // Only its user changes: the name in the file stays.
    let mut params = at(URI, 9, 28);
    params["newName"] = json!("admin@gpu-2");
    let edit = client.request("textDocument/rename", params);
    assert_eq!(edit["documentChanges"].as_array().map(Vec::len), Some(1));
}

#[test]
fn the_keychain_is_renamed_by_an_action_at_the_new_name() {
    let keyring = Keyring::start();
    keyring.store("x/y", "canary-4711-hunter22");
    let mut lsp = keyring.command(super::DOPPIO);
    lsp.arg("lsp");
    let home = tempfile::tempdir().expect("a folder");
    let mut client = connect_in(home.path(), lsp);
    client.open(URI, TEXT);
    let mut params = at(URI, 11, 15);
    params["newName"] = json!("z/w");
    // The server does not wait for the keychain: until it has told its names, nothing is known of it.
    let place = json!({"line": 11, "character": 15});
    let about = json!({"textDocument": {"uri": URI}, "range": {"start": place, "end": place}, "context": {"diagnostics": []}});
    let renamed = TEXT.replace("x/y", "z/w");
    let title = "Rename 'x/y' to 'z/w' in the keychain";
    let mut version = 0;
    let action = testkit::poll(std::time::Duration::from_secs(30), || {
        version += 2;
        client.replace(URI, version, TEXT);
        client.request("textDocument/rename", params.clone());
        client.replace(URI, version + 1, &renamed);
        let actions = client.request("textDocument/codeAction", about.clone());
        let mut actions = actions.as_array().into_iter().flatten();
        actions.find(|it| it["title"] == title).cloned()
    });
    let command = action.expect("the keychain's part is offered")["command"].clone();
    let told = client.heard("window/showMessage")["message"].to_string();
    assert!(told.contains("doppio secret rename x/y z/w"), "{told}");
    client.forget();
    client.request(
        "workspace/executeCommand",
        json!({"command": command["command"], "arguments": command["arguments"]}),
    );
    let told = client.wait("word of the rename", |it| {
        it["method"] == "window/showMessage" && it.to_string().contains("Renamed 'x/y'")
    });
    assert!(
        told.to_string().contains("to 'z/w' in the keychain"),
        "{told}"
    );
    assert_eq!(
        keyring.lookup("z/w").as_deref(),
        Some("canary-4711-hunter22")
    );
    assert_eq!(keyring.lookup("x/y"), None);
    assert!(!client.traffic().contains("canary"));
}

//! What a recipe consists of, through the protocol.

use std::fs;

use serde_json::{Value, json};
use testkit::lsp_client::{LspClient, file_uri};

use super::{URI, at, connect, labels, server};

const TEXT: &str = "# One\r\n# two: https://example.org/ä\r\n[recipe]\r\nname = \"x\"\r\n[variables]\r\nmodel = \"bert\"\r\n[[step]]\r\nid = \"a\"\r\nssh_command = { host_id = \"local\", command = \"\"\"\r\necho 😀 ${model}\r\n\"\"\" }\r\n[[step]]\r\nid = \"b\"\r\ndepends_on = [\"a\"]\r\nssh_command = { host_id = \"local\", command = \"${step.a.output}\" }\r\n";

fn about(uri: &str) -> Value {
    json!({"textDocument": {"uri": uri}})
}

fn names(list: &Value) -> Vec<&str> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(|it| it["name"].as_str()).collect()
}

#[test]
fn symbols_are_a_tree_where_that_is_offered_and_else_a_list() {
    let (_home, mut client) = connect();
    client.open(URI, TEXT);
    let list = client.request("textDocument/documentSymbol", about(URI));
    let expected = [
        "x",
        "variables",
        "model",
        "a",
        "ssh_command",
        "b",
        "ssh_command",
    ];
    assert_eq!(names(&list), expected);
    assert_eq!(list[2]["containerName"], "variables");

    let home = tempfile::tempdir().expect("a folder");
    let offers =
        json!({"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": true}}});
    let (mut client, _) = LspClient::connect(&mut server(home.path()), offers);
    client.open(URI, TEXT);
    let tree = client.request("textDocument/documentSymbol", about(URI));
    assert_eq!(names(&tree), ["x", "variables", "a", "b"]);
    assert_eq!(names(&tree[1]["children"]), ["model"]);
    assert_eq!(tree[2]["range"]["end"], json!({"line": 10, "character": 5}));
    assert_eq!(
        tree[2]["selectionRange"]["start"],
        json!({"line": 7, "character": 6})
    );
    let found = client.request("workspace/symbol", json!({"query": "mdl"}));
    assert_eq!(names(&found), ["model"]);
    assert_eq!(found[0]["containerName"], "x");
}

#[test]
fn folds_and_selections_are_lines_and_columns_of_the_client() {
    let (_home, mut client) = connect();
    client.open(URI, TEXT);
    let folds = client.request("textDocument/foldingRange", about(URI));
    let lines = |it: &Value| (it["startLine"].as_u64(), it["endLine"].as_u64());
    let folds: Vec<_> = folds.as_array().into_iter().flatten().map(lines).collect();
    let expected = [(0, 1), (2, 3), (4, 5), (6, 10), (8, 9), (11, 14)];
    assert_eq!(folds, expected.map(|(start, end)| (Some(start), Some(end))));

    let mut params = about(URI);
    params["positions"] = json!([{"line": 9, "character": 13}]);
    let selection = &client.request("textDocument/selectionRange", params)[0];
    let columns = |it: &Value| {
        (
            it["start"]["character"].clone(),
            it["end"]["character"].clone(),
        )
    };
    assert_eq!(
        columns(&selection["range"]),
        (json!(12), json!(17)),
        "😀 is four bytes"
    );
    assert_eq!(
        columns(&selection["parent"]["range"]),
        (json!(10), json!(18))
    );
}

#[test]
fn steps_are_a_hierarchy() {
    let (_home, mut client) = connect();
    client.open(URI, TEXT);
    let items = client.request("textDocument/prepareCallHierarchy", at(URI, 13, 15));
    assert_eq!(names(&items), ["a"]);
    let incoming = client.request("callHierarchy/incomingCalls", json!({"item": items[0]}));
    assert_eq!(incoming[0]["from"]["name"], "b");
    assert_eq!(incoming[0]["fromRanges"].as_array().map(Vec::len), Some(2));
    let item = &incoming[0]["from"];
    let outgoing = client.request("callHierarchy/outgoingCalls", json!({"item": item}));
    assert_eq!(outgoing[0]["to"]["name"], "a");
    let linked = client.request("textDocument/linkedEditingRange", at(URI, 7, 6));
    assert_eq!(linked["ranges"].as_array().map(Vec::len), Some(3));
    let nothing = client.request("textDocument/linkedEditingRange", at(URI, 13, 15));
    assert_eq!(nothing, Value::Null);
}

#[test]
fn files_that_are_there_and_urls_are_links() {
    let (home, mut client) = connect();
    fs::write(home.path().join("data.csv"), "1").expect("the home takes files");
    let uri = file_uri(&home.path().join("a.recipe.toml"));
    let text = "[[step]]\nid = \"a\" # https://example.org/x\nrsync_upload = { local_path = \"data.csv\", remote_path = \"/x\" }\n[[step]]\nid = \"b\"\nrsync_upload = { local_path = \"none.csv\", remote_path = \"/x\" }\n";
    client.open(&uri, text);
    let links = client.request("textDocument/documentLink", about(&uri));
    let targets: Vec<_> = links
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| &it["target"])
        .collect();
    let file = file_uri(&home.path().join("data.csv"));
    assert_eq!(targets, [&json!("https://example.org/x"), &json!(file)]);
}

#[test]
fn files_are_completed_where_the_folder_is_trusted() {
    let text =
        "[[step]]\nid = \"a\"\nrsync_upload = { local_path = \"data/o\", remote_path = \"/x\" }\n";
    for (trusted, expected) in [(true, vec!["one.csv", "two/"]), (false, Vec::new())] {
        let home = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(home.path().join("data/two")).expect("the home takes folders");
        fs::write(home.path().join("data/one.csv"), "1").expect("the home takes files");
        let mut client = LspClient::start(&mut server(home.path()));
        let options = json!({"trusted": trusted});
        let params = json!({"processId": null, "rootUri": null, "capabilities": {}, "initializationOptions": options});
        client.request("initialize", params);
        client.notify("initialized", json!({}));
        let uri = file_uri(&home.path().join("a.recipe.toml"));
        client.open(&uri, text);
        let column = text.lines().nth(2).and_then(|line| line.find("o\","));
        let column = u32::try_from(column.expect("it is there")).expect("a short line") + 1;
        let found = client.request("textDocument/completion", at(&uri, 2, column));
        assert_eq!(labels(&found), expected, "{trusted}");
    }
}

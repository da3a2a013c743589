//! `doppio/graph` and `doppio graph`: the same recipe drawn for a client and on the command line.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{DOPPIO, URI, connect};

/// The name of the second is not ASCII: its columns differ between the encodings.
const RECIPE: &str = "[recipe]\nname = \"drawn\"\n\n[[step]]\nid = \"one\"\nsleep = { duration_secs = 1 }\n\n\
    [[step]]\nname = \"zwölf 😀\"\nid = \"two\"\nsleep = { duration_secs = 1 }\n\n\
    [[step]]\nid = \"both\"\ngroup = { steps = [\"two\"], mode = \"parallel\" }\ndepends_on = [\"one\"]\n";

#[test]
fn a_recipe_is_drawn_with_its_places() {
    let (_home, mut client) = connect();
    client.open(URI, RECIPE);
    let graph = client.request("doppio/graph", json!({"uri": URI}));
    let ids = |list: &str| -> Vec<&str> {
        let list = graph[list]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        list.iter().filter_map(|it| it["id"].as_str()).collect()
    };
    assert_eq!(
        (ids("nodes"), ids("groups")),
        (vec!["one", "two"], vec!["both"])
    );
    let two = &graph["nodes"][1];
    assert_eq!(
        (&two["group"], &two["name"]),
        (&json!("both"), &json!("zwölf 😀"))
    );
    let id = json!({"start": {"line": 9, "character": 6}, "end": {"line": 9, "character": 9}});
    assert_eq!(two["selectionRange"], id);
    assert_eq!(two["range"]["start"], json!({"line": 7, "character": 0}));
    let edge = &graph["edges"][0];
    assert_eq!(
        (&edge["from"], &edge["to"], &edge["inCycle"]),
        (&json!("one"), &json!("both"), &json!(false))
    );
    assert!(
        edge["path"]
            .as_str()
            .is_some_and(|path| path.starts_with('M'))
    );
    let drawn = |format: &str| {
        let mut child = Command::new(DOPPIO)
            .args(["graph", "-", "--format", format])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary is there");
        let mut input = child.stdin.take().expect("a pipe");
        input.write_all(RECIPE.as_bytes()).expect("it reads");
        drop(input);
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success());
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert_eq!(graph["svg"], json!(drawn("svg")));
    assert_eq!(graph["mermaid"], json!(drawn("mermaid")));
    assert!(drawn("text").contains("after one"));
    assert!(drawn("dot").starts_with("digraph \"drawn\" {"));
}

#[test]
fn what_is_half_typed_is_drawn_and_what_is_no_recipe_is_not() {
    let (_home, mut client) = connect();
    client.open(URI, &format!("{RECIPE}\n[[step]]\nid = \"thr"));
    let graph = client.request("doppio/graph", json!({"uri": URI}));
    assert_eq!(graph["nodes"].as_array().map(Vec::len), Some(3));
    let other = "file:///work/Cargo.toml";
    client.open(other, "[package]\n");
    assert_eq!(
        client.request("doppio/graph", json!({"uri": other})),
        Value::Null
    );
}

#[test]
fn too_many_steps_are_refused_and_the_server_goes_on() {
    let (_home, mut client) = connect();
    let many: String = (0..5_001)
        .map(|at| format!("[[step]]\nid = \"s{at}\"\n"))
        .collect();
    client.open(URI, &many);
    let asked = client.ask("doppio/graph", json!({"uri": URI}));
    let reply = client.reply(asked);
    let message = reply["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("5001 steps"), "{reply}");
    client.replace(URI, 1, RECIPE);
    assert_ne!(
        client.request("doppio/graph", json!({"uri": URI})),
        Value::Null
    );
}

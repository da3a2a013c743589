//! Runs for clients that show their events and ask for what they miss.

use std::fs;

use serde_json::{Value, json};

use super::editor::{Editor, recipe, step};
use super::offers;

/// A client that shows runs itself and asks questions.
fn showing() -> Value {
    let mut all = offers();
    all["experimental"] = json!({"doppio": {"runEvents": true, "wants": true}});
    all
}

/// The events of one run up to its last, and how it ended.
fn events(editor: &mut Editor) -> (Vec<Value>, Value) {
    let wants = editor.client.heard("doppio/runWants");
    // What came before it came first.
    let all = editor.client.everything_within(std::time::Duration::ZERO);
    let events = all
        .into_iter()
        .filter(|it| it["method"] == "doppio/runEvent");
    (events.map(|it| it["params"].clone()).collect(), wants)
}

fn set_loss(id: &str) -> String {
    format!("[[step]]\nid = \"{id}\"\nset_var = {{ name = \"loss\", value = \"0.1\" }}\n")
}

#[test]
fn every_event_of_a_run_is_told_and_nothing_else_is_said() {
    let text = recipe(&(step("one", "echo hello") + &step("two", "exit 3")));
    let mut editor = Editor::open(&text, showing());
    editor.run(&json!({}));
    let (events, wants) = events(&mut editor);
    let kinds: Vec<&str> = events
        .iter()
        .filter_map(|it| it["event"]["event"].as_str())
        .collect();
    assert_eq!(
        (kinds.first(), kinds.last()),
        (Some(&"run_started"), Some(&"run_finished"))
    );
    assert!(
        events.iter().any(|it| it["event"]["text"] == "hello\n"),
        "{events:#?}"
    );
    let id = events[0]["event"]["run_id"].clone();
    let is_same = |it: &&Value| it["runId"] == id && it["uri"] == json!(editor.uri);
    assert_eq!(events.iter().filter(is_same).count(), events.len());
    assert_eq!(
        wants,
        json!({"uri": editor.uri, "runId": id, "commands": [], "message": "'job' failed.", "approval": null})
    );
    let rest = editor
        .client
        .everything_within(std::time::Duration::from_millis(100));
    let said = rest
        .iter()
        .filter(|it| it["method"] == "window/showMessage" || it["method"] == "window/showDocument");
    assert_eq!(said.count(), 0, "{rest:#?}");
}

#[test]
fn a_run_goes_on_from_the_step_that_failed() {
    let text = recipe(
        &(step("one", "echo x >> FOLDER/one")
            + &step("two", "test -e FOLDER/ready")
            + &step("three", "touch FOLDER/three")
                .replace("id = \"three\"", "id = \"three\"\ndepends_on = [\"two\"]")),
    );
    let mut editor = Editor::open(&text, offers());
    editor.run(&json!({}));
    assert_eq!(editor.said().1, "'job' failed.");
    fs::write(editor.file("ready"), "").expect("a file");
    // What is edited meanwhile is no reason to start from the beginning.
    let folder = editor.file("").display().to_string();
    let mended = text.replace("FOLDER", folder.trim_end_matches('/')) + "# mended\n";
    let uri = editor.uri.clone();
    editor.client.replace(&uri, 1, &mended);
    let titles = |actions: Vec<Value>| -> Vec<String> {
        let title = |it: &Value| it["title"].as_str().map(str::to_owned);
        actions.iter().filter_map(title).collect()
    };
    assert!(!titles(editor.actions()).contains(&"Run again from here".to_owned()));
    editor.choose_at(5, "Run again from here");
    assert!(editor.said().1.starts_with("'job' succeeded"));
    assert_eq!(
        fs::read_to_string(editor.file("one")).expect("it ran"),
        "x\n",
        "once"
    );
    assert!(editor.file("three").exists());
}

#[test]
fn variables_replace_those_of_the_recipe() {
    let text = format!(
        "{}\n[variables]\nwho = \"nobody\"\n",
        recipe(&step("one", "echo ${who} > FOLDER/out"))
    );
    let mut editor = Editor::open(&text, offers());
    editor.run(&json!({"vars": {"who": "some body"}}));
    assert!(editor.said().1.starts_with("'job' succeeded"));
    assert_eq!(
        fs::read_to_string(editor.file("out")).expect("it ran"),
        "some body\n"
    );
    editor.run(&json!({"step": "one", "from": "one"}));
    assert!(editor.said().1.contains("not both"));
}

#[test]
fn a_variable_is_asked_for_only_when_it_is_missing() {
    let use_it = step("use", "echo ${loss} > FOLDER/out")
        .replace("id = \"use\"", "id = \"use\"\ndepends_on = [\"set\"]");
    let text = recipe(&(set_loss("set") + &use_it));
    let mut editor = Editor::open(&text, showing());
    editor.run(&json!({"from": "use"}));
    let (_, wants) = events(&mut editor);
    assert!(
        wants["message"]
            .as_str()
            .is_some_and(|it| it.contains("'loss'") && !it.contains("Code actions")),
        "{wants}"
    );
    let command = &wants["commands"][0];
    assert_eq!(command["title"], "Give loss a value and run");
    assert_eq!(command["asks"], json!(["loss"]));
    let mut argument = command["arguments"][0].clone();
    assert_eq!(argument["vars"], json!({"loss": ""}));
    argument["vars"]["loss"] = json!("0.5");
    editor.client.request(
        "workspace/executeCommand",
        json!({"command": command["command"], "arguments": [argument]}),
    );
    let (_, wants) = events(&mut editor);
    let command = &wants["commands"][0];
    assert_eq!(command["title"], "Approve and run: 1 host, 0 secrets");
    editor.client.request(
        "workspace/executeCommand",
        json!({"command": command["command"], "arguments": command["arguments"]}),
    );
    let (_, wants) = events(&mut editor);
    assert_eq!(wants["message"], "'job' succeeded.");
    assert_eq!(
        fs::read_to_string(editor.file("out")).expect("it ran"),
        "0.5\n"
    );
}

//! What a recipe that means ill can make an editor show: text, and nothing that is obeyed.

use pulldown_cmark::{Event, Parser, Tag};
use serde_json::{Value, json};
use testkit::lsp_client::{LspClient, file_uri};

use super::{at, offers, server};

/// Markup that an editor would obey or load, and marks that hide or turn round what stands beside it.
const EVIL: &str = "`[x](command:evil)` ![x](https://evil.example/a.png) <img src=https://evil.example> <b>**\\u001b[2J\\u202e\\u200b";

/// Something of everything that is shown somewhere, right and wrong.
fn recipe(folder: &str) -> String {
    format!(
        r#"[recipe]
name = "{EVIL}"
description = "{EVIL}"

[variables]
ok = "{EVIL}"
"{EVIL}" = "x"

[[step]]
id = "{EVIL}"
name = "{EVIL}"
ssh_command = {{ host_id = "local", command = "echo ${{ok}} ${{step.a.output}}" }}

[[step]]
id = "a"
name = "{EVIL}"
depends_on = ["{EVIL}", "b"]
"{EVIL}" = 1
get_value = {{ source = {{ step_output = "{EVIL}" }}, var_name = "{EVIL}" }}

[[step]]
id = "b"
when = "{EVIL}"
ssh_command = {{ host_id = "{EVIL}", command = "touch {folder}/ran", workdir = "{EVIL}" }}
"#
    )
}

fn is_evil(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t') || runner::visible::is_hostile(c)
}

/// Every text in an answer, with the name of the field that it stands in.
fn texts<'a>(field: &'a str, value: &'a Value, found: &mut Vec<(&'a str, &'a str)>) {
    match value {
        Value::String(text) => found.push((field, text)),
        Value::Array(all) => all.iter().for_each(|it| texts(field, it, found)),
        Value::Object(all) => all.iter().for_each(|(field, it)| texts(field, it, found)),
        _ => {}
    }
}

/// Asserts that a text which an editor renders as Markdown is words only.
#[track_caller]
fn assert_words(markdown: &str) {
    for event in Parser::new(markdown) {
        let is_obeyed = matches!(
            event,
            Event::Html(_)
                | Event::InlineHtml(_)
                | Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock)
        );
        assert!(!is_obeyed, "{event:?} in {markdown}");
    }
}

/// Asserts that what an editor shows of an answer is tame.
#[track_caller]
fn assert_tame(answer: &Value) {
    let mut found = Vec::new();
    texts("", answer, &mut found);
    for (field, text) in found {
        // What is put into the text, or sent back to us, is not shown.
        if matches!(
            field,
            "data"
                | "newText"
                | "insertText"
                | "filterText"
                | "uri"
                | "id"
                | "step"
                | "from"
                | "to"
                | "target"
        ) {
            continue;
        }
        assert!(!text.contains(is_evil), "{field}: {text:?}");
        if field == "value" {
            assert_words(text);
        }
    }
}

#[test]
fn names_are_words_wherever_they_are_shown() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut client, _) = LspClient::connect(&mut server(home.path()), offers());
    let uri = file_uri(&home.path().join("a.toml"));
    let text = recipe(&home.path().display().to_string());
    client.open(&uri, &text);
    let found = client.diagnostics(&uri, 0);
    assert!(found.len() > 5, "{found:#?}");
    assert_tame(&json!(found));
    let about = json!({"textDocument": {"uri": uri}});
    assert_tame(&client.request("textDocument/codeLens", about.clone()));
    assert_tame(&client.request("textDocument/documentSymbol", about));
    assert_tame(&client.request("workspace/symbol", json!({"query": ""})));
    let graph = client.request("doppio/graph", json!({"uri": uri}));
    assert_tame(&graph);
    let svg = graph["svg"].as_str().expect("a drawing");
    assert!(
        svg.contains("command:evil") && !svg.contains("<img") && !svg.contains("<b>"),
        "{svg}"
    );
    let mut hovers = 0;
    for (line, content) in text.lines().enumerate() {
        let line = u32::try_from(line).expect("few lines");
        // Every third place: words are longer than that.
        for (column, _) in content.char_indices().step_by(3) {
            let column = u32::try_from(column).expect("short lines");
            let hover = client.request("textDocument/hover", at(&uri, line, column));
            hovers += usize::from(!hover.is_null());
            assert_tame(&hover);
        }
        let end = u32::try_from(content.len()).expect("short lines");
        for column in [0, end.saturating_sub(1), end.saturating_sub(3), end] {
            assert_tame(&client.request("textDocument/completion", at(&uri, line, column)));
        }
        let place = json!({"line": line, "character": end / 2});
        let here = json!({"textDocument": {"uri": uri}, "position": place});
        assert_tame(&client.request("textDocument/prepareCallHierarchy", here));
        let range = json!({"start": place, "end": place});
        let about =
            json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}});
        assert_tame(&client.request("textDocument/codeAction", about));
    }
    assert!(hovers > 10, "{hovers}");
}

/// In messages VS Code makes links of `[text](command:…)`, and runs the command for who clicks.
#[test]
fn messages_hold_no_links() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut client, _) = LspClient::connect(&mut server(home.path()), offers());
    let uri = file_uri(&home.path().join("a.toml"));
    let text = format!(
        "[recipe]\nname = \"{EVIL}\"\n[[step]]\nid = \"a\"\nname = \"{EVIL}\"\nssh_command = {{ host_id = \"local\", command = '''echo '[x](command:evil)' ''' }}\n"
    );
    client.open(&uri, &text);
    client.diagnostics(&uri, 0);
    for argument in [
        json!({"uri": uri}),
        json!({"uri": uri, "step": "[x](command:evil)"}),
        json!({"uri": uri, "dryRun": true}),
    ] {
        client.request(
            "workspace/executeCommand",
            json!({"command": "doppio.run", "arguments": [argument]}),
        );
        let message = client.heard("window/showMessage")["message"].clone();
        let message = message.as_str().expect("words");
        assert!(message.contains("command:evil"), "{message}");
        assert!(
            !message.contains("](") && !message.contains(is_evil),
            "{message}"
        );
    }
    for message in client.everything_within(std::time::Duration::ZERO) {
        if message["method"] == "$/progress" {
            assert!(!message.to_string().contains("]("), "{message}");
            assert_tame(&message);
        }
    }
}

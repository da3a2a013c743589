//! The recorded clients: what each said in its `initialize` is in `recorded/`, and nothing is sent to
//! it that it did not offer there.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::lsp_client::{LspClient, Replies};

use super::{URI, at, server};

/// A recipe with something wrong in two places, so that there are related places and fixes.
const WRONG: &str = "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\n\nsleep = { duration_secs = 1 }\n[[step]]\nid = \"a\"\nslep = { duration_secs = 1 }\n";

#[test]
fn nothing_is_sent_that_was_not_offered() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lsp/recorded");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the recordings") {
        let path = entry.expect("a recording").path();
        let text = std::fs::read_to_string(&path).expect("a recording");
        let recorded: Value = serde_json::from_str(&text).expect("JSON");
        count += 1;
        serve(&path.display().to_string(), recorded["params"].clone());
    }
    assert!(count >= 11, "{count} recordings");
}

/// Drives everything that the server can say by itself, and looks at what it said.
fn serve(name: &str, mut params: Value) {
    let home = tempfile::tempdir().expect("a folder");
    let mut client = LspClient::start(&mut server(home.path()));
    client.reply_with(Replies::MethodNotFound);
    params["processId"] = Value::Null;
    let offered = params["capabilities"].clone();
    let answer = client.request("initialize", params);
    let server = &answer["capabilities"];
    client.notify("initialized", json!({}));
    client.open(URI, WRONG);
    let completion = client.request("textDocument/completion", at(URI, 4, 0));
    let hover = client.request("textDocument/hover", at(URI, 5, 1));
    let place = json!({"line": 8, "character": 1});
    let about = json!({"textDocument": {"uri": URI}, "range": {"start": place, "end": place}, "context": {"diagnostics": []}});
    let actions = client.request("textDocument/codeAction", about);
    let mut rename = at(URI, 3, 7);
    rename["newName"] = json!("b");
    let rename = client.request("textDocument/rename", rename);
    client.replace(URI, 1, super::RECIPE);
    let settings = json!({"settings": {"hints": {"values": false}}});
    client.notify("workspace/didChangeConfiguration", settings);
    let run = json!({"command": "doppio.run", "arguments": [{"uri": URI, "dryRun": true}]});
    client.request("workspace/executeCommand", run.clone());
    client.request("workspace/executeCommand", run);
    client.heard("window/showMessage");
    let said = client.everything_within(Duration::from_millis(300));

    let offers = |path: &str| {
        offered
            .pointer(path)
            .filter(|it| **it != json!(false) && !it.is_null())
            .is_some()
    };
    let encodings = offered
        .pointer("/general/positionEncodings")
        .cloned()
        .unwrap_or(json!(["utf-16"]));
    let agreed = &server["positionEncoding"];
    assert!(
        encodings.as_array().is_some_and(|it| it.contains(agreed)),
        "{name}: {agreed} of {encodings}"
    );
    let pulls =
        offers("/textDocument/diagnostic") && offers("/workspace/diagnostics/refreshSupport");
    assert_eq!(server["diagnosticProvider"].is_object(), pulls, "{name}");

    let hints = server["inlayHintProvider"] == true;
    assert_eq!(hints, offers("/textDocument/inlayHint"), "{name}");

    for message in &said {
        let method = message["method"].as_str().unwrap_or_default();
        let is_allowed = match method {
            "textDocument/publishDiagnostics" => !pulls,
            "window/showMessage" => true,
            "window/workDoneProgress/create" | "$/progress" => offers("/window/workDoneProgress"),
            "window/showDocument" => offers("/window/showDocument/support"),
            "workspace/diagnostic/refresh" => pulls,
            "workspace/inlayHint/refresh" => offers("/workspace/inlayHint/refreshSupport"),
            "workspace/codeLens/refresh" => offers("/workspace/codeLens/refreshSupport"),
            _ => false,
        };
        assert!(is_allowed, "{name} did not offer {method}");
        for diagnostic in message["params"]["diagnostics"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let published = "/textDocument/publishDiagnostics";
            for (key, offer) in [
                ("relatedInformation", "relatedInformation"),
                ("codeDescription", "codeDescriptionSupport"),
            ] {
                let is_there = diagnostic.get(key).is_some();
                assert!(
                    !is_there || offers(&format!("{published}/{offer}")),
                    "{name}: {key}"
                );
            }
        }
    }

    let takes_markdown = |path: &str| {
        offered
            .pointer(path)
            .is_some_and(|it| it.to_string().contains("markdown"))
    };
    let hover_kind = hover["contents"]["kind"] == "markdown";
    assert_eq!(
        hover_kind,
        takes_markdown("/textDocument/hover/contentFormat"),
        "{name}"
    );
    let snippets = offers("/textDocument/completion/completionItem/snippetSupport");
    let items = completion["items"].as_array().expect("items");
    assert!(!items.is_empty(), "{name}");
    let has_snippets = items.iter().any(|item| item["insertTextFormat"] == 2);
    assert_eq!(has_snippets, snippets, "{name}");
    let no_places = || {
        items.iter().all(|item| {
            !item["textEdit"]["newText"]
                .as_str()
                .unwrap_or_default()
                .contains("${")
        })
    };
    assert!(snippets || no_places(), "{name}");

    let versioned = rename.get("documentChanges").is_some();
    let takes_versions = offers("/workspace/workspaceEdit/documentChanges");
    assert_eq!(versioned, takes_versions, "{name}: {rename}");
    let prepares = server["renameProvider"].is_object();
    assert_eq!(
        prepares,
        offers("/textDocument/rename/prepareSupport"),
        "{name}"
    );

    let literals = offers("/textDocument/codeAction/codeActionLiteralSupport");
    for action in actions.as_array().expect("actions") {
        let is_literal = !action["command"].is_string();
        assert!(literals || !is_literal, "{name}: {action}");
        let versioned = action.pointer("/edit/documentChanges").is_some();
        assert!(
            !versioned || offers("/workspace/workspaceEdit/documentChanges"),
            "{name}: {action}"
        );
        let preferred = action.get("isPreferred").is_some();
        assert!(
            !preferred || offers("/textDocument/codeAction/isPreferredSupport"),
            "{name}: {action}"
        );
    }
    assert_eq!(client.quit().code(), Some(0), "{name}");
}

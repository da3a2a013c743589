//! Nothing is sent to a recorded client that it did not offer, and what it offers it gets.
//!
//! | | where it is looked at |
//! |---|---|
//! | notifications and requests of the server, refreshes among them | [`is_offered`] |
//! | progress, only of what was made known before | [`check_progress`] |
//! | versions, related places, pages and tags of diagnostics | [`check_diagnostic`] |
//! | snippets, Markdown, kinds of completions, and what needs a further request | [`check_completion`] |
//! | versions of edits; no files made, no annotations, no snippets in them | [`check_edit`] |
//! | code actions that are more than commands | [`check_action`] |
//! | ways to ask for colours, and their words | [`check_colours`] |
//! | `workspace/applyEdit` | `moving` |
//! | columns in the unit that was agreed | `documents` |

use std::time::Duration;

use serde_json::{Value, json};
use testkit::lsp_client::LspClient;

use super::clients::Recorded;
use super::{URI, at};

/// A recipe with something wrong in three places, so that there are related places, fixes, and something
/// that is not needed.
const WRONG: &str = "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\n\nsleep = { duration_secs = 1 }\n[[step]]\nid = \"a\"\nslep = { duration_secs = 1 }\n[variables]\nunused = \"x\"\ns = \"${secret:}\"\n";

/// Where a client says what it makes of diagnostics.
const PUBLISHED: &str = "/textDocument/publishDiagnostics";

#[test]
fn nothing_is_sent_that_was_not_offered() {
    for recorded in Recorded::all() {
        serve(&recorded);
    }
}

/// Drives everything that the server can say by itself, and looks at what it said.
fn serve(recorded: &Recorded) {
    let name = &recorded.name;
    let home = tempfile::tempdir().expect("a folder");
    let (mut client, server) = recorded.connect(home.path());
    check_capabilities(recorded, &server);
    check_colours(recorded, &server);
    client.open(URI, WRONG);
    check_answers(recorded, &mut client);
    if is_asked(recorded) {
        let report = client.request("textDocument/diagnostic", at(URI, 0, 0));
        check_diagnostics(recorded, &report["items"]);
    } else {
        let told = client.heard("textDocument/publishDiagnostics");
        let is_versioned = told.get("version").is_some();
        let takes_versions = recorded.offers(&format!("{PUBLISHED}/versionSupport"));
        assert_eq!(is_versioned, takes_versions, "{name}: {told}");
        check_diagnostics(recorded, &told["diagnostics"]);
    }
    client.replace(URI, 1, super::RECIPE);
    let settings =
        json!({"settings": {"hints": {"values": false}, "levels": {"near-variable": "off"}}});
    client.notify("workspace/didChangeConfiguration", settings);
    let run = json!({"command": "doppio.run", "arguments": [{"uri": URI, "dryRun": true}]});
    client.request("workspace/executeCommand", run.clone());
    client.request("workspace/executeCommand", run);
    client.heard("window/showMessage");
    let said = client.everything_within(Duration::from_millis(300));
    for message in &said {
        let method = message["method"].as_str().unwrap_or_default();
        assert!(
            is_offered(recorded, method),
            "{name} did not offer {method}"
        );
    }
    check_progress(recorded, &said);
    assert_eq!(client.quit().code(), Some(0), "{name}");
}

/// Whether the server may send a message of that method. What is not here it never sends:
/// `workspace/configuration`, `client/registerCapability`, `window/showMessageRequest`, `window/logMessage`
/// and the refreshes of what changes with the text alone.
fn is_offered(client: &Recorded, method: &str) -> bool {
    let offers = |path: &str| client.offers(path);
    match method {
        "textDocument/publishDiagnostics" => !is_asked(client),
        "window/showMessage" => true,
        "window/workDoneProgress/create" | "$/progress" => offers("/window/workDoneProgress"),
        "window/showDocument" => offers("/window/showDocument/support"),
        "workspace/diagnostic/refresh" => is_asked(client),
        "workspace/inlayHint/refresh" => offers("/workspace/inlayHint/refreshSupport"),
        "workspace/codeLens/refresh" => offers("/workspace/codeLens/refreshSupport"),
        "workspace/applyEdit" => offers("/workspace/applyEdit"),
        "doppio/runEvent" => offers("/experimental/doppio/runEvents"),
        "doppio/runWants" => offers("/experimental/doppio/wants"),
        _ if method.starts_with("doppio/") => offers("/experimental/doppio/panels"),
        _ => false,
    }
}

/// Whether the client asks for diagnostics and can be told to ask again.
fn is_asked(client: &Recorded) -> bool {
    client.offers("/textDocument/diagnostic")
        && client.offers("/workspace/diagnostics/refreshSupport")
}

fn check_capabilities(client: &Recorded, server: &Value) {
    let name = &client.name;
    let agreed = &server["positionEncoding"];
    let is_listed = client.lists("/general/positionEncodings", agreed);
    assert!(is_listed || agreed == "utf-16", "{name}: {agreed}");
    let pulled = server["diagnosticProvider"].is_object();
    assert_eq!(pulled, is_asked(client), "{name}");
    let hints = server["inlayHintProvider"] == true;
    assert_eq!(hints, client.offers("/textDocument/inlayHint"), "{name}");
    let prepares = server["renameProvider"].is_object();
    let offered = client.offers("/textDocument/rename/prepareSupport");
    assert_eq!(prepares, offered, "{name}");
    // Nothing is left for a further request, whether the client would ask it or not.
    for (provider, way) in [
        ("completionProvider", "resolveProvider"),
        ("codeActionProvider", "resolveProvider"),
        ("inlayHintProvider", "resolveProvider"),
    ] {
        assert!(server[provider].get(way).is_none(), "{name}: {provider}");
    }
}

/// The ways to ask, and the words, are the client's.
fn check_colours(client: &Recorded, server: &Value) {
    let name = &client.name;
    let colours = &server["semanticTokensProvider"];
    let tokens = "/textDocument/semanticTokens";
    let ways = ["range", "full"].map(|it| client.offers(&format!("{tokens}/requests/{it}")));
    assert_eq!(colours.is_object(), ways.contains(&true), "{name}");
    for used in ["tokenTypes", "tokenModifiers"] {
        let words = colours["legend"][used].as_array();
        for word in words.into_iter().flatten() {
            assert!(
                client.lists(&format!("{tokens}/{used}"), word),
                "{name}: {word}"
            );
        }
    }
}

/// Asks what needs an answer in the client's own form.
fn check_answers(recorded: &Recorded, client: &mut LspClient) {
    let name = &recorded.name;
    for place in [at(URI, 4, 0), at(URI, 11, 14)] {
        let completion = client.request("textDocument/completion", place);
        check_completion(recorded, &completion);
    }
    let hover = client.request("textDocument/hover", at(URI, 5, 1));
    let is_markdown = hover["contents"]["kind"] == "markdown";
    let takes = recorded.takes_markdown("/textDocument/hover/contentFormat");
    assert_eq!(is_markdown, takes, "{name}");
    let mut rename = at(URI, 10, 2);
    rename["newName"] = json!("used");
    check_edit(recorded, &client.request("textDocument/rename", rename));
    for line in [3, 8, 10] {
        let place = json!({"line": line, "character": 1});
        let about = json!({"textDocument": {"uri": URI}, "range": {"start": place, "end": place}, "context": {"diagnostics": []}});
        let actions = client.request("textDocument/codeAction", about);
        for action in actions.as_array().expect("actions") {
            check_action(recorded, action);
        }
    }
    let symbols = client.request("textDocument/documentSymbol", at(URI, 0, 0));
    let symbols = symbols.as_array().into_iter().flatten();
    // Who does not list kinds knows those that the protocol began with.
    let kinds = "/textDocument/documentSymbol/symbolKind/valueSet";
    for kind in symbols.map(|it| &it["kind"]) {
        let is_old = kind.as_u64().is_some_and(|it| it <= 18);
        assert!(is_old || recorded.lists(kinds, kind), "{name}: {kind}");
    }
}

fn check_completion(client: &Recorded, completion: &Value) {
    let name = &client.name;
    let offers = |what: &str| client.offers(&format!("/textDocument/completion/{what}"));
    let items = completion["items"].as_array().expect("items");
    assert!(!items.is_empty(), "{name}");
    assert!(completion.get("itemDefaults").is_none(), "{name}");
    for item in items {
        let is_placed = item.get("insertTextFormat").is_some();
        assert_eq!(
            is_placed,
            offers("completionItem/snippetSupport"),
            "{name}: {item}"
        );
        let kind = &item["kind"];
        let is_old = kind.as_u64().is_some_and(|it| it <= 18);
        let kinds = "/textDocument/completion/completionItemKind/valueSet";
        assert!(is_old || client.lists(kinds, kind), "{name}: {item}");
        let is_markdown = item["documentation"]["kind"] == "markdown";
        let formats = "/textDocument/completion/completionItem/documentationFormat";
        assert!(
            !is_markdown || client.takes_markdown(formats),
            "{name}: {item}"
        );
        // Of what only some clients know, nothing is used: one edit, one label, and all of it at once.
        assert!(item["textEdit"].get("range").is_some(), "{name}: {item}");
        for key in [
            "labelDetails",
            "tags",
            "deprecated",
            "preselect",
            "commitCharacters",
            "insertTextMode",
            "data",
        ] {
            assert!(item.get(key).is_none(), "{name}: {item}");
        }
    }
}

fn check_diagnostics(client: &Recorded, found: &Value) {
    let found = found.as_array().expect("a list");
    assert!(!found.is_empty(), "{}", client.name);
    for (key, offer) in [
        ("relatedInformation", "relatedInformation"),
        ("tags", "tagSupport"),
    ] {
        let is_there = found.iter().any(|it| it.get(key).is_some());
        let offered = client.offers(&format!("{PUBLISHED}/{offer}"));
        assert_eq!(is_there, offered, "{}: {key}", client.name);
    }
    found.iter().for_each(|it| check_diagnostic(client, it));
}

fn check_diagnostic(client: &Recorded, found: &Value) {
    let name = &client.name;
    // While `Cargo.toml` names no repository there are no pages at all.
    let has_page = found.get("codeDescription").is_some();
    let offered = client.offers(&format!("{PUBLISHED}/codeDescriptionSupport"));
    assert!(!has_page || offered, "{name}: {found}");
    for tag in found["tags"].as_array().into_iter().flatten() {
        let known = format!("{PUBLISHED}/tagSupport/valueSet");
        assert!(client.lists(&known, tag), "{name}: {found}");
    }
    assert!(found.get("data").is_none(), "{name}: {found}");
}

fn check_edit(client: &Recorded, edit: &Value) {
    let name = &client.name;
    let offered = client.offers("/workspace/workspaceEdit/documentChanges");
    assert_eq!(
        edit.get("documentChanges").is_some(),
        offered,
        "{name}: {edit}"
    );
    assert_eq!(edit.get("changes").is_some(), !offered, "{name}: {edit}");
    let text = edit.to_string();
    for never in [
        "\"kind\":",
        "\"annotationId\":",
        "\"changeAnnotations\":",
        "\"snippet\":",
    ] {
        assert!(!text.contains(never), "{name}: {edit}");
    }
}

fn check_action(client: &Recorded, action: &Value) {
    let name = &client.name;
    let offers = |what: &str| client.offers(&format!("/textDocument/codeAction/{what}"));
    let is_literal = !action["command"].is_string();
    assert!(
        !is_literal || offers("codeActionLiteralSupport"),
        "{name}: {action}"
    );
    let is_marked = action.get("isPreferred").is_some();
    assert!(
        !is_marked || offers("isPreferredSupport"),
        "{name}: {action}"
    );
    for key in ["disabled", "data"] {
        assert!(action.get(key).is_none(), "{name}: {action}");
    }
    if let Some(edit) = action.get("edit") {
        check_edit(client, edit);
    }
    let repaired = action["diagnostics"].as_array();
    for found in repaired.into_iter().flatten() {
        check_diagnostic(client, found);
    }
}

/// What goes on is told of under a name that was made known before, though nobody answered to that.
fn check_progress(client: &Recorded, said: &[Value]) {
    let name = &client.name;
    let mut known: Vec<&Value> = Vec::new();
    let mut ended = false;
    for message in said {
        let params = &message["params"];
        match message["method"].as_str() {
            Some("window/workDoneProgress/create") => known.push(&params["token"]),
            Some("$/progress") => {
                assert!(known.contains(&&params["token"]), "{name}: {message}");
                ended |= params["value"]["kind"] == "end";
            }
            _ => {}
        }
    }
    assert_eq!(ended, client.offers("/window/workDoneProgress"), "{name}");
}

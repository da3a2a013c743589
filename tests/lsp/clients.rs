//! The recorded clients: what each said in its `initialize` is in `recorded/`. Whatever a client offers
//! the server answers, and nothing is sent to it that it did not offer there.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::lsp_client::{LspClient, Replies};

use super::{URI, at, server};

/// A recipe with something wrong in two places, so that there are related places and fixes.
const WRONG: &str = "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\n\nsleep = { duration_secs = 1 }\n[[step]]\nid = \"a\"\nslep = { duration_secs = 1 }\n";

/// A recipe in which there is something for every request.
const WHOLE: &str = r#"[recipe]
name = "x"
description = "see https://example.org"

[variables]
model = "bert"

[[step]]
id = "a"
ssh_command = { host_id = "local", command = "echo ${model}" }

[[step]]
id = "b"
depends_on=["a"]
sleep = { duration_secs = 90 }
"#;

/// What a client offers under `textDocument`, what the server then provides, and the request.
pub(super) const METHODS: [(&str, &str, &str); 18] = [
    ("completion", "completionProvider", "completion"),
    ("hover", "hoverProvider", "hover"),
    ("definition", "definitionProvider", "definition"),
    ("declaration", "declarationProvider", "declaration"),
    ("references", "referencesProvider", "references"),
    (
        "documentHighlight",
        "documentHighlightProvider",
        "documentHighlight",
    ),
    ("documentSymbol", "documentSymbolProvider", "documentSymbol"),
    ("codeAction", "codeActionProvider", "codeAction"),
    ("codeLens", "codeLensProvider", "codeLens"),
    ("rename", "renameProvider", "rename"),
    ("foldingRange", "foldingRangeProvider", "foldingRange"),
    ("selectionRange", "selectionRangeProvider", "selectionRange"),
    ("documentLink", "documentLinkProvider", "documentLink"),
    (
        "linkedEditingRange",
        "linkedEditingRangeProvider",
        "linkedEditingRange",
    ),
    ("inlayHint", "inlayHintProvider", "inlayHint"),
    ("formatting", "documentFormattingProvider", "formatting"),
    (
        "rangeFormatting",
        "documentRangeFormattingProvider",
        "rangeFormatting",
    ),
    (
        "callHierarchy",
        "callHierarchyProvider",
        "prepareCallHierarchy",
    ),
];

/// A client, by what it said of itself.
pub(super) struct Recorded {
    pub(super) name: String,
    pub(super) params: Value,
}

impl Recorded {
    pub(super) fn all() -> Vec<Self> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lsp/recorded");
        let files = std::fs::read_dir(folder).expect("the recordings");
        let read = |entry: std::io::Result<std::fs::DirEntry>| {
            let path = entry.expect("a recording").path();
            let text = std::fs::read_to_string(&path).expect("a recording");
            let recorded: Value = serde_json::from_str(&text).expect("JSON");
            let mut params = recorded["params"].clone();
            params["processId"] = Value::Null;
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            Self { name, params }
        };
        files.map(read).collect()
    }

    /// Whether it offers that, by the path in its capabilities.
    pub(super) fn offers(&self, path: &str) -> bool {
        let offer = self.params["capabilities"].pointer(path);
        offer.is_some_and(|it| *it != json!(false) && !it.is_null())
    }

    pub(super) fn takes_markdown(&self, path: &str) -> bool {
        let formats = self.params["capabilities"].pointer(path);
        formats.is_some_and(|it| it.to_string().contains("markdown"))
    }

    /// The server, driven by it, and what the server said that it does.
    pub(super) fn connect(&self, home: &std::path::Path) -> (LspClient, Value) {
        let mut client = LspClient::start(&mut server(home));
        client.reply_with(Replies::MethodNotFound);
        let answer = client.request("initialize", self.params.clone());
        client.notify("initialized", json!({}));
        (client, answer["capabilities"].clone())
    }
}

/// What a request asks in [`WHOLE`].
fn params(method: &str) -> Value {
    let file = json!({"uri": URI});
    let place = json!({"line": 9, "character": 52});
    match method {
        "completion" => at(URI, 10, 0),
        "documentSymbol" | "codeLens" | "foldingRange" | "documentLink" | "semanticTokens/full" => {
            json!({"textDocument": file})
        }
        "inlayHint" => {
            json!({"textDocument": file, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 20, "character": 0}}})
        }
        "linkedEditingRange" => at(URI, 8, 7),
        "formatting" | "rangeFormatting" => {
            let whole =
                json!({"start": {"line": 0, "character": 0}, "end": {"line": 20, "character": 0}});
            json!({"textDocument": file, "range": whole, "options": {"tabSize": 4, "insertSpaces": true}})
        }
        "selectionRange" => json!({"textDocument": file, "positions": [place]}),
        "codeAction" => {
            json!({"textDocument": file, "range": {"start": place, "end": place}, "context": {"diagnostics": []}})
        }
        "references" => {
            json!({"textDocument": file, "position": place, "context": {"includeDeclaration": true}})
        }
        "rename" => json!({"textDocument": file, "position": place, "newName": "base"}),
        "prepareCallHierarchy" => at(URI, 8, 7),
        _ => json!({"textDocument": file, "position": place}),
    }
}

#[test]
fn what_a_client_offers_it_gets_an_answer_to() {
    let recorded = Recorded::all();
    assert!(recorded.len() >= 12, "{} recordings", recorded.len());
    for client in recorded {
        let name = &client.name;
        let home = tempfile::tempdir().expect("a folder");
        let (mut server, provides) = client.connect(home.path());
        server.open(URI, WHOLE);
        for (offer, provider, method) in METHODS {
            if !client.offers(&format!("/textDocument/{offer}")) {
                continue;
            }
            let provided = &provides[provider];
            assert!(
                *provided != json!(false) && !provided.is_null(),
                "{name}: {provider}"
            );
            let answer = server.request(&format!("textDocument/{method}"), params(method));
            let items = answer.get("items").unwrap_or(&answer);
            assert!(
                items.as_array().is_some_and(|it| !it.is_empty()) || items.is_object(),
                "{name}: {method}: {answer}"
            );
            if method == "documentSymbol" {
                let tree =
                    client.offers("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport");
                assert_eq!(
                    answer[0].get("selectionRange").is_some(),
                    tree,
                    "{name}: {answer}"
                );
            }
        }
        if client.offers("/workspace/symbol") {
            let found = server.request("workspace/symbol", json!({"query": "model"}));
            assert!(found.is_array(), "{name}: {found}");
        }
        assert_eq!(server.quit().code(), Some(0), "{name}");
    }
}

#[test]
fn nothing_is_sent_that_was_not_offered() {
    for recorded in Recorded::all() {
        serve(&recorded);
    }
}

/// Drives everything that the server can say by itself, and looks at what it said.
fn serve(recorded: &Recorded) {
    let name = &recorded.name;
    let offers = |path: &str| recorded.offers(path);
    let home = tempfile::tempdir().expect("a folder");
    let (mut client, server) = recorded.connect(home.path());
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

    let encodings = recorded.params["capabilities"]
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

    let coloured = server["semanticTokensProvider"].is_object();
    let tokens = "/textDocument/semanticTokens";
    let asks = ["range", "full"].map(|it| offers(&format!("{tokens}/requests/{it}")));
    assert_eq!(coloured, asks.contains(&true), "{name}");
    let words = |path: &str| {
        let words = recorded.params["capabilities"].pointer(&format!("{tokens}/{path}"));
        words.and_then(Value::as_array).cloned().unwrap_or_default()
    };
    for (used, known) in [
        ("tokenTypes", words("tokenTypes")),
        ("tokenModifiers", words("tokenModifiers")),
    ] {
        let used = server["semanticTokensProvider"]["legend"][used].as_array();
        assert!(
            used.into_iter().flatten().all(|it| known.contains(it)),
            "{name}"
        );
    }

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
            "doppio/runEvent" => offers("/experimental/doppio/runEvents"),
            "doppio/runWants" => offers("/experimental/doppio/wants"),
            _ if method.starts_with("doppio/") => offers("/experimental/doppio/panels"),
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
                ("tags", "tagSupport"),
            ] {
                let is_there = diagnostic.get(key).is_some();
                assert!(
                    !is_there || offers(&format!("{published}/{offer}")),
                    "{name}: {key}"
                );
            }
        }
    }

    let hover_kind = hover["contents"]["kind"] == "markdown";
    assert_eq!(
        hover_kind,
        recorded.takes_markdown("/textDocument/hover/contentFormat"),
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

//! The recorded clients: what each said in its `initialize` is in `recorded/`. Whatever a client offers
//! the server answers.

use std::path::Path;

use serde_json::{Value, json};
use testkit::lsp_client::{LspClient, Replies};

use super::{URI, at, server};

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
pub(super) const METHODS: [(&str, &str, &str); 21] = [
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
    (
        "semanticTokens/requests/range",
        "semanticTokensProvider/range",
        "semanticTokens/range",
    ),
    (
        "semanticTokens/requests/full",
        "semanticTokensProvider/full",
        "semanticTokens/full",
    ),
    (
        "semanticTokens/requests/full/delta",
        "semanticTokensProvider/full/delta",
        "semanticTokens/full/delta",
    ),
];

/// Whether a server that says this of itself provides something of [`METHODS`].
pub(super) fn is_provided(provides: &Value, provider: &str) -> bool {
    let provided = provides.pointer(&format!("/{provider}"));
    provided.is_some_and(|it| *it != json!(false) && !it.is_null())
}

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
        let offer = self.said(path);
        *offer != json!(false) && !offer.is_null()
    }

    /// What it said there, `null` if it is nothing.
    pub(super) fn said(&self, path: &str) -> &Value {
        let said = self.params["capabilities"].pointer(path);
        said.unwrap_or(&Value::Null)
    }

    /// Whether one of the words that it listed there is this.
    pub(super) fn lists(&self, path: &str, word: &Value) -> bool {
        let listed = self.said(path).as_array();
        listed.is_some_and(|it| it.contains(word))
    }

    pub(super) fn takes_markdown(&self, path: &str) -> bool {
        self.lists(path, &json!("markdown"))
    }

    /// The server, driven by it, and what the server said that it does. Of what the server asks it
    /// answers nothing, so that the server must not wait for any of it.
    pub(super) fn connect(&self, home: &Path) -> (LspClient, Value) {
        let mut client = LspClient::start(&mut server(home));
        client.reply_with(Replies::Never);
        let answer = client.request("initialize", self.params.clone());
        client.notify("initialized", json!({}));
        (client, answer["capabilities"].clone())
    }
}

/// What a request asks in [`WHOLE`].
fn params(method: &str) -> Value {
    let file = json!({"uri": URI});
    let place = json!({"line": 9, "character": 52});
    let whole = json!({"start": {"line": 0, "character": 0}, "end": {"line": 20, "character": 0}});
    match method {
        "completion" => at(URI, 10, 0),
        "documentSymbol" | "codeLens" | "foldingRange" | "documentLink" | "semanticTokens/full" => {
            json!({"textDocument": file})
        }
        // The first ones have the first name.
        "semanticTokens/full/delta" => json!({"textDocument": file, "previousResultId": "1"}),
        "inlayHint" | "semanticTokens/range" => json!({"textDocument": file, "range": whole}),
        "linkedEditingRange" => at(URI, 8, 7),
        "formatting" | "rangeFormatting" => {
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
            // Of colours only those are provided that the client has words for.
            let is_worded =
                !provider.starts_with("semanticTokens") || is_provided(&provides, provider);
            if !client.offers(&format!("/textDocument/{offer}")) || !is_worded {
                continue;
            }
            assert!(is_provided(&provides, provider), "{name}: {provider}");
            let answer = server.request(&format!("textDocument/{method}"), params(method));
            assert!(is_answer(method, &answer), "{name}: {method}: {answer}");
            match method {
                "documentSymbol" => {
                    let offer = "hierarchicalDocumentSymbolSupport";
                    let tree = client.offers(&format!("/textDocument/documentSymbol/{offer}"));
                    let is_tree = answer[0].get("selectionRange").is_some();
                    assert_eq!(is_tree, tree, "{name}: {answer}");
                }
                "prepareCallHierarchy" => {
                    let item = json!({"item": answer[0]});
                    let calls = server.request("callHierarchy/outgoingCalls", item.clone());
                    assert_eq!(calls, json!([]), "{name}");
                    let calls = server.request("callHierarchy/incomingCalls", item);
                    assert_eq!(calls[0]["from"]["name"], "b", "{name}");
                }
                _ => {}
            }
        }
        if client.offers("/textDocument/rename/prepareSupport") {
            let what = server.request("textDocument/prepareRename", params("rename"));
            assert_eq!(what["placeholder"], "model", "{name}");
        }
        if client.offers("/workspace/symbol") {
            let found = server.request("workspace/symbol", json!({"query": "model"}));
            assert_eq!(found[0]["name"], "model", "{name}");
        }
        assert_eq!(server.quit().code(), Some(0), "{name}");
    }
}

/// Whether an answer says something.
fn is_answer(method: &str, answer: &Value) -> bool {
    let list = match method {
        "semanticTokens/range" | "semanticTokens/full" => &answer["data"],
        // Nothing has changed since.
        "semanticTokens/full/delta" => return answer["edits"] == json!([]),
        "completion" => &answer["items"],
        _ => answer,
    };
    list.as_array()
        .map_or(list.is_object(), |list| !list.is_empty())
}

//! A credential that stands in a recipe comes back in nothing that the server says of it.

use serde_json::{Value, json};
use testkit::lsp_client::{LspClient, file_uri};

use super::{at, offers, server};

/// In pieces, so that whoever scans this repository finds none.
fn credentials() -> [String; 5] {
    [
        format!("ghp_{}", "qZkWmTxRbYvNcLhJgFsAdPoIuEtKrQwZmX12"),
        ["9f2c4b7a1e", "8d3f6c5b0a", "7e9d1c4f2b8a"].concat(),
        ["corrida", " horse ", "battery"].concat(),
        ["Tr0ub4dor", "&", "3xkcd!9"].concat(),
        ["zebra", "Crossing", "77"].concat(),
    ]
}

/// Each of them where one may be written, right and wrong.
fn recipe() -> String {
    let [token, key, words, chosen, user] = credentials();
    format!(
        r#"[recipe]
name = "uses {token}"

[variables]
token = "{token}"
KAGGLE_KEY = "{key}"
password = "{words}"
both = "x-${{token}}-${{password}}"
link = "https://example.org/?access_token={token}"

[[step]]
id = "a"
name = "with {token}"
when = "${{token}} == {token}"
ssh_command = {{ host_id = "{token}", command = "login ${{token}} ${{both}} ${{password}}", env = {{ DB_PASSWORD = '{chosen}', KAGGLE_KEY = "${{KAGGLE_KEY}}" }} }}

[[step]]
id = "b"
depends_on = ["a", "{token}"]
run_commands = {{ commands = '''
curl -u me:{user} https://example.org/{token} && export DB_PASSWORD='{chosen}'
tool --password "{words}"
''', tmux_mode = "{token}" }}

[[step]]
id = "c"
depends_on = ["b"]
hf_download = {{ repo_id = "x/y", destination = "z", files = ["{token}"], auth_token = "{token}" }}

[[step]]
id = "d"
http_request = {{ method = "{token}", url = "https://me:{token}@example.org", headers = {{ Authorization = "Bearer {token}" }}, body = "${{KAGGLE_KEY}}" }}

[[step]]
id = "e"
depends_on = ["d"]
rsync_upload = {{ local_path = "{token}", remote_path = "z" }}
"#
    )
}

/// A client that looks at everything that comes.
struct Watching {
    client: LspClient,
    asked: usize,
}

impl Watching {
    fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.client.ask(method, params.clone());
        let reply = self.client.reply(id);
        self.asked += 1;
        assert_clean(&format!("{method} {params}"), &reply);
        reply["result"].clone()
    }

    /// Asks about a place all that one can ask about one.
    fn ask_at(&mut self, uri: &str, line: u32, character: u32) {
        for method in [
            "hover",
            "completion",
            "definition",
            "declaration",
            "references",
            "documentHighlight",
            "prepareRename",
            "linkedEditingRange",
            "signatureHelp",
        ] {
            let mut params = at(uri, line, character);
            params["context"] = json!({"includeDeclaration": true});
            let id = self.client.ask(&format!("textDocument/{method}"), params);
            let mut reply = self.client.reply(id);
            // What a new name takes the place of is the client's own text.
            if let Some(own) = reply["result"].get_mut("placeholder") {
                *own = Value::Null;
            }
            assert_clean(&format!("{method} {line}:{character}"), &reply);
        }
        let place = at(uri, line, character);
        let items = self.ask("textDocument/prepareCallHierarchy", place);
        for item in items.as_array().into_iter().flatten() {
            self.ask("callHierarchy/incomingCalls", json!({"item": item}));
            self.ask("callHierarchy/outgoingCalls", json!({"item": item}));
        }
        let position = json!({"line": line, "character": character});
        self.ask(
            "doppio/resolvedStep",
            json!({"uri": uri, "position": position}),
        );
        let about = json!({"textDocument": {"uri": uri}, "positions": [position]});
        self.ask("textDocument/selectionRange", about);
        let range = json!({"start": position, "end": position});
        self.actions(uri, &range);
    }

    /// The actions at a range. What a refactoring or a repair writes may hold what it moves.
    fn actions(&mut self, uri: &str, range: &Value) {
        let params =
            json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}});
        let id = self.client.ask("textDocument/codeAction", params);
        let mut reply = self.client.reply(id);
        for action in reply["result"].as_array_mut().into_iter().flatten() {
            let is_move = action["kind"]
                .as_str()
                .is_some_and(|it| !it.starts_with("quickfix"));
            if let Some(edit) = action.get_mut("edit").filter(|_| is_move) {
                *edit = Value::Null;
            }
        }
        assert_clean(&format!("actions {range}"), &reply);
    }
}

#[track_caller]
fn assert_clean(what: &str, message: &Value) {
    let message = message.to_string();
    for credential in credentials() {
        // Half of it would be enough for somebody.
        let half = &credential[..credential.len() / 2];
        assert!(!message.contains(half), "{what}: {message}");
    }
}

#[test]
fn no_message_repeats_a_credential_of_the_recipe() {
    let home = tempfile::tempdir().expect("a folder");
    let mut offers = offers();
    offers["textDocument"]["inlayHint"] = json!({});
    offers["textDocument"]["documentSymbol"] = json!({"hierarchicalDocumentSymbolSupport": true});
    let (client, _) = LspClient::connect(&mut server(home.path()), offers);
    let mut watching = Watching { client, asked: 0 };
    let (uri, text) = (file_uri(&home.path().join("a.recipe.toml")), recipe());
    watching.client.open(&uri, &text);
    let found = json!(watching.client.diagnostics(&uri, 0));
    let count = |code: &str| {
        let all = found.as_array().into_iter().flatten();
        all.filter(|it| it["code"] == code).count()
    };
    assert!(count("hard-coded-credential") > 12, "{found:#}");
    assert!(count("unknown-step") + count("not-among") > 1, "{found:#}");
    assert_clean("diagnostics", &found);

    let about = json!({"textDocument": {"uri": uri}});
    let lines = text.lines().count();
    let whole =
        json!({"start": {"line": 0, "character": 0}, "end": {"line": lines, "character": 0}});
    for method in [
        "codeLens",
        "documentSymbol",
        "foldingRange",
        "documentLink",
        "semanticTokens/full",
    ] {
        watching.ask(&format!("textDocument/{method}"), about.clone());
    }
    for method in ["inlayHint", "semanticTokens/range"] {
        let mut params = about.clone();
        params["range"] = whole.clone();
        watching.ask(&format!("textDocument/{method}"), params);
    }
    watching.ask("workspace/symbol", json!({"query": ""}));
    let graph = watching.ask("doppio/graph", json!({"uri": uri}));
    assert_eq!(graph["nodes"].as_array().map(Vec::len), Some(5));
    for method in ["recipes", "runs", "secrets", "hosts"] {
        watching.ask(&format!("doppio/{method}"), json!({}));
    }
    watching.actions(&uri, &whole);
    for (line, content) in text.lines().enumerate() {
        let line = u32::try_from(line).expect("few lines");
        // Every third place: words are longer than that.
        for column in (0..=content.len()).step_by(3) {
            let column = u32::try_from(column).expect("short lines");
            watching.ask_at(&uri, line, column);
        }
    }
    assert!(watching.asked > 500, "{}", watching.asked);
    for message in watching.client.everything_within(std::time::Duration::ZERO) {
        assert_clean("a message", &message);
    }
}

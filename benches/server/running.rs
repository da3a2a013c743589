//! A server that is measured, and what is done with it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use recipe::LineIndex;
use serde_json::{Value, json};
use testkit::lsp_client::{LspClient, file_uri};

use crate::document::Place;

/// How long a server may take for one thing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

/// A server that is measured.
pub(crate) enum Server {
    Ours,
    Peer(PathBuf),
}

/// A server that runs in a folder of its own, with one document.
pub(crate) struct Running {
    client: LspClient,
    uri: String,
    version: i64,
    lines: LineIndex,
    /// The text that the server has, where it wants to be sent all of it.
    whole: Option<String>,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Starts it, and shakes hands.
    pub(crate) fn start(&self, text: &str) -> Running {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = match self {
            Self::Ours => Command::new(env!("CARGO_BIN_EXE_doppio")),
            Self::Peer(path) => Command::new(path),
        };
        command.arg("lsp");
        if let Self::Peer(_) = self {
            command.arg("--offline");
            configure_peer(folder.path());
        }
        command
            .env_clear()
            .env("HOME", folder.path())
            .current_dir(folder.path())
            .stderr(Stdio::null());
        let mut client = LspClient::start(&mut command);
        client.be_patient(PATIENCE);
        let root = file_uri(folder.path());
        let params = json!({
            "processId": null,
            "rootUri": root,
            "workspaceFolders": [{"uri": root, "name": "bench"}],
            "capabilities": {"textDocument": abilities()},
        });
        let answer = client.request("initialize", params);
        client.notify("initialized", json!({}));
        let sync = &answer["capabilities"]["textDocumentSync"];
        let wants_whole = [sync, &sync["change"]].contains(&&json!(1));
        Running {
            client,
            uri: file_uri(&folder.path().join("bench.recipe.toml")),
            version: 0,
            lines: LineIndex::new(text),
            whole: wants_whole.then(|| text.to_owned()),
            _folder: folder,
        }
    }
}

/// What the client can do with a document.
fn abilities() -> Value {
    let types = [
        "comment",
        "function",
        "keyword",
        "namespace",
        "number",
        "operator",
        "parameter",
        "property",
        "string",
        "variable",
    ];
    json!({
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {"versionSupport": true},
        "semanticTokens": {
            "requests": {"range": true, "full": {"delta": true}},
            "tokenTypes": types,
            "tokenModifiers": ["declaration", "readonly", "defaultLibrary"],
            "formats": ["relative"],
        },
        "inlayHint": {},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
    })
}

/// tombi learns from its configuration which schema is for which files.
fn configure_peer(folder: &Path) {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipe.schema.json");
    let schema = std::fs::read_to_string(schema).expect("the schema");
    // The version that the schema asks for would win.
    let schema = schema.replace("\"x-tombi-toml-version\": \"v1.1.0\",", "");
    let config = "toml-version = \"v1.0.0\"\n\n[[schemas]]\npath = \"recipe.schema.json\"\n\
                  include = [\"*.recipe.toml\"]\n";
    std::fs::write(folder.join("recipe.schema.json"), schema).expect("a file");
    std::fs::write(folder.join("tombi.toml"), config).expect("a file");
}

impl Running {
    /// Opens the document, and waits for what is said of it.
    pub(crate) fn open(&mut self, text: &str) {
        self.client.open(&self.uri, text);
        self.await_diagnostics();
    }

    /// Types a letter, and takes it out again the next time.
    pub(crate) fn edit(&mut self, place: Place) {
        self.toggle(place, "w");
    }

    /// Puts in a text, and takes it out again the next time.
    pub(crate) fn toggle(&mut self, place: Place, text: &str) {
        self.version += 1;
        let is_in = self.version % 2 == 0;
        let Place { line, column } = place;
        let change = match &mut self.whole {
            Some(whole) => {
                let at = self.lines.line_start(line).expect("a line") + column;
                match is_in {
                    true => whole.replace_range(at..at + text.len(), ""),
                    false => whole.insert_str(at, text),
                }
                json!({"text": whole})
            }
            None => {
                let last = text.rsplit('\n').next().unwrap_or_default().len();
                let end = match text.matches('\n').count() {
                    0 => json!({"line": line, "character": column + last}),
                    more => json!({"line": line + more, "character": last}),
                };
                let start = json!({"line": line, "character": column});
                let end = if is_in { end } else { start.clone() };
                let text = if is_in { "" } else { text };
                json!({"range": {"start": start, "end": end}, "text": text})
            }
        };
        let document = json!({"uri": self.uri, "version": self.version});
        let params = json!({"textDocument": document, "contentChanges": [change]});
        self.client.notify("textDocument/didChange", params);
    }

    /// Waits for what is said of the last version, and tells how much that is.
    pub(crate) fn await_diagnostics(&mut self) -> usize {
        let found = self.client.diagnostics(&self.uri, self.version);
        self.client.forget();
        found.len()
    }

    pub(crate) fn complete(&mut self, place: Place) {
        let typed = usize::from(self.version % 2 == 1);
        let column = place.column + typed;
        let answer = self.at("textDocument/completion", Place { column, ..place });
        let items = answer.get("items").unwrap_or(&answer);
        assert!(items.as_array().is_some_and(|items| !items.is_empty()));
    }

    pub(crate) fn hover(&mut self, place: Place) {
        let answer = self.at("textDocument/hover", place);
        assert!(answer["contents"]["value"].is_string());
    }

    /// Asks something about a place.
    fn at(&mut self, method: &str, place: Place) -> Value {
        let position = json!({"line": place.line, "character": place.column});
        self.ask(method, json!({"position": position}))
    }

    /// Asks something about the lines of a screen.
    pub(crate) fn on_screen(&mut self, method: &str, place: Place) -> Value {
        let position = |line: usize| json!({"line": line, "character": 0});
        let range = json!({"start": position(place.line), "end": position(place.line + 50)});
        self.ask(
            method,
            json!({"range": range, "context": {"diagnostics": []}}),
        )
    }

    /// Asks something about the document.
    pub(crate) fn ask(&mut self, method: &str, mut params: Value) -> Value {
        params["textDocument"] = json!({"uri": self.uri});
        self.client.request(method, params)
    }

    /// The most memory that the server and its children have had, in MiB.
    pub(crate) fn peak_memory(&self) -> f64 {
        peak_memory(self.client.server_id())
    }
}

fn peak_memory(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let field = |line: &str| {
        line.strip_prefix("VmHWM:")?
            .trim()
            .strip_suffix(" kB")?
            .parse()
            .ok()
    };
    let own: f64 = status.lines().find_map(field).unwrap_or_default();
    let children = format!("/proc/{process}/task/{process}/children");
    let children = std::fs::read_to_string(children).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|id| id.parse().ok());
    own / 1024.0 + children.map(peak_memory).sum::<f64>()
}

/// What a program calls itself.
pub(crate) fn version(program: &Path) -> String {
    let said = Command::new(program).arg("--version").output();
    let said = said.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    said.split(" (")
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

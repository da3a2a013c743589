//! The language server, the real binary over real pipes.
//!
//! * `order`: what arrives in an order takes effect in that order, and nothing blocks anything;
//! * `lifecycle`: how the server starts, ends, and survives what clients do wrong;
//! * `clients`: the recorded clients, who get an answer to all that they offer;
//! * `restraint`: and to whom nothing is sent that they did not offer;
//! * `actions`: code actions, by kind, and each fix among them;
//! * `completing`: what stands in the recipe once a completion is accepted, at odd places too;
//! * `credentials`: what stands in a recipe and is shown by nothing;
//! * `matrix`: what `docs/lsp.md` says of methods and clients;
//! * `documents`: diagnostics, completion, hover and actions through the protocol;
//! * `formatting`: recipes in the one style;
//! * `navigation`: from names to places, and their new names;
//! * `graph`: the steps of a recipe as a drawing;
//! * `hints`: what is shown within the text;
//! * `tokens`: how the text is coloured;
//! * `resolved`: a step as it would be sent;
//! * `structure`: what a recipe consists of;
//! * `keychain`: a real keyring: its changes, its silence, and that no value is ever read;
//! * `moving`: a credential that moves from a recipe into the keychain;
//! * `runs`: a recipe run from the editor;
//! * `panels`: recipes, runs, secrets and hosts as clients show them beside the text;
//! * `shellcheck`: what the real one says, at its place;
//! * `shown`: runs for clients that show them and ask for what they miss;
//! * `approval`: nothing runs before somebody approved it, and nothing at all in a folder that is not
//!   trusted;
//! * `soak`: thousands of random edits and requests over many open recipes;
//! * `hostile`: what a recipe that means ill can make an editor show.

#![cfg(target_os = "linux")]

mod actions;
mod approval;
mod clients;
mod completing;
mod credentials;
mod documents;
mod editor;
mod formatting;
mod graph;
mod hints;
mod hostile;
mod keychain;
mod lifecycle;
mod matrix;
mod moving;
mod navigation;
mod order;
mod panels;
mod resolved;
mod restraint;
mod runs;
mod shellcheck;
mod shown;
mod soak;
mod structure;
mod tokens;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use testkit::lsp_client::LspClient;

const DOPPIO: &str = env!("CARGO_BIN_EXE_doppio");

/// A recipe with one step and nothing wrong.
const RECIPE: &str = "[recipe]\nname = \"small\"\n\n[[step]]\nid = \"one\"\nssh_command = { command = \"true\", host_id = \"local\" }\n";

const URI: &str = "file:///work/a.recipe.toml";

/// The server in a home of its own, without any keychain.
fn server(home: &Path) -> Command {
    program(home, &["lsp"])
}

/// The program in such a home.
fn program(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(DOPPIO);
    command
        .args(args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    command
}

/// A home, and a client that offers what most do.
fn connect() -> (tempfile::TempDir, LspClient) {
    let home = tempfile::tempdir().expect("a folder");
    let (client, _) = LspClient::connect(&mut server(home.path()), offers());
    (home, client)
}

/// What most clients offer.
fn offers() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-8", "utf-16"]},
        "textDocument": {
            "publishDiagnostics": {"relatedInformation": true, "versionSupport": true, "codeDescriptionSupport": true},
            "hover": {"contentFormat": ["markdown", "plaintext"]},
            "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
            "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix"]}}}
        },
        "workspace": {"workspaceEdit": {"documentChanges": true}},
        "window": {"workDoneProgress": true, "showDocument": {"support": true}}
    })
}

/// The parameters of a request about a place.
fn at(uri: &str, line: u32, character: u32) -> Value {
    json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}})
}

/// The labels of a completion.
fn labels(completion: &Value) -> Vec<&str> {
    let items = completion["items"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item["label"].as_str())
        .collect()
}

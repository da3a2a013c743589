//! An editor with one recipe open, and what a person does with it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::lsp_client::{LspClient, file_uri};

use super::{program, server};

/// How long one thing may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A home with a folder for recipes in it, and a client.
pub(super) struct Editor {
    pub(super) home: tempfile::TempDir,
    pub(super) client: LspClient,
    pub(super) uri: String,
    text: String,
}

impl Editor {
    /// An editor with a recipe that was never saved. `FOLDER` in it is the folder of the recipe.
    pub(super) fn open(text: &str, offers: Value) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("recipes");
        fs::create_dir(&folder).expect("a folder");
        let uri = file_uri(&folder.join("a b.toml")).replace(' ', "%20");
        let (mut client, _) = LspClient::connect(&mut server(home.path()), offers);
        let text = text.replace("FOLDER", &folder.display().to_string());
        client.open(&uri, &text);
        client.diagnostics(&uri, 0);
        Self {
            home,
            client,
            uri,
            text,
        }
    }

    /// A file beside the recipe.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.home.path().join("recipes").join(name)
    }

    /// Asks for a run, with more in its argument, by somebody who knows what it does.
    pub(super) fn run(&mut self, more: &Value) {
        let mut more = more.clone();
        if let Some(hash) = approval(&self.text, &self.file("a b.toml"), &more) {
            more["approve"] = json!(hash);
        }
        self.run_unapproved(&more);
    }

    /// The same by somebody who does not.
    pub(super) fn run_unapproved(&mut self, more: &Value) {
        let mut argument = json!({"uri": self.uri});
        let more = more.as_object().expect("an object").clone();
        argument.as_object_mut().expect("an object").extend(more);
        let command = json!({"command": "doppio.run", "arguments": [argument]});
        self.client.request("workspace/executeCommand", command);
    }

    /// What is said next, as its level and text.
    #[track_caller]
    pub(super) fn said(&mut self) -> (i64, String) {
        let message = self.client.heard("window/showMessage");
        let level = message["type"].as_i64().expect("a level");
        (
            level,
            message["message"].as_str().expect("a text").to_owned(),
        )
    }

    /// The code actions at the start.
    pub(super) fn actions(&mut self) -> Vec<Value> {
        self.actions_at(0)
    }

    fn actions_at(&mut self, line: u32) -> Vec<Value> {
        let place = json!({"line": line, "character": 0});
        let range = json!({"start": place, "end": place});
        let about = json!({"textDocument": {"uri": self.uri}, "range": range, "context": {"diagnostics": []}});
        let actions = self.client.request("textDocument/codeAction", about);
        actions.as_array().expect("actions").clone()
    }

    /// Executes the action of that title as any client does.
    #[track_caller]
    pub(super) fn choose(&mut self, title: &str) {
        self.choose_at(0, title);
    }

    /// The same on a line.
    #[track_caller]
    pub(super) fn choose_at(&mut self, line: u32, title: &str) {
        let actions = self.actions_at(line);
        let action = actions
            .iter()
            .find(|it| it["title"].as_str().is_some_and(|it| it.starts_with(title)));
        let action = action.unwrap_or_else(|| panic!("no {title} among {actions:#?}"));
        // A literal carries its command; without literals the action is one.
        let command = if action["command"].is_object() {
            &action["command"]
        } else {
            action
        };
        let command = json!({"command": command["command"], "arguments": command["arguments"]});
        self.client.request("workspace/executeCommand", command);
    }
}

/// The hash that approves a run of `text`, where that is all it needs to be known. It is asked in a
/// home where nothing was ever approved, so nothing runs.
pub(super) fn approval(text: &str, path: &Path, argument: &Value) -> Option<String> {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = program(home.path(), &["run", "-", "--format=jsonl"]);
    command.arg("--path").arg(path);
    for option in ["step", "from", "target"] {
        if let Some(value) = argument[option].as_str() {
            command.arg(format!("--{option}={value}"));
        }
    }
    for (name, value) in argument["vars"].as_object().into_iter().flatten() {
        command.arg(format!("--var={name}={}", value.as_str().expect("a text")));
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("doppio starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(text.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let events = String::from_utf8(output.stdout).expect("UTF-8");
    let refused = events
        .lines()
        .find(|line| line.contains("approval_needed"))?;
    let refused: Value = serde_json::from_str(refused).expect("JSON");
    let problems = refused["problems"].as_array()?;
    let needed = problems.iter().find(|it| it["kind"] == "approval_needed")?;
    Some(needed["hash"].as_str()?.to_owned())
}

/// A recipe with these steps.
pub(super) fn recipe(steps: &str) -> String {
    format!("[recipe]\nname = \"job\"\n{steps}")
}

/// A step that runs a command on this machine.
pub(super) fn step(id: &str, command: &str) -> String {
    format!(
        "[[step]]\nid = \"{id}\"\nssh_command = {{ command = '{command}', host_id = \"local\" }}\n"
    )
}

//! What stands in the recipe once a completion is accepted, at odd places too: the middle of a word, a string that
//! nobody closed, an inline table, behind a comma, between two steps.

use std::fs;

use serde_json::{Value, json};
use testkit::lsp_client::LspClient;

use super::{offers, server};

/// A client with snippets, and a recipe in a folder that has something in it.
struct Editor {
    home: tempfile::TempDir,
    client: LspClient,
    version: i32,
}

impl Editor {
    fn open() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(home.path().join("data/deep")).expect("folders");
        fs::write(home.path().join("data/a.csv"), "").expect("a file");
        let ssh = home.path().join(".ssh");
        fs::create_dir(&ssh).expect("a folder");
        fs::write(ssh.join("config"), "Host gpu-box\n  User root\n").expect("a file");
        let mut offers = offers();
        offers["textDocument"]["completion"]["completionItem"]["snippetSupport"] = json!(true);
        let mut command = server(home.path());
        command.env("ACME_REGION", "eu");
        let (client, _) = LspClient::connect(&mut command, offers);
        let mut editor = Self {
            home,
            client,
            version: 1,
        };
        let uri = editor.uri();
        editor.client.open(&uri, "");
        editor
    }

    fn uri(&self) -> String {
        format!("file://{}/a.recipe.toml", self.home.path().display())
    }

    /// What is offered at `$0`.
    fn items(&mut self, text: &str) -> (String, usize, Vec<Value>) {
        let offset = text.find("$0").expect("a cursor");
        let text = text.replacen("$0", "", 1);
        self.version += 1;
        let uri = self.uri();
        self.client.notify(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": self.version}, "contentChanges": [{"text": text}]}),
        );
        let line = text[..offset].matches('\n').count();
        let character = offset - text[..offset].rfind('\n').map_or(0, |it| it + 1);
        let place = json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
        let answer = self.client.request("textDocument/completion", place);
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        (text, offset, items)
    }

    /// The text once the item of that label is accepted at `$0`.
    #[track_caller]
    fn accepts(&mut self, before: &str, label: &str, after: &str) {
        let (text, offset, items) = self.items(before);
        let item = items.iter().find(|it| it["label"] == label);
        let item = item.unwrap_or_else(|| {
            let labels: Vec<&Value> = items.iter().map(|it| &it["label"]).collect();
            panic!("no {label:?} among {labels:?} in\n{text}")
        });
        let edit = &item["textEdit"];
        let place = |at: &Value| {
            let line = at["line"].as_u64().expect("a line") as usize;
            let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
            start + at["character"].as_u64().expect("a column") as usize
        };
        let (start, end) = (place(&edit["range"]["start"]), place(&edit["range"]["end"]));
        assert!(
            start <= offset && offset <= end,
            "{item} is not at the cursor"
        );
        // What is typed already must not filter it away.
        let filter = item["filterText"].as_str().unwrap_or(label);
        let typed = &text[start..offset];
        assert!(
            filter.contains(typed.trim_start_matches('[')),
            "{typed:?} filters {filter:?} away"
        );
        let mut text = text;
        text.replace_range(start..end, edit["newText"].as_str().expect("a text"));
        assert_eq!(text, after, "{label} in {before}");
    }

    /// Nothing is offered at `$0`.
    #[track_caller]
    fn is_silent(&mut self, text: &str) {
        let (_, _, items) = self.items(text);
        assert_eq!(items, [Value::Null; 0], "{text}");
    }
}

/// A step with one line of its own.
fn step(line: &str) -> String {
    format!("[[step]]\nid = \"a\"\n{line}\n")
}

#[test]
fn hosts_and_sessions() {
    let mut editor = Editor::open();
    for (before, after) in [
        ("host_id = \"$0\"", "host_id = \"gpu-box\""),
        ("host_id = \"gp$0u\"", "host_id = \"gpu-box\""),
        ("host_id = 'g$0'", "host_id = 'gpu-box'"),
        ("host_id = $0", "host_id = \"gpu-box\""),
        ("host_id = gp$0u", "host_id = \"gpu-box\""),
        // Nobody closed it.
        ("host_id = \"gp$0", "host_id = \"gpu-box\""),
    ] {
        let inside = |it: &str| step(&format!("ssh_command = {{ command = \"ls\", {it} }}"));
        editor.accepts(&inside(before), "gpu-box", &inside(after));
        let first = |it: &str| step(&format!("ssh_command = {{ {it}, command = \"ls\" }}"));
        editor.accepts(&first(before), "gpu-box", &first(after));
        let table = |it: &str| step(&format!("[step.ssh_command]\n{it}\ncommand = \"ls\""));
        editor.accepts(&table(before), "gpu-box", &table(after));
    }
    let sessions = |typed: &str| {
        format!(
            "[[step]]\nid = \"a\"\ntmux_new = {{ session_name = 'my \"train\"' }}\n[[step]]\nid = \"b\"\ntmux_kill = {{ session_name = {typed} }}\n"
        )
    };
    for (before, after) in [
        ("'my \"tr$0'", "'my \"train\"'"),
        ("\"$0\"", "\"my \\\"train\\\"\""),
        ("\"m$0", "\"my \\\"train\\\"\""),
        ("$0", "\"my \\\"train\\\"\""),
    ] {
        editor.accepts(&sessions(before), "my \"train\"", &sessions(after));
    }
}

#[test]
fn ids_of_steps() {
    let mut editor = Editor::open();
    let text = |depends: &str| {
        format!("[[step]]\nid = \"get\"\n\n[[step]]\nid = \"b\"\ndepends_on = {depends}\n")
    };
    for (before, after) in [
        ("[\"$0\"]", "[\"get\"]"),
        ("[\"g$0e\"]", "[\"get\"]"),
        ("[\"x\", $0]", "[\"x\", \"get\"]"),
        ("[\"x\",$0", "[\"x\",\"get\""),
        ("[\n  \"x\",\n  $0\n]", "[\n  \"x\",\n  \"get\"\n]"),
        ("[\n  'g$0\n]", "[\n  'get'\n]"),
        ("[\"ge$0]", "[\"get\"]"),
        ("[g$0]", "[\"get\"]"),
        ("$0", "[\"get\"]"),
    ] {
        editor.accepts(&text(before), "get", &text(after));
    }
    editor.is_silent(&text("[\"x\" $0]"));
}

#[test]
fn references_in_strings_of_every_kind() {
    let mut editor = Editor::open();
    let text = |command: &str| {
        format!(
            "[variables]\nmodel = \"bert\"\n\n[[step]]\nid = \"a\"\nrun_commands = {{ commands = {command} }}\n"
        )
    };
    for (before, label, after) in [
        ("\"x ${mo$0del} y\"", "model", "\"x ${model} y\""),
        ("\"x ${$0\"", "model", "\"x ${model}\""),
        ("\"x ${m$0", "model", "\"x ${model}"),
        ("\"x $$0 y\"", "model", "\"x ${model} y\""),
        (
            "\"\"\"\nls\ntrain ${m$0 --fast\n\"\"\"",
            "model",
            "\"\"\"\nls\ntrain ${model} --fast\n\"\"\"",
        ),
        ("'''\ncd ${$0}\n'''", "model", "'''\ncd ${model}\n'''"),
        ("\"${env.$0}\"", "ACME_REGION", "\"${env.ACME_REGION}\""),
        (
            "\"${env.AC$0ME_REGION}\"",
            "ACME_REGION",
            "\"${env.ACME_REGION}\"",
        ),
        (
            "\"\"\"\n${env.A$0\n\"\"\"",
            "ACME_REGION",
            "\"\"\"\n${env.ACME_REGION}\n\"\"\"",
        ),
        ("'DIR=/x; cd $D$0'", "DIR", "'DIR=/x; cd ${DIR}'"),
        (
            "'''\nfor f in *; do\n  echo \"${$0\"\ndone\n'''",
            "f",
            "'''\nfor f in *; do\n  echo \"${f}\"\ndone\n'''",
        ),
        ("\"DIR=/x; cd ${$0\"", "DIR", "\"DIR=/x; cd ${DIR}\""),
    ] {
        editor.accepts(&text(before), label, &text(after));
    }
}

#[test]
fn paths_on_this_machine() {
    let mut editor = Editor::open();
    let text = |path: &str| {
        step(&format!(
            "rsync_upload = {{ local_path = {path}, remote_path = \"/x\" }}"
        ))
    };
    let last = |path: &str| {
        step(&format!(
            "rsync_upload = {{ remote_path = \"/x\", local_path = {path} }}"
        ))
    };
    for (before, label, after) in [
        ("\"da$0\"", "data/", "\"data/\""),
        ("\"data/$0\"", "a.csv", "\"data/a.csv\""),
        ("\"data/a$0.c\"", "a.csv", "\"data/a.csv\""),
        ("\"da$0ta/x\"", "data/", "\"data/x\""),
        ("'data/a$0", "a.csv", "'data/a.csv'"),
        ("\"./data/d$0\"", "deep/", "\"./data/deep/\""),
    ] {
        editor.accepts(&text(before), label, &text(after));
        editor.accepts(&last(before), label, &last(after));
    }
}

#[test]
fn credentials_and_words() {
    let mut editor = Editor::open();
    let secret = "${secret:github/token}";
    for (before, label, after) in [
        (
            "auth_token = $0",
            secret,
            "auth_token = \"${secret:github/token}\"",
        ),
        (
            "auth_token = \"$0\"",
            secret,
            "auth_token = \"${secret:github/token}\"",
        ),
        (
            "auth_token = \"$0",
            secret,
            "auth_token = \"${secret:github/token}\"",
        ),
        (
            "auth_token = \"${sec$0\"",
            "secret:github/token",
            "auth_token = \"${secret:github/token}\"",
        ),
        (
            "auth_token = \"${secret:gi$0t}\"",
            "github/token",
            "auth_token = \"${secret:github/token}\"",
        ),
        (
            "auth$0",
            "auth_token",
            "auth_token = \"\\${secret:${1:github/token}\\}\"$0",
        ),
    ] {
        let text = |it: &str| step(&format!("git_clone = {{ repo_url = \"x\", {it} }}"));
        editor.accepts(&text(before), label, &text(after));
    }
    for (before, label, after) in [
        ("mode = \"par$0\"", "parallel", "mode = \"parallel\""),
        ("mode = \"p$0", "parallel", "mode = \"parallel\""),
        ("mode = par$0a", "parallel", "mode = \"parallel\""),
    ] {
        let text = |it: &str| step(&format!("group = {{ steps = [], {it} }}"));
        editor.accepts(&text(before), label, &text(after));
    }
}

#[test]
fn keys() {
    let mut editor = Editor::open();
    for (before, label, after) in [
        (
            "ssh_command = { command = \"x\", work$0 }",
            "workdir",
            "ssh_command = { command = \"x\", workdir = \"${1:}\"$0 }",
        ),
        (
            "ssh_command = { command = \"x\",$0}",
            "workdir",
            "ssh_command = { command = \"x\",workdir = \"${1:}\"$0}",
        ),
        (
            "ssh_command = {$0}",
            "command",
            "ssh_command = {command = \"${1:}\"$0}",
        ),
        (
            "ssh_command = { com$0mnd = \"x\" }",
            "command",
            "ssh_command = { command = \"x\" }",
        ),
        (
            "ssh_command.com$0",
            "command",
            "ssh_command.command = \"${1:}\"$0",
        ),
        ("\"tim$0e\" = 5", "timeout_secs", "timeout_secs = 5"),
        (
            "[step.ssh_command]\nwork$0\ncommand = \"x\"",
            "workdir",
            "[step.ssh_command]\nworkdir = \"${1:}\"$0\ncommand = \"x\"",
        ),
        ("[step.$0]", "[step.retry]", "[step.retry]"),
        (
            "[step.ssh$0",
            "[step.ssh_command]",
            "[step.ssh_command]\ncommand = \"${1:}\"\n$0",
        ),
    ] {
        editor.accepts(&step(before), label, &step(after));
    }
    editor.is_silent(&step("ssh_command = { command = \"x\" $0 }"));
}

#[test]
fn whole_steps_between_two() {
    let mut editor = Editor::open();
    let one = step("sleep = { duration_secs = 1 }");
    for typed in ["$0", "[[$0", "[[st$0"] {
        editor.accepts(
            &format!("{one}\n{typed}\n\n{one}"),
            "[[step]] tmux_new",
            &format!("{one}\n[[step]]\nid = \"${{1:}}\"\ntmux_new = {{ session_name = \"${{2:}}\" }}\n$0\n\n{one}"),
        );
    }
}

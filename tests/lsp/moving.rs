//! A credential moves from a recipe into a real keychain.

use serde_json::{Value, json};
use testkit::keyring::Keyring;
use testkit::lsp_client::LspClient;

use super::{DOPPIO, URI, offers};

/// In two pieces, so that whoever scans this repository finds none.
fn token() -> String {
    format!("hf_{}", "qZkWmTxRbYvNcLhJgFsAdPoIuEtKrQwZmX")
}

fn recipe(value: &str) -> String {
    format!(
        "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\n# ä\nssh_command = {{ command = \"export A='ä' HF_TOKEN={value}\", host_id = \"local\" }}\n"
    )
}

fn connect(keyring: &Keyring, applies: bool, trusted: bool) -> LspClient {
    let mut server = keyring.command(DOPPIO);
    server.arg("lsp");
    let mut offers = offers();
    offers["workspace"]["applyEdit"] = json!(applies);
    let mut client = LspClient::start(&mut server);
    let params = json!({
        "processId": null, "rootUri": null, "capabilities": offers,
        "initializationOptions": {"trusted": trusted},
    });
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    client
}

/// The action that moves what is wrong in the recipe, and what its diagnostic says.
fn action(client: &mut LspClient) -> (Option<Value>, String) {
    let actions = actions(client);
    let moves = |action: &&Value| action["command"]["command"] == "doppio.storeSecret";
    let message = credential(client)["message"].to_string();
    (actions.iter().find(moves).cloned(), message)
}

/// What is said of the credential in the version that was sent last.
fn credential(client: &mut LspClient) -> Value {
    let params = json!({"textDocument": {"uri": URI}});
    let report = client.request("textDocument/diagnostic", params);
    let mut items = report["items"].as_array().into_iter().flatten();
    let found = items.find(|it| it["code"] == "hard-coded-credential");
    found.expect("the credential is found").clone()
}

fn range(client: &mut LspClient) -> Value {
    credential(client)["range"].clone()
}

fn actions(client: &mut LspClient) -> Vec<Value> {
    let params = json!({
        "textDocument": {"uri": URI}, "range": range(client), "context": {"diagnostics": []},
    });
    let actions = client.request("textDocument/codeAction", params);
    actions.as_array().expect("a list").clone()
}

/// What the server said and asked, without what the client sent.
fn execute(client: &mut LspClient, action: &Value) {
    let command = &action["command"];
    let params = json!({"command": command["command"], "arguments": command["arguments"]});
    client.request("workspace/executeCommand", params);
}

fn looked_up(keyring: &Keyring, name: &str) -> Vec<u8> {
    let mut command = keyring.command("secret-tool");
    command.args(["lookup", "service", "dev.doppio.secrets", "username", name]);
    command.output().expect("secret-tool is installed").stdout
}

#[test]
fn a_credential_moves_into_the_keychain_and_a_reference_takes_its_place() {
    let keyring = Keyring::start();
    let mut client = connect(&keyring, true, true);
    let token = token();
    client.open(URI, &recipe(&token));
    let (action, message) = action(&mut client);
    let action = action.expect("it can be moved");
    assert_eq!(
        action["title"],
        "Move into the keychain as 'huggingface/token'"
    );
    assert!(!action.to_string().contains(&token) && !message.contains(&token));

    execute(&mut client, &action);
    let asked = client.heard("workspace/applyEdit");
    assert!(!asked.to_string().contains(&token));
    let edit = &asked["edit"]["documentChanges"][0];
    assert_eq!(edit["textDocument"], json!({"uri": URI, "version": 0}));
    assert_eq!(edit["edits"][0]["newText"], "${secret:huggingface/token}");
    let (start, end) = (
        &edit["edits"][0]["range"]["start"],
        &edit["edits"][0]["range"]["end"],
    );
    let line = recipe(&token).lines().nth(5).expect("a line").to_owned();
    let column = |place: &Value| place["character"].as_u64().expect("a column") as usize;
    assert_eq!(start["line"], 5);
    assert_eq!(&line[column(start)..column(end)], token);
    assert_eq!(looked_up(&keyring, "huggingface/token"), token.as_bytes());
    let said = client.heard("window/showMessage");
    assert_eq!(
        said["message"],
        "Stored 'huggingface/token' in the keychain."
    );

    // The range is about a version that is gone.
    client.replace(URI, 1, &recipe("x"));
    let command = &action["command"];
    let params = json!({"command": command["command"], "arguments": command["arguments"]});
    let id = client.ask("workspace/executeCommand", params);
    assert!(
        client.reply(id)["error"]["message"]
            .as_str()
            .is_some_and(|it| it.contains("changed"))
    );
    assert_eq!(client.quit().code(), Some(0));
}

#[test]
fn who_cannot_be_sent_edits_is_told_what_to_write() {
    let keyring = Keyring::start();
    let mut client = connect(&keyring, false, true);
    client.open(URI, &recipe(&token()));
    let action = action(&mut client).0.expect("it can be moved");
    execute(&mut client, &action);
    let said = client.heard("window/showMessage")["message"].to_string();
    assert!(said.contains("Write ${secret:huggingface/token}"), "{said}");
    assert_eq!(looked_up(&keyring, "huggingface/token"), token().as_bytes());
    assert!(!client.traffic().contains("workspace/applyEdit"));
    assert_eq!(client.quit().code(), Some(0));
}

#[test]
fn lines_and_escapes_are_stored_as_they_are_read() {
    let keyring = Keyring::start();
    let mut client = connect(&keyring, true, true);
    let text = "[recipe]\nname = \"x\"\n[variables]\nkey = \"a\\n\\u00e4 b\\n\"\n";
    client.open(URI, text);
    let place = |character| json!({"line": 3, "character": character});
    let argument = json!({
        "uri": URI, "name": "acme/key", "range": {"start": place(7), "end": place(7 + 13)},
    });
    let params = json!({"command": "doppio.storeSecret", "arguments": [argument]});
    client.request("workspace/executeCommand", params);
    client.heard("workspace/applyEdit");
    assert_eq!(looked_up(&keyring, "acme/key"), "a\nä b\n".as_bytes());
    assert_eq!(client.quit().code(), Some(0));
}

/// Whoever wrote the recipe could otherwise have the user work with an account of theirs.
#[test]
fn what_is_stored_already_stays_and_another_name_is_free() {
    let keyring = Keyring::start();
    keyring.store("huggingface/token", "the user's own");
    let mut client = connect(&keyring, true, true);
    client.open(URI, &recipe(&token()));
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(30);
    let actions = loop {
        let actions = actions(&mut client);
        if actions[0].get("edit").is_some() {
            break actions;
        }
        assert!(std::time::Instant::now() < limit, "the keychain is listed");
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    let titles: Vec<_> = actions
        .iter()
        .filter_map(|it| it["title"].as_str())
        .collect();
    assert_eq!(
        titles[..2],
        [
            "Refer to 'huggingface/token', which is stored and may be another value",
            "Move into the keychain as 'huggingface/token_2'"
        ]
    );
    let edit = &actions[0]["edit"]["documentChanges"][0]["edits"][0];
    assert_eq!(edit["newText"], "${secret:huggingface/token}");
    let free = action(&mut client).0.expect("it can be moved");
    execute(&mut client, &free);
    let asked = client.heard("workspace/applyEdit").to_string();
    assert!(asked.contains("${secret:huggingface/token_2}"), "{asked}");
    assert_eq!(looked_up(&keyring, "huggingface/token"), b"the user's own");
    assert_eq!(
        looked_up(&keyring, "huggingface/token_2"),
        token().as_bytes()
    );

    // Whoever asks for a name that is taken is refused.
    let range = range(&mut client);
    let argument = json!({"uri": URI, "name": "huggingface/token", "range": range});
    let params = json!({"command": "doppio.storeSecret", "arguments": [argument]});
    client.request("workspace/executeCommand", params);
    client.heard("window/showMessage");
    let said = client.heard("window/showMessage")["message"].to_string();
    assert!(said.contains("is stored already (keychain"), "{said}");
    assert_eq!(looked_up(&keyring, "huggingface/token"), b"the user's own");
    assert_eq!(client.quit().code(), Some(0));
}

/// A private key in a here-document that keeps the shell from expanding anything.
#[test]
fn a_reference_is_made_to_work_where_it_goes_or_is_not_offered() {
    let keyring = Keyring::start();
    let text = |line: &str| {
        format!(
            "[recipe]\nname = \"x\"\n[[step]]\nid = \"a\"\nssh_command = {{ host_id = \"local\", command = \'\'\'\ncat > k <<'EOF'\n{line}\nEOF\n\'\'\' }}\n"
        )
    };
    let mut client = connect(&keyring, true, true);
    client.open(URI, &text(&token()));
    let moves = action(&mut client).0.expect("it can be moved");
    execute(&mut client, &moves);
    let asked = client.heard("workspace/applyEdit");
    let edits = &asked["edit"]["documentChanges"][0]["edits"];
    let written: Vec<_> = edits
        .as_array()
        .expect("edits")
        .iter()
        .map(|it| &it["newText"])
        .collect();
    assert_eq!(written, ["", "", "${secret:huggingface/token}"]);
    assert_eq!(client.quit().code(), Some(0));

    let mut client = connect(&keyring, true, true);
    client.open(URI, &text(&format!("{} $HOME", token())));
    assert_eq!(action(&mut client).0, None);
    assert_eq!(client.quit().code(), Some(0));
}

#[test]
fn nothing_moves_without_a_keychain_or_without_trust() {
    let keyring = Keyring::absent();
    let mut client = connect(&keyring, true, true);
    client.open(URI, &recipe(&token()));
    let moves = action(&mut client).0.expect("it can be moved");
    execute(&mut client, &moves);
    let said = client.heard("window/showMessage")["message"].to_string();
    assert!(said.contains("could not be stored"), "{said}");
    assert!(!said.contains(&token()));
    assert!(!client.traffic().contains("workspace/applyEdit"));
    assert_eq!(client.quit().code(), Some(0));

    let mut client = connect(&keyring, true, false);
    client.open(URI, &recipe(&token()));
    assert_eq!(action(&mut client).0, None);
    let command = &moves["command"];
    let params = json!({"command": command["command"], "arguments": command["arguments"]});
    let id = client.ask("workspace/executeCommand", params);
    assert!(
        client.reply(id)["error"]["message"]
            .as_str()
            .is_some_and(|it| it.contains("not trusted"))
    );
    assert_eq!(client.quit().code(), Some(0));
}

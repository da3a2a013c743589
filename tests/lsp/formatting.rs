//! Recipes in the one style, through the protocol.

use serde_json::{Value, json};
use testkit::lsp_client::LspClient;

use super::{URI, connect};

const ODD: &str = "\u{feff}[recipe]\r\nname=\"ü😀\" # c\r\n[[step]]\r\nid='a'\r\ndepends_on=[\r\n'b',\r\n'ü😀' ,'c']\r\nssh_command={command='''\r\n  x=1 \r\n''' }\r\n";

const PLAIN: &str = "\u{feff}[recipe]\r\nname = \"ü😀\" # c\r\n\r\n[[step]]\r\nid = 'a'\r\ndepends_on = [\r\n  'b',\r\n  'ü😀', 'c',\r\n]\r\nssh_command = { command = '''\r\n  x=1 \r\n''' }\r\n";

fn ask(client: &mut LspClient, range: Option<Value>, options: Value) -> Value {
    let mut params = json!({"textDocument": {"uri": URI}, "options": options});
    let method = match range {
        Some(range) => {
            params["range"] = range;
            "textDocument/rangeFormatting"
        }
        None => "textDocument/formatting",
    };
    client.request(method, params)
}

/// `text` with edits whose columns are bytes, as that client has them.
fn applied(text: &str, edits: &Value) -> String {
    let offset = |place: &Value| {
        let number = |name: &str| place[name].as_u64().and_then(|it| usize::try_from(it).ok());
        let lines = text
            .split_inclusive('\n')
            .take(number("line").expect("a line"));
        lines.map(str::len).sum::<usize>() + number("character").expect("a column")
    };
    let edits = edits.as_array().expect("edits").iter().map(|edit| {
        let range = &edit["range"];
        let new = edit["newText"].as_str().expect("text");
        (offset(&range["start"])..offset(&range["end"]), new)
    });
    let mut applied = text.to_owned();
    for (range, new) in edits.rev() {
        applied.replace_range(range, new);
    }
    applied
}

#[test]
fn a_document_is_formatted_by_small_edits_in_columns_of_the_client() {
    let (_home, mut client) = connect();
    client.open(URI, ODD);
    let edits = ask(
        &mut client,
        None,
        json!({"tabSize": 2, "insertSpaces": true, "trimTrailingWhitespace": true, "insertFinalNewline": false, "ours": "x"}),
    );
    assert_eq!(applied(ODD, &edits), PLAIN);
    let lengths = edits
        .as_array()
        .expect("edits")
        .iter()
        .map(|edit| edit["newText"].as_str().map_or(0, str::len));
    assert!(lengths.max() < Some(8), "{edits}");
    client.replace(URI, 1, PLAIN);
    let options = json!({"tabSize": 8, "insertSpaces": false});
    assert_eq!(
        ask(&mut client, None, options),
        json!([]),
        "the text's own indentation counts"
    );
}

#[test]
fn a_range_is_formatted_by_whole_entries() {
    let (_home, mut client) = connect();
    client.open(URI, ODD);
    let options = || json!({"tabSize": 2, "insertSpaces": false});
    let range = |start: (u32, u32), end: (u32, u32)| {
        let place = |(line, character)| json!({"line": line, "character": character});
        Some(json!({"start": place(start), "end": place(end)}))
    };
    let edits = ask(&mut client, range((1, 3), (2, 0)), options());
    assert_eq!(applied(ODD, &edits), ODD.replace("name=\"", "name = \""));
    let edits = ask(&mut client, range((5, 0), (5, 1)), options());
    assert_eq!(applied(ODD, &edits), ODD.replace("'b',", "\t'b',"));
    let edits = ask(&mut client, range((8, 0), (8, 5)), options());
    assert_eq!(edits, json!([]), "shell text");
    let all = ask(&mut client, range((0, 0), (99, 99)), options());
    assert_eq!(applied(ODD, &all), PLAIN.replace("  '", "\t'"));
}

#[test]
fn a_text_with_an_error_and_what_is_no_recipe_have_no_edits() {
    let (_home, mut client) = connect();
    let options = || json!({"tabSize": 2, "insertSpaces": true});
    client.open(URI, &format!("{ODD}x=\r\n"));
    assert_eq!(ask(&mut client, None, options()), json!([]));
    let first = json!({"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 1}});
    assert_eq!(ask(&mut client, Some(first), options()), json!([]));
    let other = "file:///work/Cargo.toml";
    client.open(other, "[package]\nname=\"x\"\n");
    let params = json!({"textDocument": {"uri": other}, "options": options()});
    assert_eq!(
        client.request("textDocument/formatting", params),
        Value::Null
    );
}

#[test]
fn odd_options_of_a_client_do_no_harm() {
    let (_home, mut client) = connect();
    client.open(URI, ODD);
    for size in [0_u32, 1, 3, 9, u32::MAX] {
        let edits = ask(
            &mut client,
            None,
            json!({"tabSize": size, "insertSpaces": true}),
        );
        let indent = match size {
            0 => 4,
            size => size.min(8) as usize,
        };
        assert_eq!(
            applied(ODD, &edits),
            PLAIN.replace("  '", &format!("{:indent$}'", ""))
        );
    }
    // What the protocol does not allow gets an error, and the server goes on.
    for options in [
        json!({}),
        json!({"tabSize": -2, "insertSpaces": true}),
        json!({"tabSize": "two"}),
        Value::Null,
    ] {
        let params = json!({"textDocument": {"uri": URI}, "options": options});
        let id = client.ask("textDocument/formatting", params);
        let reply = client.reply(id);
        assert_eq!(reply["error"]["code"], -32602, "{reply}");
    }
    let edits = ask(
        &mut client,
        None,
        json!({"tabSize": 2, "insertSpaces": true}),
    );
    assert_eq!(applied(ODD, &edits), PLAIN);
}

//! How the text is coloured, through the protocol.

use serde_json::{Value, json};
use testkit::lsp_client::LspClient;

use super::{URI, server};

const TEXT: &str = "[recipe]\r\nname = \"x\"\r\n[variables]\r\nmodel = \"bert\"\r\n[[step]]\r\nid = \"a\"\r\nssh_command = { host_id = \"local\", command = \"\"\"\r\necho '😀\r\n${model}'\r\n\"\"\" }\r\n";

/// A client that knows these kinds of tokens, in an encoding.
fn connect(home: &tempfile::TempDir, encoding: &str, kinds: &[&str]) -> (LspClient, Value) {
    let offers = json!({
        "general": {"positionEncodings": [encoding]},
        "textDocument": {"semanticTokens": {
            "requests": {"range": true, "full": {"delta": true}},
            "tokenTypes": kinds, "tokenModifiers": ["readonly", "declaration"], "formats": ["relative"]
        }}
    });
    LspClient::connect(&mut server(home.path()), offers)
}

const KINDS: [&str; 6] = [
    "variable", "function", "keyword", "operator", "string", "type",
];

/// What is coloured, line by line, in columns of UTF-16.
fn shown(answer: &Value, server: &Value) -> Vec<String> {
    let types = &server["semanticTokensProvider"]["legend"]["tokenTypes"];
    let modifiers = &server["semanticTokensProvider"]["legend"]["tokenModifiers"];
    let numbers = answer["data"].as_array().expect("numbers").iter();
    let numbers: Vec<usize> = numbers
        .map(|it| usize::try_from(it.as_u64().expect("a number")).expect("small"))
        .collect();
    let (mut line, mut column) = (0, 0);
    let one = |token: &[usize]| {
        let [down, across, length, kind, bits] = token else {
            panic!("five numbers make a token: {token:?}");
        };
        column = if *down == 0 { column + across } else { *across };
        line += down;
        let flags = (0..8).filter(|bit| bits & (1 << bit) != 0);
        let flags: Vec<&str> = flags.filter_map(|bit| modifiers[bit].as_str()).collect();
        let kind = types[*kind].as_str().expect("a kind");
        format!("{line}:{column}+{length} {kind} {}", flags.join(" "))
            .trim_end()
            .to_owned()
    };
    numbers.chunks(5).map(one).collect()
}

fn ask(client: &mut LspClient, method: &str, more: &Value) -> Value {
    let mut params = json!({"textDocument": {"uri": URI}});
    let more = more.as_object().expect("an object").clone();
    params.as_object_mut().expect("an object").extend(more);
    client.request(&format!("textDocument/semanticTokens/{method}"), params)
}

const LAST_LINES: [&str; 4] = [
    "7:0+4 function",
    "7:5+3 string",
    "8:0+2 operator",
    "8:2+5 variable",
];

#[test]
fn tokens_are_told_in_words_and_columns_of_the_client() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut client, answer) = connect(&home, "utf-16", &KINDS);
    let legend = &answer["semanticTokensProvider"]["legend"];
    assert_eq!(
        legend["tokenTypes"],
        json!(["function", "keyword", "operator", "string", "variable"])
    );
    assert_eq!(legend["tokenModifiers"], json!(["declaration", "readonly"]));
    client.open(URI, TEXT);
    let all = ask(&mut client, "full", &json!({}));
    let mut expected = vec![
        "3:0+5 variable declaration",
        "5:6+1 function declaration",
        "6:0+11 keyword",
    ];
    expected.extend(LAST_LINES);
    expected.extend(["8:7+1 operator", "8:8+1 string"]);
    assert_eq!(shown(&all, &answer), expected);
    let range = json!({"range": {"start": {"line": 4, "character": 0}, "end": {"line": 5, "character": 8}}});
    let part = ask(&mut client, "range", &range);
    assert_eq!(shown(&part, &answer)[0], "5:6+1 function declaration");

    // An emoji is four bytes, two UTF-16 units and one character.
    for (encoding, length) in [("utf-8", 5), ("utf-32", 2)] {
        let home = tempfile::tempdir().expect("a folder");
        let (mut client, answer) = connect(&home, encoding, &KINDS);
        client.open(URI, TEXT);
        let all = ask(&mut client, "full", &json!({}));
        assert_eq!(
            shown(&all, &answer)[4],
            format!("7:5+{length} string"),
            "{encoding}"
        );
    }
}

#[test]
fn only_what_changed_is_told_again() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut client, _) = connect(&home, "utf-8", &KINDS);
    client.open(URI, TEXT);
    let all = ask(&mut client, "full", &json!({}));
    let previous = |answer: &Value| json!({"previousResultId": answer["resultId"]});
    let same = ask(&mut client, "full/delta", &previous(&all));
    assert_eq!(same["edits"], json!([]));
    client.replace(URI, 1, &TEXT.replace("echo", "printf"));
    let changed = ask(&mut client, "full/delta", &previous(&same));
    // The fourth token is longer, and the fifth further off.
    let edit = &changed["edits"][0];
    assert_eq!(
        (&edit["start"], &edit["deleteCount"]),
        (&json!(15), &json!(10))
    );
    assert_eq!(changed["edits"].as_array().map(Vec::len), Some(1));
    let unknown = ask(&mut client, "full/delta", &json!({"previousResultId": "?"}));
    assert!(unknown["data"].is_array(), "{unknown}");
}

#[test]
fn who_knows_none_of_the_words_is_offered_nothing() {
    for kinds in [&[][..], &["type"]] {
        let home = tempfile::tempdir().expect("a folder");
        let (_client, answer) = connect(&home, "utf-8", kinds);
        assert_eq!(answer["semanticTokensProvider"], Value::Null);
    }
}

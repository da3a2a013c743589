//! Whatever bytes a client sends, the server writes whole messages, breaks nowhere and ends.
//!
//! An input that starts as the protocol does goes over the wire as it is. Of any other, each line that is
//! JSON is the body of a message after a handshake.

use serde_json::{Value, json};

use crate::server::{framed, hello, talk, wire};

const URI: &str = "file:///work/a.recipe.toml";

/// See above.
pub fn holds(data: &[u8]) {
    // The server ends with the process that this names, and it would wait a moment after that.
    let ends = |word: &[u8]| data.windows(word.len()).any(|it| it == word);
    if ends(b"processId") || ends(b"exit") {
        return;
    }
    if data.starts_with(b"Content-") {
        talk(&[], data);
        return;
    }
    let lines = data.split(|byte| *byte == b'\n');
    let bodies = lines.filter(|line| serde_json::from_slice::<Value>(line).is_ok());
    let mut rest = wire(&[json!({"jsonrpc": "2.0", "method": "initialized", "params": {}})]);
    bodies.for_each(|body| rest.extend(framed(body)));
    talk(&hello("utf-16"), &rest);
}

/// A recipe that is opened, edited and asked about; and the same as bytes.
pub fn seed(text: &str) -> Vec<Vec<u8>> {
    let lines = text.lines().count();
    let place = json!({"line": lines / 2, "character": 3});
    let here = json!({"textDocument": {"uri": URI}, "position": place, "newName": "x", "context": {"includeDeclaration": true, "triggerKind": 1}});
    let range = json!({"start": place, "end": place});
    let change = json!({"range": range, "text": "x = 1\n"});
    let requests = [
        "hover",
        "completion",
        "definition",
        "references",
        "documentHighlight",
        "rename",
        "prepareRename",
        "documentSymbol",
        "foldingRange",
        "documentLink",
        "codeLens",
        "linkedEditingRange",
    ];
    let ask = |(id, name): (usize, &&str)| json!({"jsonrpc": "2.0", "id": id, "method": format!("textDocument/{name}"), "params": here});
    let tell =
        |method: &str, params: Value| json!({"jsonrpc": "2.0", "method": method, "params": params});
    let document = json!({"uri": URI, "languageId": "toml", "version": 0, "text": text});
    let mut messages = vec![tell(
        "textDocument/didOpen",
        json!({"textDocument": document}),
    )];
    messages.extend(requests.iter().enumerate().map(ask));
    let document = json!({"uri": URI, "version": 1});
    messages.push(tell(
        "textDocument/didChange",
        json!({"textDocument": document, "contentChanges": [change]}),
    ));
    let document = json!({"uri": URI});
    for (id, method) in [
        "doppio/graph",
        "doppio/text",
        "doppio/recipes",
        "doppio/runs",
        "doppio/hosts",
    ]
    .iter()
    .enumerate()
    {
        messages
            .push(json!({"jsonrpc": "2.0", "id": id + 100, "method": method, "params": document}));
    }
    let actions = json!({"textDocument": document, "range": range, "context": {"diagnostics": []}});
    messages.push(json!({"jsonrpc": "2.0", "id": 200, "method": "textDocument/codeAction", "params": actions}));
    messages.push(json!({"jsonrpc": "2.0", "id": 201, "method": "workspace/executeCommand", "params": {"command": "doppio.run", "arguments": [document]}}));
    messages.push(tell("$/cancelRequest", json!({"id": 200})));
    messages.push(tell(
        "textDocument/didClose",
        json!({"textDocument": document}),
    ));
    let bodies: Vec<String> = messages.iter().map(Value::to_string).collect();
    let wire = [hello("utf-8"), wire(&messages)].concat();
    // Of the bytes, a whole session is enough.
    match text.len() < 300 {
        true => vec![bodies.join("\n").into_bytes(), wire],
        false => vec![bodies.join("\n").into_bytes()],
    }
}

//! The language server in this process, without its pipes: bytes in, messages out.

use std::path::Path;

use lsp::Options;
use runner::secrets::Places;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What an unknown cause within the server is answered with.
const INTERNAL_ERROR: i64 = -32603;

/// What the server says to a client that says `hello`, waits for an answer if there is any to wait for,
/// says `rest` and goes. The server has nothing to run, and no folder of its own.
pub(crate) fn talk(hello: &[u8], rest: &[u8]) -> Vec<Value> {
    let nowhere = Path::new("/nonexistent/doppio");
    let options = Options {
        executable: nowhere.to_owned(),
        secrets: Places::new(nowhere),
        state_folder: nowhere.to_owned(),
        hosts: Vec::new,
        host: |_| None,
    };
    let (mut client, server) = tokio::io::duplex(1 << 26);
    let (input, output) = tokio::io::split(server);
    let serving = std::thread::spawn(|| lsp::serve_over(options, input, output));
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let talked = runtime.expect("a runtime").block_on(async {
        let mut said = Vec::new();
        client.write_all(hello).await?;
        if !hello.is_empty() {
            client.read_buf(&mut said).await?;
        }
        client.write_all(rest).await?;
        client.shutdown().await?;
        client.read_to_end(&mut said).await?;
        std::io::Result::Ok(said)
    });
    let served = serving.join().expect("the server does not panic");
    served.expect("the system gives threads");
    let said = messages(&talked.expect("memory does not break"));
    for message in &said {
        let code = message["error"]["code"].as_i64();
        assert_ne!(code, Some(INTERNAL_ERROR), "{message}");
    }
    said
}

/// A message as it goes over the wire.
pub(crate) fn framed(body: &[u8]) -> Vec<u8> {
    let mut message = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    message.extend(body);
    message
}

/// What a client begins with that counts columns in `encoding`, and whose folder is not trusted: then the
/// server starts nothing and asks nobody.
pub(crate) fn hello(encoding: &str) -> Vec<u8> {
    let capabilities = json!({
        "general": {"positionEncodings": [encoding]},
        "textDocument": {
            "diagnostic": {},
            "completion": {"completionItem": {"snippetSupport": true, "documentationFormat": ["markdown"]}},
            "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}}},
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
            "rename": {"prepareSupport": true},
        },
        "workspace": {"workspaceEdit": {"documentChanges": true}, "diagnostics": {"refreshSupport": true}},
    });
    let params = json!({
        "processId": null, "rootUri": null, "capabilities": capabilities,
        "initializationOptions": {"trusted": false},
    });
    wire(&[json!({"jsonrpc": "2.0", "id": "first", "method": "initialize", "params": params})])
}

/// Messages as they go over the wire.
pub(crate) fn wire(messages: &[Value]) -> Vec<u8> {
    let bodies = messages.iter().map(|it| it.to_string().into_bytes());
    bodies.flat_map(|it| framed(&it)).collect()
}

/// The messages that were written, all of them whole.
fn messages(mut output: &[u8]) -> Vec<Value> {
    const HEADER: &[u8] = b"Content-Length: ";
    let mut messages = Vec::new();
    while !output.is_empty() {
        let rest = output.strip_prefix(HEADER).expect("a header");
        let end = rest.windows(4).position(|it| it == b"\r\n\r\n");
        let (length, rest) = rest.split_at(end.expect("its end"));
        let length = std::str::from_utf8(length)
            .ok()
            .and_then(|it| it.parse().ok());
        let (body, after) = rest[4..].split_at(length.expect("a length"));
        messages.push(serde_json::from_slice(body).expect("JSON"));
        output = after;
    }
    messages
}

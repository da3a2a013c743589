//! What is JSON and no message of JSON-RPC is answered rather than the end of the server: the transport stops at
//! such a one, so it goes through here first and comes out as a request that the fence refuses.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, copy_buf,
};

/// The method of what is no message. None has a name that is empty.
pub(super) const NO_MESSAGE: &str = "";

/// Copies messages until the input ends. What is not even a message's length is for the transport to judge, and so
/// is what follows it.
pub(super) async fn screen(input: impl AsyncRead + Unpin, mut output: impl AsyncWrite + Unpin) {
    let mut input = BufReader::new(input);
    while let Ok(true) = message(&mut input, &mut output).await {}
    // Either side may be gone; the transport sees that by itself.
    let _ = copy_buf(&mut input, &mut output).await;
    let _ = output.shutdown().await;
}

/// Copies one message, and tells whether another one can follow.
async fn message<R: AsyncRead + Unpin>(
    input: &mut BufReader<R>,
    output: &mut (impl AsyncWrite + Unpin),
) -> std::io::Result<bool> {
    let mut head = Vec::new();
    let mut length = None;
    loop {
        let start = head.len();
        let mut rest = (&mut *input).take(LONGEST_LINE);
        let read = rest.read_until(b'\n', &mut head).await?;
        if read == 0 || !head.ends_with(b"\r\n") {
            output.write_all(&head).await?;
            return Ok(false);
        }
        match &head[start..] {
            b"\r\n" => break,
            line => length = content_length(line).or(length),
        }
    }
    let Some(length) = length else {
        output.write_all(&head).await?;
        return Ok(false);
    };
    let mut body = Vec::new();
    (&mut *input).take(length).read_to_end(&mut body).await?;
    if let Some(refused) = refused(&body) {
        let body = refused.to_string();
        let head = format!("Content-Length: {}\r\n\r\n", body.len());
        output.write_all(head.as_bytes()).await?;
        output.write_all(body.as_bytes()).await?;
    } else {
        output.write_all(&head).await?;
        output.write_all(&body).await?;
    }
    Ok(body.len() as u64 == length)
}

const LONGEST_LINE: u64 = 4096;

fn content_length(line: &[u8]) -> Option<u64> {
    let line = std::str::from_utf8(line).ok()?;
    line.strip_prefix("Content-Length:")?.trim().parse().ok()
}

/// The request that stands for `body`, if that is JSON and no message.
fn refused(body: &[u8]) -> Option<Value> {
    let of = |id: Value| json!({"jsonrpc": "2.0", "method": NO_MESSAGE, "id": id});
    let message: Message = match serde_json::from_slice(body) {
        Ok(message) => message,
        // An array, a number: there is no id in it to answer.
        Err(why) if why.is_data() => return Some(of(Value::Null)),
        Err(_) => return None,
    };
    let id = match &message.id {
        None | Some(Part::Null) => Some(Value::Null),
        Some(Part::Text(id)) => Some(json!(id)),
        Some(Part::Whole(id)) => Some(json!(id)),
        Some(Part::Other(_)) => None,
    };
    let is_version = matches!(&message.jsonrpc, Some(Part::Text(it)) if it == "2.0");
    let is_named = match &message.method {
        Some(Part::Text(name)) => !name.is_empty(),
        Some(_) => false,
        None => message.id.is_some() && (message.result || message.error.is_some()),
    };
    let is_message = is_version && is_named && id.is_some();
    // The id of an answer is ours and would be taken for one of the client's.
    let id = id.filter(|_| message.method.is_some());
    (!is_message).then(|| of(id.unwrap_or_default()))
}

/// As much of a message as tells whether it is one.
#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    jsonrpc: Option<Part>,
    #[serde(default)]
    method: Option<Part>,
    #[serde(default, deserialize_with = "some")]
    id: Option<Part>,
    #[serde(default, deserialize_with = "is_there")]
    result: bool,
    #[serde(default)]
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(rename = "code")]
    _code: i64,
    #[serde(rename = "message")]
    _message: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Text(String),
    Whole(i64),
    Null,
    Other(IgnoredAny),
}

/// A null is something else than nothing.
fn some<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Part>, D::Error> {
    Part::deserialize(value).map(Some)
}

fn is_there<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(value).map(|_| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_pass_and_what_is_none_is_refused() {
        for message in [
            r#"{"jsonrpc":"2.0","method":"exit"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"a","params":[1.5,null,{"id":[]}]}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"a"}"#,
            r#"{"jsonrpc":"2.0","id":"x","result":null}"#,
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#,
            r#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}"#,
            // No JSON: the transport says so.
            r#"{"jsonrpc":"#,
            "",
        ] {
            assert_eq!(refused(message.as_bytes()), None, "{message}");
        }
        for (message, id) in [
            ("[]", Value::Null),
            (r#"[{"jsonrpc":"2.0","id":1,"method":"a"}]"#, Value::Null),
            ("7", Value::Null),
            ("{}", Value::Null),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"a"}"#, Value::Null),
            (r#"{"id":3,"method":"a"}"#, json!(3)),
            (r#"{"jsonrpc":"1.0","id":"x","method":"a"}"#, json!("x")),
            (r#"{"jsonrpc":"2.0","id":3,"method":5}"#, json!(3)),
            (r#"{"jsonrpc":"2.0","id":3}"#, Value::Null),
            (r#"{"jsonrpc":"2.0","result":3}"#, Value::Null),
            (r#"{"jsonrpc":"2.0","id":3,"error":5}"#, Value::Null),
        ] {
            let refused = refused(message.as_bytes()).expect(message);
            assert_eq!(
                (&refused["id"], &refused["method"]),
                (&id, &json!("")),
                "{message}"
            );
        }
    }

    #[tokio::test]
    async fn the_bytes_of_messages_stay_as_they_are() {
        let framed = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
        let good = framed(r#"{"jsonrpc":"2.0","method":"ä"}"#);
        let typed = "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n";
        for (input, output) in [
            (good.repeat(2), good.repeat(2)),
            (format!("{typed}{good}"), format!("{typed}{good}")),
            (
                framed("[]") + &good,
                framed(&refused(b"[]").expect("no message").to_string()) + &good,
            ),
            ("hello\r\n\r\n[]".to_owned(), "hello\r\n\r\n[]".to_owned()),
            (
                good[..good.len() - 2].to_owned(),
                good[..good.len() - 2].to_owned(),
            ),
            ("Content-Le".to_owned(), "Content-Le".to_owned()),
        ] {
            let mut written = Vec::new();
            screen(input.as_bytes(), &mut written).await;
            assert_eq!(String::from_utf8(written).expect("UTF-8"), output);
        }
    }
}

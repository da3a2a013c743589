//! In each encoding, the server's text is the client's after any changes, what it says of it is what it
//! would say of the same text opened anew, every request is answered, and by places that are in the text.
//!
//! An input is a byte for the encoding and a text, and after each separator a byte for what is done, four
//! for a range, and what is typed. The client here counts in its own, simple way.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::mirror::{Mirror, position};

use crate::SEPARATOR;
use crate::server::{hello, talk, wire};

const URI: &str = "file:///work/a.recipe.toml";
const ANEW: &str = "file:///work/b.recipe.toml";

const ENCODINGS: &[&str] = &["utf-8", "utf-16", "utf-32"];

/// What is asked, by the byte that says so. The others are changes.
const ASKED: &[&str] = &[
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/declaration",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/selectionRange",
    "textDocument/documentLink",
    "textDocument/codeLens",
    "textDocument/codeAction",
    "textDocument/linkedEditingRange",
    "textDocument/prepareCallHierarchy",
    "textDocument/diagnostic",
    "doppio/graph",
    "doppio/text",
];

/// See above.
pub fn holds(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == SEPARATOR);
    let Some((encoding, text)) = parts.next().and_then(|it| it.split_first()) else {
        return;
    };
    let Some(text) = crate::text(text) else {
        return;
    };
    let mut client = Client::open(ENCODINGS[usize::from(*encoding) % ENCODINGS.len()], text);
    for part in parts.take(24) {
        let Some((&[what, rest @ ..], typed)) = part.split_first_chunk::<5>() else {
            return;
        };
        let Some(typed) = crate::text(typed) else {
            return;
        };
        let range = rest.map(|it| match it {
            // Far past the end.
            0xfe => u32::MAX,
            it => u32::from(it),
        });
        match ASKED.get(usize::from(what)) {
            Some(method) => client.ask(method, range, typed),
            None => client.change(range, typed),
        }
    }
    client.compare();
}

/// A client and what it has sent.
struct Client {
    encoding: &'static str,
    document: Mirror,
    version: i32,
    sent: Vec<Value>,
    /// The requests, and the text that each was about.
    asked: BTreeMap<i64, (String, Mirror)>,
}

impl Client {
    fn open(encoding: &'static str, text: &str) -> Self {
        let mut client = Self {
            encoding,
            document: Mirror::new(text, encoding),
            version: 0,
            sent: Vec::new(),
            asked: BTreeMap::new(),
        };
        client.tell("initialized", json!({}));
        client.tell_open(URI);
        client
    }

    fn tell_open(&mut self, uri: &str) {
        let document = json!({"uri": uri, "languageId": "toml", "version": self.version, "text": self.document.text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.sent
            .push(json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn change(&mut self, [line, column, down, to]: [u32; 4], typed: &str) {
        let start = (line, column);
        let end = match down {
            0 => (line, column.saturating_add(to)),
            _ => (line.saturating_add(down), to),
        };
        let change = match (start, end) {
            ((u32::MAX, _), (_, u32::MAX)) => {
                self.document.text = typed.to_owned();
                json!({"text": typed})
            }
            _ => self.document.replace(start, end, typed),
        };
        self.version += 1;
        let document = json!({"uri": URI, "version": self.version});
        self.tell(
            "textDocument/didChange",
            json!({"textDocument": document, "contentChanges": [change]}),
        );
    }

    fn ask(&mut self, method: &str, [line, column, down, to]: [u32; 4], name: &str) {
        let (start, end) = (
            position((line, column)),
            position((line.saturating_add(down), to)),
        );
        self.request(method, json!({
            "uri": URI, "textDocument": {"uri": URI}, "position": start, "positions": [start, end],
            "range": {"start": start, "end": end}, "newName": name,
            "context": {"diagnostics": [], "includeDeclaration": true, "triggerKind": 1},
        }));
    }

    fn request(&mut self, method: &str, params: Value) -> i64 {
        let id = self.asked.len() as i64;
        self.asked
            .insert(id, (method.to_owned(), self.document.clone()));
        self.sent
            .push(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// Sends everything, and compares what comes back with what must.
    fn compare(mut self) {
        let text = self.request("doppio/text", json!({"uri": URI}));
        let of = |uri: &str| json!({"textDocument": {"uri": uri}});
        let again = [
            "textDocument/diagnostic",
            "textDocument/documentSymbol",
            "textDocument/codeLens",
        ];
        let again = again.map(|it| (it, self.request(it, of(URI))));
        self.tell("textDocument/didClose", of(URI));
        self.tell_open(ANEW);
        let pairs = again.map(|(it, again)| (again, self.request(it, of(ANEW))));
        let mut answers = BTreeMap::new();
        for message in talk(&hello(self.encoding), &wire(&self.sent)) {
            if let Some(id) = message["id"]
                .as_i64()
                .filter(|_| message.get("method").is_none())
            {
                assert!(
                    answers.insert(id, message).is_none(),
                    "{id} is answered twice"
                );
            }
        }
        for (id, (method, document)) in &self.asked {
            let answer = answers
                .get(id)
                .unwrap_or_else(|| panic!("{method} is not answered"));
            // Only what cannot be granted, such as an impossible name, may be refused.
            assert!(
                [None, Some(-32803)].contains(&answer["error"]["code"].as_i64()),
                "{answer}"
            );
            let stray = document.stray(&answer["result"]);
            assert_eq!(stray, None, "{method}: a place that is not in the text");
        }
        assert_eq!(
            answers[&text]["result"],
            json!({"version": self.version, "text": self.document.text})
        );
        for (again, anew) in pairs {
            let said = |id: i64| answers[&id]["result"].to_string().replace(ANEW, URI);
            let (again, anew) = (said(again), said(anew));
            assert!(
                without_result_id(&again) == without_result_id(&anew),
                "{again}\n{anew}"
            );
        }
    }
}

fn without_result_id(said: &str) -> Value {
    let mut said: Value = serde_json::from_str(said).expect("JSON");
    if let Some(said) = said.as_object_mut() {
        said.remove("resultId");
    }
    said
}

/// The byte that says: a change.
pub const CHANGE: u8 = u8::MAX - 1;

/// What is done: a request by its number, or a [`CHANGE`]; the range as line, column, lines down and column
/// there; what is typed.
pub type Part<'a> = (u8, [u8; 4], &'a str);

/// The input that opens `text` and does this.
pub fn input(encoding: u8, text: &str, parts: &[Part<'_>]) -> Vec<u8> {
    let mut input = vec![encoding];
    input.extend(text.as_bytes());
    for (what, range, typed) in parts {
        input.extend([SEPARATOR, *what]);
        input.extend(range);
        input.extend(typed.as_bytes());
    }
    input
}

/// A text that is edited, asked about and edited again, in one of the encodings.
pub fn seed(text: &str) -> Vec<Vec<u8>> {
    let line = u8::try_from(text.lines().count() / 2).unwrap_or(100);
    let encoding = (text.len() % ENCODINGS.len()) as u8;
    let asked = (0..ASKED.len() as u8).map(|what| (what, [line + 1, 4, 1, 2], "new"));
    let mut parts = vec![(CHANGE, [line, 2, 0, 1], "👩‍💻e\u{301}\r\n")];
    parts.extend(asked);
    parts.push((CHANGE, [0, 1, line, 3], "\u{2028}\u{feff}[[step]]\n"));
    parts.push((CHANGE, [line, 200, 1, 0xfe], "${x}"));
    vec![input(encoding, text, &parts)]
}

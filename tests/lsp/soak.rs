//! Thousands of random edits and requests over fifty open recipes: every request is answered, none with
//! an error, each with places of the text that it was about; in the end the server has the texts that the
//! client has, says of them what a new server says, and needs no more memory than at the start.
//!
//! `DOPPIO_SOAK` sets how many, `DOPPIO_SOAK_SEED` which ones. A hundred thousand, with the figures:
//!
//! ```text
//! DOPPIO_SOAK=100000 cargo test -p doppio --test lsp soak -- --nocapture
//! ```

use std::collections::VecDeque;

use serde_json::json;
use testkit::lsp_client::LspClient;
use testkit::mirror::{Mirror, position};

use super::server;

const RECIPES: usize = 50;
/// How many requests are under way.
const UNDER_WAY: usize = 32;
/// How much the server may grow once it has seen every kind of request: what a text of some kilobytes is
/// remembered by differs from one version to the next.
const MOST_GROWTH: u64 = 48 << 20;

const ASKED: &[&str] = &[
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/selectionRange",
    "textDocument/documentLink",
    "textDocument/codeLens",
    "textDocument/codeAction",
    "textDocument/linkedEditingRange",
    "textDocument/diagnostic",
    "doppio/graph",
    "doppio/text",
];

const TYPED: &[&str] = &[
    "a",
    " ",
    "\n",
    "\r\n",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    "=",
    "#",
    "ä",
    "😀",
    "e\u{301}",
    "👩‍💻",
    "\u{2028}",
    "${x}",
    "${secret:a/b}",
    "x = 1",
    "\n[[step]]\nid = \"new\"\n",
    "depends_on = [\"a\"]",
    "command = \"echo ${x}\"",
    "\"\"\"",
];

#[test]
#[expect(
    clippy::print_stderr,
    reason = "the figures are for who asked for them"
)]
fn soak() {
    let count = environment("DOPPIO_SOAK", 3_000);
    let mut random = Random(environment("DOPPIO_SOAK_SEED", 1) + 1);
    let home = tempfile::tempdir().expect("a home");
    let mut client = Soaked::start(home.path());
    let warm = count / 5;
    let mut memory = Vec::new();
    for number in 0..count {
        client.step(&mut random);
        if number >= warm && (number - warm).is_multiple_of((count / 10).max(1)) {
            client.settle(0);
            memory.push(client.memory());
        }
    }
    client.settle(0);
    memory.push(client.memory());
    let (edits, requests, refused) = (client.edits, client.requests, client.refused);
    eprintln!("{edits} edits, {requests} requests, {refused} of them refused with a reason");
    eprintln!(
        "memory in KiB from {warm} on: {:?}",
        memory.iter().map(|it| it >> 10).collect::<Vec<_>>()
    );
    assert!(
        edits > count / 4 && requests > count / 4,
        "hardly anything was done"
    );
    client.compare(home.path());
    let (first, last) = (memory[0], memory[memory.len() - 1]);
    assert!(last < first + MOST_GROWTH, "from {first} to {last} bytes");
}

/// A server, and what the client knows.
struct Soaked {
    client: LspClient,
    documents: Vec<(Mirror, i64)>,
    /// How the documents began: where they have become long or lost, they begin anew.
    originals: Vec<String>,
    /// The requests under way, and the document as it was.
    asked: VecDeque<(i64, &'static str, Mirror)>,
    edits: u64,
    requests: u64,
    refused: u64,
}

impl Soaked {
    fn start(home: &std::path::Path) -> Self {
        let originals: Vec<String> = examples().into_iter().cycle().take(RECIPES).collect();
        let mut soaked = Self {
            client: connect(home),
            documents: originals
                .iter()
                .map(|text| (Mirror::new(text, "utf-16"), 0))
                .collect(),
            originals,
            asked: VecDeque::new(),
            edits: 0,
            requests: 0,
            refused: 0,
        };
        for index in 0..RECIPES {
            soaked
                .client
                .open(&uri(index), &soaked.documents[index].0.text);
        }
        soaked
    }

    /// One edit or request.
    fn step(&mut self, random: &mut Random) {
        let index = random.below(RECIPES);
        match random.below(100) {
            0 => self.reopen(index),
            1..50 => self.edit(index, random),
            _ => self.ask(index, random),
        }
    }

    fn edit(&mut self, index: usize, random: &mut Random) {
        let typed = TYPED[random.below(TYPED.len())];
        let (start, end) = self.range(index, random);
        let (document, version) = &mut self.documents[index];
        let original = &self.originals[index];
        let change = match document.text.len() > 2 * original.len() || random.below(50) == 0 {
            true => {
                document.text.clone_from(original);
                json!({"text": original})
            }
            false => document.replace(start, end, typed),
        };
        *version += 1;
        let params = json!({"textDocument": {"uri": uri(index), "version": version}, "contentChanges": [change]});
        self.client.notify("textDocument/didChange", params);
        self.edits += 1;
    }

    fn reopen(&mut self, index: usize) {
        let (document, version) = &mut self.documents[index];
        *version = 0;
        self.client.notify(
            "textDocument/didClose",
            json!({"textDocument": {"uri": uri(index)}}),
        );
        self.client.open(&uri(index), &document.text);
    }

    fn ask(&mut self, index: usize, random: &mut Random) {
        let method = ASKED[random.below(ASKED.len())];
        let (start, end) = self.range(index, random);
        let (start, end) = (position(start), position(end));
        let params = json!({
            "uri": uri(index), "textDocument": {"uri": uri(index)}, "position": start,
            "positions": [start, end], "range": {"start": start, "end": end},
            "context": {"diagnostics": [], "triggerKind": 1},
        });
        let id = self.client.ask(method, params);
        self.asked
            .push_back((id, method, self.documents[index].0.clone()));
        self.requests += 1;
        self.settle(match self.requests.is_multiple_of(256) {
            true => 0,
            false => UNDER_WAY,
        });
    }

    /// Two places of a document, a few characters apart, now and then past the end of the line.
    fn range(&self, index: usize, random: &mut Random) -> ((u32, u32), (u32, u32)) {
        let text = &self.documents[index].0.text;
        let line = random.below(text.lines().count() + 1);
        let length = text.lines().nth(line).map_or(0, str::len);
        let (line, column) = (line as u32, random.below(length + 3) as u32);
        let end = match random.below(10) {
            0 => (line + 1, random.below(5) as u32),
            1..6 => (line, column),
            _ => (line, column + random.below(6) as u32),
        };
        ((line, column), end)
    }

    /// Waits until at most so many requests are under way, and looks at the answers.
    fn settle(&mut self, most: usize) {
        while self.asked.len() > most {
            let Some((id, method, document)) = self.asked.pop_front() else {
                return;
            };
            let answer = self.client.reply(id);
            let error = &answer["error"];
            let is_refused = method == "textDocument/prepareRename" && error["code"] == -32803;
            assert!(error.is_null() || is_refused, "{method}: {answer}");
            self.refused += u64::from(is_refused);
            let result = &answer["result"];
            if method == "doppio/text" {
                assert_eq!(result["text"], document.text);
            }
            let stray = document.stray(result);
            assert_eq!(
                stray, None,
                "{method}: a place that is not in\n{}",
                document.text
            );
        }
        // What was said unasked is not kept.
        if self.asked.is_empty() {
            self.client.forget_all();
        }
    }

    /// The server's resident memory in bytes.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.client.server_id()));
        let status = status.expect("the server lives");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        number.expect("a number of kilobytes") << 10
    }

    /// The server's texts are the client's, and it says of each what a new server says.
    fn compare(mut self, home: &std::path::Path) {
        let mut anew = connect(home);
        for (index, (document, version)) in self.documents.iter().enumerate() {
            let has = self
                .client
                .request("doppio/text", json!({"uri": uri(index)}));
            assert_eq!(has, json!({"text": document.text, "version": version}));
            anew.open(&uri(index), &document.text);
            let about = json!({"textDocument": {"uri": uri(index)}});
            for method in [
                "textDocument/diagnostic",
                "textDocument/documentSymbol",
                "textDocument/codeLens",
            ] {
                let [mut one, mut other] =
                    [&mut self.client, &mut anew].map(|it| it.request(method, about.clone()));
                for it in [&mut one, &mut other] {
                    it.as_object_mut().and_then(|it| it.remove("resultId"));
                }
                assert_eq!(one, other, "{method} of\n{}", document.text);
            }
        }
        assert!(self.client.quit().success());
        assert!(anew.quit().success());
    }
}

fn connect(home: &std::path::Path) -> LspClient {
    let capabilities = json!({
        "general": {"positionEncodings": ["utf-16"]},
        "textDocument": {
            "diagnostic": {},
            "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}}},
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
            "rename": {"prepareSupport": true},
        },
        "workspace": {"diagnostics": {"refreshSupport": true}},
    });
    let mut client = LspClient::start(&mut server(home));
    let params = json!({"processId": null, "rootUri": null, "capabilities": capabilities,
        "initializationOptions": {"trusted": false}});
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    client
}

fn uri(index: usize) -> String {
    format!("file:///work/{index}.recipe.toml")
}

fn examples() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let entries = std::fs::read_dir(folder).expect("examples/ can be listed");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "toml"));
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("UTF-8"))
        .collect()
}

fn environment(name: &str, default: u64) -> u64 {
    let number = std::env::var(name).ok().and_then(|it| it.parse().ok());
    number.unwrap_or(default)
}

/// Numbers that look random and are the same each time (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

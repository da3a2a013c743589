//! A language client over the pipes of a real server process.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::ProcessGroup;

/// How long a message of the server may take before the test fails, unless one is more patient.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client and its server.
#[derive(Debug)]
pub struct LspClient {
    server: ProcessGroup,
    input: Option<ChildStdin>,
    incoming: Receiver<Value>,
    /// Messages that came while another was waited for, in order.
    waiting: Vec<Value>,
    traffic: Arc<Mutex<Vec<u8>>>,
    next_id: i64,
    /// What requests of the server are answered with.
    replies: Replies,
    patience: Duration,
}

/// How the client answers the server's requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replies {
    /// With `null`.
    Null,
    /// With the error that a client gives which does not know the method.
    MethodNotFound,
    /// Never.
    Never,
}

impl LspClient {
    /// Starts the server. Nothing is sent yet.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = ProcessGroup::spawn(command);
        let input = server.child().stdin.take();
        let output = server
            .child()
            .stdout
            .take()
            .expect("standard output is a pipe");
        let traffic = Arc::new(Mutex::new(Vec::new()));
        let heard = traffic.clone();
        let (sender, incoming) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(body) = read_message(&mut output) {
                record(&heard, &body);
                let message = serde_json::from_slice(&body).expect("the server writes JSON");
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            server,
            input,
            incoming,
            waiting: Vec::new(),
            traffic,
            next_id: 0,
            replies: Replies::Null,
            patience: PATIENCE,
        }
    }

    /// Starts the server and shakes hands as a client that offers `capabilities`, and that makes use of
    /// the versions of diagnostics. Returns the server's capabilities too.
    pub fn connect(command: &mut Command, mut capabilities: Value) -> (Self, Value) {
        let mut client = Self::start(command);
        capabilities["textDocument"]["publishDiagnostics"]["versionSupport"] = json!(true);
        let params = json!({"processId": null, "rootUri": null, "capabilities": capabilities});
        let answer = client.request("initialize", params);
        client.notify("initialized", json!({}));
        (client, answer["capabilities"].clone())
    }

    /// How the server's requests are answered from now on.
    pub fn reply_with(&mut self, replies: Replies) {
        self.replies = replies;
    }

    /// How long a message of the server may take from now on, instead of half a minute.
    pub fn be_patient(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// The server's process id.
    pub fn server_id(&self) -> u32 {
        self.server.id()
    }

    /// Everything that went over the pipes, both ways.
    pub fn traffic(&self) -> String {
        let bytes = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request and returns its id without waiting for the reply.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// Waits for the reply to `id`, which may be an error.
    pub fn reply(&mut self, id: i64) -> Value {
        let is_it = |message: &Value| message["id"] == id && message.get("method").is_none();
        self.wait("a reply", is_it)
    }

    /// Sends a request and waits for its result.
    ///
    /// # Panics
    /// When it is an error.
    #[track_caller]
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let reply = self.reply(id);
        assert!(reply.get("error").is_none(), "{method}: {reply}");
        reply["result"].clone()
    }

    /// Waits for the next notification or request of this method, and returns its parameters.
    #[track_caller]
    pub fn heard(&mut self, method: &str) -> Value {
        self.wait(method, |message| message["method"] == method)["params"].clone()
    }

    /// Waits for a message, also one that came already, and takes it.
    ///
    /// # Panics
    /// When it does not come in time.
    #[track_caller]
    pub fn wait(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.waiting.iter().position(&is_it) {
            return self.waiting.remove(index);
        }
        let limit = Instant::now() + self.patience;
        loop {
            match self.receive(limit.saturating_duration_since(Instant::now())) {
                Some(message) if is_it(&message) => return message,
                Some(message) => self.waiting.push(message),
                None => panic!("no {what}; there were {:#?}", self.waiting),
            }
        }
    }

    /// Forgets the messages that came and that nobody waited for.
    pub fn forget(&mut self) {
        self.waiting.clear();
    }

    /// Forgets what went over the pipes, too, where that would grow without end.
    pub fn forget_all(&mut self) {
        self.forget();
        let mut traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
        traffic.clear();
    }

    /// Everything that comes within `time` and what came before it, taken.
    pub fn everything_within(&mut self, time: Duration) -> Vec<Value> {
        let limit = Instant::now() + time;
        while let Some(message) = self.receive(limit.saturating_duration_since(Instant::now())) {
            self.waiting.push(message);
        }
        std::mem::take(&mut self.waiting)
    }

    /// Opens a document, version 0.
    pub fn open(&mut self, uri: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": "toml", "version": 0, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Replaces the whole text of a document.
    pub fn replace(&mut self, uri: &str, version: i64, text: &str) {
        let document = json!({"uri": uri, "version": version});
        let params = json!({"textDocument": document, "contentChanges": [{"text": text}]});
        self.notify("textDocument/didChange", params);
    }

    /// Waits for the diagnostics of this version of a document.
    #[track_caller]
    pub fn diagnostics(&mut self, uri: &str, version: i64) -> Vec<Value> {
        let method = "textDocument/publishDiagnostics";
        let message = self.wait(method, |message| {
            let params = &message["params"];
            message["method"] == method && params["uri"] == uri && params["version"] == version
        });
        message["params"]["diagnostics"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }

    /// Says goodbye as the protocol wants it, and returns how the server ended.
    ///
    /// # Panics
    /// When it does not end.
    #[track_caller]
    pub fn quit(mut self) -> ExitStatus {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.ended()
    }

    /// Waits for the server's end.
    ///
    /// # Panics
    /// When it does not come.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        self.server
            .wait(Duration::from_secs(10))
            .expect("the server ends")
    }

    /// Closes the server's standard input.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// Sends bytes as they are.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        record(&self.traffic, bytes);
        let input = self.input.as_mut().expect("standard input is open");
        // A server that has ended is for the test to find out by what it waits for.
        let _ = input.write_all(bytes).and_then(|()| input.flush());
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    /// The next message, if one comes within `time`. Requests of the server are answered.
    fn receive(&mut self, time: Duration) -> Option<Value> {
        let message = match self.incoming.recv_timeout(time) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        };
        if let (Some(id), Some(_)) = (message.get("id"), message.get("method")) {
            match self.replies {
                Replies::Null => self.send(&json!({"jsonrpc": "2.0", "id": id, "result": null})),
                Replies::MethodNotFound => {
                    let error = json!({"code": -32601, "message": "method not found"});
                    self.send(&json!({"jsonrpc": "2.0", "id": id, "error": error}));
                }
                Replies::Never => {}
            }
        }
        Some(message)
    }
}

/// The URI of a file.
pub fn file_uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

fn record(traffic: &Mutex<Vec<u8>>, bytes: &[u8]) {
    traffic
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .extend_from_slice(bytes);
}

/// The body of the next message, until there are no more.
fn read_message(output: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.parse().ok();
        }
    }
    let mut body = vec![0; length?];
    output.read_exact(&mut body).ok()?;
    Some(body)
}

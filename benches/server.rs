//! What an editor waits for, over the real binary and its real protocol, and beside it what `tombi` takes
//! for the same, on the same documents in the same run. A Markdown table, printed, never failing.
//!
//! `benches/compare` runs it: that installs tombi, and gives its path in `DOPPIO_PEER`. Without that,
//! only our own figures are printed. The time to the diagnostics includes the pause that our server makes
//! before it looks at a long text.
//!
//! tombi checks the documents against `docs/recipe.schema.json`, so that both look at what a recipe may
//! hold; both complete a key and explain one, and both are sent what they asked for: we the edits, tombi
//! the whole text. The documents are TOML 1.0, which is what tombi reads by itself.

#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use recipe::LineIndex;
use serde_json::{Value, json};
use testkit::lsp_client::{LspClient, file_uri};

/// The sizes of the documents, in steps; in the last only our own server is measured.
const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];
/// What each figure of ours is to be below, in milliseconds and MiB, for the first three sizes.
const AIMS: [(&str, [f64; 3]); 5] = [
    (CHANGE, [2.0, 8.0, 60.0]),
    (COMPLETE, [1.0, 2.0, 10.0]),
    (HOVER, [1.0, 1.0, 1.0]),
    (QUEUED, [5.0, 15.0, 100.0]),
    (MEMORY, [15.0, 30.0, 150.0]),
];

const OPEN: &str = "open to diagnostics, ms";
const CHANGE: &str = "change to diagnostics, ms";
const COMPLETE: &str = "type and complete, ms";
const HOVER: &str = "hover, ms";
const QUEUED: &str = "30 queued edits, ms";
const MEMORY: &str = "peak memory, MiB";
const OPEN_BROKEN: &str = "open a broken one, ms";
const CHANGE_BROKEN: &str = "change in a broken one, ms";

/// So often each thing is measured at most …
const SAMPLES: usize = 31;
/// … and no longer than this.
const LONGEST: Duration = Duration::from_secs(15);

fn main() {
    let peer = std::env::var_os("DOPPIO_PEER").map(PathBuf::from);
    let name = peer.as_deref().map_or("no peer".to_owned(), version);
    println!("| steps | what, median | Doppio | aim | {name} | ratio |");
    println!("|--:|---|--:|--:|--:|--:|");
    for (size, steps) in SIZES.into_iter().enumerate() {
        let ours = figures(&Server::Ours, steps);
        let peer = peer.clone().filter(|_| size < 3).map(Server::Peer);
        let theirs = peer.map(|peer| figures(&peer, steps));
        for (what, own) in &ours {
            let aim = AIMS.iter().find(|(of, _)| of == what);
            let aim = aim.and_then(|(_, aims)| aims.get(size));
            let aim = aim.map_or_else(String::new, |aim| format!("< {aim}"));
            let their = theirs.iter().flatten().find(|(of, _)| of == what);
            let (their, ratio) = match their {
                Some((_, their)) => (format!("{their:.1}"), format!("{:.2}", own / their)),
                None => Default::default(),
            };
            println!("| {steps} | {what} | {own:.2} | {aim} | {their} | {ratio} |");
        }
    }
}

/// A server that is measured.
enum Server {
    Ours,
    Peer(PathBuf),
}

/// The medians of all that is measured of a document.
fn figures(server: &Server, steps: usize) -> Vec<(&'static str, f64)> {
    let document = Document::of(steps);
    let (open, mut it) = opened(server, &document.text);
    let change = repeat(|| {
        timed(|| {
            it.edit(document.command);
            assert!(it.await_diagnostics() < 10, "the document is sound");
        })
    });
    let complete = repeat(|| {
        let time = timed(|| {
            it.edit(document.blank);
            it.complete(document.blank);
        });
        it.await_diagnostics();
        time
    });
    let hover = repeat(|| timed(|| it.hover(document.key)));
    let queued = repeat(|| {
        let time = timed(|| {
            (0..30).for_each(|_| it.edit(document.command));
            it.complete(document.blank);
        });
        it.await_diagnostics();
        time
    });
    let memory = peak_memory(it.client.server_id());
    drop(it);

    let (open_broken, mut it) = opened(server, &document.broken);
    let change_broken = repeat(|| {
        timed(|| {
            it.edit(document.command);
            it.await_diagnostics();
        })
    });
    vec![
        (OPEN, open),
        (CHANGE, change),
        (COMPLETE, complete),
        (HOVER, hover),
        (QUEUED, queued),
        (MEMORY, memory),
        (OPEN_BROKEN, open_broken),
        (CHANGE_BROKEN, change_broken),
    ]
}

/// Opens a text in several new servers. Tells how long that took; the last one stays.
fn opened(server: &Server, text: &str) -> (f64, Running) {
    let mut last = None;
    let times = repeat(|| {
        let mut running = server.start(text);
        let uri = running.uri.clone();
        let time = timed(|| {
            running.client.open(&uri, text);
            running.await_diagnostics();
        });
        last = Some(running);
        time
    });
    (times, last.expect("one was started"))
}

/// A recipe, and the lines of the step in its middle.
struct Document {
    text: String,
    /// The same with a string that is not closed in another step.
    broken: String,
    /// A line of shell.
    command: usize,
    /// A line with nothing on it, where a key may stand.
    blank: usize,
    /// A line that begins with a key.
    key: usize,
}

impl Document {
    fn of(steps: usize) -> Self {
        let mut text =
            "[recipe]\nname = \"bench\"\n\n[variables]\nfolder = \"/work\"\n\n".to_owned();
        let head = text.lines().count();
        for step in 0..steps {
            let before = step.checked_sub(1);
            let needs = before.map(|before| format!("\"step-{before}\""));
            let needs = needs.unwrap_or_default();
            text += &format!(
                "[[step]]\nid = \"step-{step}\"\ndepends_on = [{needs}]\n\n[step.run_commands]\ncommands = \"\"\"\n\
                 echo part {step} in ${{folder}}\npython train.py --part {step} | tee log\n\"\"\"\n\n\
                 env = {{ TOKEN = \"${{secret:huggingface/token}}\" }}\n\n"
            );
        }
        let of_step = (text.lines().count() - head) / steps;
        let line = head + steps / 2 * of_step;
        let other = format!("python train.py --part {} | tee log\n\"\"\"\n", steps / 4);
        Self {
            broken: text.replacen(&other, &other.replace('"', ""), 1),
            text,
            key: line + 5,
            command: line + 6,
            blank: line + 9,
        }
    }
}

/// A server that runs in a folder of its own, with one document.
struct Running {
    client: LspClient,
    uri: String,
    version: i64,
    lines: LineIndex,
    /// The text that the server has, where it wants to be sent all of it.
    whole: Option<String>,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start(&self, text: &str) -> Running {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = match self {
            Self::Ours => Command::new(env!("CARGO_BIN_EXE_doppio")),
            Self::Peer(path) => Command::new(path),
        };
        command.arg("lsp");
        if let Self::Peer(_) = self {
            command.arg("--offline");
            configure_peer(folder.path());
        }
        command
            .env_clear()
            .env("HOME", folder.path())
            .current_dir(folder.path())
            .stderr(Stdio::null());
        let mut client = LspClient::start(&mut command);
        // tombi takes more than half a minute for 30 edits of 10,000 steps.
        client.be_patient(Duration::from_secs(600));
        let root = file_uri(folder.path());
        let params = json!({
            "processId": null,
            "rootUri": root,
            "workspaceFolders": [{"uri": root, "name": "bench"}],
            "capabilities": {"textDocument": {"hover": {"contentFormat": ["markdown"]}, "publishDiagnostics": {"versionSupport": true}}},
        });
        let answer = client.request("initialize", params);
        client.notify("initialized", json!({}));
        let sync = &answer["capabilities"]["textDocumentSync"];
        let wants_whole = [sync, &sync["change"]].contains(&&json!(1));
        Running {
            client,
            uri: file_uri(&folder.path().join("bench.recipe.toml")),
            version: 0,
            lines: LineIndex::new(text),
            whole: wants_whole.then(|| text.to_owned()),
            _folder: folder,
        }
    }
}

/// tombi learns from its configuration which schema is for which files.
fn configure_peer(folder: &Path) {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipe.schema.json");
    let schema = std::fs::read_to_string(schema).expect("the schema");
    // The version that the schema asks for would win.
    let schema = schema.replace("\"x-tombi-toml-version\": \"v1.1.0\",", "");
    let config = "toml-version = \"v1.0.0\"\n\n[[schemas]]\npath = \"recipe.schema.json\"\n\
                  include = [\"*.recipe.toml\"]\n";
    std::fs::write(folder.join("recipe.schema.json"), schema).expect("a file");
    std::fs::write(folder.join("tombi.toml"), config).expect("a file");
}

impl Running {
    /// Types a letter at the start of a line, and takes it out again the next time.
    fn edit(&mut self, line: usize) {
        self.version += 1;
        let typed = self.version % 2;
        let change = match &mut self.whole {
            Some(text) => {
                let at = self.lines.line_start(line).expect("a line");
                match typed {
                    1 => text.insert(at, 'w'),
                    _ => drop(text.remove(at)),
                }
                json!({"text": text})
            }
            None => {
                let place = |column| json!({"line": line, "character": column});
                let range = json!({"start": place(0), "end": place(1 - typed)});
                json!({"range": range, "text": if typed == 1 { "w" } else { "" }})
            }
        };
        let document = json!({"uri": self.uri, "version": self.version});
        let params = json!({"textDocument": document, "contentChanges": [change]});
        self.client.notify("textDocument/didChange", params);
    }

    /// Waits for what is said of the last version, and tells how much that is.
    fn await_diagnostics(&mut self) -> usize {
        let found = self.client.diagnostics(&self.uri, self.version);
        self.client.forget();
        found.len()
    }

    fn complete(&mut self, line: usize) {
        let answer = self.ask("textDocument/completion", line, self.version % 2);
        let items = answer.get("items").unwrap_or(&answer);
        assert!(items.as_array().is_some_and(|items| !items.is_empty()));
    }

    fn hover(&mut self, line: usize) {
        let answer = self.ask("textDocument/hover", line, 2);
        assert!(answer["contents"]["value"].is_string());
    }

    fn ask(&mut self, method: &str, line: usize, column: i64) -> Value {
        let position = json!({"line": line, "character": column});
        let params = json!({"textDocument": {"uri": self.uri}, "position": position});
        self.client.request(method, params)
    }
}

/// The median of several samples, in milliseconds.
fn repeat(mut sample: impl FnMut() -> Duration) -> f64 {
    let started = Instant::now();
    let mut times = Vec::new();
    // An even number: what is typed is taken out again.
    while times.len() % 2 == 1 || times.len() < SAMPLES && started.elapsed() < LONGEST {
        times.push(sample());
    }
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

/// The most memory that a server and its children have had, in MiB.
fn peak_memory(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let field = |line: &str| {
        line.strip_prefix("VmHWM:")?
            .trim()
            .strip_suffix(" kB")?
            .parse()
            .ok()
    };
    let own: f64 = status.lines().find_map(field).unwrap_or_default();
    let children = format!("/proc/{process}/task/{process}/children");
    let children = std::fs::read_to_string(children).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|id| id.parse().ok());
    own / 1024.0 + children.map(peak_memory).sum::<f64>()
}

/// What a program calls itself.
fn version(program: &Path) -> String {
    let said = Command::new(program).arg("--version").output();
    let said = said.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    said.split(" (")
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

//! What an editor waits for, over the real binary and its real protocol, and beside it what `tombi` takes
//! for the same, on the same documents in the same run. Prints the README's table, and one of what only
//! we are measured at; never fails.
//!
//! `benches/compare` runs it: that installs tombi, and gives its path in `DOPPIO_PEER`. Without that,
//! only our own figures are printed. The time to the diagnostics includes the pause that our server makes
//! before it looks at a long text. Where tombi does not answer within [`PATIENCE`], that is printed.
//!
//! tombi checks the documents against `docs/recipe.schema.json`, so that both look at what a recipe may
//! hold; both complete a key and explain one, and both are sent what they asked for: we the edits, tombi
//! the whole text. The documents are TOML 1.0, which is what tombi reads by itself.
//!
//! `DOPPIO_STEPS=100,1000` measures documents of these sizes only.

#![expect(
    clippy::print_stdout,
    reason = "the tables are what this program is for"
)]
#![expect(clippy::print_stderr, reason = "they take minutes: how far it is")]

mod document;
mod running;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use document::{Document, MORE};
use running::{PATIENCE, Running, Server, version};

/// The sizes of the documents, in steps.
const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];
/// The peer is not measured beyond this.
const LARGEST_OF_PEER: usize = 10_000;

/// What each figure of ours is to be below, in milliseconds and MiB, for the first three sizes.
const AIMS: [(&str, [f64; 3]); 10] = [
    (CHANGE, CHANGE_AIM),
    (COMPLETE, [1.0, 2.0, 10.0]),
    (HOVER, HOVER_AIM),
    (QUEUED, [5.0, 15.0, 100.0]),
    (MEMORY, [15.0, 30.0, 150.0]),
    (CHANGE_OWN, CHANGE_AIM),
    (CHANGE_NAME, CHANGE_AIM),
    (TYPE_HEADER, CHANGE_AIM),
    (PASTE, CHANGE_AIM),
    (HOVER_PATH, HOVER_AIM),
];
const CHANGE_AIM: [f64; 3] = [2.0, 8.0, 60.0];
const HOVER_AIM: [f64; 3] = [1.0, 1.0, 1.0];
/// Where the peer takes longer than so many milliseconds, ours is to be this part of it.
const PEER_AIM: (f64, f64) = (5.0, 0.2);

const CHANGE: &str = "change to diagnostics, ms";
const COMPLETE: &str = "type and complete, ms";
const HOVER: &str = "hover, ms";
const QUEUED: &str = "30 queued edits, ms";
const MEMORY: &str = "peak memory, MiB";
const OPEN: &str = "open to diagnostics, ms";
const OPEN_BROKEN: &str = "open a broken one, ms";
const CHANGE_BROKEN: &str = "change in a broken one, ms";
/// The rows of the first table.
const BESIDE_PEER: [&str; 8] = [
    CHANGE,
    COMPLETE,
    HOVER,
    QUEUED,
    MEMORY,
    OPEN,
    OPEN_BROKEN,
    CHANGE_BROKEN,
];

const CHANGE_OWN: &str = "change a variable of one step";
const CHANGE_SHARED: &str = "change a variable of all steps";
const CHANGE_NAME: &str = "change the recipe's name";
const TYPE_HEADER: &str = "type `[` between steps";
const PASTE: &str = "paste a step, or take it out";
const HOVER_PATH: &str = "hover a dependency";
const TOKENS: &str = "semantic tokens of a screen";
const TOKENS_ALL: &str = "semantic tokens, all";
const TOKENS_DELTA: &str = "change, and what changed in them";
const HINTS: &str = "inlay hints of a screen";
const ACTIONS: &str = "code actions";
const SYMBOLS: &str = "document symbols";
const FORMAT: &str = "format";
/// The rows of the second one.
const ALONE: [&str; 13] = [
    CHANGE_OWN,
    CHANGE_SHARED,
    CHANGE_NAME,
    TYPE_HEADER,
    PASTE,
    HOVER_PATH,
    TOKENS,
    TOKENS_ALL,
    TOKENS_DELTA,
    HINTS,
    ACTIONS,
    SYMBOLS,
    FORMAT,
];

/// So often each thing is measured at most …
const SAMPLES: usize = 31;
/// … and no longer than this.
const LONGEST: Duration = Duration::from_secs(15);

fn main() {
    let peer = std::env::var_os("DOPPIO_PEER").map(PathBuf::from);
    let sizes = sizes();
    let measured: Vec<(usize, Figures, Figures)> = sizes
        .into_iter()
        .map(|steps| {
            let mut ours = Figures::default();
            beside_peer(&Server::Ours, steps, &mut ours);
            alone(steps, &mut ours);
            let peer = peer.clone().filter(|_| steps <= LARGEST_OF_PEER);
            let theirs = peer.map(|peer| patiently(&Server::Peer(peer), steps));
            (steps, ours, theirs.unwrap_or_default())
        })
        .collect();
    if let Some(peer) = &peer {
        println!("Behind the dot {}.\n", version(peer));
    }
    print("median", &BESIDE_PEER, &measured);
    println!();
    print("median, ms", &ALONE, &measured);
    println!();
    let missed: Vec<String> = measured.iter().flat_map(missed).collect();
    match missed.is_empty() {
        true => println!("All aims are met."),
        false => println!("Not met: {}.", missed.join(", ")),
    }
}

fn sizes() -> Vec<usize> {
    match std::env::var("DOPPIO_STEPS") {
        Ok(sizes) => {
            let sizes = sizes.split(',').map(|size| size.parse().expect("a number"));
            sizes.collect()
        }
        Err(_) => SIZES.to_vec(),
    }
}

/// What was measured of a server, at one size.
struct Figures {
    medians: Vec<(&'static str, f64)>,
    /// When the last of them was there.
    last: Instant,
    /// Whether it took longer than anybody waits to go on.
    is_late: bool,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            medians: Vec::new(),
            last: Instant::now(),
            is_late: false,
        }
    }
}

impl Figures {
    fn add(&mut self, what: &'static str, median: f64) {
        eprintln!("  {what}: {median:.2}");
        self.medians.push((what, median));
        self.last = Instant::now();
    }

    fn get(&self, what: &str) -> Option<f64> {
        let mut medians = self.medians.iter();
        medians.find(|(of, _)| *of == what).map(|(_, it)| *it)
    }

    /// As it stands in the table.
    fn shown(&self, what: &str, decimals: usize) -> Option<String> {
        match self.get(what) {
            Some(median) if median >= 10.0 => Some(format!("{median:.0}")),
            Some(median) => Some(format!("{median:.decimals$}")),
            None => (self.is_late && BESIDE_PEER.contains(&what))
                .then(|| format!("> {} s", PATIENCE.as_secs())),
        }
    }
}

fn print(head: &str, rows: &[&str], measured: &[(usize, Figures, Figures)]) {
    let sizes = measured.iter().map(|(steps, ..)| *steps);
    let heads = sizes.map(|steps| format!(" {steps} steps |"));
    println!("| {head} | aim |{}", heads.collect::<String>());
    println!("|---|---|{}", "--:|".repeat(measured.len()));
    for row in rows {
        let aims = AIMS.iter().find(|(of, _)| of == row);
        let aims = aims.map(|(_, aims)| aims.map(|aim| aim.to_string()).join(" / "));
        print!("| {row} | {} |", aims.unwrap_or_default());
        for (_, ours, theirs) in measured {
            let both = [ours.shown(row, 2), theirs.shown(row, 1)];
            let both: Vec<String> = both.into_iter().flatten().collect();
            print!(" {} |", both.join(" · "));
        }
        println!();
    }
}

/// The aims that are not met at a size.
fn missed((steps, ours, theirs): &(usize, Figures, Figures)) -> Vec<String> {
    let size = SIZES.iter().position(|size| size == steps);
    let is_over = |what: &str, own: f64| {
        let aims = AIMS.iter().find(|(of, _)| *of == what);
        let aim = size.and_then(|size| aims?.1.get(size).copied());
        let theirs = theirs.get(what);
        let times = what.ends_with(", ms");
        let (least, part) = PEER_AIM;
        let peer = theirs.filter(|theirs| times && *theirs > least);
        aim.is_some_and(|aim| own >= aim) || peer.is_some_and(|theirs| own > part * theirs)
    };
    let medians = ours
        .medians
        .iter()
        .filter(|(what, own)| is_over(what, *own));
    medians
        .map(|(what, own)| format!("{what} at {steps} steps ({own:.2})"))
        .collect()
}

/// The figures of a server that may take longer than anybody waits.
fn patiently(server: &Server, steps: usize) -> Figures {
    let mut figures = Figures::default();
    let measured = catch_unwind(AssertUnwindSafe(|| {
        beside_peer(server, steps, &mut figures);
    }));
    if let Err(panic) = measured {
        figures.is_late = figures.last.elapsed() >= PATIENCE;
        if !figures.is_late {
            resume_unwind(panic);
        }
    }
    figures
}

/// Measures what both servers do.
fn beside_peer(server: &Server, steps: usize, figures: &mut Figures) {
    let name = match server {
        Server::Ours => "Doppio".to_owned(),
        Server::Peer(path) => version(path),
    };
    eprintln!("{name}, {steps} steps");
    let document = Document::of(steps);
    let (open, mut it) = opened(server, &document.text);
    figures.add(OPEN, open);
    let change = repeat(|| {
        timed(|| {
            it.edit(document.command);
            assert!(it.await_diagnostics() < 10, "the document is sound");
        })
    });
    figures.add(CHANGE, change);
    let complete = repeat(|| {
        let time = timed(|| {
            it.edit(document.blank);
            it.complete(document.blank);
        });
        it.await_diagnostics();
        time
    });
    figures.add(COMPLETE, complete);
    let hover = repeat(|| timed(|| it.hover(document.key)));
    figures.add(HOVER, hover);
    let queued = repeat(|| {
        let time = timed(|| {
            (0..30).for_each(|_| it.edit(document.command));
            it.complete(document.blank);
        });
        it.await_diagnostics();
        time
    });
    figures.add(QUEUED, queued);
    figures.add(MEMORY, it.peak_memory());
    drop(it);

    let (open_broken, mut it) = opened(server, &document.broken);
    figures.add(OPEN_BROKEN, open_broken);
    let change_broken = repeat(|| {
        timed(|| {
            it.edit(document.command);
            it.await_diagnostics();
        })
    });
    figures.add(CHANGE_BROKEN, change_broken);
}

/// Measures what we do beyond that.
fn alone(steps: usize, figures: &mut Figures) {
    let document = Document::of(steps);
    let mut it = Server::Ours.start(&document.text);
    it.open(&document.text);
    let changes = [
        (CHANGE_OWN, document.own, "w"),
        (CHANGE_SHARED, document.shared, "w"),
        (CHANGE_NAME, document.name, "w"),
        (TYPE_HEADER, document.behind, "["),
        (PASTE, document.behind, MORE),
    ];
    for (what, place, text) in changes {
        let change = repeat(|| {
            timed(|| {
                it.toggle(place, text);
                it.await_diagnostics();
            })
        });
        figures.add(what, change);
    }
    let path = repeat(|| timed(|| it.hover(document.dependency)));
    figures.add(HOVER_PATH, path);

    let screen = document.dependency;
    let tokens = |kind: &str| format!("textDocument/semanticTokens/{kind}");
    let of_screen = repeat(|| timed(|| drop(it.on_screen(&tokens("range"), screen))));
    figures.add(TOKENS, of_screen);
    let mut told = json!(null);
    let all = repeat(|| timed(|| told = it.ask(&tokens("full"), json!({}))["resultId"].clone()));
    figures.add(TOKENS_ALL, all);
    let delta = repeat(|| {
        let time = timed(|| {
            it.edit(document.command);
            let since = json!({"previousResultId": told});
            let answer = it.ask(&tokens("full/delta"), since);
            assert!(answer["edits"].is_array());
            told = answer["resultId"].clone();
        });
        it.await_diagnostics();
        time
    });
    figures.add(TOKENS_DELTA, delta);
    let hints = repeat(|| timed(|| drop(it.on_screen("textDocument/inlayHint", screen))));
    figures.add(HINTS, hints);
    let actions = repeat(|| timed(|| drop(it.on_screen("textDocument/codeAction", screen))));
    figures.add(ACTIONS, actions);
    let symbols = "textDocument/documentSymbol";
    let symbols = repeat(|| timed(|| drop(it.ask(symbols, json!({})))));
    figures.add(SYMBOLS, symbols);
    let options = json!({"options": {"tabSize": 4, "insertSpaces": true}});
    let format = "textDocument/formatting";
    let format = repeat(|| timed(|| drop(it.ask(format, options.clone()))));
    figures.add(FORMAT, format);
}

/// Opens a text in several new servers. Tells how long that took; the last one stays.
fn opened(server: &Server, text: &str) -> (f64, Running) {
    let mut last = None;
    let times = repeat(|| {
        let mut running = server.start(text);
        let time = timed(|| running.open(text));
        last = Some(running);
        time
    });
    (times, last.expect("one was started"))
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

//! What holds of any input. Each target is a function that takes bytes and panics where something does
//! not hold; libFuzzer looks for such bytes (`scripts/fuzz`), and `tests/replay.rs` tries all that are
//! in this folder without it.
//!
//! * [`syntax`]: any text has a tree with every range in order, and is TOML if `toml_edit` says so;
//! * [`analysis`]: all that can be said of a text is said of places in it, and what is offered as a
//!   repair leaves a sound text sound;
//! * [`shell`]: a judgement keeps the text around the marks, and every value out of it;
//! * [`format`]: formatting keeps what a text says and every comment, and is done after one time;
//! * [`edits`]: analysing after an edit is analysing the edited text;
//! * [`session`]: in each encoding, the server's text is the client's after any changes, every request is
//!   answered, and by places that are in the text;
//! * [`protocol`]: whatever bytes a client sends, the server writes whole messages and ends.
//!
//! `regressions/TARGET/` holds inputs that once failed, `corpus/TARGET.jsonl` those that lead to places in the
//! code which no other leads to, one a line ([`testkit::samples`]); `scripts/fuzz --minimise` renews it. The
//! other [`seeds`] are made of what else lies in the repository.

pub mod analysis;
pub mod edits;
pub mod format;
mod places;
pub mod protocol;
pub mod seeds;
mod server;
pub mod session;
pub mod shell;
pub mod syntax;

/// A fuzz target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: that of its folders, and after `fuzz-` that of its program.
    pub name: &'static str,
    /// Panics where `data` shows that something does not hold.
    pub holds: fn(data: &[u8]),
    /// How a text becomes inputs.
    pub seed: fn(text: &str) -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target {
        name: "syntax",
        holds: syntax::holds,
        seed: seeds::as_it_is,
    },
    Target {
        name: "analysis",
        holds: analysis::holds,
        seed: seeds::as_it_is,
    },
    Target {
        name: "shell",
        holds: shell::holds,
        seed: shell::seed,
    },
    Target {
        name: "format",
        holds: format::holds,
        seed: seeds::as_it_is,
    },
    Target {
        name: "edits",
        holds: edits::holds,
        seed: edits::seed,
    },
    Target {
        name: "session",
        holds: session::holds,
        seed: session::seed,
    },
    Target {
        name: "protocol",
        holds: protocol::holds,
        seed: protocol::seed,
    },
];

/// The input as text. What is no UTF-8 never gets to the language.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// Stands between the parts of an input that has several: no text holds it.
const SEPARATOR: u8 = 0xff;

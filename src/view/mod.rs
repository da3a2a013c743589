//! Shows a run while it goes on, and keeps it.
//!
//! Reporters only listen. They work on a thread of their own: a terminal that is slow, or a pipe
//! that nobody reads, holds up neither signals nor connections. When standard output is gone the
//! run goes on, and so does its log.

mod live;

use std::io::{self, IsTerminal, Write};
use std::thread::{self, JoinHandle};

use clap::ValueEnum;
use runner::event::Event;
use runner::store::KeptRun;
use runner::transcript::Transcript;
use tokio::sync::mpsc;

use crate::report;
use live::Live;

/// How a run is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: live on a terminal, plain lines elsewhere.
    Text,
    /// For programs: one JSON object a line.
    Jsonl,
}

/// How many events may wait for a slow reader before the run waits too.
const WAITING_EVENTS: usize = 1024;

enum View {
    Live(Live),
    Lines(Transcript),
    Json,
    /// Nobody is there any more.
    Gone,
}

/// Starts to listen. The thread ends when the sender is dropped and everything is shown.
pub(crate) fn listen(
    format: Format,
    mut kept: Option<KeptRun>,
) -> (mpsc::Sender<Event>, JoinHandle<()>) {
    let (sender, mut events) = mpsc::channel(WAITING_EVENTS);
    let thread = thread::spawn(move || {
        let mut view = View::new(format);
        while let Some(event) = events.blocking_recv() {
            if let Some(run) = &mut kept
                && let Err(error) = run.record(&event)
            {
                report::warning(format!("this run is no longer recorded: {error}"));
                kept = None;
            }
            if view.show(&event).is_err() {
                view = View::Gone;
            }
        }
    });
    (sender, thread)
}

impl View {
    fn new(format: Format) -> Self {
        match format {
            Format::Jsonl => Self::Json,
            Format::Text if is_live() => Self::Live(Live::new()),
            Format::Text => Self::Lines(Transcript::default()),
        }
    }

    fn show(&mut self, event: &Event) -> io::Result<()> {
        match self {
            Self::Live(live) => live.show(event),
            Self::Lines(transcript) => print(&transcript.lines(event)),
            Self::Json => print(&event.to_line()?),
            Self::Gone => Ok(()),
        }
    }
}

/// Whether a person watches on a terminal that can move its cursor.
fn is_live() -> bool {
    io::stdout().is_terminal() && std::env::var_os("TERM").is_some_and(|term| term != "dumb")
}

/// Whether commands should colour their output.
pub(crate) fn wants_colour(format: Format) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    format == Format::Text && is_live() && !refused
}

/// Writes to standard output at once.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

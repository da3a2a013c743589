//! Takes in what a command writes: masks it, makes it text, sends it on, keeps what is captured.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::colour::ColourMask;
use super::report::Report;
use super::screen::Screen;
use crate::event::Stream;
use crate::machine::{Chunk, Stream as Source};
use crate::mask::{MaskStream, Masker};
use crate::secrets::Buffer;

/// The longest output that can be captured, in bytes.
pub(super) const LONGEST_CAPTURE: usize = 1024 * 1024;

/// Output that arrives within this time becomes one event. Short enough for a prompt to appear at
/// once, long enough that a program that writes byte by byte does not make an event of each.
const GATHER_FOR: Duration = Duration::from_millis(10);
/// An event is sent when it has grown to this many bytes.
const GATHER_AT_MOST: usize = 32 * 1024;

/// What stands in the place of output that only later steps may have.
const NOT_SHOWN: &str = "[doppio: captured; not shown, since this step has secrets]\n";

/// What becomes of standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// It is shown.
    No,
    /// It is shown, and kept for other steps.
    Shown,
    /// It is kept and not shown: it counts as secret, and is masked only once it is known as a whole.
    Hidden,
}

/// Reads a command's output until both streams end, and gives what it captured.
///
/// Where standard output is kept and grows past [`LONGEST_CAPTURE`], the command is ended through
/// `end`, and what comes back is longer than that.
pub(super) async fn take_in(
    step: &str,
    mut chunks: mpsc::Receiver<Chunk>,
    report: &Report,
    masker: &Masker,
    keep: Keep,
    end: &CancellationToken,
) -> Buffer {
    let mut stdout = Pipe::new(Stream::Stdout, masker);
    let mut stderr = Pipe::new(Stream::Stderr, masker);
    let mut captured = Buffer::default();
    let mut next = None;
    loop {
        let first = match next.take() {
            Some(chunk) => Some(chunk),
            None => chunks.recv().await,
        };
        let Some(mut chunk) = first else { break };
        next = gather(&mut chunk, &mut chunks).await;
        let is_kept = keep != Keep::No && chunk.stream == Source::Stdout;
        let is_first = captured.is_empty();
        if is_kept && captured.len() <= LONGEST_CAPTURE {
            captured.extend(&chunk.bytes);
            if captured.len() > LONGEST_CAPTURE {
                end.cancel();
            }
        }
        if is_kept && keep == Keep::Hidden {
            if is_first {
                let text = NOT_SHOWN.to_owned();
                report.output(step, Stream::Stdout, text).await;
            }
            continue;
        }
        let pipe = match chunk.stream {
            Source::Stdout => &mut stdout,
            Source::Stderr => &mut stderr,
        };
        let text = pipe.push(&chunk.bytes);
        report.output(step, pipe.stream, text).await;
    }
    for pipe in [stdout, stderr] {
        let stream = pipe.stream;
        report.output(step, stream, pipe.finish()).await;
    }
    captured
}

/// Adds what follows on the same stream within a moment; gives back what came on the other one.
async fn gather(chunk: &mut Chunk, chunks: &mut mpsc::Receiver<Chunk>) -> Option<Chunk> {
    let until = Instant::now() + GATHER_FOR;
    while chunk.bytes.len() < GATHER_AT_MOST {
        match timeout_at(until, chunks.recv()).await {
            Ok(Some(more)) if more.stream == chunk.stream => {
                chunk.bytes.extend_from_slice(&more.bytes);
            }
            Ok(Some(other)) => return Some(other),
            Ok(None) | Err(_) => return None,
        }
    }
    None
}

/// One stream on its way to the screen.
struct Pipe {
    stream: Stream,
    mask: MaskStream,
    screen: Screen,
    colours: ColourMask,
}

impl Pipe {
    fn new(stream: Stream, masker: &Masker) -> Self {
        Self {
            stream,
            mask: masker.stream(),
            screen: Screen::default(),
            colours: ColourMask::new(masker),
        }
    }

    fn push(&mut self, bytes: &[u8]) -> String {
        let text = self.screen.push(&self.mask.push(bytes));
        self.colours.push(&text)
    }

    fn finish(mut self) -> String {
        let rest = self.mask.finish();
        let text = self.screen.push(&rest) + &self.screen.finish();
        self.colours.push(&text) + &self.colours.finish()
    }
}

//! The one way to an event: masks what people will read, counts outputs, keeps the order.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::event::{Event, Stream, What};
use crate::mask::Masker;
use crate::visible::{escaped, escaped_lines};

/// Sends the events of a run to whoever listens.
#[derive(Debug)]
pub(super) struct Report {
    listener: mpsc::Sender<Event>,
    masker: Masker,
    outputs: AtomicU64,
}

impl Report {
    pub(super) fn new(listener: mpsc::Sender<Event>, masker: Masker) -> Self {
        Self {
            listener,
            masker,
            outputs: AtomicU64::new(0),
        }
    }

    /// Sends an event. Waits where the listener is slow; a listener that is gone ends nothing.
    pub(super) async fn send(&self, mut what: What) {
        self.mask(&mut what);
        if let Ok(place) = self.listener.reserve().await {
            place.send(Event::now(what));
        }
    }

    /// Sends output that has been masked already.
    pub(super) async fn output(&self, step: &str, stream: Stream, text: String) {
        if text.is_empty() {
            return;
        }
        // The number is taken with the place in the queue, so that the two orders agree.
        if let Ok(place) = self.listener.reserve().await {
            place.send(Event::now(What::Output {
                step: step.to_owned(),
                stream,
                seq: self.outputs.fetch_add(1, Ordering::Relaxed) + 1,
                text,
            }));
        }
    }

    /// Warns about a step.
    pub(super) async fn warn(&self, step: &str, message: String) {
        self.send(What::Warning {
            step: Some(step.to_owned()),
            message,
        })
        .await;
    }

    /// Masks the texts that quote errors and values, and leaves nothing in what people will read
    /// that a terminal or an editor obeys, whoever shows it.
    fn mask(&self, what: &mut What) {
        let text = match what {
            What::RunStarted { recipe, steps, .. } => {
                *recipe = escaped(recipe);
                for step in steps {
                    step.name = escaped(&step.name);
                }
                return;
            }
            What::Refused { problems } => {
                for problem in problems {
                    problem.message = escaped_lines(&problem.message, "\n");
                }
                return;
            }
            What::StepStarted {
                host: Some(text), ..
            }
            | What::StepFinished {
                message: Some(text),
                ..
            }
            | What::StepRetrying { message: text, .. }
            | What::StepSkipped { message: text, .. }
            | What::Warning { message: text, .. } => text,
            _ => return,
        };
        *text = escaped_lines(&self.masker.mask(text), "\n");
    }
}

/// Seconds, as exact as anybody reads them.
pub(super) fn seconds(elapsed: Duration) -> f64 {
    (elapsed.as_secs_f64() * 1000.0).round() / 1000.0
}

//! What the server says unasked: kept in order, and bounded although a client may stop reading. Of
//! what replaces itself (the diagnostics of a document, the state of a run) only the latest waits.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use recipe::diagnostic::{Diagnostic, Edit};
use runner::event::{Event, What};
use tokio::sync::Notify;

use crate::commands::Command;
use crate::document::{Places, Snapshot};
use crate::panels::Topic;

/// Something to say to the client.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    /// What is wrong with a version of a document.
    Diagnostics(Arc<Places>, Vec<Diagnostic>),
    /// Nothing is wrong with a document any more: it was closed.
    NoDiagnostics {
        /// The document.
        uri: String,
    },
    /// Pull diagnostics and code lenses again, if you can.
    Refresh,
    /// Ask for hints again, if you can.
    RefreshHints,
    /// Something for the user to read.
    Say(Level, String),
    /// Edits of a version of a document, with what they do.
    Apply(Arc<Snapshot>, String, Vec<Edit>),
    /// A file for the user to see.
    Show(PathBuf),
    /// What clients show of something may be out of date.
    Changed(Topic),
    /// Something happened in a run.
    RunEvent {
        /// The recipe.
        uri: String,
        /// The run's id; a run that never began has none.
        run: Option<String>,
        /// What happened.
        event: Box<Event>,
    },
    /// A run is over, and this supplies what it missed.
    RunWants {
        /// The recipe.
        uri: String,
        /// The run's id; a run that never began has none.
        run: Option<String>,
        /// What supplies it.
        commands: Vec<Command>,
        /// How the run went, for people.
        message: String,
        /// What the run would do, where that is to be approved.
        approval: Option<String>,
    },
    /// A run's progress begins: its token is announced and then used.
    Begin {
        /// Names the progress.
        token: String,
        /// What is going on.
        title: String,
    },
    /// Where a run is.
    Report {
        /// Names the progress.
        token: String,
        /// Where it is.
        message: String,
        /// How much of it is done, of 100.
        percentage: u32,
    },
    /// A run's progress is over.
    End {
        /// Names the progress.
        token: String,
        /// How it ended.
        message: String,
    },
}

/// How important something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Something failed.
    Error,
    /// Something is missing.
    Warning,
    /// Worth knowing.
    Info,
}

/// What waits to be said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outbox(Arc<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    messages: Mutex<Messages>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct Messages {
    waiting: VecDeque<Message>,
    /// How many pieces of output were left out since the client stopped reading.
    left_out: u64,
}

/// So many messages may wait before the output of runs is left out; the log of the run has it.
const MOST_WAITING: usize = 4096;

impl Outbox {
    /// Says something, once what was said before it is out. Never waits.
    pub(crate) fn say(&self, message: Message) {
        let mut messages = self
            .0
            .messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        messages.push(message);
        drop(messages);
        self.0.arrived.notify_one();
    }

    /// The next message, as soon as there is one.
    pub(crate) async fn next(&self) -> Message {
        loop {
            let message = self
                .0
                .messages
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .waiting
                .pop_front();
            match message {
                Some(message) => return message,
                None => self.0.arrived.notified().await,
            }
        }
    }
}

impl Messages {
    fn push(&mut self, message: Message) {
        if let Some(key) = message.key() {
            self.waiting.retain(|waiting| waiting.key() != Some(key));
        }
        if let Message::RunEvent { uri, run, event } = &message {
            let is_output = matches!(event.what, What::Output { .. });
            if is_output && self.waiting.len() >= MOST_WAITING {
                self.left_out += 1;
                return;
            }
            if self.left_out > 0 {
                let count = std::mem::take(&mut self.left_out);
                let message = format!("{count} pieces of output are only in the log");
                let warning = Event::now(What::Warning {
                    step: None,
                    message,
                });
                self.waiting.push_back(Message::RunEvent {
                    uri: uri.clone(),
                    run: run.clone(),
                    event: Box::new(warning),
                });
            }
        }
        self.waiting.push_back(message);
    }
}

impl Message {
    /// What a newer message takes the place of.
    fn key(&self) -> Option<(u8, &str)> {
        match self {
            Self::Diagnostics(places, _) => Some((0, &places.uri)),
            Self::NoDiagnostics { uri } => Some((0, uri)),
            Self::Report { token, .. } => Some((1, token)),
            Self::Refresh => Some((2, "")),
            Self::RefreshHints => Some((2, "hints")),
            Self::Changed(Topic::Recipes) => Some((3, "recipes")),
            Self::Changed(Topic::Runs) => Some((3, "runs")),
            Self::Changed(Topic::Secrets) => Some((3, "secrets")),
            Self::Changed(Topic::Hosts) => Some((3, "hosts")),
            Self::Say(..)
            | Self::Apply(..)
            | Self::Show(_)
            | Self::RunEvent { .. }
            | Self::RunWants { .. }
            | Self::Begin { .. }
            | Self::End { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use runner::event::{RunStatus, Stream};

    use super::*;

    fn report(token: &str, message: &str) -> Message {
        Message::Report {
            token: token.into(),
            message: message.into(),
            percentage: 0,
        }
    }

    #[tokio::test]
    async fn of_what_replaces_itself_only_the_latest_waits() {
        let outbox = Outbox::default();
        for number in 0..10_000 {
            outbox.say(report("a", &number.to_string()));
            outbox.say(report("b", &number.to_string()));
        }
        outbox.say(Message::Say(Level::Info, "done".into()));
        for expected in ["a 9999", "b 9999", "done"] {
            let said = match outbox.next().await {
                Message::Report { token, message, .. } => format!("{token} {message}"),
                Message::Say(_, text) => text,
                other => panic!("{other:?}"),
            };
            assert_eq!(said, expected);
        }
    }

    #[tokio::test]
    async fn a_client_that_stops_reading_misses_output_and_is_told_so() {
        let outbox = Outbox::default();
        let tell = |what| {
            outbox.say(Message::RunEvent {
                uri: "file:///a".into(),
                run: None,
                event: Box::new(Event::now(what)),
            });
        };
        for seq in 0..2 * MOST_WAITING as u64 {
            tell(What::Output {
                step: "a".into(),
                stream: Stream::Stdout,
                seq,
                text: "x".into(),
            });
        }
        tell(What::RunFinished {
            status: RunStatus::Success,
            seconds: 1.0,
        });
        for _ in 0..MOST_WAITING {
            outbox.next().await;
        }
        let Message::RunEvent { event, .. } = outbox.next().await else {
            panic!("no event");
        };
        let message = format!("{MOST_WAITING} pieces of output are only in the log");
        assert_eq!(
            event.what,
            What::Warning {
                step: None,
                message
            }
        );
        let Message::RunEvent { event, .. } = outbox.next().await else {
            panic!("no event");
        };
        assert!(matches!(event.what, What::RunFinished { .. }));
    }
}

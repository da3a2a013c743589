//! What the protocol does not have: our own notifications, for clients that offer to take them.

use ls_types::LSPAny;
use ls_types::notification::Notification;
use runner::event::Event;
use serde_json::json;

use super::convert;
use crate::commands::Command;

/// Something happened in a run.
pub(super) enum RunEvent {}

/// A run is over, and this supplies what it missed.
pub(super) enum RunWants {}

impl Notification for RunEvent {
    type Params = LSPAny;
    const METHOD: &'static str = "doppio/runEvent";
}

impl Notification for RunWants {
    type Params = LSPAny;
    const METHOD: &'static str = "doppio/runWants";
}

pub(super) fn run_event(uri: String, run: Option<String>, event: &Event) -> LSPAny {
    json!({"uri": uri, "runId": run, "event": event})
}

pub(super) fn run_wants(
    uri: String,
    run: Option<String>,
    commands: &[Command],
    message: &str,
    approval: Option<&str>,
) -> LSPAny {
    let commands: Vec<LSPAny> = commands
        .iter()
        .map(|it| {
            json!({"title": convert::said(&it.title), "command": it.name, "arguments": [it.argument], "asks": it.asks})
        })
        .collect();
    json!({"uri": uri, "runId": run, "commands": commands, "message": convert::said(message), "approval": approval.map(convert::said)})
}

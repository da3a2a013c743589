//! What the protocol does not have: our own notifications, for clients that offer to take them.

use ls_types::LSPAny;
use ls_types::notification::Notification;
use runner::event::Event;
use serde_json::json;
use tower_lsp_server::Client;

use super::convert;
use crate::commands::Command;
use crate::panels::Topic;

/// Notifications, each with its method.
macro_rules! notifications {
    ($($(#[$doc:meta])* $name:ident = $method:literal;)*) => {$(
        $(#[$doc])*
        pub(super) enum $name {}

        impl Notification for $name {
            type Params = LSPAny;
            const METHOD: &'static str = $method;
        }
    )*};
}

notifications! {
    /// Something happened in a run.
    RunEvent = "doppio/runEvent";
    /// A run is over, and this supplies what it missed.
    RunWants = "doppio/runWants";
    /// What clients show of these may be out of date.
    Recipes = "doppio/recipes/didChange";
    Runs = "doppio/runs/didChange";
    Secrets = "doppio/secrets/didChange";
    Hosts = "doppio/hosts/didChange";
}

/// What clients show of something may be out of date.
pub(super) async fn changed(client: &Client, topic: Topic) {
    match topic {
        Topic::Recipes => client.send_notification::<Recipes>(json!({})).await,
        Topic::Runs => client.send_notification::<Runs>(json!({})).await,
        Topic::Secrets => client.send_notification::<Secrets>(json!({})).await,
        Topic::Hosts => client.send_notification::<Hosts>(json!({})).await,
    }
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

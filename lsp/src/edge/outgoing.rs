//! Sends what the server says unasked, in order. What the client answers is waited for by nobody.

use std::task::{Context, Poll};

use ls_types::notification::Progress;
use ls_types::request::{
    ApplyWorkspaceEdit, CodeLensRefresh, InlayHintRefreshRequest, ShowDocument,
    WorkDoneProgressCreate, WorkspaceDiagnosticRefresh,
};
use ls_types::{
    ApplyWorkspaceEditParams, MessageType, NumberOrString, ProgressParams, ProgressParamsValue,
    ShowDocumentParams, Uri, WorkDoneProgress, WorkDoneProgressBegin, WorkDoneProgressCreateParams,
    WorkDoneProgressEnd, WorkDoneProgressReport,
};
use tower_lsp_server::Client;

use super::{convert, ours};
use crate::offers::Offers;
use crate::outbox::{Level, Message, Outbox};

/// Sends everything that is put into `outbox`, for as long as the server lives.
pub(super) async fn send_all(client: Client, outbox: Outbox, offers: Offers) {
    loop {
        send(&client, outbox.next().await, &offers).await;
    }
}

async fn send(client: &Client, message: Message, offers: &Offers) {
    match message {
        Message::Diagnostics(places, found) => {
            if let Some(uri) = convert::uri(&places.uri) {
                let list = convert::diagnostics(&places, &found, offers);
                let version = offers.versioned_diagnostics.then_some(places.version);
                client.publish_diagnostics(uri, list, version).await;
            }
        }
        Message::NoDiagnostics { uri } => {
            if let Some(uri) = convert::uri(&uri) {
                client.publish_diagnostics(uri, Vec::new(), None).await;
            }
        }
        Message::Refresh => {
            if offers.pull_diagnostics {
                ask::<WorkspaceDiagnosticRefresh>(client, ()).await;
            }
            if offers.refresh_lenses {
                ask::<CodeLensRefresh>(client, ()).await;
            }
        }
        Message::RefreshHints => {
            if offers.refresh_hints {
                ask::<InlayHintRefreshRequest>(client, ()).await;
            }
        }
        Message::Say(level, text) => {
            let text = convert::said(&text);
            client.show_message(message_type(level), text).await;
        }
        Message::Apply(snapshot, label, edits) => {
            if let Some(edit) = convert::workspace_edit([(&*snapshot, &*edits)], offers) {
                let label = Some(convert::said(&label));
                ask::<ApplyWorkspaceEdit>(client, ApplyWorkspaceEditParams { label, edit }).await;
            }
        }
        Message::Show(path) => {
            if let Some(uri) = Uri::from_file_path(path) {
                ask::<ShowDocument>(
                    client,
                    ShowDocumentParams {
                        uri,
                        external: None,
                        take_focus: Some(false),
                        selection: None,
                    },
                )
                .await;
            }
        }
        Message::Changed(topic) => ours::changed(client, topic).await,
        Message::RunEvent { uri, run, event } => {
            client
                .send_notification::<ours::RunEvent>(ours::run_event(uri, run, &event))
                .await;
        }
        Message::RunWants {
            uri,
            run,
            commands,
            message,
            approval,
        } => {
            let wants = ours::run_wants(uri, run, &commands, &message, approval.as_deref());
            client.send_notification::<ours::RunWants>(wants).await;
        }
        Message::Begin { token, title } => {
            let token = NumberOrString::String(token);
            let create = WorkDoneProgressCreateParams {
                token: token.clone(),
            };
            ask::<WorkDoneProgressCreate>(client, create).await;
            let begin = WorkDoneProgress::Begin(WorkDoneProgressBegin {
                title: convert::said(&title),
                cancellable: Some(true),
                message: None,
                percentage: Some(0),
            });
            progress(client, token, begin).await;
        }
        Message::Report {
            token,
            message,
            percentage,
        } => {
            let report = WorkDoneProgress::Report(WorkDoneProgressReport {
                cancellable: Some(true),
                message: Some(convert::said(&message)),
                percentage: Some(percentage),
            });
            progress(client, NumberOrString::String(token), report).await;
        }
        Message::End { token, message } => {
            let message = Some(convert::said(&message));
            let end = WorkDoneProgress::End(WorkDoneProgressEnd { message });
            progress(client, NumberOrString::String(token), end).await;
        }
    }
}

async fn progress(client: &Client, token: NumberOrString, value: WorkDoneProgress) {
    let value = ProgressParamsValue::WorkDone(value);
    let params = ProgressParams { token, value };
    client.send_notification::<Progress>(params).await;
}

/// Puts a request on its way; its answer, which changes nothing, is awaited in a task of its own.
async fn ask<R>(client: &Client, params: R::Params)
where
    R: ls_types::request::Request + 'static,
    R::Params: Send,
    R::Result: Send,
{
    let client = client.clone();
    let mut request = Box::pin(async move {
        // A client that refuses loses a comfort; it has said how it is by itself.
        let _ = client.send_request::<R>(params).await;
    });
    // The first look puts it into the queue to the client, before what is said next.
    let is_pending = |cx: &mut Context<'_>| Poll::Ready(request.as_mut().poll(cx).is_pending());
    if std::future::poll_fn(is_pending).await {
        tokio::spawn(request);
    }
}

fn message_type(level: Level) -> MessageType {
    match level {
        Level::Error => MessageType::ERROR,
        Level::Warning => MessageType::WARNING,
        Level::Info => MessageType::INFO,
    }
}

//! The transport: every handler's first act is to put its message into the queue, so that the queue
//! is in the order of the wire. What it then awaits is only the answer of the state's owner.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ls_types::{NumberOrString, TextDocumentPositionParams, Uri, WorkDoneProgressCancelParams};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot;
use tower_lsp_server::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp_server::{Client, LspService, Server};

use super::convert;
use super::fence::{Fence, Goodbye};
use super::screen::screen;
use super::tokens::Told;
use crate::document::Snapshot;
use crate::offers::Offers;
use crate::outbox::Outbox;
use crate::queue::Queue;
use crate::session::Session;
use crate::trust::DidChangeTrust;

/// The transport must never be what limits how much is under way: whatever waits, waits elsewhere.
const CONCURRENCY: usize = 1 << 16;

/// How much of the input may wait to be read.
const PIPE: usize = 1 << 16;

/// How long what is still to be written may take after `exit`.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The protocol's code for a request that is well formed and cannot be granted.
const REQUEST_FAILED: i64 = -32803;

/// Serves the client at these pipes, and returns the exit code.
pub(crate) async fn serve(
    queue: Queue,
    outbox: Outbox,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite,
) -> i32 {
    let goodbye = Arc::new(Goodbye::default());
    let (service, socket) = LspService::build(|client| Backend {
        client,
        queue,
        outbox,
        offers: OnceLock::new(),
        told: Arc::default(),
    })
    .custom_method("window/workDoneProgress/cancel", Backend::cancel)
    .custom_method("doppio/didChangeTrust", Backend::did_change_trust)
    .custom_method("doppio/graph", Backend::graph)
    .custom_method("doppio/resolvedStep", Backend::resolved_step)
    .custom_method("doppio/text", Backend::text)
    .custom_method("doppio/recipes", Backend::recipes)
    .custom_method("doppio/runs", Backend::runs)
    .custom_method("doppio/secrets", Backend::secrets)
    .custom_method("doppio/hosts", Backend::hosts)
    .finish();
    let (theirs, ours) = tokio::io::duplex(PIPE);
    let screened = async {
        screen(input, theirs).await;
        // The end of the input is for the server to see.
        std::future::pending::<()>().await;
    };
    let server = Server::new(ours, output, socket)
        .concurrency_level(CONCURRENCY)
        .serve(Fence::new(service, goodbye.clone()));
    let exit = async {
        goodbye.exiting().await;
        tokio::time::sleep(LAST_WORDS).await;
    };
    tokio::select! {
        () = server => {}
        () = exit => {}
        () = screened => {}
    }
    goodbye.exit_code()
}

/// Hands messages on.
#[derive(Debug)]
pub(super) struct Backend {
    pub(super) client: Client,
    pub(super) queue: Queue,
    pub(super) outbox: Outbox,
    pub(super) offers: OnceLock<Offers>,
    pub(super) told: Arc<Told>,
}

impl Backend {
    /// Asks something about a recipe. Of documents that are none, nothing is known.
    pub(super) fn about<T: Send + 'static>(
        &self,
        uri: &Uri,
        question: impl FnOnce(&mut Session, &Snapshot) -> T + Send + 'static,
    ) -> oneshot::Receiver<Option<T>> {
        let uri = uri.as_str().to_owned();
        self.queue.ask(move |session| {
            let snapshot = session.recipe(&uri)?;
            Some(question(session, &snapshot))
        })
    }

    /// Asks something about a place in a recipe.
    pub(super) async fn at<T: Send + 'static>(
        &self,
        place: TextDocumentPositionParams,
        question: impl FnOnce(&mut Session, &Snapshot, usize) -> T + Send + 'static,
    ) -> Result<Option<T>> {
        let position = convert::position(place.position);
        let reply = self.about(&place.text_document.uri, move |session, snapshot| {
            question(session, snapshot, snapshot.offset(position))
        });
        answer(reply).await
    }

    async fn did_change_trust(&self, change: DidChangeTrust) {
        self.queue
            .tell(move |session| session.set_trust(change.trusted));
    }

    async fn cancel(&self, params: WorkDoneProgressCancelParams) {
        let token = match params.token {
            NumberOrString::String(token) => token,
            NumberOrString::Number(number) => number.to_string(),
        };
        self.queue.tell(move |session| session.runs.cancel(&token));
    }
}

/// The owner's answer. There is none if looking for it panicked.
pub(super) async fn answer<T>(reply: oneshot::Receiver<T>) -> Result<T> {
    reply.await.map_err(|_| Error::internal_error())
}

/// What the user asked for cannot be done: why is for them to read.
pub(super) fn refused(why: String) -> Error {
    Error {
        code: ErrorCode::ServerError(REQUEST_FAILED),
        message: convert::said(&why).into(),
        data: None,
    }
}

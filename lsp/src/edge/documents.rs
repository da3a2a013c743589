//! How the conversation begins, and what the client says of its documents.

use ls_types::{
    DidChangeConfigurationParams, DidChangeTextDocumentParams, InitializeParams, InitializeResult,
    TextDocumentIdentifier, TextDocumentItem,
};

use super::transport::Backend;
use super::{capabilities, convert, outgoing};
use crate::client_process;
use crate::session::Session;
use crate::settings::Settings;

impl Backend {
    /// What the client offers is known from here on.
    pub(super) fn begin(&self, params: &InitializeParams) -> InitializeResult {
        let offers = capabilities::offers(params);
        self.queue.tell({
            let offers = offers.clone();
            let settings = params.initialization_options.as_ref();
            let settings = settings.map(Settings::read).unwrap_or_default();
            move |session| {
                session.offers = offers;
                session.configure(settings);
            }
        });
        if let Some(process) = offers.process {
            client_process::end_with(process);
        }
        let answer = capabilities::answer(&offers);
        // A second `initialize` is refused before it gets here.
        let _ = self.offers.set(offers);
        answer
    }

    /// The client listens: what the server says unasked may be sent.
    pub(super) fn begun(&self) {
        self.queue.tell(Session::start);
        if let Some(offers) = self.offers.get() {
            let (client, outbox) = (self.client.clone(), self.outbox.clone());
            tokio::spawn(outgoing::send_all(client, outbox, offers.clone()));
        }
    }

    /// The user set something.
    pub(super) fn configured(&self, params: &DidChangeConfigurationParams) {
        let settings = Settings::read(&params.settings);
        self.queue.tell(move |session| session.configure(settings));
    }

    pub(super) fn opened_document(&self, document: TextDocumentItem) {
        self.queue.tell(move |session| {
            let uri = document.uri.as_str().to_owned();
            session.open(uri, document.version, &document.text);
        });
    }

    pub(super) fn changed_document(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        let (uri, version) = (document.uri.as_str().to_owned(), document.version);
        self.queue
            .tell_change(uri.clone(), version, move |session| {
                let changes: Vec<_> = params
                    .content_changes
                    .into_iter()
                    .map(convert::change)
                    .collect();
                session.change(&uri, version, &changes);
            });
    }

    pub(super) fn closed_document(&self, document: TextDocumentIdentifier) {
        self.told.forget(document.uri.as_str());
        self.queue
            .tell(move |session| session.close(document.uri.as_str()));
    }
}

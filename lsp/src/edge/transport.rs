//! The transport: every handler's first act is to put its message into the queue, so that the queue
//! is in the order of the wire. What it then awaits is only the answer of the state's owner.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ls_types::request::{GotoDeclarationParams, GotoDeclarationResponse};
use ls_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem,
    CallHierarchyOutgoingCall, CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams,
    CodeAction, CodeActionParams, CodeActionResponse, CodeLens, CodeLensParams, CompletionParams,
    CompletionResponse, DidChangeConfigurationParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentDiagnosticParams,
    DocumentDiagnosticReportResult, DocumentHighlight, DocumentHighlightParams, DocumentLink,
    DocumentLinkParams, DocumentSymbolParams, DocumentSymbolResponse, ExecuteCommandParams,
    FoldingRange, FoldingRangeParams, GotoDefinitionParams, GotoDefinitionResponse, Hover,
    HoverParams, InitializeParams, InitializeResult, InitializedParams, LSPAny,
    LinkedEditingRangeParams, LinkedEditingRanges, Location, NumberOrString, PrepareRenameResponse,
    ReferenceParams, RenameParams, SelectionRange, SelectionRangeParams,
    TextDocumentPositionParams, Uri, WorkDoneProgressCancelParams, WorkspaceEdit,
    WorkspaceSymbolParams, WorkspaceSymbolResponse,
};
use tokio::sync::oneshot;
use tower_lsp_server::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp_server::{Client, LanguageServer, LspService, Server};

use super::fence::{Fence, Goodbye};
use super::report::report;
use super::{capabilities, convert, navigation, outgoing, structure};
use crate::document::Snapshot;
use crate::features;
use crate::offers::Offers;
use crate::outbox::Outbox;
use crate::queue::Queue;
use crate::session::Session;
use crate::settings::Settings;
use crate::trust::DidChangeTrust;
use crate::{client_process, commands};

/// The transport must never be what limits how much is under way: whatever waits, waits elsewhere.
const CONCURRENCY: usize = 1 << 16;

/// How long what is still to be written may take after `exit`.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The protocol's code for a request that is well formed and cannot be granted.
const REQUEST_FAILED: i64 = -32803;

/// Serves the client at standard input and output, and returns the exit code.
pub(crate) async fn serve(queue: Queue, outbox: Outbox) -> i32 {
    let goodbye = Arc::new(Goodbye::default());
    let (service, socket) = LspService::build(|client| Backend {
        client,
        queue,
        outbox,
        offers: OnceLock::new(),
    })
    .custom_method("window/workDoneProgress/cancel", Backend::cancel)
    .custom_method("doppio/didChangeTrust", Backend::did_change_trust)
    .custom_method("doppio/graph", Backend::graph)
    .custom_method("doppio/recipes", Backend::recipes)
    .custom_method("doppio/runs", Backend::runs)
    .custom_method("doppio/secrets", Backend::secrets)
    .custom_method("doppio/hosts", Backend::hosts)
    .finish();
    let server = Server::new(tokio::io::stdin(), tokio::io::stdout(), socket)
        .concurrency_level(CONCURRENCY)
        .serve(Fence::new(service, goodbye.clone()));
    let exit = async {
        goodbye.exiting().await;
        tokio::time::sleep(LAST_WORDS).await;
    };
    tokio::select! {
        () = server => {}
        () = exit => {}
    }
    goodbye.exit_code()
}

/// Hands messages on.
#[derive(Debug)]
pub(super) struct Backend {
    client: Client,
    pub(super) queue: Queue,
    outbox: Outbox,
    offers: OnceLock<Offers>,
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

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let offers = capabilities::offers(&params);
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
        Ok(answer)
    }

    async fn initialized(&self, _: InitializedParams) {
        self.queue.tell(Session::start);
        if let Some(offers) = self.offers.get() {
            let (client, outbox) = (self.client.clone(), self.outbox.clone());
            tokio::spawn(outgoing::send_all(client, outbox, offers.clone()));
        }
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        let settings = Settings::read(&params.settings);
        self.queue.tell(move |session| session.configure(settings));
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.queue.tell(move |session| {
            let uri = document.uri.as_str().to_owned();
            session.open(uri, document.version, &document.text);
        });
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
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

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        self.queue.tell(Session::save);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.queue
            .tell(move |session| session.close(params.text_document.uri.as_str()));
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let place = params.text_document_position;
        let files = self.complete_files(place.clone());
        let others = self.at(place, |session, snapshot, offset| {
            let items =
                features::completion::complete(&snapshot.analysis, offset, &session.world());
            convert::completion(snapshot, items, &session.offers)
        });
        // Both are asked before either is waited for: the next edit must not come between.
        let (files, others) = tokio::join!(files, others);
        Ok(files?.or(others?))
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let place = params.text_document_position_params;
        let hover = self.at(place, |session, snapshot, offset| {
            let hover = features::hover::hover(&snapshot.analysis, offset, &session.world())?;
            Some(convert::hover(snapshot, hover, &session.offers))
        });
        hover.await.map(Option::flatten)
    }

    async fn goto_definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        let place = params.text_document_position_params;
        self.at(place, |_, snapshot, offset| {
            let found = features::navigate::definitions(&snapshot.analysis, offset);
            let found = found
                .iter()
                .filter_map(|it| navigation::location(snapshot, it.span));
            GotoDefinitionResponse::Array(found.collect())
        })
        .await
    }

    async fn goto_declaration(
        &self,
        params: GotoDeclarationParams,
    ) -> Result<Option<GotoDeclarationResponse>> {
        let place = params.text_document_position_params;
        let found = self.at(place, |_, snapshot, offset| {
            let found = features::navigate::declaration(&snapshot.analysis, offset)?;
            navigation::location(snapshot, found.span).map(GotoDeclarationResponse::Scalar)
        });
        found.await.map(Option::flatten)
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let with_definitions = params.context.include_declaration;
        let place = params.text_document_position;
        self.references_across(place, with_definitions).await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        let place = params.text_document_position_params;
        self.at(place, |_, snapshot, offset| {
            let found = features::navigate::highlights(&snapshot.analysis, offset);
            let found = found.into_iter();
            found
                .map(|it| navigation::highlight(snapshot, it))
                .collect()
        })
        .await
    }

    async fn prepare_rename(
        &self,
        place: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        let renamed = self.at(place, |_, snapshot, offset| {
            let renamed = features::rename::prepare(&snapshot.analysis, offset)?;
            Ok(renamed.map(|it| navigation::renamed(snapshot, it)))
        });
        renamed
            .await?
            .transpose()
            .map(Option::flatten)
            .map_err(refused)
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let place = params.text_document_position;
        self.rename_across(place, params.new_name).await
    }

    async fn document_symbol(
        &self,
        params: DocumentSymbolParams,
    ) -> Result<Option<DocumentSymbolResponse>> {
        let reply = self.about(&params.text_document.uri, |session, snapshot| {
            let parts = features::outline::outline(&snapshot.analysis);
            structure::symbols(snapshot, parts, &session.offers)
        });
        answer(reply).await
    }

    async fn symbol(
        &self,
        params: WorkspaceSymbolParams,
    ) -> Result<Option<WorkspaceSymbolResponse>> {
        self.symbols_across(params.query).await.map(Some)
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let reply = self.about(&params.text_document.uri, |_, snapshot| {
            let folds = features::folding::folds(&snapshot.analysis).into_iter();
            folds.map(|fold| structure::fold(snapshot, fold)).collect()
        });
        answer(reply).await
    }

    async fn selection_range(
        &self,
        params: SelectionRangeParams,
    ) -> Result<Option<Vec<SelectionRange>>> {
        let reply = self.about(&params.text_document.uri, move |_, snapshot| {
            let select = |position| {
                let offset = snapshot.offset(convert::position(position));
                let spans = features::selection::selections(&snapshot.analysis, offset);
                structure::selection(snapshot, spans)
            };
            params.positions.into_iter().map(select).collect()
        });
        answer(reply).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        let reply = self.about(&params.text_document.uri, |session, snapshot| {
            let links = features::links::links(&snapshot.analysis);
            convert::links(snapshot, links, &session.base(&snapshot.uri))
        });
        let Some(mut links) = answer(reply).await? else {
            return Ok(None);
        };
        // A file system may be slow, and nobody else is to wait for it.
        let looked = tokio::task::spawn_blocking(move || {
            links.retain(|link| {
                let target = link.target.as_ref();
                let file = target.filter(|uri| uri.as_str().starts_with("file:"));
                file.and_then(Uri::to_file_path)
                    .is_none_or(|path| path.is_file())
            });
            links
        });
        Ok(looked.await.ok())
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let place = params.text_document_position_params;
        let found = self.at(place, |_, snapshot, offset| {
            let node = features::hierarchy::step_at(&snapshot.analysis, offset)?;
            structure::node(snapshot, node).map(|item| vec![item])
        });
        found.await.map(Option::flatten)
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        let uri = params.item.uri.clone();
        let id = structure::id_of(params.item);
        let reply = self.about(&uri, move |_, snapshot| {
            let found = features::hierarchy::needed_by(&snapshot.analysis, &id).into_iter();
            found
                .filter_map(|it| structure::incoming(snapshot, it))
                .collect()
        });
        answer(reply).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        let uri = params.item.uri.clone();
        let id = structure::id_of(params.item);
        let reply = self.about(&uri, move |_, snapshot| {
            let found = features::hierarchy::needs(&snapshot.analysis, &id).into_iter();
            found
                .filter_map(|it| structure::outgoing(snapshot, it))
                .collect()
        });
        answer(reply).await
    }

    async fn linked_editing_range(
        &self,
        params: LinkedEditingRangeParams,
    ) -> Result<Option<LinkedEditingRanges>> {
        let place = params.text_document_position_params;
        let linked = self.at(place, |_, snapshot, offset| {
            let spans = features::linked::linked(&snapshot.analysis, offset);
            structure::linked(snapshot, &spans)
        });
        linked.await.map(Option::flatten)
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let only = params.context.only;
        let range = convert::range(params.range);
        let reply = self.about(&params.text_document.uri, move |session, snapshot| {
            let span = snapshot.span(range);
            let mut actions = session.actions(snapshot, span);
            if let Some(only) = only.filter(|only| !only.is_empty()) {
                let wants_fixes =
                    |kind: &ls_types::CodeActionKind| matches!(kind.as_str(), "" | "quickfix");
                let wants_all = only.iter().any(|kind| kind.as_str().is_empty());
                let wants_fixes = only.iter().any(wants_fixes);
                actions.retain(|action| wants_all || wants_fixes && action.repairs.is_some());
            }
            convert::actions(snapshot, actions, &session.offers)
        });
        answer(reply).await
    }

    /// Nothing is left to resolve. Some clients ask all the same.
    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        Ok(action)
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.folders_changed(params);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.files_changed(params);
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        let reply = self.about(&params.text_document.uri, move |session, snapshot| {
            convert::lenses(snapshot, session.lenses(snapshot))
        });
        answer(reply).await
    }

    async fn diagnostic(
        &self,
        params: DocumentDiagnosticParams,
    ) -> Result<DocumentDiagnosticReportResult> {
        let reply = self.about(&params.text_document.uri, move |session, snapshot| {
            let found = session.diagnostics(snapshot);
            convert::diagnostics(snapshot, &found, &session.offers)
        });
        let items = answer(reply).await?.unwrap_or_default();
        Ok(report(items, params.previous_result_id).into())
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        let reply = self.queue.ask(move |session| {
            let argument = params.arguments.into_iter().next();
            commands::execute(session, &params.command, argument)
        });
        answer(reply)
            .await?
            .map_err(|why| Error::invalid_params(convert::said(&why)))?;
        Ok(None)
    }
}

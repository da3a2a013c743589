//! Every method of the protocol: which question it is, and to whom it goes. What the answers are made of
//! stands in the files of their topics.

use ls_types::request::{GotoDeclarationParams, GotoDeclarationResponse};
use ls_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem,
    CallHierarchyOutgoingCall, CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams,
    CodeAction, CodeActionParams, CodeActionResponse, CodeLens, CodeLensParams, CompletionParams,
    CompletionResponse, DidChangeConfigurationParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentDiagnosticParams,
    DocumentDiagnosticReportResult, DocumentFormattingParams, DocumentHighlight,
    DocumentHighlightParams, DocumentLink, DocumentLinkParams, DocumentRangeFormattingParams,
    DocumentSymbolParams, DocumentSymbolResponse, ExecuteCommandParams, FoldingRange,
    FoldingRangeParams, GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverParams,
    InitializeParams, InitializeResult, InitializedParams, InlayHint, InlayHintParams, LSPAny,
    LinkedEditingRangeParams, LinkedEditingRanges, Location, PrepareRenameResponse,
    ReferenceParams, RenameParams, SelectionRange, SelectionRangeParams, SemanticTokensDeltaParams,
    SemanticTokensFullDeltaResult, SemanticTokensParams, SemanticTokensRangeParams,
    SemanticTokensRangeResult, SemanticTokensResult, TextDocumentPositionParams, TextEdit,
    WorkspaceEdit, WorkspaceSymbolParams, WorkspaceSymbolResponse,
};
use tower_lsp_server::LanguageServer;
use tower_lsp_server::jsonrpc::{Error, Result};

use super::report::report;
use super::transport::{Backend, answer, refused};
use super::{convert, navigation, reading, structure, writing};
use crate::commands;
use crate::session::Session;

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        Ok(self.begin(&params))
    }

    async fn initialized(&self, _: InitializedParams) {
        self.begun();
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.configured(&params);
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.opened_document(params.text_document);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.changed_document(params);
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        self.queue.tell(Session::save);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.closed_document(params.text_document);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.folders_changed(params);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.files_changed(params);
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let place = params.text_document_position;
        let files = self.complete_files(place.clone());
        let others = self.at(place, reading::completion);
        // Both are asked before either is waited for: the next edit must not come between.
        let (files, others) = tokio::join!(files, others);
        Ok(files?.or(others?))
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let place = params.text_document_position_params;
        let hover = self.at(place, reading::hover).await;
        hover.map(Option::flatten)
    }

    async fn goto_definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        let place = params.text_document_position_params;
        self.at(place, navigation::definitions).await
    }

    async fn goto_declaration(
        &self,
        params: GotoDeclarationParams,
    ) -> Result<Option<GotoDeclarationResponse>> {
        let place = params.text_document_position_params;
        let found = self.at(place, navigation::declaration).await;
        found.map(Option::flatten)
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
        self.at(place, navigation::highlights).await
    }

    async fn prepare_rename(
        &self,
        place: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        let renamed = self.at(place, navigation::renamed).await?;
        renamed.transpose().map(Option::flatten).map_err(refused)
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let place = params.text_document_position;
        self.rename_across(place, params.new_name).await
    }

    async fn document_symbol(
        &self,
        params: DocumentSymbolParams,
    ) -> Result<Option<DocumentSymbolResponse>> {
        answer(self.about(&params.text_document.uri, structure::symbols)).await
    }

    async fn symbol(
        &self,
        params: WorkspaceSymbolParams,
    ) -> Result<Option<WorkspaceSymbolResponse>> {
        self.symbols_across(params.query).await.map(Some)
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        answer(self.about(&params.text_document.uri, structure::folds)).await
    }

    async fn selection_range(
        &self,
        params: SelectionRangeParams,
    ) -> Result<Option<Vec<SelectionRange>>> {
        let reply = self.about(&params.text_document.uri, move |_, snapshot| {
            structure::selections(snapshot, &params.positions)
        });
        answer(reply).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.links_of(&params.text_document.uri).await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let place = params.text_document_position_params;
        let found = self.at(place, structure::step).await;
        found.map(Option::flatten)
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        let uri = params.item.uri.clone();
        let id = structure::id_of(params.item);
        let reply = self.about(&uri, move |_, snapshot| structure::needed_by(snapshot, &id));
        answer(reply).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        let uri = params.item.uri.clone();
        let id = structure::id_of(params.item);
        let reply = self.about(&uri, move |_, snapshot| structure::needs(snapshot, &id));
        answer(reply).await
    }

    async fn linked_editing_range(
        &self,
        params: LinkedEditingRangeParams,
    ) -> Result<Option<LinkedEditingRanges>> {
        let place = params.text_document_position_params;
        let linked = self.at(place, structure::linked).await;
        linked.map(Option::flatten)
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let reply = self.about(&params.text_document.uri, move |_, snapshot| {
            writing::format(snapshot, None, &params.options)
        });
        answer(reply).await
    }

    async fn range_formatting(
        &self,
        params: DocumentRangeFormattingParams,
    ) -> Result<Option<Vec<TextEdit>>> {
        let reply = self.about(&params.text_document.uri, move |_, snapshot| {
            writing::format(snapshot, Some(params.range), &params.options)
        });
        answer(reply).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let reply = self.about(&params.text_document.uri, move |session, snapshot| {
            writing::actions(session, snapshot, params.range, params.context.only)
        });
        answer(reply).await
    }

    /// Nothing is left to resolve. Some clients ask all the same.
    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        Ok(action)
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let reply = self.about(&params.text_document.uri, move |session, snapshot| {
            reading::hints(session, snapshot, params.range)
        });
        answer(reply).await
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokensResult>> {
        self.all_tokens(&params.text_document.uri).await
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        let previous = &params.previous_result_id;
        self.tokens_since(&params.text_document.uri, previous).await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        self.tokens_in(&params.text_document.uri, params.range)
            .await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        answer(self.about(&params.text_document.uri, reading::lenses)).await
    }

    async fn diagnostic(
        &self,
        params: DocumentDiagnosticParams,
    ) -> Result<DocumentDiagnosticReportResult> {
        let reply = self.about(&params.text_document.uri, reading::diagnostics);
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

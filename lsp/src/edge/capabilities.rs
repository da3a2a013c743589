//! What the client offers, and what the server does for it.

use ls_types::{
    CallHierarchyServerCapability, CodeActionOptions, CodeActionProviderCapability,
    CodeLensOptions, CompletionOptions, DeclarationCapability, DiagnosticOptions,
    DiagnosticServerCapabilities, DiagnosticTag, DocumentLinkOptions, ExecuteCommandOptions,
    FoldingRangeProviderCapability, HoverProviderCapability, InitializeParams, InitializeResult,
    LSPAny, LinkedEditingRangeServerCapabilities, MarkupKind, OneOf, PositionEncodingKind,
    RenameOptions, SaveOptions, SelectionRangeProviderCapability, ServerCapabilities, ServerInfo,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, WorkDoneProgressOptions, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities,
};

use super::{convert, panels, tokens};
use crate::commands;
use crate::offers::Offers;
use crate::position::Encoding;

/// Characters after which a completion is asked for without a key: those that begin a reference, a
/// string, a value or a header.
const TRIGGERS: [&str; 9] = ["$", "{", ":", "\"", "'", ".", "=", "[", "/"];

/// What the client offers.
pub(super) fn offers(params: &InitializeParams) -> Offers {
    let client = &params.capabilities;
    let documents = client.text_document.as_ref();
    let workspace = client.workspace.as_ref();
    let window = client.window.as_ref();
    let item = documents
        .and_then(|it| it.completion.as_ref())
        .and_then(|it| it.completion_item.as_ref());
    let hover = documents.and_then(|it| it.hover.as_ref());
    let action = documents.and_then(|it| it.code_action.as_ref());
    let published = documents.and_then(|it| it.publish_diagnostics.as_ref());
    let is_markdown = |formats: Option<&Vec<MarkupKind>>| {
        formats.is_some_and(|formats| formats.contains(&MarkupKind::Markdown))
    };
    let can_pull = documents.is_some_and(|it| it.diagnostic.is_some());
    let can_refresh = workspace
        .and_then(|it| it.diagnostics.as_ref())
        .and_then(|it| it.refresh_support);
    let ours = client.experimental.as_ref().and_then(|it| it.get("doppio"));
    let offers_ours = |name: &str| ours.and_then(|it| it.get(name)) == Some(&LSPAny::Bool(true));
    Offers {
        encoding: encoding(params),
        snippets: item.and_then(|it| it.snippet_support) == Some(true),
        later_kinds: documents
            .and_then(|it| it.completion.as_ref()?.completion_item_kind.as_ref())
            .and_then(|it| it.value_set.as_ref())
            .is_some_and(|known| convert::LATER_KINDS.iter().all(|it| known.contains(it))),
        markdown_hover: is_markdown(hover.and_then(|it| it.content_format.as_ref())),
        markdown_completion: is_markdown(item.and_then(|it| it.documentation_format.as_ref())),
        unnecessary: published
            .and_then(|it| it.tag_support.as_ref())
            .is_some_and(|it| it.value_set.contains(&DiagnosticTag::UNNECESSARY)),
        versioned_diagnostics: published.and_then(|it| it.version_support) == Some(true),
        related_information: published.and_then(|it| it.related_information) == Some(true),
        code_description: published.and_then(|it| it.code_description_support) == Some(true),
        pull_diagnostics: can_pull && can_refresh == Some(true),
        refresh_lenses: workspace
            .and_then(|it| it.code_lens.as_ref())
            .and_then(|it| it.refresh_support)
            == Some(true),
        tokens: documents
            .and_then(|it| it.semantic_tokens.as_ref())
            .map(tokens::legend)
            .unwrap_or_default(),
        hints: documents.is_some_and(|it| it.inlay_hint.is_some()),
        refresh_hints: workspace
            .and_then(|it| it.inlay_hint.as_ref())
            .and_then(|it| it.refresh_support)
            == Some(true),
        action_literals: action.is_some_and(|it| it.code_action_literal_support.is_some()),
        preferred_actions: action.and_then(|it| it.is_preferred_support) == Some(true),
        versioned_edits: workspace
            .and_then(|it| it.workspace_edit.as_ref())
            .and_then(|it| it.document_changes)
            == Some(true),
        apply_edit: workspace.and_then(|it| it.apply_edit) == Some(true),
        symbol_tree: documents
            .and_then(|it| it.document_symbol.as_ref())
            .and_then(|it| it.hierarchical_document_symbol_support)
            == Some(true),
        prepare_rename: documents
            .and_then(|it| it.rename.as_ref())
            .and_then(|it| it.prepare_support)
            == Some(true),
        progress: window.and_then(|it| it.work_done_progress) == Some(true),
        show_document: window
            .and_then(|it| it.show_document.as_ref())
            .is_some_and(|it| it.support),
        run_events: offers_ours("runEvents"),
        wants: offers_ours("wants"),
        trusted: is_trusted(params),
        panels: offers_ours("panels"),
        folders: folders(params),
        // Helix up to 25.01 spawns each notification; its versions grow one by one.
        overtakes: (params.client_info.as_ref()).is_some_and(|client| client.name == "helix"),
        process: params.process_id,
    }
}

/// Whether the user trusts the workspace. A client that says something else than yes or no is one
/// that something is wrong with.
fn is_trusted(params: &InitializeParams) -> bool {
    let options = params.initialization_options.as_ref();
    let said = options.and_then(|options| options.get("trusted"));
    said.is_none_or(|trusted| *trusted == LSPAny::Bool(true))
}

/// What the server does.
pub(super) fn answer(offers: &Offers) -> InitializeResult {
    let pull = DiagnosticServerCapabilities::Options(DiagnosticOptions {
        identifier: Some("doppio".to_owned()),
        inter_file_dependencies: false,
        workspace_diagnostics: false,
        work_done_progress_options: WorkDoneProgressOptions::default(),
    });
    InitializeResult {
        capabilities: ServerCapabilities {
            position_encoding: Some(match offers.encoding {
                Encoding::Utf8 => PositionEncodingKind::UTF8,
                Encoding::Utf16 => PositionEncodingKind::UTF16,
                Encoding::Utf32 => PositionEncodingKind::UTF32,
            }),
            text_document_sync: Some(TextDocumentSyncCapability::Options(
                TextDocumentSyncOptions {
                    open_close: Some(true),
                    change: Some(TextDocumentSyncKind::INCREMENTAL),
                    save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
                        include_text: Some(false),
                    })),
                    ..TextDocumentSyncOptions::default()
                },
            )),
            completion_provider: Some(CompletionOptions {
                trigger_characters: Some(TRIGGERS.map(str::to_owned).to_vec()),
                ..CompletionOptions::default()
            }),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            definition_provider: Some(OneOf::Left(true)),
            declaration_provider: Some(DeclarationCapability::Simple(true)),
            references_provider: Some(OneOf::Left(true)),
            document_highlight_provider: Some(OneOf::Left(true)),
            document_symbol_provider: Some(OneOf::Left(true)),
            workspace_symbol_provider: Some(OneOf::Left(true)),
            folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
            selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
            document_link_provider: Some(DocumentLinkOptions {
                resolve_provider: Some(false),
                work_done_progress_options: WorkDoneProgressOptions::default(),
            }),
            call_hierarchy_provider: Some(CallHierarchyServerCapability::Simple(true)),
            linked_editing_range_provider: Some(LinkedEditingRangeServerCapabilities::Simple(true)),
            rename_provider: Some(match offers.prepare_rename {
                true => OneOf::Right(RenameOptions {
                    prepare_provider: Some(true),
                    work_done_progress_options: WorkDoneProgressOptions::default(),
                }),
                false => OneOf::Left(true),
            }),
            document_formatting_provider: Some(OneOf::Left(true)),
            document_range_formatting_provider: Some(OneOf::Left(true)),
            code_action_provider: Some(match offers.action_literals {
                true => CodeActionProviderCapability::Options(CodeActionOptions {
                    code_action_kinds: Some(
                        convert::ACTION_KINDS
                            .map(|kind| convert::kind_name(kind).into())
                            .to_vec(),
                    ),
                    ..CodeActionOptions::default()
                }),
                false => CodeActionProviderCapability::Simple(true),
            }),
            code_lens_provider: Some(CodeLensOptions {
                resolve_provider: Some(false),
            }),
            semantic_tokens_provider: tokens::provider(&offers.tokens),
            inlay_hint_provider: offers.hints.then_some(OneOf::Left(true)),
            diagnostic_provider: offers.pull_diagnostics.then_some(pull),
            execute_command_provider: Some(ExecuteCommandOptions {
                commands: commands::ALL.map(str::to_owned).to_vec(),
                work_done_progress_options: WorkDoneProgressOptions::default(),
            }),
            workspace: Some(WorkspaceServerCapabilities {
                workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                    supported: Some(true),
                    change_notifications: Some(OneOf::Left(true)),
                }),
                ..WorkspaceServerCapabilities::default()
            }),
            ..ServerCapabilities::default()
        },
        server_info: Some(ServerInfo {
            name: "doppio".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        offset_encoding: None,
    }
}

/// The first unit that the client lists and that costs least; UTF-16 if it lists none.
fn encoding(params: &InitializeParams) -> Encoding {
    let general = params.capabilities.general.as_ref();
    let listed = general.and_then(|it| it.position_encodings.as_deref());
    let has = |kind: PositionEncodingKind| listed.is_some_and(|listed| listed.contains(&kind));
    match () {
        () if has(PositionEncodingKind::UTF8) => Encoding::Utf8,
        () if has(PositionEncodingKind::UTF16) => Encoding::Utf16,
        () if has(PositionEncodingKind::UTF32) => Encoding::Utf32,
        () => Encoding::Utf16,
    }
}

#[expect(deprecated, reason = "older clients say their folder only so")]
fn folders(params: &InitializeParams) -> Vec<std::path::PathBuf> {
    match params.workspace_folders.as_deref() {
        Some(folders) if !folders.is_empty() => panels::folders(folders),
        _ => {
            let root = params.root_uri.as_ref().and_then(|uri| uri.to_file_path());
            root.map(std::borrow::Cow::into_owned).into_iter().collect()
        }
    }
}

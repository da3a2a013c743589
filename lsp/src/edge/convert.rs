//! Plain results into the protocol's, and the protocol's places into ours.

use ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeDescription, CodeLens, CompletionItem,
    CompletionItemKind, CompletionList, CompletionResponse, CompletionTextEdit,
    DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, DocumentChanges, DocumentLink,
    Documentation, HoverContents, InlayHint, InsertTextFormat, Location, MarkupContent, MarkupKind,
    NumberOrString, OneOf, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit,
    Uri, WorkspaceEdit,
};
use recipe::Span;
use recipe::checks::is_unneeded;
use recipe::diagnostic::{Diagnostic, Edit, Severity};
use runner::visible::escaped_lines;

use crate::commands::Command;
use crate::document::{Change, Places, Snapshot};
use crate::features::actions::{Action, Effect, Kind};
use crate::features::completion::{Item, ItemKind};
use crate::features::hints::Hint;
use crate::features::hover::Hover;
use crate::features::lenses::Lens;
use crate::features::links::{Link, Target};
use crate::features::paths::Base;
use crate::offers::Offers;
use crate::position::{Position, Range};
use crate::run::FAILED;

/// Text of recipes and hosts as it may be shown: nothing in it that a terminal obeys, that turns
/// other text round or that cannot be seen.
pub(super) fn shown(text: &str) -> String {
    escaped_lines(text, "\n")
}

/// The same for messages, in which VS Code turns `[text](command:…)` into a link that runs the command.
pub(super) fn said(text: &str) -> String {
    shown(text).replace("](", "] (")
}

pub(super) fn uri(text: &str) -> Option<Uri> {
    text.parse().ok()
}

/// The URI of a file.
pub(crate) fn file_uri(path: &std::path::Path) -> Option<String> {
    Uri::from_file_path(path).map(|uri| uri.as_str().to_owned())
}

pub(super) fn position(position: ls_types::Position) -> Position {
    Position {
        line: position.line,
        column: position.character,
    }
}

pub(super) fn range(range: ls_types::Range) -> Range {
    Range {
        start: position(range.start),
        end: position(range.end),
    }
}

pub(super) fn change(change: ls_types::TextDocumentContentChangeEvent) -> Change {
    Change {
        range: change.range.map(range),
        text: change.text,
    }
}

pub(super) fn range_of(places: &Places, span: Span) -> ls_types::Range {
    let place = |it: Position| ls_types::Position::new(it.line, it.column);
    let range = places.range(span);
    ls_types::Range::new(place(range.start), place(range.end))
}

pub(super) fn diagnostics(
    places: &Places,
    found: &[Diagnostic],
    offers: &Offers,
) -> Vec<ls_types::Diagnostic> {
    let one = |found| diagnostic(places, found, offers);
    found.iter().map(one).collect()
}

fn diagnostic(places: &Places, found: &Diagnostic, offers: &Offers) -> ls_types::Diagnostic {
    let related = || {
        let document = uri(&places.uri)?;
        let related = found.related.iter().map(|it| DiagnosticRelatedInformation {
            location: Location::new(document.clone(), range_of(places, it.span)),
            message: shown(&it.message),
        });
        Some(related.collect())
    };
    ls_types::Diagnostic {
        range: range_of(places, found.span),
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Info => DiagnosticSeverity::INFORMATION,
            Severity::Hint => DiagnosticSeverity::HINT,
        }),
        code: Some(NumberOrString::String(found.code.to_owned())),
        code_description: page(found.code)
            .filter(|_| offers.code_description)
            .map(|href| CodeDescription { href }),
        source: Some("doppio".to_owned()),
        message: shown(&found.message),
        related_information: (offers.related_information && !found.related.is_empty())
            .then(related)
            .flatten(),
        tags: (offers.unnecessary && is_unneeded(found.code))
            .then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    }
}

/// The places that links lead to, files under `base`. Whether a file is there is for the caller to see.
pub(super) fn links(snapshot: &Snapshot, links: Vec<Link>, base: &Base) -> Vec<DocumentLink> {
    let one = |link: Link| {
        let target = match link.target {
            Target::Url(url) => uri(&url)?,
            Target::File(path) => Uri::from_file_path(base.resolve(&path)?)?,
            Target::Page(code) => page(code)?,
        };
        Some(DocumentLink {
            range: range_of(snapshot, link.span),
            target: Some(target),
            tooltip: None,
            data: None,
        })
    };
    links.into_iter().filter_map(one).collect()
}

/// The page of a check, in the repository that `Cargo.toml` names. While it names none, and for what
/// is no check, there is none.
fn page(code: &str) -> Option<Uri> {
    let repository = env!("CARGO_PKG_REPOSITORY");
    let has_page = !repository.is_empty() && code != FAILED;
    has_page.then(|| uri(&format!("{repository}/blob/main/docs/checks/{code}.md")))?
}

pub(super) fn completion(
    snapshot: &Snapshot,
    items: Vec<Item>,
    offers: &Offers,
) -> CompletionResponse {
    let one = |(index, item): (usize, Item)| {
        let range = range_of(snapshot, item.replace);
        let label = shown(&item.label);
        let format = match item.is_snippet {
            true => InsertTextFormat::SNIPPET,
            false => InsertTextFormat::PLAIN_TEXT,
        };
        CompletionItem {
            kind: Some(item_kind(item.kind, offers.later_kinds)),
            detail: item.detail.as_deref().map(shown),
            documentation: item
                .documentation
                .map(|text| Documentation::MarkupContent(markup(text, offers.markdown_completion))),
            sort_text: Some(format!("{index:04}")),
            filter_text: (item.filter != label).then_some(item.filter),
            insert_text_format: offers.snippets.then_some(format),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(range, item.insert))),
            label,
            ..CompletionItem::default()
        }
    };
    CompletionResponse::List(CompletionList {
        is_incomplete: false,
        items: items.into_iter().enumerate().map(one).collect(),
    })
}

/// Those of our kinds of completions that the protocol did not begin with: who does not say which kinds
/// it knows need not know these.
pub(super) const LATER_KINDS: [CompletionItemKind; 3] = [
    CompletionItemKind::CONSTANT,
    CompletionItemKind::ENUM_MEMBER,
    CompletionItemKind::FOLDER,
];

fn item_kind(kind: ItemKind, later: bool) -> CompletionItemKind {
    match kind {
        ItemKind::Secret | ItemKind::Word if !later => CompletionItemKind::VALUE,
        ItemKind::Folder if !later => CompletionItemKind::FILE,
        ItemKind::Table => CompletionItemKind::MODULE,
        ItemKind::Key => CompletionItemKind::FIELD,
        ItemKind::Operation => CompletionItemKind::FUNCTION,
        ItemKind::Variable => CompletionItemKind::VARIABLE,
        ItemKind::Secret => CompletionItemKind::CONSTANT,
        ItemKind::Step => CompletionItemKind::REFERENCE,
        ItemKind::Word => CompletionItemKind::ENUM_MEMBER,
        ItemKind::Host | ItemKind::Session => CompletionItemKind::VALUE,
        ItemKind::Folder => CompletionItemKind::FOLDER,
        ItemKind::File => CompletionItemKind::FILE,
    }
}

pub(super) fn hover(snapshot: &Snapshot, hover: Hover, offers: &Offers) -> ls_types::Hover {
    ls_types::Hover {
        contents: HoverContents::Markup(markup(hover.markdown, offers.markdown_hover)),
        range: Some(range_of(snapshot, hover.span)),
    }
}

pub(super) fn hint(snapshot: &Snapshot, hint: Hint) -> InlayHint {
    InlayHint {
        position: range_of(snapshot, Span::at(hint.offset)).start,
        label: shown(&hint.label).into(),
        kind: None,
        text_edits: None,
        tooltip: hint.more.map(|more| shown(&more).into()),
        padding_left: Some(true),
        padding_right: Some(true),
        data: None,
    }
}

/// Text in our small Markdown (code spans and bold words), for clients with and without Markdown.
fn markup(markdown: String, is_supported: bool) -> MarkupContent {
    match is_supported {
        true => MarkupContent {
            kind: MarkupKind::Markdown,
            value: markdown,
        },
        false => MarkupContent {
            kind: MarkupKind::PlainText,
            value: markdown.replace("**", "").replace('`', ""),
        },
    }
}

pub(super) fn actions(
    snapshot: &Snapshot,
    actions: Vec<Action>,
    offers: &Offers,
) -> Vec<CodeActionOrCommand> {
    let one = |action| self::action(snapshot, action, offers);
    actions.into_iter().filter_map(one).collect()
}

/// Every kind of code action that changes a recipe.
pub(super) const ACTION_KINDS: [Kind; 6] = [
    Kind::Fix,
    Kind::Extract,
    Kind::Inline,
    Kind::Rewrite,
    Kind::Sort,
    Kind::FixAll,
];

/// What the protocol calls a kind of code action.
pub(super) const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Command => "",
        Kind::Fix => "quickfix",
        Kind::Extract => "refactor.extract",
        Kind::Inline => "refactor.inline",
        Kind::Rewrite => "refactor.rewrite",
        Kind::Sort => "source.sortSteps",
        Kind::FixAll => "source.fixAll.doppio",
    }
}

/// Whether a client that asks for these kinds only wants that one: a kind stands for all below it.
pub(super) fn is_asked_for(kind: Kind, only: Option<&[CodeActionKind]>) -> bool {
    let name = kind_name(kind);
    let is_below = |asked: &CodeActionKind| {
        let rest = name.strip_prefix(asked.as_str());
        asked.as_str().is_empty() || rest.is_some_and(|it| it.is_empty() || it.starts_with('.'))
    };
    only.is_none_or(|only| only.is_empty() || only.iter().any(is_below))
}

fn action(snapshot: &Snapshot, action: Action, offers: &Offers) -> Option<CodeActionOrCommand> {
    let (edit, command) = match action.effect {
        Effect::Edit(edits) => (
            Some(workspace_edit([(snapshot, edits.as_slice())], offers)?),
            None,
        ),
        Effect::Command(command) => (None, Some(self::command(command))),
    };
    if !offers.action_literals {
        return command.map(CodeActionOrCommand::Command);
    }
    let repaired = action.repairs.as_ref();
    Some(CodeActionOrCommand::CodeAction(CodeAction {
        title: shown(&action.title),
        kind: Some(CodeActionKind::from(kind_name(action.kind))),
        diagnostics: repaired.map(|found| vec![diagnostic(snapshot, found, offers)]),
        edit,
        command,
        is_preferred: (action.is_preferred && offers.preferred_actions).then_some(true),
        ..CodeAction::default()
    }))
}

/// Edits of one or several documents.
pub(super) fn workspace_edit<'a>(
    documents: impl IntoIterator<Item = (&'a Snapshot, &'a [Edit])>,
    offers: &Offers,
) -> Option<WorkspaceEdit> {
    let mut all = Vec::new();
    for (snapshot, edits) in documents {
        let one = |edit: &Edit| TextEdit::new(range_of(snapshot, edit.span), edit.text.clone());
        let edits: Vec<TextEdit> = edits.iter().map(one).collect();
        // What is not open has no version.
        let version = snapshot.is_open.then_some(snapshot.version);
        all.push((uri(&snapshot.uri)?, version, edits));
    }
    Some(match offers.versioned_edits {
        true => {
            let one = |(uri, version, edits): (_, _, Vec<TextEdit>)| TextDocumentEdit {
                text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
                edits: edits.into_iter().map(OneOf::Left).collect(),
            };
            WorkspaceEdit {
                document_changes: Some(DocumentChanges::Edits(all.into_iter().map(one).collect())),
                ..WorkspaceEdit::default()
            }
        }
        false => WorkspaceEdit {
            changes: Some(
                all.into_iter()
                    .map(|(uri, _, edits)| (uri, edits))
                    .collect(),
            ),
            ..WorkspaceEdit::default()
        },
    })
}

pub(super) fn lenses(snapshot: &Snapshot, lenses: Vec<Lens>) -> Vec<CodeLens> {
    let one = |lens: Lens| CodeLens {
        range: range_of(snapshot, lens.span),
        command: Some(command(lens.command)),
        data: None,
    };
    lenses.into_iter().map(one).collect()
}

fn command(command: Command) -> ls_types::Command {
    ls_types::Command {
        title: shown(&command.title),
        command: command.name.to_owned(),
        arguments: Some(vec![command.argument]),
    }
}

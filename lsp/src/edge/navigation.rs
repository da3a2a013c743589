//! Names and places into the protocol's words.

use ls_types::request::GotoDeclarationResponse;
use ls_types::{
    DocumentHighlight, DocumentHighlightKind, GotoDefinitionResponse, Location,
    PrepareRenameResponse,
};
use recipe::Span;
use recipe::symbol::{Access, Occurrence};

use super::convert::{range_of, uri};
use crate::document::Snapshot;
use crate::features::{navigate, rename};
use crate::session::Session;

pub(super) fn definitions(
    _: &mut Session,
    snapshot: &Snapshot,
    offset: usize,
) -> GotoDefinitionResponse {
    let found = navigate::definitions(&snapshot.analysis, offset);
    let found = found.iter().filter_map(|it| location(snapshot, it.span));
    GotoDefinitionResponse::Array(found.collect())
}

pub(super) fn declaration(
    _: &mut Session,
    snapshot: &Snapshot,
    offset: usize,
) -> Option<GotoDeclarationResponse> {
    let found = navigate::declaration(&snapshot.analysis, offset)?;
    location(snapshot, found.span).map(GotoDeclarationResponse::Scalar)
}

pub(super) fn highlights(
    _: &mut Session,
    snapshot: &Snapshot,
    offset: usize,
) -> Vec<DocumentHighlight> {
    let found = navigate::highlights(&snapshot.analysis, offset).into_iter();
    found.map(|it| highlight(snapshot, it)).collect()
}

/// What can be given another name at a place, or why that cannot be.
pub(super) fn renamed(
    _: &mut Session,
    snapshot: &Snapshot,
    offset: usize,
) -> Result<Option<PrepareRenameResponse>, String> {
    let renamed = rename::prepare(&snapshot.analysis, offset)?;
    Ok(
        renamed.map(|it| PrepareRenameResponse::RangeWithPlaceholder {
            range: range_of(snapshot, it.span),
            placeholder: it.symbol.name,
        }),
    )
}

pub(super) fn location(snapshot: &Snapshot, span: Span) -> Option<Location> {
    Some(Location::new(uri(&snapshot.uri)?, range_of(snapshot, span)))
}

fn highlight(snapshot: &Snapshot, place: Occurrence) -> DocumentHighlight {
    DocumentHighlight {
        range: range_of(snapshot, place.span),
        kind: Some(match place.access {
            Access::Read => DocumentHighlightKind::READ,
            Access::Define | Access::Write => DocumentHighlightKind::WRITE,
        }),
    }
}

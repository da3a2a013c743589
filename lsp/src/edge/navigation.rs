//! Names and places into the protocol's words.

use ls_types::request::GotoDeclarationResponse;
use ls_types::{
    DocumentHighlight, DocumentHighlightKind, GotoDefinitionResponse, Location,
    PrepareRenameResponse,
};
use recipe::Span;
use recipe::symbol::{Access, Occurrence};

use super::convert::{file_uri, range_of, uri};
use crate::document::{Places, Snapshot};
use crate::features::{navigate, rename};
use crate::session::Session;

pub(super) fn definitions(
    session: &mut Session,
    snapshot: &Snapshot,
    offset: usize,
) -> GotoDefinitionResponse {
    let found = navigate::definitions(&snapshot.analysis, offset);
    let found = found.iter().filter_map(|it| location(snapshot, it.span));
    GotoDefinitionResponse::Array(found.chain(host(session, snapshot, offset)).collect())
}

pub(super) fn declaration(
    session: &mut Session,
    snapshot: &Snapshot,
    offset: usize,
) -> Option<GotoDeclarationResponse> {
    let found = navigate::declaration(&snapshot.analysis, offset);
    let found = found.and_then(|it| location(snapshot, it.span));
    let found = found.or_else(|| host(session, snapshot, offset));
    found.map(GotoDeclarationResponse::Scalar)
}

/// Where the host at a place is written down.
fn host(session: &Session, snapshot: &Snapshot, offset: usize) -> Option<Location> {
    let id = navigate::host_at(&snapshot.analysis, offset)?;
    let written = (session.world().host)(&id)?;
    let name = Span::new(written.name.start, written.name.end);
    let encoding = session.offers.encoding;
    let places = Places::new(file_uri(&written.path)?, 0, written.text.into(), encoding);
    location(&places, name)
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
            placeholder: it.name,
        }),
    )
}

pub(super) fn location(places: &Places, span: Span) -> Option<Location> {
    Some(Location::new(uri(&places.uri)?, range_of(places, span)))
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

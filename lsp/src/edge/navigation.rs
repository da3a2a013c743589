//! Names and places into the protocol's words.

use ls_types::{DocumentHighlight, DocumentHighlightKind, Location, PrepareRenameResponse};
use recipe::Span;
use recipe::symbol::{Access, Occurrence};

use super::convert::{range_of, uri};
use crate::document::Snapshot;
use crate::features::rename::Renamed;

pub(super) fn location(snapshot: &Snapshot, span: Span) -> Option<Location> {
    Some(Location::new(uri(&snapshot.uri)?, range_of(snapshot, span)))
}

pub(super) fn highlight(snapshot: &Snapshot, place: Occurrence) -> DocumentHighlight {
    DocumentHighlight {
        range: range_of(snapshot, place.span),
        kind: Some(match place.access {
            Access::Read => DocumentHighlightKind::READ,
            Access::Define | Access::Write => DocumentHighlightKind::WRITE,
        }),
    }
}

pub(super) fn renamed(snapshot: &Snapshot, renamed: Renamed) -> PrepareRenameResponse {
    PrepareRenameResponse::RangeWithPlaceholder {
        range: range_of(snapshot, renamed.span),
        placeholder: renamed.symbol.name,
    }
}

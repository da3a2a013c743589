//! What changes the text, or starts something.

use ls_types::{CodeActionKind, CodeActionResponse, Range};

use super::convert;
use crate::document::Snapshot;
use crate::session::Session;

/// What can be done about `range`, of the kinds in `only` if it names any.
pub(super) fn actions(
    session: &mut Session,
    snapshot: &Snapshot,
    range: Range,
    only: Option<Vec<CodeActionKind>>,
) -> CodeActionResponse {
    let span = snapshot.span(convert::range(range));
    let wants = |kind| convert::is_asked_for(kind, only.as_deref());
    let actions = session.actions(snapshot, span, &wants);
    convert::actions(snapshot, actions, &session.offers)
}

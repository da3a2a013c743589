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
    let mut actions = session.actions(snapshot, span);
    if let Some(only) = only.filter(|only| !only.is_empty()) {
        let wants_fixes = |kind: &CodeActionKind| matches!(kind.as_str(), "" | "quickfix");
        let wants_all = only.iter().any(|kind| kind.as_str().is_empty());
        let wants_fixes = only.iter().any(wants_fixes);
        actions.retain(|action| wants_all || wants_fixes && action.repairs.is_some());
    }
    convert::actions(snapshot, actions, &session.offers)
}

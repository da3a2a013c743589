//! What changes the text, or starts something.

use ls_types::{CodeActionKind, CodeActionResponse, FormattingOptions, Range, TextEdit};
use recipe::format::{self, Indent};

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

/// The edits that bring the text, or the entries in `range`, into the one style. What the client says about blanks
/// and line breaks at ends is the style anyhow.
pub(super) fn format(
    snapshot: &Snapshot,
    range: Option<Range>,
    options: &FormattingOptions,
) -> Vec<TextEdit> {
    let indent = match (options.insert_spaces, options.tab_size) {
        (false, _) => Indent::TAB,
        (true, 0) => Indent::default(),
        (true, size) => Indent::spaces(size as usize),
    };
    let span = range.map(|range| snapshot.span(convert::range(range)));
    let edits = format::edits(snapshot.text(), &snapshot.analysis.tree, span, indent);
    let edit =
        |it: recipe::diagnostic::Edit| TextEdit::new(convert::range_of(snapshot, it.span), it.text);
    edits.into_iter().map(edit).collect()
}

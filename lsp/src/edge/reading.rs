//! What the user reads beside the text: mistakes, what can be written, what something is, lenses; and hints within it.

use ls_types::{CodeLens, CompletionResponse, Diagnostic, Hover, InlayHint};

use super::convert;
use crate::document::Snapshot;
use crate::features;
use crate::session::Session;

pub(super) fn diagnostics(session: &mut Session, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let found = session.diagnostics(snapshot);
    convert::diagnostics(snapshot, &found, &session.offers)
}

pub(super) fn completion(
    session: &mut Session,
    snapshot: &Snapshot,
    offset: usize,
) -> CompletionResponse {
    let items = features::completion::complete(&snapshot.analysis, offset, &session.world());
    convert::completion(snapshot, items, &session.offers)
}

pub(super) fn hover(session: &mut Session, snapshot: &Snapshot, offset: usize) -> Option<Hover> {
    let hover = features::hover::hover(&snapshot.analysis, offset, &session.world())?;
    Some(convert::hover(snapshot, hover, &session.offers))
}

pub(super) fn hints(
    session: &mut Session,
    snapshot: &Snapshot,
    range: ls_types::Range,
) -> Vec<InlayHint> {
    let part = snapshot.span(convert::range(range));
    let found = features::hints::hints(&snapshot.analysis, part, session.hints);
    found
        .into_iter()
        .map(|hint| convert::hint(snapshot, hint))
        .collect()
}

pub(super) fn lenses(session: &mut Session, snapshot: &Snapshot) -> Vec<CodeLens> {
    convert::lenses(snapshot, session.lenses(snapshot))
}

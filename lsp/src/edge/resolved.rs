//! `doppio/resolvedStep`: a step as it would be sent, and where each part of it comes from.

use ls_types::{LSPAny, Position, Uri};
use recipe::resolved::{Part, Resolved};
use serde::Deserialize;
use serde_json::json;
use tower_lsp_server::jsonrpc::Result;

use super::transport::{Backend, answer};
use super::{convert, navigation};
use crate::document::Snapshot;
use crate::features::resolved::{Asked, step};
use crate::position::Encoding;

/// What `doppio/resolvedStep` is given: a step by its id, or a place in it.
#[derive(Debug, Deserialize)]
pub(super) struct ResolvedStepParams {
    uri: Uri,
    step: Option<String>,
    position: Option<Position>,
}

impl Backend {
    pub(super) async fn resolved_step(&self, params: ResolvedStepParams) -> Result<LSPAny> {
        let ResolvedStepParams {
            uri,
            step: id,
            position,
        } = params;
        let found = self.about(&uri, move |session, snapshot| {
            let place = position.map(|it| snapshot.offset(convert::position(it)));
            let asked = id.map(Asked::Id).or(place.map(Asked::At))?;
            let (id, found) = step(&snapshot.analysis, &asked)?;
            Some(told(snapshot, &id, &found, session.offers.encoding))
        });
        Ok(answer(found).await?.flatten().unwrap_or_default())
    }
}

/// Places in the text are counted as columns are.
fn told(snapshot: &Snapshot, id: &str, found: &Resolved, encoding: Encoding) -> LSPAny {
    let (mut done, mut count) = (0, 0);
    let mut units = |offset: usize| {
        count += encoding.units(&found.text[done..offset]);
        done = offset;
        count
    };
    let mut span = |part: &Part| {
        let location = part
            .place
            .and_then(|place| navigation::location(snapshot, place));
        let (start, end) = (units(part.range.start), units(part.range.end));
        json!({"start": start, "end": end, "origin": part.origin.name(), "name": part.name, "location": location})
    };
    let spans: Vec<LSPAny> = found.parts.iter().map(&mut span).collect();
    json!({"step": id, "text": found.text, "spans": spans})
}

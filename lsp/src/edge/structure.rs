//! What a recipe consists of, into the protocol's words.

use ls_types::{
    CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, DocumentSymbol,
    DocumentSymbolResponse, FoldingRange, FoldingRangeKind, LSPAny, LinkedEditingRanges, Location,
    SelectionRange, SymbolInformation, SymbolKind,
};
use recipe::Span;

use super::convert::{range_of, shown, uri};
use crate::document::Snapshot;
use crate::features::folding::Fold;
use crate::features::hierarchy::{Neighbour, Node};
use crate::features::outline::{Part, PartKind};
use crate::offers::Offers;

/// A tree for clients that show one, else a list.
pub(super) fn symbols(
    snapshot: &Snapshot,
    parts: Vec<Part>,
    offers: &Offers,
) -> DocumentSymbolResponse {
    if offers.symbol_tree {
        let tree = parts.into_iter().map(|part| symbol(snapshot, part));
        return DocumentSymbolResponse::Nested(tree.collect());
    }
    let mut list = Vec::new();
    let mut open: Vec<(Part, Option<String>)> = parts.into_iter().map(|it| (it, None)).collect();
    open.reverse();
    while let Some((mut part, container)) = open.pop() {
        let children = std::mem::take(&mut part.children);
        let inside = children.into_iter().rev();
        open.extend(inside.map(|child| (child, Some(part.name.clone()))));
        list.extend(information(snapshot, part, container));
    }
    DocumentSymbolResponse::Flat(list)
}

#[expect(deprecated, reason = "the type has a field that nobody may leave out")]
fn symbol(snapshot: &Snapshot, part: Part) -> DocumentSymbol {
    let children = part.children.into_iter();
    let children: Vec<_> = children.map(|child| symbol(snapshot, child)).collect();
    DocumentSymbol {
        name: shown(&part.name),
        detail: Some(shown(&part.detail)).filter(|detail| !detail.is_empty()),
        kind: kind(part.kind),
        tags: None,
        deprecated: None,
        range: range_of(snapshot, part.span),
        selection_range: range_of(snapshot, part.selection),
        children: (!children.is_empty()).then_some(children),
    }
}

/// A part as a line of a list.
#[expect(deprecated, reason = "the type has a field that nobody may leave out")]
pub(super) fn information(
    snapshot: &Snapshot,
    part: Part,
    container: Option<String>,
) -> Option<SymbolInformation> {
    Some(SymbolInformation {
        name: shown(&part.name),
        kind: kind(part.kind),
        tags: None,
        deprecated: None,
        location: Location::new(uri(&snapshot.uri)?, range_of(snapshot, part.selection)),
        container_name: container
            .filter(|name| !name.is_empty())
            .map(|name| shown(&name)),
    })
}

fn kind(kind: PartKind) -> SymbolKind {
    match kind {
        PartKind::Recipe => SymbolKind::MODULE,
        PartKind::Table => SymbolKind::NAMESPACE,
        PartKind::Variable => SymbolKind::VARIABLE,
        PartKind::Step => SymbolKind::FUNCTION,
        PartKind::Operation => SymbolKind::METHOD,
    }
}

pub(super) fn fold(snapshot: &Snapshot, fold: Fold) -> FoldingRange {
    let range = range_of(snapshot, fold.span);
    FoldingRange {
        start_line: range.start.line,
        end_line: range.end.line,
        kind: fold.is_comment.then_some(FoldingRangeKind::Comment),
        ..FoldingRange::default()
    }
}

/// The selections around a place, the smallest first.
pub(super) fn selection(snapshot: &Snapshot, spans: Vec<Span>) -> SelectionRange {
    let mut whole = None;
    for span in spans.into_iter().rev() {
        whole = Some(SelectionRange {
            range: range_of(snapshot, span),
            parent: whole.map(Box::new),
        });
    }
    whole.unwrap_or_else(|| SelectionRange {
        range: range_of(snapshot, Span::at(0)),
        parent: None,
    })
}

pub(super) fn node(snapshot: &Snapshot, node: Node) -> Option<CallHierarchyItem> {
    Some(CallHierarchyItem {
        name: shown(&node.id),
        kind: SymbolKind::FUNCTION,
        tags: None,
        detail: Some(shown(&node.detail)).filter(|detail| !detail.is_empty()),
        uri: uri(&snapshot.uri)?,
        range: range_of(snapshot, node.span),
        selection_range: range_of(snapshot, node.selection),
        data: Some(LSPAny::String(node.id)),
    })
}

/// The id of the step that a client asks about.
pub(super) fn id_of(item: CallHierarchyItem) -> String {
    match item.data {
        Some(LSPAny::String(id)) => id,
        _ => item.name,
    }
}

pub(super) fn incoming(
    snapshot: &Snapshot,
    (from, places): Neighbour,
) -> Option<CallHierarchyIncomingCall> {
    Some(CallHierarchyIncomingCall {
        from: node(snapshot, from)?,
        from_ranges: places.iter().map(|it| range_of(snapshot, *it)).collect(),
    })
}

pub(super) fn outgoing(
    snapshot: &Snapshot,
    (to, places): Neighbour,
) -> Option<CallHierarchyOutgoingCall> {
    Some(CallHierarchyOutgoingCall {
        to: node(snapshot, to)?,
        from_ranges: places.iter().map(|it| range_of(snapshot, *it)).collect(),
    })
}

pub(super) fn linked(snapshot: &Snapshot, spans: &[Span]) -> Option<LinkedEditingRanges> {
    (!spans.is_empty()).then(|| LinkedEditingRanges {
        ranges: spans.iter().map(|it| range_of(snapshot, *it)).collect(),
        word_pattern: Some("[A-Za-z0-9_-]+".to_owned()),
    })
}

//! What a recipe consists of, into the protocol's words.

use ls_types::{
    CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, DocumentSymbol,
    DocumentSymbolResponse, FoldingRange, FoldingRangeKind, LSPAny, LinkedEditingRanges, Location,
    Position, SelectionRange, SymbolInformation, SymbolKind,
};
use recipe::Span;

use super::convert::{position, range_of, shown, uri};
use crate::document::Snapshot;
use crate::features::folding::{self, Fold};
use crate::features::hierarchy::{self, Neighbour, Node};
use crate::features::outline::{self, Part, PartKind};
use crate::features::{linked, selection};
use crate::session::Session;

/// A tree for clients that show one, else a list.
pub(super) fn symbols(session: &mut Session, snapshot: &Snapshot) -> DocumentSymbolResponse {
    let parts = outline::outline(&snapshot.analysis);
    if session.offers.symbol_tree {
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

pub(super) fn folds(_: &mut Session, snapshot: &Snapshot) -> Vec<FoldingRange> {
    let folds = folding::folds(&snapshot.analysis).into_iter();
    folds.map(|it| fold(snapshot, it)).collect()
}

fn fold(snapshot: &Snapshot, fold: Fold) -> FoldingRange {
    let range = range_of(snapshot, fold.span);
    FoldingRange {
        start_line: range.start.line,
        end_line: range.end.line,
        kind: fold.is_comment.then_some(FoldingRangeKind::Comment),
        ..FoldingRange::default()
    }
}

/// The selections around each place, the smallest first.
pub(super) fn selections(snapshot: &Snapshot, places: &[Position]) -> Vec<SelectionRange> {
    let select = |place: &Position| {
        let offset = snapshot.offset(position(*place));
        nested(snapshot, selection::selections(&snapshot.analysis, offset))
    };
    places.iter().map(select).collect()
}

fn nested(snapshot: &Snapshot, spans: Vec<Span>) -> SelectionRange {
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

/// The step at a place, which calls are asked of.
pub(super) fn step(
    _: &mut Session,
    snapshot: &Snapshot,
    offset: usize,
) -> Option<Vec<CallHierarchyItem>> {
    let found = hierarchy::step_at(&snapshot.analysis, offset)?;
    node(snapshot, found).map(|item| vec![item])
}

fn node(snapshot: &Snapshot, node: Node) -> Option<CallHierarchyItem> {
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

pub(super) fn needed_by(snapshot: &Snapshot, id: &str) -> Vec<CallHierarchyIncomingCall> {
    let found = hierarchy::needed_by(&snapshot.analysis, id).into_iter();
    found.filter_map(|it| incoming(snapshot, it)).collect()
}

pub(super) fn needs(snapshot: &Snapshot, id: &str) -> Vec<CallHierarchyOutgoingCall> {
    let found = hierarchy::needs(&snapshot.analysis, id).into_iter();
    found.filter_map(|it| outgoing(snapshot, it)).collect()
}

fn incoming(snapshot: &Snapshot, (from, places): Neighbour) -> Option<CallHierarchyIncomingCall> {
    Some(CallHierarchyIncomingCall {
        from: node(snapshot, from)?,
        from_ranges: places.iter().map(|it| range_of(snapshot, *it)).collect(),
    })
}

fn outgoing(snapshot: &Snapshot, (to, places): Neighbour) -> Option<CallHierarchyOutgoingCall> {
    Some(CallHierarchyOutgoingCall {
        to: node(snapshot, to)?,
        from_ranges: places.iter().map(|it| range_of(snapshot, *it)).collect(),
    })
}

pub(super) fn linked(
    _: &mut Session,
    snapshot: &Snapshot,
    offset: usize,
) -> Option<LinkedEditingRanges> {
    let spans = linked::linked(&snapshot.analysis, offset);
    (!spans.is_empty()).then(|| LinkedEditingRanges {
        ranges: spans.iter().map(|it| range_of(snapshot, *it)).collect(),
        word_pattern: Some("[A-Za-z0-9_-]+".to_owned()),
    })
}

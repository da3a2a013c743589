//! What each step needs, and what needs it: the call hierarchy of an editor.

use std::collections::BTreeMap;

use recipe::symbol::{SymbolKind, symbol_at};
use recipe::{Analysis, Mask, Span};

use super::wording;

/// A step in the hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) detail: String,
    /// All of the step.
    pub(crate) span: Span,
    /// Its id.
    pub(crate) selection: Span,
}

/// A step and the places that say why it is needed, or why it needs.
pub(crate) type Neighbour = (Node, Vec<Span>);

/// The step that is named at `offset`, else the one that `offset` is in.
pub(crate) fn step_at(analysis: &Analysis, offset: usize) -> Option<Node> {
    let named = symbol_at(analysis, offset)
        .filter(|(symbol, _)| symbol.kind == SymbolKind::Step)
        .and_then(|(symbol, _)| analysis.names.step_index(&symbol.name));
    let step = named.or_else(|| wording::step_at(analysis, offset))?;
    node(analysis, &analysis.mask(), step)
}

/// The steps that the step `id` names: in `depends_on`, as members of its group, by their results.
pub(crate) fn needs(analysis: &Analysis, id: &str) -> Vec<Neighbour> {
    let Some(own) = analysis.names.step_index(id) else {
        return Vec::new();
    };
    let mut found = BTreeMap::new();
    for (other, step) in &analysis.names.steps {
        let places = step.uses.iter().filter(|it| it.step == Some(own));
        let places: Vec<Span> = places.map(|it| it.span).collect();
        if let Some(index) = analysis
            .names
            .step_index(other)
            .filter(|_| !places.is_empty())
        {
            found.insert(index, places);
        }
    }
    neighbours(analysis, found)
}

/// The steps that name the step `id`.
pub(crate) fn needed_by(analysis: &Analysis, id: &str) -> Vec<Neighbour> {
    let mut found: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
    let uses = analysis.names.steps.get(id).map(|step| &step.uses);
    for place in uses.into_iter().flatten() {
        if let Some(step) = place.step {
            found.entry(step).or_default().push(place.span);
        }
    }
    neighbours(analysis, found)
}

/// In the order of the recipe.
fn neighbours(analysis: &Analysis, found: BTreeMap<usize, Vec<Span>>) -> Vec<Neighbour> {
    let (all, mask) = (found.into_iter(), analysis.mask());
    all.filter_map(|(index, places)| Some((node(analysis, &mask, index)?, places)))
        .collect()
}

fn node(analysis: &Analysis, mask: &Mask, index: usize) -> Option<Node> {
    let step = analysis.recipe.steps.get(index)?;
    let id = step.id().filter(|id| !id.value.is_empty())?;
    Some(Node {
        id: id.value.clone(),
        detail: wording::step_detail(mask, step),
        span: step.span.to(id.span),
        selection: id.span,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::at_cursor;

    const RECIPE: &str = "[[step]]\nid = 'a'\n[[step]]\nid = 'b'\ndepends_on = ['a']\nssh_command = { command = '${step.a.output}' }\n[[step]]\nid = 'all'\nname = 'All of it'\ngroup = { steps = ['b', 'a'] }\n";

    fn check(found: &[Neighbour]) -> Vec<String> {
        let shown = found.iter();
        shown
            .map(|(node, places)| format!("{} {}", node.id, places.len()))
            .collect()
    }

    #[test]
    fn steps_and_what_they_need() {
        let (analysis, _) = at_cursor(&format!("$0{RECIPE}"));
        assert_eq!(check(&needs(&analysis, "b")), ["a 2"]);
        assert_eq!(check(&needs(&analysis, "all")), ["a 1", "b 1"]);
        assert_eq!(check(&needed_by(&analysis, "a")), ["b 2", "all 1"]);
        assert_eq!(check(&needed_by(&analysis, "none")), [""; 0]);
    }

    #[test]
    fn a_step_is_found_by_its_name_and_from_inside() {
        let at = |place: &str| {
            let text = RECIPE.replacen(&place.replace("$0", ""), place, 1);
            let (analysis, offset) = at_cursor(&text);
            step_at(&analysis, offset).map(|node| format!("{} {}", node.id, node.detail))
        };
        assert_eq!(at("['$0a']").as_deref(), Some("a "));
        assert_eq!(at("ssh_$0command").as_deref(), Some("b ssh_command"));
        assert_eq!(at("'$0All of").as_deref(), Some("all All of it"));
    }
}

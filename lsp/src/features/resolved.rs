//! A step as it would be sent: which step somebody asks about.

use recipe::Analysis;
use recipe::resolved::{Resolved, resolved};

use super::wording;

/// The step that is meant.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    /// By its id.
    Id(String),
    /// The one that stands at an offset.
    At(usize),
}

/// The id of the step and what would be sent; nothing where there is no such step, or one that has no
/// operation or several.
pub(crate) fn step(analysis: &Analysis, asked: &Asked) -> Option<(String, Resolved)> {
    let index = match asked {
        Asked::Id(id) => analysis.names.step_index(id)?,
        Asked::At(offset) => wording::step_at(analysis, *offset)?,
    };
    let id = analysis.recipe.steps.get(index)?.id();
    let id = id.map_or_else(|| format!("#{}", index + 1), |id| id.value.clone());
    Some((id, resolved(analysis, index)?))
}

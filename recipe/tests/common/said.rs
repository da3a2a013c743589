//! An analysis as text, to compare one with another.

use recipe::{Analysis, Facts, Presence};

/// All that can be said of a recipe.
pub(crate) fn said(analysis: &Analysis) -> String {
    let values = analysis.names.variable_names();
    let values: Vec<_> = values.map(|name| analysis.variables.value(name)).collect();
    let missing = analysis.names.secrets.keys();
    let missing = missing.map(|name| (name.clone(), Presence::Missing));
    let facts = Facts {
        secrets: missing.collect(),
        ..Facts::default()
    };
    format!(
        "{}\n{:#?}\n{:#?}\n{:#?}\n{values:#?}\n{:#?}\n{:#?}",
        analysis.is_recipe,
        analysis.tree,
        analysis.recipe,
        analysis.names,
        analysis.credentials().collect::<Vec<_>>(),
        analysis.diagnostics(&facts)
    )
}

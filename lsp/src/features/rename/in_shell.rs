//! A variable that an operation sets for its commands gets a new name, in its key and in the commands.

use recipe::diagnostic::Edit;
use recipe::symbol::SymbolKind;
use recipe::{Analysis, LineIndex, Span};

use crate::features::shell_places::{Variable, is_the_recipes};
use crate::features::wording;

/// The edits that rename `variable`, which stands at `offset`.
///
/// # Errors
/// When it has to keep its name, or the new one cannot be or is taken: why.
pub(super) fn rename(
    analysis: &Analysis,
    offset: usize,
    variable: &Variable,
    new: &str,
) -> Result<Vec<Edit>, String> {
    refuse_what_is_read_by_name(analysis, variable)?;
    SymbolKind::Variable.check_name(new)?;
    if new != variable.name {
        refuse_what_is_taken(analysis, offset, new)?;
    }
    let edit = |span| Edit {
        span,
        text: new.to_owned(),
    };
    let places = variable.places.iter();
    Ok(places.map(|it| edit(it.span)).collect())
}

/// What only knows the variable by its name would look for the old one.
///
/// # Errors
/// When there is such a thing: where.
pub(super) fn refuse_what_is_read_by_name(
    analysis: &Analysis,
    variable: &Variable,
) -> Result<(), String> {
    let name = &variable.name;
    if variable.is_kept {
        return Err(format!(
            "'{name}' may be read by later steps in the same tmux session: rename it by hand"
        ));
    }
    match variable.words.first() {
        Some(word) => Err(format!(
            "in line {} a program may know '{name}' by its name: rename it by hand",
            line_of(analysis, *word)
        )),
        None => Ok(()),
    }
}

fn refuse_what_is_taken(analysis: &Analysis, offset: usize, new: &str) -> Result<(), String> {
    if is_the_recipes(analysis, new) {
        return Err(format!(
            "'{new}' is a variable of the recipe, which `${{{new}}}` would mean: choose another name"
        ));
    }
    let step = wording::step_at(analysis, offset);
    let operations = step.map(|it| (it, &analysis.recipe.steps[it].operations));
    let places = operations.into_iter().flat_map(|(step, operations)| {
        let named = move |it| Variable::of(analysis, step, it, new);
        let variables = operations.iter().map(named);
        variables.flat_map(|it| it.places.into_iter().map(|it| it.span).chain(it.words))
    });
    match places.min() {
        Some(place) => Err(format!(
            "'{new}' stands in line {} of this step already: choose another name",
            line_of(analysis, place)
        )),
        None => Ok(()),
    }
}

fn line_of(analysis: &Analysis, span: Span) -> usize {
    LineIndex::new(&analysis.text).line_of(span.start) + 1
}

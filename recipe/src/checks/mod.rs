//! The checks: what is wrong with a recipe, and how to mend it.
use crate::analysis::{Analysis, Facts};
use crate::diagnostic::Diagnostic;
pub(crate) fn of_text(_: &Analysis) -> Vec<Diagnostic> {
    Vec::new()
}
pub(crate) fn of_facts(_: &Analysis, _: &Facts) -> Vec<Diagnostic> {
    Vec::new()
}

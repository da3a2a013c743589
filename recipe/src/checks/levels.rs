//! Levels that somebody chose in place of those of [`super::CHECKS`]. They decide what is shown and
//! how `doppio check` ends, never what runs: what is an error by itself stays one.

use std::collections::BTreeMap;

use super::{CHECKS, check};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nearest::{did_you_mean, nearest};

/// Chosen levels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    of_check: BTreeMap<&'static str, Option<Severity>>,
    warnings_are_errors: bool,
}

impl Levels {
    /// Gives what a check finds a level, or none: then it is left out.
    ///
    /// # Errors
    /// When there is no such check, or it finds what a run refuses: in words for people.
    pub fn set(&mut self, code: &str, level: Option<Severity>) -> Result<(), String> {
        let Some(check) = check(code) else {
            let hint = did_you_mean(nearest(code, CHECKS.iter().map(|it| it.code)));
            return Err(format!("there is no check '{code}'{hint}"));
        };
        if check.severity == Severity::Error && level != Some(Severity::Error) {
            return Err(format!(
                "'{code}' cannot be less than an error: a recipe with it does not run"
            ));
        }
        self.of_check.insert(check.code, level);
        Ok(())
    }

    /// Makes errors of all warnings to which [`Self::set`] gave no level.
    pub fn deny_warnings(&mut self) {
        self.warnings_are_errors = true;
    }

    /// Whether what a check finds is left out.
    pub fn is_off(&self, code: &str) -> bool {
        self.of_check.get(code) == Some(&None)
    }

    /// `found` with the chosen levels.
    #[must_use]
    pub fn apply(&self, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        found.retain_mut(|diagnostic| {
            let level = match self.of_check.get(diagnostic.code) {
                _ if diagnostic.severity == Severity::Error => return true,
                Some(level) => *level,
                None if self.warnings_are_errors && diagnostic.severity == Severity::Warning => {
                    Some(Severity::Error)
                }
                None => return true,
            };
            diagnostic.severity = level.unwrap_or(diagnostic.severity);
            level.is_some()
        });
        found
    }
}

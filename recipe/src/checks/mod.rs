//! The checks: what is wrong with a recipe, and how to mend it.
//!
//! A check is a file, listed in [`CHECKS`], with its code, its level and its page in `docs/checks/`,
//! whose examples run as tests in both directions.
//!
//! * [`of_part`] runs those that look at a step by itself, whenever that has changed;
//! * [`of_text`] runs all others that need only the text, once for each version of it;
//! * [`of_facts`] runs those that ask what is stored, whenever that changes.
//!
//! The last two leave out what the recipe allows (`allows.rs`); [`Levels`] are what people chose beside it.
//! [`context`] holds what several checks need, [`edits`] what several fixes need, [`insertion`] puts things into
//! the text and [`removal`] takes them out, [`quoting_fix`] mends shell text, [`taint`] knows where secrets go and [`captured`]
//! what scripts do with what they leave behind, [`satisfy`] whether a condition can hold, and
//! [`racing`] what may run at the same time.

pub(crate) mod allows;
mod captured;
mod context;
mod edits;
mod insertion;
mod levels;
mod part;
mod quoting_fix;
mod racing;
mod removal;
mod satisfy;
mod taint;
mod unresolved;

mod bad_allow;
mod bad_glob;
mod bad_header;
mod bad_host;
mod bad_name;
mod bad_pattern;
mod bad_url;
mod blank_name;
mod blank_value;
mod constant_condition;
mod constant_when;
mod dependency_cycle;
mod duplicate_step_id;
mod empty_group;
mod empty_output;
mod env_credential;
mod env_secret;
mod group_limits;
mod group_member;
mod hard_coded_credential;
mod hidden_shell_variable;
mod impossible_when;
mod long_retry;
mod malformed_reference;
mod malformed_when;
mod missing_key;
mod missing_secret;
mod missing_session;
mod near_variable;
mod not_among;
mod odd_duration;
mod older_doppio;
mod operation_count;
mod out_of_range;
mod racing_session;
mod racing_variable;
mod redundant_dependency;
mod repository_path;
mod secret_in_argument;
mod secret_in_url;
mod secret_name_clash;
mod secret_not_allowed;
mod secret_printed;
mod secret_traced;
mod session_name;
mod shadowed_builtin;
pub(crate) mod shell_quoting;
mod shell_syntax;
mod shellcheck;
mod step_id;
mod step_not_a_dependency;
mod tmux_capture;
mod toml_syntax;
pub(crate) mod too_long;
mod unexpanded_path;
mod unknown_key;
mod unknown_step;
mod unknown_variable;
mod unordered_variable;
mod unreachable_step;
mod unread_value;
mod unused_allow;
mod unused_capture;
mod unused_session_name;
mod unused_variable;
mod variable_cycle;
mod variable_needs_step;
mod variant_count;
mod version_not_semver;
mod wrong_header;
mod wrong_type;

use crate::analysis::{Analysis, Facts};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Step;
use crate::span::Span;
use crate::syntax::SyntaxError;
use allows::Allow;
use context::Context;
use part::Part;

pub use allows::allow_here;
pub use edits::newline;
pub use levels::Levels;
pub use removal::without;
pub(crate) use satisfy::When;

/// Every check, by topic.
pub const CHECKS: &[&Check] = &[
    // The form of the text.
    &toml_syntax::CHECK,
    &wrong_header::CHECK,
    &unknown_key::CHECK,
    &missing_key::CHECK,
    &wrong_type::CHECK,
    &not_among::CHECK,
    &out_of_range::CHECK,
    &operation_count::CHECK,
    &variant_count::CHECK,
    &blank_name::CHECK,
    &blank_value::CHECK,
    &version_not_semver::CHECK,
    &bad_name::CHECK,
    &bad_pattern::CHECK,
    &bad_url::CHECK,
    &bad_header::CHECK,
    &repository_path::CHECK,
    &bad_glob::CHECK,
    &bad_host::CHECK,
    &odd_duration::CHECK,
    &long_retry::CHECK,
    &unexpanded_path::CHECK,
    // Steps and their order.
    &step_id::CHECK,
    &duplicate_step_id::CHECK,
    &unknown_step::CHECK,
    &dependency_cycle::CHECK,
    &group_member::CHECK,
    &group_limits::CHECK,
    &empty_group::CHECK,
    &step_not_a_dependency::CHECK,
    &malformed_when::CHECK,
    &constant_when::CHECK,
    &impossible_when::CHECK,
    &unreachable_step::CHECK,
    &constant_condition::CHECK,
    &redundant_dependency::CHECK,
    // Variables and references.
    &malformed_reference::CHECK,
    &unknown_variable::CHECK,
    &near_variable::CHECK,
    &variable_cycle::CHECK,
    &variable_needs_step::CHECK,
    &unordered_variable::CHECK,
    &racing_variable::CHECK,
    &unused_variable::CHECK,
    &unused_capture::CHECK,
    &unread_value::CHECK,
    &too_long::CHECK,
    &shadowed_builtin::CHECK,
    &env_secret::CHECK,
    &env_credential::CHECK,
    &shell_syntax::CHECK,
    &shell_quoting::CHECK,
    &shellcheck::CHECK,
    &hidden_shell_variable::CHECK,
    // Secrets.
    &missing_secret::CHECK,
    &secret_name_clash::CHECK,
    &secret_not_allowed::CHECK,
    &secret_in_argument::CHECK,
    &secret_in_url::CHECK,
    &secret_printed::CHECK,
    &secret_traced::CHECK,
    &hard_coded_credential::CHECK,
    // tmux.
    &missing_session::CHECK,
    &session_name::CHECK,
    &tmux_capture::CHECK,
    &empty_output::CHECK,
    &unused_session_name::CHECK,
    &racing_session::CHECK,
    // What changed.
    &older_doppio::CHECK,
    // What the recipe allows.
    &bad_allow::CHECK,
    &unused_allow::CHECK,
];

/// One thing that is looked for.
#[derive(Debug)]
pub struct Check {
    /// The stable code; `docs/checks/CODE.md` explains it.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it finds, in a few words.
    pub title: &'static str,
    run: Run,
}

#[derive(Debug)]
enum Run {
    /// On each part by itself: what it finds holds until the part changes, or what the names mean that
    /// the part uses.
    Part(fn(&Part<'_>, &mut Vec<Diagnostic>)),
    /// On the whole text, at each change of it: nothing here may cost much more than a look at each step.
    Text(fn(&Context<'_>, &mut Vec<Diagnostic>)),
    Facts(fn(&Analysis, &Facts, &mut Vec<Diagnostic>)),
    /// After all others, with the comments for which nothing was left out.
    Allows(fn(&Context<'_>, &[&Allow], &mut Vec<Diagnostic>)),
}

/// The check of that code.
pub fn check(code: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.code == code).copied()
}

/// Whether a check finds what could be left out: editors show it faded.
pub fn is_unneeded(code: &str) -> bool {
    [
        unused_variable::CHECK.code,
        unused_capture::CHECK.code,
        unread_value::CHECK.code,
        unused_session_name::CHECK.code,
        unused_allow::CHECK.code,
        redundant_dependency::CHECK.code,
        unreachable_step::CHECK.code,
    ]
    .contains(&code)
}

/// What a step tells by itself, or what stands in none.
pub(crate) fn of_part(analysis: &Analysis, step: Option<&Step>) -> Vec<Diagnostic> {
    let part = Part::of(analysis, step);
    let mut found = Vec::new();
    for check in CHECKS {
        if let Run::Part(run) = check.run {
            run(&part, &mut found);
        }
    }
    found
}

/// Whether the fix of what a check finds can be made unseen: a sound recipe does the same after it, and a wrong
/// one could not have meant anything else.
pub fn is_safe_to_fix(code: &str) -> bool {
    [
        wrong_header::CHECK.code,
        wrong_type::CHECK.code,
        redundant_dependency::CHECK.code,
        unused_allow::CHECK.code,
    ]
    .contains(&code)
}

/// Everything that the text alone tells, in order of place.
pub fn of_text(analysis: &Analysis) -> Vec<Diagnostic> {
    let context = Context::new(analysis);
    let parts = analysis.parts();
    let mut found: Vec<Diagnostic> = parts.flat_map(|part| &part.diagnostics).cloned().collect();
    for check in CHECKS {
        if let Run::Text(run) = check.run {
            run(&context, &mut found);
        }
    }
    leave_out_half_typed(&analysis.tree.errors, &mut found);
    leave_out_allowed(&context, &mut found);
    found
}

/// Leaves out what the recipe allows, and adds what it allows in vain.
fn leave_out_allowed(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let allows = context.analysis.allows();
    sort(found);
    // Whether it is of use to allow unused comments shows once those are known.
    for of_unused in [false, true] {
        let used = allows.hide(found);
        let is_asked = |allow: &Allow| (allow.code.value == unused_allow::CHECK.code) == of_unused;
        let all = allows.list.iter().zip(used);
        let unused = all.filter(|(allow, used)| !used && is_asked(allow));
        let unused: Vec<&Allow> = unused.map(|(allow, _)| allow).collect();
        for check in CHECKS {
            if let Run::Allows(run) = check.run {
                run(context, &unused, found);
            }
        }
        sort(found);
    }
}

fn sort(found: &mut [Diagnostic]) {
    found.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.severity));
}

/// What lies inside a place that is no TOML is half typed: one word on it is enough.
fn leave_out_half_typed(errors: &[SyntaxError], found: &mut Vec<Diagnostic>) {
    let mut furthest = 0;
    let ends = errors.iter().map(|error| {
        furthest = error.span.end.max(furthest);
        (error.span.start, furthest)
    });
    let ends: Vec<(usize, usize)> = ends.collect();
    found.retain(|diagnostic| {
        let before = ends.partition_point(|(start, _)| *start <= diagnostic.span.start);
        let end = before.checked_sub(1).map(|last| ends[last].1);
        diagnostic.code == toml_syntax::CHECK.code
            || end.is_none_or(|end| end < diagnostic.span.end)
    });
}

/// Everything that follows from what is stored, in order of place.
pub fn of_facts(analysis: &Analysis, facts: &Facts) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for check in CHECKS {
        if let Run::Facts(run) = check.run {
            run(analysis, facts, &mut found);
        }
    }
    sort(&mut found);
    analysis.allows().hide(&mut found);
    found
}

impl Check {
    /// Whether it looks at the comments that allow something: those are not for it.
    fn is_about_allows(&self) -> bool {
        [bad_allow::CHECK.code, unused_allow::CHECK.code].contains(&self.code)
    }

    /// A finding of this check.
    fn at(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.code, self.severity, span, message)
    }
}

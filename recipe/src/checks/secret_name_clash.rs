use std::collections::HashMap;

use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "secret-name-clash",
    severity: Severity::Warning,
    title: "Two secrets that share one environment variable",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut first = HashMap::new();
    let mut secrets: Vec<_> = context.names.secrets.iter().collect();
    secrets.sort_by_key(|(_, uses)| uses.first().map(|place| place.span));
    for (name, uses) in secrets {
        let Some(place) = uses.first() else { continue };
        let variable = name.environment_variable();
        let Some((other, span)) = first.get(&variable) else {
            first.insert(variable, (name, place.span));
            continue;
        };
        let message = format!(
            "{variable}, if it is set, answers for '{name}' and for '{other}' alike: \
             rename one of them, since nobody can tell which is meant"
        );
        found.push(
            CHECK
                .at(place.span, message)
                .related(*span, format!("'{other}' is used here")),
        );
    }
}

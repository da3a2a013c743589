use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Arg;

pub(super) const CHECK: Check = Check {
    code: "constant-condition",
    severity: Severity::Hint,
    title: "A condition that nothing is asked for",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    for operation in part.operations() {
        let Some(field) = operation.fields.get("condition") else {
            continue;
        };
        let Some(holds) = constant(&field.value) else {
            continue;
        };
        let message = match (operation.spec.name, holds) {
            ("wait_condition", true) => "this condition always holds: nothing is waited for",
            ("wait_condition", false) => {
                "this condition never holds: the step waits for its whole timeout, and fails"
            }
            (_, true) => "this condition always holds: nothing is looked at",
            (_, false) => "this condition never holds: the step always fails",
        };
        found.push(CHECK.at(field.span, message));
    }
}

/// What a condition comes to whatever the world is like.
fn constant(condition: &Arg) -> Option<bool> {
    match condition {
        Arg::Variant(name, fields) => {
            let inner = fields.items.first().map(|field| &field.value);
            match (name.value.as_str(), inner) {
                ("always", _) => Some(true),
                ("never", _) => Some(false),
                ("not", Some(inner)) => constant(inner).map(|holds| !holds),
                ("and", Some(Arg::Many(all))) => fold(all, false),
                ("or", Some(Arg::Many(all))) => fold(all, true),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `and` is decided by one that is false, `or` by one that is true; else all must be known.
fn fold(all: &[Arg], decides: bool) -> Option<bool> {
    let all: Vec<Option<bool>> = all.iter().map(constant).collect();
    if all.contains(&Some(decides)) {
        return Some(decides);
    }
    all.iter().all(Option::is_some).then_some(!decides)
}

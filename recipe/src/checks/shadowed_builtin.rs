use super::unknown_variable::BUILT_IN;
use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "shadowed-builtin",
    severity: Severity::Warning,
    title: "A variable that hides ${target} or ${now}",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for name in BUILT_IN {
        let Some(variable) = context.names.variables.get(*name) else {
            continue;
        };
        let meaning = match *name {
            "target" => "the host that the run was started for",
            _ => "the time the run started",
        };
        let set_by = variable.set_by.iter().map(|place| place.span);
        for span in variable.defined.iter().copied().chain(set_by) {
            let message = format!(
                "this variable hides the built-in ${{{name}}}, {meaning}: choose another name if you need that one"
            );
            found.push(CHECK.at(span, message));
        }
    }
}

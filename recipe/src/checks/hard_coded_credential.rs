use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "hard-coded-credential",
    severity: Severity::Warning,
    title: "A credential that is written into the recipe",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for credential in context.analysis.credentials() {
        let (what, secret) = (&credential.what, &credential.secret);
        let advice = match credential.movable {
            true => format!(
                "move it into the keychain with `doppio secret set {secret}` and write ${{secret:{secret}}}"
            ),
            false => format!(
                "delete it here, and store it with `doppio secret set {secret}` if a step needs it"
            ),
        };
        let message = format!(
            "this is {what}, it seems, and whoever sees this file or its history has it too: {advice}. \
             If others may have seen it, replace it where it came from"
        );
        found.push(CHECK.at(credential.span, message));
    }
}

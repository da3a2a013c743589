use super::{Check, Part, Run};
use crate::credentials::usual_secret;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reference::ReferenceKind;
use crate::secret_name::ENVIRONMENT_PREFIX;

pub(super) const CHECK: Check = Check {
    code: "env-credential",
    severity: Severity::Warning,
    title: "An environment variable that looks like a credential",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    part.each_text(&mut |text| {
        for reference in &text.references {
            let ReferenceKind::Env(variable) = &reference.kind else {
                continue;
            };
            let is_ours = variable.starts_with(ENVIRONMENT_PREFIX);
            let Some(secret) = usual_secret(variable).filter(|_| !is_ours) else {
                continue;
            };
            let right = format!("${{secret:{secret}}}");
            let message = format!(
                "{variable} looks like a credential, and what ${{env.…}} gives is neither masked nor kept out of logs: \
                 store it with `doppio secret set {secret}` and write {right}"
            );
            let diagnostic = CHECK.at(reference.span, message);
            found.push(match text.role.allows_secrets() {
                true => diagnostic.fix(format!("Change to {right}"), reference.span, right),
                false => diagnostic,
            });
        }
    });
}

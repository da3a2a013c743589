use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::reference::ReferenceKind;
use crate::secret_name::{ENVIRONMENT_PREFIX, SecretName, WELL_KNOWN};

pub(super) const CHECK: Check = Check {
    code: "env-secret",
    severity: Severity::Error,
    title: "A secret that is read as an environment variable",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut read = context.names.environment.keys();
    if !read.any(|variable| variable.starts_with(ENVIRONMENT_PREFIX)) {
        return;
    }
    context.recipe.each_text(&mut |text| {
        for reference in &text.references {
            let ReferenceKind::Env(variable) = &reference.kind else {
                continue;
            };
            if !variable.starts_with(ENVIRONMENT_PREFIX) {
                continue;
            }
            let message = format!(
                "{variable} holds a secret: write ${{secret:…}}, which reads it from there and keeps it out of logs"
            );
            let diagnostic = CHECK.at(reference.span, message);
            let secret = name_of(context, variable).filter(|_| text.role.allows_secrets());
            found.push(match secret {
                Some(name) => {
                    let right = format!("${{secret:{name}}}");
                    diagnostic.fix(format!("Change to {right}"), reference.span, right)
                }
                None => diagnostic,
            });
        }
    });
}

/// A name that folds to the variable: one that the recipe uses, or a well-known one.
fn name_of(context: &Context<'_>, variable: &str) -> Option<SecretName> {
    let known = WELL_KNOWN
        .iter()
        .filter_map(|known| SecretName::parse(known.name).ok());
    let mut all = context.names.secrets.keys().cloned().chain(known);
    all.find(|name| name.environment_variable() == variable)
}

use super::{Check, Context, Run};
use crate::analysis::ShellFindingKind;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::StepOperation;

pub(super) const CHECK: Check = Check {
    code: "secret-in-argument",
    severity: Severity::Warning,
    title: "A secret that the process list of the host shows",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for finding in &context.analysis.shell {
        let ShellFindingKind::Exposed { program, via } = &finding.kind else {
            continue;
        };
        // Where secrets are an error anyway, a warning would be noise.
        let operations = &context.recipe.steps[finding.step].operations;
        if operations.iter().any(StepOperation::types_into_session) {
            continue;
        }
        let secret = match via {
            Some(variable) => format!("the secret in ${variable}"),
            None => "this secret".to_owned(),
        };
        let message = format!(
            "{secret} becomes an argument of '{program}', which every user of that host can read in its process list: \
             let '{program}' read it from its environment or standard input if it can"
        );
        found.push(CHECK.at(finding.span, message));
    }
}

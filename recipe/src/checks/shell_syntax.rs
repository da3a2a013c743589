use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::ShellFindingKind;

pub(super) const CHECK: Check = Check {
    code: "shell-syntax",
    severity: Severity::Warning,
    title: "A command that bash cannot read",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for finding in context.analysis.shell() {
        // Where it keeps values from their places, that is the error.
        if let ShellFindingKind::Broken {
            why,
            holds_data: false,
        } = &finding.kind
        {
            found.push(CHECK.at(finding.span, why));
        }
    }
}

use super::{Check, Context, Run};
use crate::analysis::ShellFindingKind;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "shell-quoting",
    severity: Severity::Error,
    title: "A secret or other data where the shell's quoting makes it impossible",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for finding in &context.analysis.shell {
        if let ShellFindingKind::Refused(why) = &finding.kind {
            let written = &context.text[finding.span.range()];
            let message = format!("{written} cannot be put here: {why}");
            found.push(CHECK.at(finding.span, message));
        }
    }
}

use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::{ShellFinding, ShellFindingKind};

pub(super) const CHECK: Check = Check {
    code: "shell-quoting",
    severity: Severity::Error,
    title: "A secret or other data where the shell's quoting makes it impossible",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    found.extend(refused(context.text, context.analysis.shell()));
}

/// What is refused among `findings` in `text`. A plan asks again, with the values of `--var`.
pub(crate) fn refused<'a>(
    text: &str,
    findings: impl IntoIterator<Item = &'a ShellFinding>,
) -> Vec<Diagnostic> {
    let refused = findings
        .into_iter()
        .filter_map(|finding| match &finding.kind {
            ShellFindingKind::Refused(why) => {
                let written = &text[finding.span.range()];
                let message = format!("{written} cannot be put here: {why}");
                Some(CHECK.at(finding.span, message))
            }
            ShellFindingKind::Broken {
                why,
                holds_data: true,
            } => {
                let message =
                    format!("values cannot be put into a command that bash cannot read: {why}");
                Some(CHECK.at(finding.span, message))
            }
            ShellFindingKind::Broken { .. } | ShellFindingKind::Exposed { .. } => None,
        });
    refused.collect()
}

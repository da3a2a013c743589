use super::{Check, Context, Run, quoting_fix};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::{ShellFinding, ShellFindingKind};
use crate::shell::Why;

pub(super) const CHECK: Check = Check {
    code: "shell-quoting",
    severity: Severity::Error,
    title: "A secret or other data where the shell's quoting makes it impossible",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for finding in context.analysis.shell() {
        if let ShellFindingKind::Refused(why) = &finding.kind {
            let mut diagnostic = refusal(context.text, finding, why);
            let fix = quoting_fix::of(context.analysis, finding, why);
            diagnostic.fixes.extend(fix);
            found.push(diagnostic);
        }
    }
}

/// What is refused among `findings` in `text`. A plan asks again, with the values of `--var`.
pub(crate) fn refused<'a>(
    text: &str,
    findings: impl IntoIterator<Item = &'a ShellFinding>,
) -> Vec<Diagnostic> {
    let refused = findings
        .into_iter()
        .filter_map(|finding| match &finding.kind {
            ShellFindingKind::Refused(why) => Some(refusal(text, finding, why)),
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

fn refusal(text: &str, finding: &ShellFinding, why: &Why) -> Diagnostic {
    let written = &text[finding.span.range()];
    CHECK.at(finding.span, format!("{written} cannot be put here: {why}"))
}

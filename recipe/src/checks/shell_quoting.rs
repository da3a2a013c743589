use super::{Check, Context, Run, quoting_fix};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::{ShellFinding, ShellFindingKind};

pub(super) const CHECK: Check = Check {
    code: "shell-quoting",
    severity: Severity::Error,
    title: "A secret or other data where the shell's quoting makes it impossible",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for finding in context.analysis.shell() {
        let Some(mut diagnostic) = refusal(context.text, finding) else {
            continue;
        };
        if let ShellFindingKind::Refused(why) = &finding.kind {
            let fix = quoting_fix::of(context.analysis, finding, why);
            diagnostic.fixes.extend(fix);
        }
        found.push(diagnostic);
    }
}

/// What is refused among `findings` in `text`. A plan asks again, with the values of `--var`.
pub(crate) fn refused<'a>(
    text: &str,
    findings: impl IntoIterator<Item = &'a ShellFinding>,
) -> Vec<Diagnostic> {
    let findings = findings.into_iter();
    findings
        .filter_map(|finding| refusal(text, finding))
        .collect()
}

fn refusal(text: &str, finding: &ShellFinding) -> Option<Diagnostic> {
    let message = match &finding.kind {
        ShellFindingKind::Refused(why) => {
            let written = &text[finding.span.range()];
            format!("{written} cannot be put here: {why}")
        }
        ShellFindingKind::Broken {
            why,
            holds_data: true,
        } => format!("values cannot be put into a command that bash cannot read: {why}"),
        ShellFindingKind::Broken { .. } | ShellFindingKind::Exposed { .. } => return None,
    };
    Some(CHECK.at(finding.span, message))
}

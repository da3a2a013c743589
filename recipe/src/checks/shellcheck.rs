use super::{Check, Run};
use crate::analysis::{Analysis, Facts};
use crate::diagnostic::{Diagnostic, Severity};
use crate::remarks;

pub(super) const CHECK: Check = Check {
    code: "shellcheck",
    severity: Severity::Warning,
    title: "What shellcheck says of a command, where it is installed",
    run: Run::Facts(run),
};

fn run(analysis: &Analysis, facts: &Facts, found: &mut Vec<Diagnostic>) {
    for placed in remarks::placed(analysis, &facts.remarks) {
        let remark = placed.remark;
        let message = format!("{} (SC{})", remark.message, remark.code);
        let mut diagnostic = Diagnostic::new(CHECK.code, remark.severity, placed.span, message);
        diagnostic.fixes.extend(placed.fix);
        found.push(diagnostic);
    }
}

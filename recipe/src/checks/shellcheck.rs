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

/// The number of what shellcheck found, `SC2086`: the last word of the message.
pub(super) fn number(diagnostic: &Diagnostic) -> Option<&str> {
    let (_, number) = diagnostic.message.strip_suffix(')')?.rsplit_once('(')?;
    (diagnostic.code == CHECK.code).then_some(number)
}

/// Whether `code` is such a number.
pub(super) fn is_number(code: &str) -> bool {
    let digits = code.strip_prefix("SC").unwrap_or_default();
    digits.len() == 4 && digits.bytes().all(|it| it.is_ascii_digit())
}

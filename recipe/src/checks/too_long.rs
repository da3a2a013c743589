use super::{Check, Context, Run};
use crate::MAX_EXPANDED;
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "too-long",
    severity: Severity::Error,
    title: "A text that grows too long with its variables filled in",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for span in &context.analysis.too_long {
        let message = format!(
            "with its variables filled in, this text is longer than {} KiB: refer to fewer or shorter variables",
            MAX_EXPANDED / 1024
        );
        found.push(CHECK.at(*span, message));
    }
}

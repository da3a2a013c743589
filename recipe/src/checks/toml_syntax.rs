use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "toml-syntax",
    severity: Severity::Error,
    title: "Text that is not TOML",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for error in &context.analysis.tree.errors {
        let mut diagnostic = CHECK.at(error.span, error.message.clone());
        if let Some((span, message)) = &error.related {
            diagnostic = diagnostic.related(*span, message.clone());
        }
        found.push(diagnostic);
    }
}

use std::collections::HashMap;

use super::allows::Allow;
use super::{Check, Context, Run, check, edits};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "unused-allow",
    severity: Severity::Hint,
    title: "A comment that allows what is not there",
    run: Run::Allows(run),
};

/// `unused` are those for which nothing was left out.
fn run(context: &Context<'_>, unused: &[&Allow], found: &mut Vec<Diagnostic>) {
    // While something is half typed, much is not found that will be there again.
    if !context.analysis.tree.errors.is_empty() {
        return;
    }
    let mut first = HashMap::new();
    for allow in &context.analysis.allows().list {
        first.entry(allow.meaning()).or_insert(allow.code.span);
    }
    for allow in unused {
        let code = &allow.code;
        let (_, covers) = allow.meaning();
        let is_repeated = covers.is_some() && first.get(&allow.meaning()) != Some(&code.span);
        // Whether the keychain has a secret differs from machine to machine.
        let is_of_text = |check: &Check| !matches!(check.run, Run::Facts(_));
        let is_known =
            check(&code.value).is_some_and(|it| it.severity != Severity::Error && is_of_text(it));
        if is_known || is_repeated {
            let message = match is_repeated {
                true => format!("'{}' is allowed here already", code.value),
                false => format!("nothing here is reported as '{}'", code.value),
            };
            let mut diagnostic = CHECK.at(code.span, message);
            diagnostic.fixes.push(edits::remove_allow(context, allow));
            found.push(diagnostic);
        }
    }
}

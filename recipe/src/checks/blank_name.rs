use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "blank-name",
    severity: Severity::Error,
    title: "A recipe whose name is blank",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let name = context
        .recipe
        .meta
        .as_ref()
        .and_then(|meta| meta.name("name"));
    if let Some(name) = name.filter(|name| name.value.trim().is_empty()) {
        let message = "the name of a recipe cannot be blank: runs and logs are listed by it";
        found.push(CHECK.at(name.span, message));
    }
}

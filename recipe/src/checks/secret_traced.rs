use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::shell::Sink;

pub(super) const CHECK: Check = Check {
    code: "secret-traced",
    severity: Severity::Warning,
    title: "A trace that shows a secret",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for exposed in context.exposed().filter(|it| it.sink == Sink::Traced) {
        let secret = exposed.secret();
        let message = format!(
            "the shell prints each command before it runs it, from here on, one with a secret among them ({secret} is shown): \
             switch that off with `set +x` before it is used"
        );
        let diagnostic = exposed.found(&CHECK, message);
        let option = &context.text[exposed.span.range()];
        found.push(match option.strip_prefix('-') {
            Some("x") => diagnostic.fix("Change to +x", exposed.span, "+x"),
            Some(letters) if !letters.contains('-') => {
                let rest = format!("-{}", letters.replace('x', ""));
                diagnostic.fix(format!("Change to {rest}"), exposed.span, rest)
            }
            _ => diagnostic,
        });
    }
}

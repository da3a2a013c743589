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
        let secret = match exposed.via {
            Some(variable) => format!("the secret in ${variable}"),
            None => "a secret".to_owned(),
        };
        let message = format!(
            "the shell prints each command before it runs it, from here on, and one has {secret}: \
             switch that off with `set +x` before it is used"
        );
        let diagnostic = CHECK.at(exposed.span, message);
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

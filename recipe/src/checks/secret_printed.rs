use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::shell::Sink;

pub(super) const CHECK: Check = Check {
    code: "secret-printed",
    severity: Severity::Warning,
    title: "A secret that a script prints",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for exposed in context.exposed().filter(|it| it.sink == Sink::Printed) {
        let (secret, program) = (exposed.secret(), exposed.program);
        let message = format!(
            "{secret} is printed by '{program}': Doppio masks what it recognises, and a tmux session, or a log of that host, \
             masks nothing. Leave it out; `${{TOKEN:+set}}` tells whether there is one"
        );
        found.push(exposed.found(&CHECK, message));
    }
}

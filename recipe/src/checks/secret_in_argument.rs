use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::shell::Sink;

pub(super) const CHECK: Check = Check {
    code: "secret-in-argument",
    severity: Severity::Warning,
    title: "A secret that the process list of the host shows",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for exposed in context.exposed() {
        let (secret, program) = (exposed.secret(), exposed.program);
        let message = match exposed.sink {
            Sink::Argument => format!(
                "{secret} becomes an argument of '{program}', which every user of that host can read in its process list: \
                 let '{program}' read it from its environment or standard input if it can"
            ),
            Sink::Typed => format!(
                "{secret} is typed into a session by '{program}': it stays on the screen, in the history and in the process \
                 list. Start the command with tmux_new, which takes env = {{ TOKEN = \"${{secret:…}}\" }}"
            ),
            _ => continue,
        };
        found.push(exposed.found(&CHECK, message));
    }
}

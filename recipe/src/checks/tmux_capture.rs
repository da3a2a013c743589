use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "tmux-capture",
    severity: Severity::Error,
    title: "The output of commands that a tmux session runs",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    for operation in part.operations() {
        let mode = operation
            .fields
            .name("tmux_mode")
            .filter(|mode| mode.value != "none");
        if let (Some(mode), Some(capture)) = (mode, operation.fields.get("capture_output")) {
            let message = "the output stays in the tmux session, since the step is done once the session has started: \
                           remove capture_output, or use tmux_capture in a later step";
            let related = format!("tmux_mode is \"{}\"", mode.value);
            found.push(CHECK.at(capture.key, message).related(mode.span, related));
        }
    }
}

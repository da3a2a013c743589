use super::{Check, Part, Run, edits};
use crate::diagnostic::{Diagnostic, Fix, Severity};

pub(super) const CHECK: Check = Check {
    code: "missing-session",
    severity: Severity::Error,
    title: "Commands for an existing tmux session that is not named",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    for operation in part.operations() {
        let fields = &operation.fields;
        let Some(mode) = fields
            .name("tmux_mode")
            .filter(|mode| mode.value == "existing")
        else {
            continue;
        };
        if fields.get("session_name").is_some() {
            continue;
        }
        let message = "tmux_mode = \"existing\" needs session_name: which session should the commands be typed into?";
        let mut diagnostic = CHECK.at(mode.span, message);
        if let Some(edit) = edits::insert_key(part.text, fields, "session_name", "\"recipe\"") {
            let title = "Add 'session_name'".to_owned();
            diagnostic.fixes.push(Fix {
                title,
                edits: vec![edit],
            });
        }
        found.push(diagnostic);
    }
}

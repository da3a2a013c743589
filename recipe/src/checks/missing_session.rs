use super::{Check, Part, Run, insertion};
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
        let (Some(field), Some(mode)) = (fields.get("tmux_mode"), fields.name("tmux_mode")) else {
            continue;
        };
        if mode.value != "existing" || fields.get("session_name").is_some() {
            continue;
        }
        let message = "tmux_mode = \"existing\" needs session_name: which session should the commands be typed into?";
        let mut diagnostic = CHECK.at(mode.span, message);
        let entry = ("session_name", "\"recipe\"");
        if let Some(edit) = insertion::behind(part.text, fields.span, field, entry) {
            let title = "Add 'session_name'".to_owned();
            diagnostic.fixes.push(Fix {
                title,
                edits: vec![edit],
            });
        }
        found.push(diagnostic);
    }
}

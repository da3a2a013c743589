use super::{Check, Part, Run, insertion, removal};
use crate::diagnostic::{Diagnostic, Fix, Severity};

pub(super) const CHECK: Check = Check {
    code: "unused-session-name",
    severity: Severity::Warning,
    title: "A tmux session for commands that run in none",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    for operation in part.operations() {
        let fields = &operation.fields;
        let mode = fields.get("tmux_mode");
        let is_none = fields
            .name("tmux_mode")
            .is_some_and(|mode| mode.value == "none");
        let Some(session) = fields
            .get("session_name")
            .filter(|_| operation.spec.name == "run_commands")
        else {
            continue;
        };
        if mode.is_some() && !is_none {
            continue;
        }
        let message = "these commands run in no tmux session, since tmux_mode is \"none\": the name says nothing";
        let mut diagnostic = CHECK.at(session.key, message);
        let in_session = match mode {
            Some(mode) => Some(crate::diagnostic::Edit {
                span: mode.span,
                text: "\"new\"".to_owned(),
            }),
            None => {
                let entry = ("tmux_mode", "\"new\"");
                insertion::behind(part.text, fields.span, session, entry)
            }
        };
        diagnostic.fixes.extend(in_session.map(|edit| Fix {
            title: "Run them in the session: tmux_mode = \"new\"".to_owned(),
            edits: vec![edit],
        }));
        let name = session.key.to(session.span);
        diagnostic
            .fixes
            .extend(removal::fix(part.text, name, "Remove 'session_name'"));
        found.push(diagnostic);
    }
}

use std::collections::{BTreeMap, HashSet};

use super::racing::racing;
use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::StepOperation;
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "racing-session",
    severity: Severity::Warning,
    title: "A tmux session that two steps may use at the same time",
    run: Run::Text(run),
};

/// A step that has to do with a session.
#[derive(Clone, Copy)]
struct Part {
    step: usize,
    span: Span,
    /// Whether it starts or ends the session, which disturbs all others.
    disturbs: bool,
}

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut sessions: BTreeMap<(&str, &str), Vec<Part>> = BTreeMap::new();
    for (step, it) in context.recipe.steps.iter().enumerate() {
        for operation in &it.operations {
            if let Some((host, session, span, disturbs)) = session(operation) {
                let parts = sessions.entry((host, session)).or_default();
                parts.push(Part {
                    step,
                    span,
                    disturbs,
                });
            }
        }
    }
    let pairs = sessions.iter().flat_map(|((_, session), parts)| {
        parts.iter().enumerate().flat_map(move |(index, one)| {
            let others = parts[index + 1..].iter();
            let disturbed = others.filter(|other| one.disturbs || other.disturbs);
            disturbed.map(move |other| (one.step, other.step, (*session, *one, *other)))
        })
    });
    let mut told = HashSet::new();
    for (first, _, (session, one, other)) in racing(context, pairs) {
        if !told.insert(other.span) {
            continue;
        }
        let id = context.recipe.steps[first].id().map_or("", |id| &id.value);
        let message = format!(
            "'{id}' uses the session '{session}' too and may run at the same time: order the two with depends_on, or name another session"
        );
        found.push(CHECK.at(other.span, message).related(one.span, "here"));
    }
}

/// Host, name and place of the session that an operation has to do with, and whether it starts or ends it.
fn session(operation: &StepOperation) -> Option<(&str, &str, Span, bool)> {
    let fields = &operation.fields;
    let mode = fields.name("tmux_mode").map(|mode| mode.value.as_str());
    let disturbs = match (operation.spec.name, mode) {
        ("tmux_new" | "tmux_kill", _) | ("run_commands", Some("new")) => true,
        ("tmux_send" | "tmux_capture", _) | ("run_commands", Some("existing")) => false,
        _ => return None,
    };
    let host = fields
        .text("host_id")
        .map_or("${target}", |text| text.as_str());
    match fields.text("session_name") {
        Some(text) => Some((host, text.as_str(), text.span, disturbs)),
        // The name that a session has without one.
        None => (mode == Some("new")).then_some((host, "recipe", operation.key, disturbs)),
    }
}

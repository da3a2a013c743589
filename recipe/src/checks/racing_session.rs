use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use super::racing::racing;
use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{StepOperation, Text};
use crate::plan::Piece;
use crate::reference::ReferenceKind;
use crate::resolve::template;
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
    let mut sessions: BTreeMap<(Cow<'_, str>, Cow<'_, str>), Vec<Part>> = BTreeMap::new();
    for (step, it) in context.recipe.steps.iter().enumerate() {
        for operation in &it.operations {
            if let Some((host, session, span, disturbs)) = session(context, operation) {
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
            disturbed.map(move |other| (one.step, other.step, (session, *one, *other)))
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
fn session<'a>(
    context: &Context<'_>,
    operation: &'a StepOperation,
) -> Option<(Cow<'a, str>, Cow<'a, str>, Span, bool)> {
    let fields = &operation.fields;
    let mode = fields.name("tmux_mode").map(|mode| mode.value.as_str());
    let disturbs = match (operation.spec.name, mode) {
        ("tmux_new" | "tmux_kill", _) | ("run_commands", Some("new")) => true,
        ("tmux_send" | "tmux_capture", _) | ("run_commands", Some("existing")) => false,
        _ => return None,
    };
    let host = fields.text("host_id");
    let host = host.map_or("${target}".into(), |text| filled_in(context, text));
    match fields.text("session_name") {
        Some(text) => Some((host, filled_in(context, text), text.span, disturbs)),
        // The name that a session has without one.
        None => (mode == Some("new")).then_some((host, "recipe".into(), operation.key, disturbs)),
    }
}

/// A name with the variables filled in, as it will be; as it is written where a step or the run decides that.
fn filled_in<'a>(context: &Context<'_>, text: &'a Text) -> Cow<'a, str> {
    let written = text.as_str();
    if text.references.is_empty() {
        return written.into();
    }
    let variables = &context.analysis.variables;
    let template = template(text, context.names, variables, &|_| None);
    let is_known = text.references.iter().all(
        |it| matches!(&it.kind, ReferenceKind::Variable(name) if variables.value(name).is_some()),
    );
    match template.0.as_slice() {
        [Piece::Text(name)] if is_known => name.clone().into(),
        [Piece::Target] if is_known => "${target}".into(),
        _ => written.into(),
    }
}

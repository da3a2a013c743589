use super::taint::{Brought, Taint};
use super::{Check, Context, Run, edits};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Role;
use crate::model::{StepOperation, Text};
use crate::reference::{Reference, ReferenceKind};

pub(super) const CHECK: Check = Check {
    code: "secret-not-allowed",
    severity: Severity::Error,
    title: "A secret where others would see it",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if context.names.secrets.is_empty() {
        return;
    }
    let taint = context.taint();
    for step in &context.recipe.steps {
        step.fields
            .each_text(&mut |text| check(context, taint, text, None, found));
        for operation in &step.operations {
            operation
                .fields
                .each_text(&mut |text| check(context, taint, text, Some(operation), found));
        }
    }
}

fn check<'a>(
    context: &Context<'a>,
    taint: &Taint<'a>,
    text: &'a Text,
    operation: Option<&StepOperation>,
    found: &mut Vec<Diagnostic>,
) {
    let is_typed = operation.is_some_and(StepOperation::types_into_session);
    if text.role.allows_secrets() && !is_typed {
        return;
    }
    for reference in &text.references {
        let Some(brought) = taint.brought_by(reference) else {
            continue;
        };
        // A condition shows nothing of what it compares, and what a step printed is often asked for.
        if text.role == Role::When && brought.through.is_some() {
            continue;
        }
        let what = what(context, reference, &brought);
        let message = format!("{what} cannot stand here: {}", why(text.role, is_typed));
        let diagnostic = CHECK.at(reference.span, message);
        let mode = operation
            .and_then(|it| it.fields.name("tmux_mode"))
            .filter(|_| is_typed);
        found.push(match mode {
            Some(mode) => {
                let text = edits::like_before(context.text, mode.span, "new");
                diagnostic.fix("Change tmux_mode to \"new\"", mode.span, text)
            }
            None => diagnostic,
        });
    }
}

/// What is found: the secret, what holds it, or what may hold it.
fn what(context: &Context<'_>, reference: &Reference, brought: &Brought<'_>) -> String {
    let secret = brought.secret;
    let step = brought
        .through
        .and_then(|step| context.recipe.steps[step].id());
    match (&reference.kind, step) {
        (ReferenceKind::Variable(name), None) => {
            format!("'{name}' holds the secret '{secret}', which")
        }
        (ReferenceKind::Variable(name), Some(step)) => format!(
            "'{name}' comes from step '{}', which has the secret '{secret}', so it counts as one and",
            step.value
        ),
        (_, Some(step)) => format!(
            "the output of step '{}', which has the secret '{secret}', counts as one and",
            step.value
        ),
        _ => "a secret".to_owned(),
    }
}

fn why(role: Role, is_typed: bool) -> &'static str {
    match role {
        Role::Keys => {
            "what is typed stays on the session's screen and in its history. Start the command with tmux_new, \
             which takes env = { TOKEN = \"${secret:…}\" }"
        }
        _ if is_typed => {
            "what is typed into a session stays on its screen and in its history. \
             Use tmux_new, or tmux_mode = \"new\""
        }
        Role::When => {
            "a condition decides what is shown as skipped, and would tell about the value"
        }
        Role::Host => "host ids are shown and logged",
        Role::Session => "everybody on the host can list the names of sessions",
        Role::Path | Role::Regex => "paths and patterns are shown, logged and passed as arguments",
        _ => {
            "it would be shown, stored or passed as an argument. Secrets may stand in shell text, env, auth_token, \
             and url, headers and body of http_request"
        }
    }
}

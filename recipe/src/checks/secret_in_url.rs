use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::shell::Sink;

pub(super) const CHECK: Check = Check {
    code: "secret-in-url",
    severity: Severity::Warning,
    title: "A secret in a URL",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for exposed in context.exposed().filter(|it| it.sink == Sink::Url) {
        let (secret, program) = (exposed.secret(), exposed.program);
        let advice = match program {
            "git" => {
                "and git keeps it in the clone's .git/config. Use the operation git_clone with auth_token, or a credential helper"
                    .to_owned()
            }
            _ => format!(
                "and so can whoever reads the logs of the server and of proxies. Let '{program}' read it from its environment, \
                 a file or standard input, as `curl -H @-` does"
            ),
        };
        let message = format!(
            "{secret} becomes a part of a URL: every user of that host can read it in the process list, {advice}"
        );
        found.push(exposed.found(&CHECK, message));
    }
    if !context.names.secrets.is_empty() {
        requested(context, found);
    }
}

/// The URL of `http_request`.
fn requested(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let operations = context
        .recipe
        .steps
        .iter()
        .flat_map(|step| &step.operations);
    let requests = operations.filter(|operation| operation.spec.name == "http_request");
    let taint = context.taint();
    for url in requests.filter_map(|request| request.fields.text("url")) {
        for reference in &url.references {
            let Some(brought) = taint.brought_by(reference) else {
                continue;
            };
            let (severity, what) = match brought.through {
                None => (CHECK.severity, "this secret".to_owned()),
                Some(_) => (
                    Severity::Hint,
                    format!(
                        "this comes from a step that has the secret '{}', so it counts as one and",
                        brought.secret
                    ),
                ),
            };
            let message = format!(
                "{what} becomes a part of the URL, which servers and proxies write into their logs: \
                 send it in headers, as Authorization = \"Bearer ${{secret:…}}\", if the server takes it there"
            );
            found.push(Diagnostic::new(
                CHECK.code,
                severity,
                reference.span,
                message,
            ));
        }
    }
}

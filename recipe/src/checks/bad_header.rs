use super::{Check, Part, Run, edits};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const CHECK: Check = Check {
    code: "bad-header",
    severity: Severity::Error,
    title: "A name that no header of a request can have",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    let requests = part
        .operations()
        .filter(|it| it.spec.name == "http_request");
    for (name, _) in requests.flat_map(|it| it.fields.map("headers")) {
        if !name.value.is_empty() && name.value.chars().all(is_token) {
            continue;
        }
        let message = match name.value.is_empty() {
            true => "a header needs a name".to_owned(),
            false => format!(
                "'{}' cannot name a header: use letters, digits and '-'",
                name.value.escape_debug()
            ),
        };
        let mut diagnostic = CHECK.at(name.span, message);
        let dashed: String = name
            .value
            .trim_matches(|c| !is_token(c))
            .chars()
            .map(|c| if is_token(c) { c } else { '-' })
            .collect();
        if !dashed.is_empty() {
            let text = edits::like_before(part.text, name.span, &dashed);
            diagnostic = diagnostic.fix(format!("Change to '{dashed}'"), name.span, text);
        }
        found.push(diagnostic);
    }
}

/// What the name of a header consists of (RFC 9110, section 5.6.2).
fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

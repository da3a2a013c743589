use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "repository-path",
    severity: Severity::Hint,
    title: "A repository that git would look for in a folder",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    let clones = part.operations().filter(|it| it.spec.name == "git_clone");
    for text in clones.filter_map(|it| it.fields.text("repo_url")) {
        let Some(host) = host(text.as_str()) else {
            continue;
        };
        let message = format!(
            "git takes this for a folder named '{host}': write https:// before it if it is an address"
        );
        let start = text.source.span_of(0, text.as_str().len()).start;
        let diagnostic = CHECK.at(text.span, message);
        found.push(diagnostic.fix("Add 'https://'", Span::at(start), "https://"));
    }
}

/// `github.com` of `github.com/org/repository`.
fn host(url: &str) -> Option<&str> {
    let (host, path) = url.split_once('/')?;
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !label.is_empty() && label.chars().all(is_part)
    };
    let [_, .., last] = labels.as_slice() else {
        return None;
    };
    let is_domain = last.len() > 1 && last.chars().all(|c| c.is_ascii_alphabetic());
    let is_host = is_domain && labels.iter().all(is_label);
    (is_host && path.contains('/')).then_some(host)
}

use url::{ParseError, Url};

use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Text;
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "bad-url",
    severity: Severity::Error,
    title: "A URL that leads nowhere",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    for operation in part.operations() {
        match operation.spec.name {
            "http_request" => found.extend(operation.fields.text("url").and_then(request)),
            "git_clone" => found.extend(operation.fields.text("repo_url").and_then(repository)),
            _ => {}
        }
    }
}

/// A request goes to `http` or `https`.
fn request(text: &Text) -> Option<Diagnostic> {
    let url = text.as_str();
    if let Some(found) = without_host(text) {
        return Some(found);
    }
    if let Some(first) = text.references.first() {
        // What a reference brings is not known; what stands before it is.
        let scheme = url[..first.range.start].split_once("://")?.0;
        return (!is_http(scheme)).then(|| other_scheme(text, scheme));
    }
    match Url::parse(url) {
        Ok(parsed) if is_http(parsed.scheme()) => None,
        // A host with a port looks like a scheme.
        Ok(parsed) if url.contains("://") => Some(other_scheme(text, parsed.scheme())),
        Ok(_) | Err(ParseError::RelativeUrlWithoutBase) => Some(without_scheme(text)),
        Err(why) => Some(unreadable(text, why)),
    }
}

/// git knows more than URLs: `host:path` and folders. Only what is meant as a URL is looked at.
fn repository(text: &Text) -> Option<Diagnostic> {
    let url = text.as_str();
    let (scheme, _) = url.split_once("://")?;
    let is_known = ["http", "https", "ssh", "git"].contains(&scheme);
    if let Some(found) = without_host(text).filter(|_| is_known) {
        return Some(found);
    }
    if !text.references.is_empty() || !is_known {
        return None;
    }
    let why = Url::parse(url).err()?;
    Some(unreadable(text, why))
}

/// `https:///path`, of which browsers make `https://path`, and nobody else does.
fn without_host(text: &Text) -> Option<Diagnostic> {
    let (scheme, rest) = text.as_str().split_once("://")?;
    let is_scheme = scheme.chars().all(|c| c.is_ascii_alphanumeric());
    if !is_scheme || !rest.starts_with('/') {
        return None;
    }
    let slash = scheme.len() + "://".len();
    let span = text.source.span_of(0, slash + 1);
    Some(CHECK.at(span, "the name of a host is missing before the third '/'"))
}

fn is_http(scheme: &str) -> bool {
    ["http", "https"]
        .iter()
        .any(|it| scheme.eq_ignore_ascii_case(it))
}

fn other_scheme(text: &Text, scheme: &str) -> Diagnostic {
    let span = text.source.span_of(0, scheme.len());
    let message = format!("a request goes to http or https, not to '{scheme}'");
    CHECK
        .at(span, message)
        .fix("Change to 'https'", span, "https")
}

fn without_scheme(text: &Text) -> Diagnostic {
    let diagnostic = CHECK.at(
        text.span,
        "this is no URL: it must begin with https:// or http://",
    );
    let url = text.as_str();
    // What can be a host gets the usual scheme; a path cannot be mended so easily.
    if url.starts_with(|c: char| c.is_ascii_alphanumeric())
        && Url::parse(&format!("https://{url}")).is_ok()
    {
        let start = text.source.span_of(0, url.len()).start;
        return diagnostic.fix("Add 'https://'", Span::at(start), "https://");
    }
    diagnostic
}

fn unreadable(text: &Text, why: ParseError) -> Diagnostic {
    CHECK.at(text.span, format!("this is no URL: {why}"))
}

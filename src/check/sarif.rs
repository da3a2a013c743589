//! Findings as SARIF 2.1.0, which code scanning services and editors read.

use std::io::{self, Write};
use std::path::{Component, Path};

use recipe::Span;
use recipe::checks::{CHECKS, Check};
use recipe::diagnostic::{Diagnostic, Edit, Fix, Severity};
use serde_json::{Value, json};

use super::inputs::Failure;
use super::{Found, Places};
use crate::explain;

/// `failures` is what could not be read.
pub(super) fn print(all: &[Found<'_>], failures: &[Failure]) -> io::Result<()> {
    let results: Vec<Value> = all.iter().flat_map(results).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "doppio",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": CHECKS.iter().map(|check| rule(check)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation(failures)],
            "results": results,
        }],
    });
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &document)?;
    writeln!(out)
}

/// Whether all went well, and what could not be read.
fn invocation(failures: &[Failure]) -> Value {
    let notification = |failure: &Failure| {
        let artifact = json!({ "uri": uri(&failure.path.display().to_string()) });
        json!({
            "level": "error",
            "message": { "text": failure.what },
            "locations": [{ "physicalLocation": { "artifactLocation": artifact } }],
        })
    };
    json!({
        "executionSuccessful": failures.is_empty(),
        "toolExecutionNotifications": failures.iter().map(notification).collect::<Vec<_>>(),
    })
}

fn rule(check: &Check) -> Value {
    let page = explain::page(check.code).unwrap_or(check.title);
    json!({
        "id": check.code,
        "shortDescription": { "text": check.title },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": level(check.severity) },
    })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Hint => "note",
    }
}

fn results(found: &Found<'_>) -> Vec<Value> {
    let artifact = json!({ "uri": uri(&found.path) });
    let places = found.places();
    let one = |diagnostic: &Diagnostic| {
        let mut result = json!({
            "ruleId": diagnostic.code,
            "level": level(diagnostic.severity),
            "message": { "text": diagnostic.message },
            "locations": [location(&artifact, &places, diagnostic.span)],
        });
        if let Some(index) = CHECKS
            .iter()
            .position(|check| check.code == diagnostic.code)
        {
            result["ruleIndex"] = json!(index);
        }
        if !diagnostic.related.is_empty() {
            let related = diagnostic.related.iter().map(|related| {
                let mut location = location(&artifact, &places, related.span);
                location["message"] = json!({ "text": related.message });
                location
            });
            result["relatedLocations"] = related.collect();
        }
        // A report is kept and passed on: no repair in it writes a credential.
        let is_clean = |fix: &&Fix| !fix.edits.iter().any(|it| found.mask.hides(&it.text));
        let mut fixes = diagnostic.fixes.iter().filter(is_clean).peekable();
        if fixes.peek().is_some() {
            result["fixes"] = fixes.map(|it| fix(&artifact, &places, it)).collect();
        }
        result
    };
    found.diagnostics.iter().map(one).collect()
}

fn location(artifact: &Value, places: &Places<'_>, span: Span) -> Value {
    json!({ "physicalLocation": { "artifactLocation": artifact, "region": region(places, span) } })
}

fn region(places: &Places<'_>, span: Span) -> Value {
    let place = places.of(span);
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

fn fix(artifact: &Value, places: &Places<'_>, fix: &Fix) -> Value {
    let replacement = |edit: &Edit| {
        json!({
            "deletedRegion": region(places, edit.span),
            "insertedContent": { "text": edit.text },
        })
    };
    let replacements: Vec<Value> = fix.edits.iter().map(replacement).collect();
    json!({
        "description": { "text": fix.title },
        "artifactChanges": [{ "artifactLocation": artifact, "replacements": replacements }],
    })
}

/// A path as a URI: relative to where the command was started, as it was named, or `file:`.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for component in Path::new(path).components() {
        match component {
            Component::RootDir => uri.push_str("file:///"),
            Component::Prefix(prefix) => {
                uri.push_str("file:///");
                push_encoded(&mut uri, &prefix.as_os_str().to_string_lossy());
                uri.push('/');
            }
            Component::CurDir => {}
            Component::ParentDir => uri.push_str("../"),
            Component::Normal(name) => {
                push_encoded(&mut uri, &name.to_string_lossy());
                uri.push('/');
            }
        }
    }
    uri.trim_end_matches('/').to_owned()
}

fn push_encoded(uri: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        for (path, expected) in [
            ("a/b.toml", "a/b.toml"),
            ("./a b/ü%.toml", "a%20b/%C3%BC%25.toml"),
            ("../x:y.toml", "../x%3Ay.toml"),
            ("/work/a.toml", "file:///work/a.toml"),
            ("-", "-"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}

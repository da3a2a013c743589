use super::{Check, Part, Run};
use crate::Address;
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Role;
use crate::model::Text;

pub(super) const CHECK: Check = Check {
    code: "bad-host",
    severity: Severity::Error,
    title: "A host id that no host can have",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    part.each_text(&mut |text| {
        // What a reference brings is looked at when it is known.
        if text.role == Role::Host && text.references.is_empty() {
            found.extend(judge(text));
        }
    });
}

fn judge(text: &Text) -> Option<Diagnostic> {
    let id = text.as_str();
    let bad = Address::parse(id).err()?;
    let span = match bad.range.len() < id.len() {
        true => text.source.span_of(bad.range.start, bad.range.end),
        false => text.span,
    };
    let message = format!(
        "this is no host: {}. Write the name of a host, or [user@]host[:port], with an IPv6 address in brackets",
        bad.why
    );
    let diagnostic = CHECK.at(span, message);
    let plain = id.trim();
    let plain = plain
        .strip_prefix("ssh://")
        .unwrap_or(plain)
        .trim_end_matches('/');
    Some(match plain != id && Address::parse(plain).is_ok() {
        true => {
            let inside = text.source.span_of(0, id.len());
            diagnostic.fix(format!("Change to '{plain}'"), inside, plain)
        }
        false => diagnostic,
    })
}

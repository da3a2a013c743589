use std::ops::Range;

use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Role;
use crate::model::Text;

pub(super) const CHECK: Check = Check {
    code: "unexpanded-path",
    severity: Severity::Warning,
    title: "A path with something in it that only a shell expands",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    part.each_text(&mut |text| {
        if text.role == Role::Path {
            found.extend(judge(text));
        }
    });
}

fn judge(text: &Text) -> Option<Diagnostic> {
    let path = text.as_str();
    if let Some(range) = shell_variable(text) {
        let span = text.source.span_of(range.start, range.end);
        let name = &path[range];
        let message = format!(
            "no shell reads a path, so '{name}' is taken as it stands: write '~/' for the home folder, or a variable of the recipe"
        );
        let diagnostic = CHECK.at(span, message);
        return Some(match name {
            "$HOME" if path.starts_with("$HOME/") => diagnostic.fix("Change to '~'", span, "~"),
            _ => diagnostic,
        });
    }
    if let Some(range) = substitution(text) {
        let span = text.source.span_of(range.start, range.end);
        let message = format!(
            "no shell reads a path, so '{}' is taken as it stands: let a step capture what the command prints, and refer to that",
            &path[range]
        );
        return Some(CHECK.at(span, message));
    }
    let user = path.strip_prefix('~')?;
    let name = &user[..user.find('/').unwrap_or(user.len())];
    if name.is_empty()
        || text
            .references
            .first()
            .is_some_and(|it| it.range.start <= name.len())
    {
        return None;
    }
    let span = text.source.span_of(0, 1 + name.len());
    let message = format!("only '~/' is a home folder here: '~{name}' is taken as it stands");
    Some(CHECK.at(span, message))
}

/// The first command that a shell would run there: `$(…)` or `` `…` ``.
fn substitution(text: &Text) -> Option<Range<usize>> {
    let path = text.as_str();
    let is_ours = |at: usize| text.references.iter().any(|it| it.range.contains(&at));
    let starts = ["$(", "`"].map(|sign| path.find(sign).map(|at| (at, sign)));
    let (start, sign) = starts.into_iter().flatten().min()?;
    let inner = start + sign.len();
    let end = match sign {
        "`" => path[inner..].find('`')?,
        _ => path[inner..].find(')')?,
    };
    (!is_ours(start)).then_some(start..inner + end + 1)
}

/// The first `$NAME` that is no reference of ours.
fn shell_variable(text: &Text) -> Option<Range<usize>> {
    let path = text.as_str();
    let is_ours = |at: &usize| text.references.iter().any(|it| it.range.contains(at));
    let dollars = path.match_indices('$').map(|(at, _)| at);
    dollars.filter(|at| !is_ours(at)).find_map(|at| {
        let name = &path[at + 1..];
        let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let length = name.find(|c| !is_part(c)).unwrap_or(name.len());
        let is_name = name.starts_with(|c: char| c.is_ascii_uppercase());
        (is_name && length > 1).then_some(at..at + 1 + length)
    })
}

use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::language::Role;
use crate::model::Text;
use crate::reference::ReferenceKind;
use crate::{BadSessionName, session_name_problems};

pub(super) const CHECK: Check = Check {
    code: "session-name",
    severity: Severity::Error,
    title: "A name that no tmux session can have",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    part.each_text(&mut |text| {
        if text.role == Role::Session {
            found.extend(judge(text));
        }
    });
}

/// What is wrong with the name as it is written. What references bring is looked at when it is known.
fn judge(text: &Text) -> Option<Diagnostic> {
    let mut problems = session_name_problems(text.as_str());
    problems.retain(|(range, _)| {
        !text.references.iter().any(|reference| {
            reference.kind != ReferenceKind::Escape && reference.range.contains(&range.start)
        })
    });
    let (first, why) = problems.first()?;
    if *why == BadSessionName::Blank {
        return Some(CHECK.at(text.span, why.to_string()));
    }
    let span = text.source.span_of(first.start, first.end);
    let mut diagnostic = CHECK.at(span, why.to_string());
    let edits = problems.iter().map(|(range, why)| Edit {
        span: text.source.span_of(range.start, range.end),
        text: replacement(*why).to_owned(),
    });
    diagnostic.fixes.push(Fix {
        title: "Change to what tmux allows".to_owned(),
        edits: edits.collect(),
    });
    Some(diagnostic)
}

/// What stands for a character that cannot.
fn replacement(why: BadSessionName) -> &'static str {
    match why {
        BadSessionName::Separator(_) | BadSessionName::Format => "-",
        BadSessionName::First(_) => "_",
        BadSessionName::Blank | BadSessionName::LastSemicolon | BadSessionName::Hostile(_) => "",
    }
}

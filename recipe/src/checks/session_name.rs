use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::language::Role;
use crate::model::Text;
use crate::span::Span;

pub(super) const CHECK: Check = Check {
    code: "session-name",
    severity: Severity::Error,
    title: "A name that no tmux session can have",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    context.recipe.each_text(&mut |text| {
        if text.role != Role::Session {
            return;
        }
        if text.as_str().trim().is_empty() {
            let message = "the name of a tmux session cannot be blank";
            found.push(CHECK.at(text.span, message));
            return;
        }
        let bad = bad_places(text);
        if let Some(first) = bad.first() {
            let message = "tmux allows neither '.' nor ':' in the name of a session: it separates windows and panes by them";
            let mut diagnostic = CHECK.at(*first, message);
            let edits = bad.iter().map(|span| Edit { span: *span, text: "-".to_owned() });
            let title = "Change to '-'".to_owned();
            diagnostic.fixes.push(Fix { title, edits: edits.collect() });
            found.push(diagnostic);
        }
    });
}

/// The dots and colons that stand in no reference.
fn bad_places(text: &Text) -> Vec<Span> {
    let bad = text.as_str().match_indices(['.', ':']).map(|(at, _)| at);
    bad.filter(|at| {
        !text
            .references
            .iter()
            .any(|reference| reference.range.contains(at))
    })
    .map(|at| text.source.span_of(at, at + 1))
    .collect()
}

use super::{Check, Context, Run, edits};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Problem;
use crate::nearest::did_you_mean;

pub(super) const CHECK: Check = Check {
    code: "not-among",
    severity: Severity::Error,
    title: "A word that is none of those allowed",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for problem in &context.recipe.problems {
        let Problem::NotAmong { value, name, known } = problem else {
            continue;
        };
        let nearest = context
            .nearest(&value.value, known.iter().copied())
            .or_else(|| shortened(&value.value, known));
        let message = format!(
            "'{name}' cannot be '{}'{}{} It is one of: {}",
            value.value,
            did_you_mean(nearest),
            if nearest.is_none() { "." } else { "" },
            known.join(", "),
        );
        let mut diagnostic = CHECK.at(value.span, message);
        if let Some(nearest) = nearest {
            let text = edits::like_before(context.text, value.span, nearest);
            diagnostic = diagnostic.fix(format!("Change to '{nearest}'"), value.span, text);
        }
        found.push(diagnostic);
    }
}

/// The word of which `word` is the beginning, or that is the beginning of it: `warn`, `information`.
fn shortened<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    let begins = |it: &str, with: &str| with.len() > 2 && it.starts_with(with);
    let mut alike = known
        .iter()
        .filter(|it| begins(it, &word) || begins(&word, &it.to_ascii_lowercase()));
    alike.next().copied().filter(|_| alike.next().is_none())
}

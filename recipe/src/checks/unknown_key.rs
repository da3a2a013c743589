use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::Problem;
use crate::nearest::did_you_mean;

pub(super) const CHECK: Check = Check {
    code: "unknown-key",
    severity: Severity::Error,
    title: "A key that the language does not have",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for problem in &context.recipe.problems {
        let Problem::UnknownKey { key, owner, known } = problem else {
            continue;
        };
        let nearest = context.nearest(&key.value, known.iter().copied());
        let hint = match (nearest, known.as_slice()) {
            (Some(_), _) => did_you_mean(nearest),
            (None, []) => "; it takes none: write {}".to_owned(),
            (None, known) if known.len() <= MOST_LISTED => format!("; known: {}", known.join(", ")),
            (None, _) => String::new(),
        };
        let message = format!("{owner} has no key '{}'{hint}", key.value);
        let mut diagnostic = CHECK.at(key.span, message);
        if let Some(nearest) = nearest {
            diagnostic = diagnostic.fix(format!("Change to '{nearest}'"), key.span, nearest);
        }
        found.push(diagnostic);
    }
}

/// More names than this are no help.
const MOST_LISTED: usize = 14;

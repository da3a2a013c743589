use super::{Check, Context, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::language::Kind;
use crate::model::Problem;

pub(super) const CHECK: Check = Check {
    code: "wrong-type",
    severity: Severity::Error,
    title: "A value of the wrong type",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for problem in &context.recipe.problems {
        let Problem::WrongType {
            span,
            name,
            expected,
            found: is,
            quotable,
        } = problem
        else {
            continue;
        };
        let message = format!("'{name}' must be {}, not {is}", expected.described());
        let diagnostic = CHECK.at(*span, message);
        found.push(
            match mended(&context.text[span.range()], *expected, *quotable) {
                Some((title, text)) => diagnostic.fix(title, *span, text),
                None => diagnostic,
            },
        );
    }
}

/// The value as it was probably meant, and what is done to it.
fn mended(written: &str, expected: Kind, quotable: bool) -> Option<(&'static str, String)> {
    if quotable {
        return Some(("Put it in quotes", format!("\"{written}\"")));
    }
    let inner = written.trim_matches(['"', '\'']);
    let is_string = inner.len() + 2 == written.len();
    let unquoted = match expected {
        Kind::Integer(_) => inner.parse::<i64>().is_ok(),
        Kind::Number(_) => inner.parse::<f64>().is_ok_and(f64::is_finite),
        Kind::Boolean => matches!(inner, "true" | "false"),
        Kind::Texts(_) | Kind::StepIds if is_string => {
            return Some(("Put it in brackets", format!("[{written}]")));
        }
        _ => false,
    };
    (is_string && unquoted).then(|| ("Remove the quotes", inner.to_owned()))
}

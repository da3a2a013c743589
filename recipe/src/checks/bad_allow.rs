use super::{CHECKS, Check, Context, Run, check, edits, shellcheck};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nearest::did_you_mean;

pub(super) const CHECK: Check = Check {
    code: "bad-allow",
    severity: Severity::Warning,
    title: "A comment that allows what cannot be allowed",
    run: Run::Text(run),
};

fn run(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let allows = context.analysis.allows();
    for comment in &allows.malformed {
        let message = "this comment allows nothing: write '# doppio: allow(CODE)' in small letters, with several codes between commas";
        found.push(CHECK.at(*comment, message));
    }
    for allow in &allows.list {
        let code = &allow.code;
        match check(&code.value) {
            None if shellcheck::is_number(&code.value) => {}
            None => {
                let nearest = context.nearest(&code.value, CHECKS.iter().map(|it| it.code));
                let message = format!(
                    "there is no check '{}'{}",
                    code.value,
                    did_you_mean(nearest)
                );
                let diagnostic = CHECK.at(code.span, message);
                found.push(match nearest {
                    Some(nearest) => {
                        diagnostic.fix(format!("Change to '{nearest}'"), code.span, nearest)
                    }
                    None => diagnostic,
                });
            }
            Some(check) if check.severity == Severity::Error => {
                let message = format!(
                    "'{}' cannot be allowed: a recipe with such an error does not run, whatever its comments say",
                    code.value
                );
                let mut diagnostic = CHECK.at(code.span, message);
                diagnostic.fixes.push(edits::remove_allow(context, allow));
                found.push(diagnostic);
            }
            Some(_) => {}
        }
    }
}

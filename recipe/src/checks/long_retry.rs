use std::time::Duration;

use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::Retry;
use crate::seconds::in_words;

pub(super) const CHECK: Check = Check {
    code: "long-retry",
    severity: Severity::Hint,
    title: "More than an hour of waits between attempts",
    run: Run::Part(run),
};

const LONGEST: Duration = Duration::from_secs(3600);

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    let Some(step) = part.step else { return };
    let (Some(retry), Some(field)) = (Retry::of(&step.fields), step.fields.get("retry")) else {
        return;
    };
    let waits = retry.all_waits();
    if waits > LONGEST {
        let message = format!(
            "if every attempt fails, the waits between them alone take {}: \
             fewer attempts, or a smaller delay or multiplier, tell sooner that something is wrong",
            in_words(waits.as_secs())
        );
        found.push(CHECK.at(field.span, message));
    }
}

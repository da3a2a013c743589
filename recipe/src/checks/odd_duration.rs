use super::{Check, Part, Run};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Arg, Field, Fields, Step, StepOperation};

pub(super) const CHECK: Check = Check {
    code: "odd-duration",
    severity: Severity::Warning,
    title: "A time that can hardly be meant",
    run: Run::Part(run),
};

fn run(part: &Part<'_>, found: &mut Vec<Diagnostic>) {
    if let Some(step) = part.step {
        step.fields
            .each_field(&mut |field| found.extend(too_long(field)));
        if let Some(retry) = step.fields.fields("retry") {
            found.extend(odd_retry(retry));
        }
        for operation in &step.operations {
            operation
                .fields
                .each_field(&mut |field| found.extend(too_long(field)));
            found.extend(one_look(step, operation));
            found.extend(cut_sleep(step, operation));
        }
    }
}

/// Nobody waits for months; who writes such a number thinks of milliseconds.
fn too_long(field: &Field) -> Option<Diagnostic> {
    const MONTH: i64 = 30 * 24 * 60 * 60;
    let Arg::Integer(seconds) = field.value else {
        return None;
    };
    if !field.spec.name.ends_with("_secs") || seconds < MONTH {
        return None;
    }
    let days = seconds / (24 * 60 * 60);
    let message = format!("'{}' is in seconds: these are {days} days", field.spec.name);
    let diagnostic = CHECK.at(field.span, message);
    Some(match seconds % 1000 {
        0 => diagnostic.fix(
            format!("Change to {}", seconds / 1000),
            field.span,
            (seconds / 1000).to_string(),
        ),
        _ => diagnostic,
    })
}

fn odd_retry(retry: &Fields) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let at = |name: &str| retry.get(name).map_or(retry.span, |field| field.span);
    if retry.integer("max_attempts") == Some(1) {
        let message =
            "the first attempt is counted: with 1 there is no other, and nothing is tried again";
        found.push(CHECK.at(at("max_attempts"), message).fix(
            "Change to 2",
            at("max_attempts"),
            "2",
        ));
    }
    if retry
        .number("delay_secs")
        .is_some_and(|delay| delay > 3600.0)
    {
        let message =
            "no wait between two attempts is longer than an hour: this one is cut to 3600 seconds";
        found.push(CHECK.at(at("delay_secs"), message).fix(
            "Change to 3600",
            at("delay_secs"),
            "3600",
        ));
    }
    if retry
        .number("backoff_multiplier")
        .is_some_and(|it| it < 1.0)
    {
        let message =
            "with less than 1 each wait is shorter than the one before; it is meant to get longer";
        found.push(CHECK.at(at("backoff_multiplier"), message));
    }
    found
}

/// A condition whose time is over before the second look.
fn one_look(step: &Step, operation: &StepOperation) -> Option<Diagnostic> {
    if operation.spec.name != "wait_condition" {
        return None;
    }
    let fields = &operation.fields;
    let interval = fields.integer("poll_interval_secs").unwrap_or(10);
    let limits = [
        (
            fields.integer("timeout_secs").unwrap_or(300),
            fields.get("timeout_secs"),
        ),
        (
            step.fields.integer("timeout_secs").unwrap_or(i64::MAX),
            step.fields.get("timeout_secs"),
        ),
    ];
    let (limit, limited) = limits.into_iter().min_by_key(|(limit, _)| *limit)?;
    if limit <= 0 || interval <= limit {
        return None;
    }
    let written = fields.get("poll_interval_secs");
    let message = format!(
        "the time is over after {limit} s, before the second look after {interval} s: the condition is looked at once"
    );
    let place = written.or(limited)?;
    let mut diagnostic = CHECK.at(place.span, message);
    if let Some(limited) = limited.filter(|limited| limited.span != place.span) {
        diagnostic = diagnostic.related(limited.span, "this is how long it may take");
    }
    Some(diagnostic)
}

/// A pause that is longer than its step may take.
fn cut_sleep(step: &Step, operation: &StepOperation) -> Option<Diagnostic> {
    let pause = operation
        .fields
        .integer("duration_secs")
        .filter(|_| operation.spec.name == "sleep")?;
    let field = step.fields.get("timeout_secs")?;
    let limit = step
        .fields
        .integer("timeout_secs")
        .filter(|limit| (1..pause).contains(limit))?;
    let message = format!("the step may take {limit} s and waits for {pause} s: it always fails");
    let pause = operation.fields.get("duration_secs")?;
    Some(
        CHECK
            .at(field.span, message)
            .related(pause.span, "this is how long it waits"),
    )
}

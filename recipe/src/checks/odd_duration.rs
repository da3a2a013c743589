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
            found.extend(larger_limit(step, operation));
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
    type Odd = (
        &'static str,
        fn(f64) -> bool,
        Option<&'static str>,
        &'static str,
    );
    const ODD: [Odd; 3] = [
        (
            "max_attempts",
            |it| it == 1.0,
            Some("2"),
            "the first attempt is counted: with 1 there is no other, and nothing is tried again",
        ),
        (
            "delay_secs",
            |it| it > 3600.0,
            Some("3600"),
            "no wait between two attempts is longer than an hour: this one is cut to 3600 seconds",
        ),
        (
            "backoff_multiplier",
            |it| it < 1.0,
            None,
            "with less than 1 each wait is shorter than the one before; it is meant to get longer",
        ),
    ];
    let mut found = Vec::new();
    for (key, is_odd, instead, message) in ODD {
        let whole = || Some(f64::from(i32::try_from(retry.integer(key)?).ok()?));
        let value = retry.number(key).or_else(whole);
        if let Some(field) = retry.get(key).filter(|_| value.is_some_and(is_odd)) {
            let diagnostic = CHECK.at(field.span, message);
            found.push(match instead {
                Some(it) => diagnostic.fix(format!("Change to {it}"), field.span, it),
                None => diagnostic,
            });
        }
    }
    found
}

/// Of the limits of a step and of its operation the smaller counts.
fn larger_limit(step: &Step, operation: &StepOperation) -> Option<Diagnostic> {
    let limit = |fields: &Fields| {
        let seconds = fields.integer("timeout_secs").filter(|it| *it > 0);
        Some((seconds?, fields.get("timeout_secs")?.span))
    };
    let mut limits = [limit(&step.fields)?, limit(&operation.fields)?];
    limits.sort_unstable();
    let [(smaller, counts), (larger, span)] = limits;
    let message =
        format!("the smaller of the two counts: {smaller} s, so these {larger} s are never over");
    let found = CHECK.at(span, message).related(counts, "this one counts");
    (smaller < larger).then_some(found)
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

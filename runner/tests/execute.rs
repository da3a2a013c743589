//! Plans, executed on this machine: order, endings, retries, limits, captures, events.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use recipe::plan::{Action, Command, Piece, Plan, PlannedStep, Retry, Script, Template, When};
use recipe::when::{Expr, Operand};
use runner::approval::Approval;
use runner::event::{Event, Failure, RunStatus, Skip, StepStatus, What};
use runner::execute::{Finish, Request, execute};
use runner::hosts::HostError;
use runner::preflight::World;
use runner::problem::ProblemKind;
use runner::secrets::{Environment, Permit, Places, SecretNames, Values};
use runner::ssh::{ConnectOptions, Nobody};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

fn step(id: &str, needs: &[usize], action: Action) -> PlannedStep {
    PlannedStep {
        id: id.into(),
        name: id.into(),
        line: 1,
        needs: needs.to_vec(),
        when: None,
        retry: None,
        timeout: None,
        continue_on_failure: false,
        action,
    }
}

fn command(text: &str) -> Command {
    Command {
        host: Template::text("local"),
        script: Script {
            text: text.into(),
            ..Script::default()
        },
        workdir: None,
        env: Vec::new(),
        capture: None,
        tmux_session: None,
    }
}

fn shell(id: &str, needs: &[usize], text: &str) -> PlannedStep {
    step(id, needs, Action::Command(command(text)))
}

fn retry(max_attempts: u32, delay: Duration) -> Option<Retry> {
    Some(Retry {
        max_attempts,
        delay,
        backoff_multiplier: 1.0,
    })
}

fn request(steps: Vec<PlannedStep>) -> Request {
    Request {
        plan: Plan {
            name: "test".into(),
            target_is_local: false,
            steps,
            initial: BTreeMap::new(),
            whole: None,
        },
        run_id: "20260101T000000Z-00000000".into(),
        path: None,
        target: None,
        jobs: NonZeroUsize::new(4).expect("not zero"),
        keep_going: false,
        colour: false,
    }
}

/// Runs the request to its end.
async fn run(request: &Request) -> (Finish, Vec<Event>) {
    run_until(request, CancellationToken::new()).await
}

async fn run_until(request: &Request, cancel: CancellationToken) -> (Finish, Vec<Event>) {
    let (sender, mut receiver) = mpsc::channel(16);
    let events = tokio::spawn(async move {
        let mut events = Vec::new();
        while let Some(event) = receiver.recv().await {
            events.push(event);
        }
        events
    });
    let finish = execute(request, world(), sender, cancel).await;
    (finish, events.await.expect("collected"))
}

/// No folder, and no secret but `demo/token`.
fn world() -> World {
    let environment = [("DOPPIO_SECRET_DEMO_TOKEN", SECRET)];
    let places = Places::new(std::path::Path::new("/nonexistent"))
        .with_environment(Environment::given(environment))
        .with_bus("unix:path=/nonexistent");
    let permit = Permit::for_command_line();
    World {
        folder: None,
        hosts: Err(HostError::NoHome),
        connecting: ConnectOptions::new(false, Arc::new(Nobody)),
        names: SecretNames::new(&places),
        values: Values::new(&permit, &places),
        permit,
        approval: Approval::of_everything(),
    }
}

const SECRET: &str = "hunter22-and-more";

/// What happened, a word or two each: `+a` started, `a=success`, `a~when` skipped.
fn story(events: &[Event]) -> String {
    let words = events.iter().filter_map(|event| match &event.what {
        What::StepStarted { step, .. } => Some(format!("+{step}")),
        What::StepFinished { step, status, .. } => Some(format!("{step}={status:?}")),
        What::StepSkipped { step, reason, .. } => Some(format!("{step}~{reason:?}")),
        What::StepRetrying { step, attempt, .. } => Some(format!("{step}#{attempt}")),
        _ => None,
    });
    words.collect::<Vec<_>>().join(" ")
}

fn output(events: &[Event], id: &str) -> String {
    let texts = events.iter().filter_map(|event| match &event.what {
        What::Output { step, text, .. } if step == id => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

fn finished<'a>(events: &'a [Event], id: &str) -> &'a What {
    let mut ends = events.iter().map(|event| &event.what);
    ends.find(|what| matches!(what, What::StepFinished { step, .. } if step == id))
        .expect("the step has ended")
}

fn failure(events: &[Event], id: &str) -> Option<Failure> {
    match finished(events, id) {
        What::StepFinished { reason, .. } => *reason,
        _ => None,
    }
}

#[tokio::test]
async fn steps_run_in_written_order_one_by_one() {
    let mut request = request(vec![
        shell("last", &[1, 2], "echo 3"),
        shell("first", &[], "echo 1"),
        shell("second", &[], "echo 2; echo err >&2"),
    ]);
    request.jobs = NonZeroUsize::MIN;
    let (finish, events) = run(&request).await;
    assert_eq!(finish.status, RunStatus::Success);
    assert_eq!(
        story(&events),
        "+first first=Success +second second=Success +last last=Success"
    );
    assert!(matches!(events[0].what, What::RunStarted { .. }));
    assert!(matches!(
        events[events.len() - 1].what,
        What::RunFinished { .. }
    ));
    assert!(events.is_sorted_by_key(|event| event.time));
    let seqs: Vec<u64> = events
        .iter()
        .filter_map(|event| match event.what {
            What::Output { seq, .. } => Some(seq),
            _ => None,
        })
        .collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn free_steps_run_at_the_same_time() {
    let folder = tempfile::tempdir().expect("a folder");
    // Each waits for the file of the other: one after the other they would never end.
    let meet = |mine: &str, other: &str| {
        let folder = folder.path().display();
        format!("cd {folder}; touch {mine}; while [ ! -e {other} ]; do sleep 0.01; done")
    };
    let request = request(vec![
        shell("a", &[], &meet("a", "b")),
        shell("b", &[], &meet("b", "a")),
    ]);
    let (finish, events) = run(&request).await;
    assert_eq!(finish.status, RunStatus::Success);
    assert!(story(&events).starts_with("+a +b "), "{}", story(&events));
}

#[tokio::test]
async fn a_failure_skips_what_depends_on_it_and_what_has_not_started() {
    let mut request = request(vec![
        shell("bad", &[], "exit 7"),
        shell("after", &[0], "true"),
        shell("then", &[1], "true"),
        shell("free", &[], "true"),
    ]);
    request.jobs = NonZeroUsize::MIN;
    let (finish, events) = run(&request).await;
    assert_eq!(finish.status, RunStatus::Failed);
    assert_eq!(
        story(&events),
        "+bad bad=Failed after~Dependency then~Dependency free~RunFailed"
    );
    assert!(matches!(
        finished(&events, "bad"),
        What::StepFinished {
            exit_code: Some(7),
            reason: Some(Failure::ExitCode),
            ..
        }
    ));

    request.keep_going = true;
    let (finish, events) = run(&request).await;
    assert_eq!(finish.status, RunStatus::Failed);
    assert_eq!(
        story(&events),
        "+bad bad=Failed after~Dependency then~Dependency +free free=Success"
    );
}

#[tokio::test]
async fn a_step_that_may_fail_ends_nothing() {
    let mut bad = shell("bad", &[], "echo out; exit 3");
    bad.continue_on_failure = true;
    let mut after = command("printf '%s/%s' \"$code\" \"$out\"");
    after.env = vec![
        ("code".into(), Template(vec![Piece::StepExitCode(0)])),
        ("out".into(), Template(vec![Piece::StepOutput(0)])),
    ];
    let request = request(vec![bad, step("after", &[0], Action::Command(after))]);
    let (finish, events) = run(&request).await;
    assert_eq!(finish.status, RunStatus::Success);
    assert_eq!(output(&events, "after"), "3/out");
}

#[tokio::test]
async fn a_step_whose_when_does_not_hold_counts_as_done() {
    let mut off = shell("off", &[], "true");
    off.when = Some(When {
        expression: Expr::Truthy(Operand::Reference(0)),
        operands: vec![Template::text("no")],
    });
    let mut on = shell("on", &[0], "true");
    on.when = Some(When {
        expression: Expr::Compare {
            left: Operand::Reference(0),
            right: Operand::Text("1 || true".into()),
            equal: true,
        },
        operands: vec![Template(vec![Piece::Variable("v".into())])],
    });
    let set = step(
        "set",
        &[],
        Action::SetVar {
            name: "v".into(),
            value: Template::text("1 || true"),
        },
    );
    let mut plan = request(vec![off, on, set]);
    plan.plan.steps[1].needs.push(2);
    let (finish, events) = run(&plan).await;
    assert_eq!(finish.status, RunStatus::Success);
    let story = story(&events);
    assert!(story.contains("off~When"), "{story}");
    assert!(story.ends_with("+on on=Success"), "{story}");
}

#[tokio::test]
async fn a_failing_step_is_tried_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let count = folder.path().join("count").display().to_string();
    let mut flaky = shell(
        "flaky",
        &[],
        &format!("echo x >> {count}; [ $(wc -l < {count}) -ge 3 ]"),
    );
    flaky.retry = retry(5, Duration::from_millis(10));
    let (finish, events) = run(&request(vec![flaky])).await;
    assert_eq!(finish.status, RunStatus::Success);
    assert_eq!(story(&events), "+flaky flaky#1 flaky#2 flaky=Success");
    assert!(matches!(
        finished(&events, "flaky"),
        What::StepFinished { attempts: 3, .. }
    ));

    let mut hopeless = shell("hopeless", &[], "exit 1");
    hopeless.retry = retry(2, Duration::ZERO);
    let (finish, events) = run(&request(vec![hopeless])).await;
    assert_eq!(finish.status, RunStatus::Failed);
    assert_eq!(story(&events), "+hopeless hopeless#1 hopeless=Failed");
}

#[tokio::test]
async fn what_cannot_start_is_not_tried_again() {
    let mut lost = command("true");
    lost.workdir = Some(Template::text("/no/such/folder"));
    let mut lost = step("lost", &[], Action::Command(lost));
    lost.retry = retry(3, Duration::ZERO);
    let (finish, events) = run(&request(vec![lost])).await;
    assert_eq!(finish.status, RunStatus::Failed);
    assert_eq!(story(&events), "+lost lost=Failed");
    assert_eq!(failure(&events, "lost"), Some(Failure::NotStarted));
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_ended_with_its_children() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid");
    let mut slow = shell(
        "slow",
        &[],
        &format!("sleep 60 & echo $! > {}; wait", pid.display()),
    );
    slow.timeout = Some(Duration::from_millis(400));
    slow.retry = retry(2, Duration::ZERO);
    let started = Instant::now();
    let (finish, events) = run(&request(vec![slow])).await;
    assert_eq!(finish.status, RunStatus::Failed);
    assert_eq!(story(&events), "+slow slow#1 slow=Failed");
    assert_eq!(failure(&events, "slow"), Some(Failure::Timeout));
    assert!(started.elapsed() < Duration::from_secs(12));
    let pid = std::fs::read_to_string(pid).expect("it ran");
    // It has been killed by now; the system may still be clearing it away.
    testkit::wait_until(Duration::from_secs(5), "the child to go", || {
        !alive(pid.trim())
    });
}

/// Whether the process runs; one that is dead and unclaimed does not.
fn alive(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        !stat
            .rsplit(')')
            .next()
            .is_some_and(|rest| rest.starts_with(" Z"))
    })
}

#[tokio::test]
async fn cancelling_ends_what_runs_and_skips_the_rest() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid");
    let request = request(vec![
        // Ignores TERM, as does what it leaves in the background.
        shell(
            "deaf",
            &[],
            &format!(
                "trap '' TERM; sleep 60 & echo $! > {}; while :; do sleep 1; done",
                pid.display()
            ),
        ),
        step("nap", &[], Action::Sleep(Duration::from_secs(60))),
        shell("after", &[0], "true"),
    ]);
    let cancel = CancellationToken::new();
    let cancelling = cancel.clone();
    let pid_file = pid.clone();
    tokio::spawn(async move {
        while std::fs::read_to_string(&pid_file)
            .unwrap_or_default()
            .is_empty()
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        cancelling.cancel();
    });
    let started = Instant::now();
    let (finish, events) = run_until(&request, cancel).await;
    assert_eq!(finish.status, RunStatus::Cancelled);
    let story = story(&events);
    assert!(story.contains("deaf=Cancelled"), "{story}");
    assert!(story.contains("nap=Cancelled"), "{story}");
    assert!(story.contains("after~"), "{story}");
    assert!(started.elapsed() < Duration::from_secs(10));
    let pid = std::fs::read_to_string(pid).expect("it ran");
    // It has been killed by now; the system may still be clearing it away.
    testkit::wait_until(Duration::from_secs(5), "the child to go", || {
        !alive(pid.trim())
    });
}

#[tokio::test]
async fn captures_are_handed_on_as_data() {
    let hostile = "$(touch /tmp/doppio-pwned) `id` ' \" ; \\ \u{1b}[2J\nsecond line";
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("hostile");
    std::fs::write(&file, format!("{hostile}\n")).expect("written");
    let mut first = command(&format!("cat {}", file.display()));
    first.capture = Some("captured".into());
    let mut second = command("printf %s \"$it\" > \"$file\"");
    let copy = folder.path().join("copy");
    second.env = vec![
        (
            "it".into(),
            Template(vec![Piece::Variable("captured".into())]),
        ),
        ("file".into(), Template::text(copy.display().to_string())),
    ];
    let (finish, events) = run(&request(vec![
        step("first", &[], Action::Command(first)),
        step("second", &[0], Action::Command(second)),
    ]))
    .await;
    assert_eq!(finish.status, RunStatus::Success, "{events:?}");
    assert_eq!(std::fs::read_to_string(copy).expect("written"), hostile);
    assert!(
        output(&events, "first").contains("\\x1b[2J"),
        "shown as text"
    );
}

#[tokio::test]
async fn too_much_to_capture_fails_the_step() {
    let mut big = command("head -c 1048577 /dev/zero | tr '\\0' x; sleep 60");
    big.capture = Some("big".into());
    let mut just = command("head -c 1048576 /dev/zero | tr '\\0' x");
    just.capture = Some("just".into());
    let (finish, events) = run(&request(vec![
        step("just", &[], Action::Command(just)),
        step("big", &[0], Action::Command(big)),
    ]))
    .await;
    assert_eq!(finish.status, RunStatus::Failed);
    assert_eq!(failure(&events, "just"), None);
    assert_eq!(failure(&events, "big"), Some(Failure::OutputTooLong));
}

#[tokio::test]
async fn a_variable_that_was_not_set_is_empty_with_a_warning() {
    let mut bad = command("false");
    bad.capture = Some("v".into());
    let mut bad = step("bad", &[], Action::Command(bad));
    bad.continue_on_failure = true;
    let mut after = command("printf '<%s>' \"$v\"");
    after.env = vec![("v".into(), Template(vec![Piece::Variable("v".into())]))];
    let (finish, events) = run(&request(vec![
        bad,
        step("after", &[0], Action::Command(after)),
    ]))
    .await;
    assert_eq!(finish.status, RunStatus::Success);
    assert_eq!(output(&events, "after"), "<>");
    let warned = events.iter().any(|event| {
        matches!(&event.what, What::Warning { message, .. }
            if message == "'bad' did not set `v`, so it is empty")
    });
    assert!(warned, "{events:?}");
}

#[tokio::test]
async fn what_is_missing_is_listed_together_and_nothing_runs() {
    let mut remote = command("true");
    remote.host = Template(vec![Piece::Target]);
    remote.env = vec![(
        "X".into(),
        Template(vec![Piece::Env("DOPPIO_TEST_NOT_SET".into())]),
    )];
    let secret = recipe::SecretName::parse("doppio-test/not-there").expect("well formed");
    let mut other = command("true");
    other.env = vec![("T".into(), Template(vec![Piece::Secret(secret)]))];
    let (finish, events) = run(&request(vec![
        shell("fine", &[], "true"),
        step("remote", &[], Action::Command(remote)),
        step("other", &[], Action::Command(other)),
    ]))
    .await;
    assert_eq!(finish.status, RunStatus::Refused);
    assert_eq!(story(&events), "");
    let kinds: Vec<&ProblemKind> = finish.problems.iter().map(|it| &it.kind).collect();
    assert!(
        matches!(
            kinds.as_slice(),
            [
                ProblemKind::EnvironmentUnset { .. },
                ProblemKind::TargetMissing,
                ProblemKind::SecretUnavailable { .. }
            ]
        ),
        "{kinds:?}"
    );
    assert_eq!(finish.problems[1].steps, ["remote"]);
    assert_eq!(finish.problems[2].steps, ["other"]);
}

#[tokio::test]
async fn a_step_that_was_skipped_says_why() {
    let (_, events) = run(&request(vec![
        shell("bad", &[], "false"),
        shell("after", &[0], "true"),
    ]))
    .await;
    let message = events.iter().find_map(|event| match &event.what {
        What::StepSkipped {
            reason: Skip::Dependency,
            message,
            ..
        } => Some(message.as_str()),
        _ => None,
    });
    assert_eq!(message, Some("it depends on 'bad', which failed"));
    assert!(matches!(
        finished(&events, "bad"),
        What::StepFinished {
            status: StepStatus::Failed,
            ..
        }
    ));
}

#[tokio::test]
async fn a_program_that_writes_byte_by_byte_makes_few_events() {
    let text = "for i in 1 2 3 4 5 6 7 8 9; do for j in 1 2 3 4 5 6 7 8 9; do printf x; done; done";
    let (_, events) = run(&request(vec![shell("a", &[], text)])).await;
    assert_eq!(output(&events, "a").len(), 81);
    let count = (events.iter())
        .filter(|it| matches!(it.what, What::Output { .. }))
        .count();
    assert!(count < 40, "{count} events");
}

#[tokio::test]
async fn no_variable_of_the_recipe_replaces_the_value_of_a_reference() {
    let mut show = command("echo \"$DOPPIO_VALUE_1\"");
    show.script.bindings = vec![("DOPPIO_VALUE_1".into(), Template::text("right"))];
    let good = step("good", &[], Action::Command(show.clone()));
    show.env = vec![("DOPPIO_VALUE_1".into(), Template::text("wrong"))];
    let bad = step("bad", &[0], Action::Command(show));
    let (_, events) = run(&request(vec![good, bad])).await;
    assert_eq!(output(&events, "good"), "right\n");
    assert_eq!(failure(&events, "bad"), Some(Failure::BadValue));
}

fn secret() -> Template {
    let name = recipe::SecretName::parse("demo/token").expect("well formed");
    Template(vec![Piece::Secret(name)])
}

#[tokio::test]
async fn a_secret_reaches_the_command_and_no_event() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file").display().to_string();
    let mut show = command(&format!(
        "printf %s \"$TOKEN\" > {file}; printf 'token: %s' \"$TOKEN\"; printf %s \"$TOKEN\" | base64"
    ));
    show.env = vec![("TOKEN".into(), secret())];
    show.capture = Some("copy".into());
    // What a step with secrets captured is secret too, however it looks.
    let mut part = command("printf %s \"${TOKEN#hunter22-}\"");
    part.env = vec![("TOKEN".into(), secret())];
    part.capture = Some("part".into());
    let mut later = command("echo \"$copy\"; echo \"<$part>\"");
    later.env = vec![
        (
            "copy".into(),
            Template(vec![Piece::Variable("copy".into())]),
        ),
        (
            "part".into(),
            Template(vec![Piece::Variable("part".into())]),
        ),
    ];
    let (finish, events) = run(&request(vec![
        step("show", &[], Action::Command(show)),
        step("part", &[], Action::Command(part)),
        step("later", &[0, 1], Action::Command(later)),
    ]))
    .await;
    assert_eq!(finish.status, RunStatus::Success, "{events:?}");
    assert_eq!(std::fs::read_to_string(file).expect("written"), SECRET);
    assert!(output(&events, "later").ends_with("<***>\n"));
    // Not even by the step that made it, before it is known.
    for event in &events {
        let line = event.to_line().expect("json");
        for needle in [SECRET, "aHVudGVyMjIt", "and-more"] {
            assert!(!line.contains(needle), "{line}");
        }
    }
    assert_eq!(
        output(&events, "part"),
        "[doppio: captured; not shown, since this step has secrets]\n"
    );
}

#[tokio::test]
async fn what_a_step_with_secrets_hands_on_is_not_shown_while_it_comes() {
    // Used by another step, in pieces, by an attempt that fails; its complaints are shown.
    let mut derive = command(
        "echo derived-0333; sleep 0.1; printf 0444; echo \"for $TOKEN\" >&2; [ -n \"$AGAIN\" ]",
    );
    derive.env = vec![("TOKEN".into(), secret())];
    let mut derive = step("derive", &[], Action::Command(derive));
    derive.retry = retry(2, Duration::ZERO);
    derive.continue_on_failure = true;
    let mut later = command("echo \"$it\"");
    later.env = vec![("it".into(), Template(vec![Piece::StepOutput(0)]))];
    let later = step("later", &[0], Action::Command(later));
    let (_, events) = run(&request(vec![derive, later])).await;
    let shown = output(&events, "derive");
    assert_eq!(shown.matches("not shown").count(), 2, "{shown}");
    assert_eq!(shown.matches("for ***").count(), 2, "{shown}");
    assert_eq!(output(&events, "later"), "***\n");
    for event in &events {
        let line = event.to_line().expect("json");
        assert!(!line.contains("0333") && !line.contains("0444"), "{line}");
    }
}

#[tokio::test]
async fn colours_inside_a_value_do_not_carry_it_into_the_log() {
    let paint = "printf %s \"$TOKEN\" | sed 's/./&\x1b[0m/5'; sleep 0.1; echo";
    let mut show = command(paint);
    show.env = vec![("TOKEN".into(), secret())];
    let (_, events) = run(&request(vec![step("show", &[], Action::Command(show))])).await;
    let mut transcript = runner::transcript::Transcript::default();
    let log: String = events.iter().map(|it| transcript.lines(it)).collect();
    assert!(log.contains("show | ***\n"), "{log}");
}

#[tokio::test]
async fn the_environments_secrets_are_masked_whoever_reads_them() {
    // As if it had come out of our /proc/PID/environ: no step of the recipe has it.
    let text = format!("echo '<{SECRET}>'; echo '{SECRET}' >&2; exit 1");
    let (_, events) = run(&request(vec![shell("show", &[], &text)])).await;
    let shown = output(&events, "show");
    assert_eq!(shown.matches("***").count(), 2, "{shown}");
    assert!(!shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn a_secret_cannot_become_a_name_that_others_see() {
    let mut show = command("printf %s \"$TOKEN\"");
    show.env = vec![("TOKEN".into(), secret())];
    show.capture = Some("name".into());
    let mut session = command("true");
    session.tmux_session = Some(Template(vec![Piece::Variable("name".into())]));
    let mut host = command("true");
    host.host = Template(vec![Piece::Variable("name".into())]);
    let mut request = request(vec![
        step("show", &[], Action::Command(show)),
        step("session", &[0], Action::Command(session)),
        step("host", &[0], Action::Command(host)),
    ]);
    request.keep_going = true;
    let (_, events) = run(&request).await;
    assert_eq!(failure(&events, "session"), Some(Failure::BadValue));
    assert_eq!(failure(&events, "host"), Some(Failure::BadValue));
}

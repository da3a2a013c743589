//! The events of `--format jsonl`: their order, and the page that explains them.

use runner::event::Event;
use serde_json::Value;

use crate::support::User;

#[test]
fn events_come_in_order() {
    let user = User::new();
    let (_, events) = user.events(
        r#"
        [[step]]
        id = "a"
        run_commands = { host_id = "local", commands = "for i in 1 2 3; do echo $i; echo e >&2; sleep 0.02; done" }
        [[step]]
        id = "b"
        run_commands = { host_id = "local", commands = "for i in 1 2 3; do echo $i; sleep 0.02; done" }
        "#,
        &[],
    );
    assert_eq!(events[0]["event"], "run_started");
    assert_eq!(events[0]["version"], 1);
    assert_eq!(events[0]["steps"][1]["id"], "b");
    let times: Vec<&str> = events.iter().filter_map(|it| it["time"].as_str()).collect();
    assert_eq!(times.len(), events.len());
    assert!(times.is_sorted(), "{times:?}");
    let seqs: Vec<u64> = events.iter().filter_map(|it| it["seq"].as_u64()).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
    for step in ["a", "b"] {
        let of_step: Vec<&str> = (events.iter())
            .filter(|it| it["step"] == step)
            .filter_map(|it| it["event"].as_str())
            .collect();
        assert_eq!(of_step.first(), Some(&"step_started"));
        assert_eq!(of_step.last(), Some(&"step_finished"));
    }
}

#[test]
fn escapes_are_shown_as_text_and_colours_pass() {
    let user = User::new();
    let (_, events) = user.events(
        r#"
        [[step]]
        id = "a"
        run_commands = { host_id = "local", commands = '''printf '\033[1mbold\033[0m \033[2J\007 \377\n' ''' }
        "#,
        &[],
    );
    let text = crate::support::output(&events, "a");
    assert_eq!(text, "\u{1b}[1mbold\u{1b}[0m \\x1b[2J\\x07 \u{fffd}\n");
}

/// Every example on the page is an event as the program writes it, and every event has one.
#[test]
fn the_page_about_events_is_true() {
    let page = include_str!("../../docs/run-events.md");
    let mut examples: Vec<Value> = Vec::new();
    for block in page.split("```json\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        for line in block.lines() {
            let event: Event = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
            let written: Value =
                serde_json::from_str(&event.to_line().expect("json")).expect("json");
            let example: Value = serde_json::from_str(line).expect("json");
            assert_eq!(written, example, "nothing is lost and nothing is added");
            examples.push(example);
        }
    }
    for kind in [
        "run_started",
        "refused",
        "step_started",
        "output",
        "step_retrying",
        "step_finished",
        "step_skipped",
        "warning",
        "run_finished",
    ] {
        assert!(
            examples.iter().any(|it| it["event"] == kind),
            "{kind} has no example"
        );
    }
}

#[test]
fn unknown_fields_are_ignored() {
    let line = r#"{"event":"run_finished","status":"success","seconds":1.0,"mood":"fine","time":"2026-11-23T20:00:00Z"}"#;
    serde_json::from_str::<Event>(line).expect("an event from a later version");
}

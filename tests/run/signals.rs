//! Ctrl-C, SIGTERM, a lost reader, a lost terminal.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use testkit::{ProcessGroup, wait_for, wait_until};

use crate::support::{PATIENCE, User, alive};

/// Ignores TERM and INT, as does what it leaves in the background.
const DEAF: &str = r#"
[[step]]
id = "deaf"
run_commands = { host_id = "local", commands = "trap '' TERM INT; sleep 300 & echo $! > pid; while :; do sleep 1; done" }

[[step]]
id = "after"
depends_on = ["deaf"]
run_commands = { host_id = "local", commands = "touch ran" }
"#;

fn signal(group: &ProcessGroup, signal: Signal) {
    let pid = Pid::from_raw(group.id() as i32).expect("a process id");
    kill_process(pid, signal).expect("it can be signalled");
}

/// The id of the process that the command left in the background.
fn background(user: &User) -> String {
    wait_for(PATIENCE, "the command to start", || {
        fs::read_to_string(user.path("pid"))
            .ok()
            .filter(|pid| pid.ends_with('\n'))
    })
}

fn stdout(group: &mut ProcessGroup) -> String {
    let mut text = String::new();
    let pipe = group.child().stdout.as_mut().expect("a pipe");
    pipe.read_to_string(&mut text).expect("readable");
    text
}

#[test]
fn ctrl_c_and_sigterm_cancel_and_leave_nothing_behind() {
    for kind in [Signal::INT, Signal::TERM] {
        let user = User::new();
        let mut run = user.start(DEAF, &[]);
        let pid = background(&user);
        let asked = Instant::now();
        signal(&run, kind);
        let status = run.wait(PATIENCE).expect("it ends");
        assert_eq!(status.code(), Some(130));
        // It has been killed by now; the system may still be clearing it away.
        wait_until(Duration::from_secs(5), "the child to go", || !alive(&pid));
        assert!(
            asked.elapsed() < Duration::from_secs(10),
            "{:?}",
            asked.elapsed()
        );
        let said = stdout(&mut run);
        assert!(said.contains("deaf: cancelled"), "{said}");
        assert!(said.contains("after: skipped"), "{said}");
        assert!(said.contains("the run was cancelled"), "{said}");
        assert!(!user.path("ran").exists());
    }
}

#[test]
fn the_second_ctrl_c_ends_at_once_and_the_children_follow() {
    let user = User::new();
    let mut run = user.start(DEAF, &[]);
    let pid = background(&user);
    signal(&run, Signal::INT);
    // Signals that arrive together count once: wait until the first is seen.
    let mut seen = String::new();
    let stderr = run.child().stderr.as_mut().expect("a pipe");
    BufReader::new(stderr)
        .read_line(&mut seen)
        .expect("readable");
    // On a busy machine the run can end while it says so, and the line with it.
    assert!(seen.starts_with("warning"), "{seen}");
    let asked = Instant::now();
    signal(&run, Signal::INT);
    let status = run.wait(PATIENCE).expect("it ends");
    assert_eq!(status.code(), Some(130));
    assert!(
        asked.elapsed() < Duration::from_secs(2),
        "{:?}",
        asked.elapsed()
    );
    wait_until(Duration::from_secs(10), "the children to go", || {
        !alive(&pid)
    });
}

#[test]
fn a_killed_runner_takes_its_children_along() {
    let user = User::new();
    let mut run = user.start(DEAF, &[]);
    let pid = background(&user);
    signal(&run, Signal::KILL);
    run.wait(PATIENCE).expect("it ends");
    wait_until(Duration::from_secs(10), "the children to go", || {
        !alive(&pid)
    });
    let listed = crate::support::ran(user.doppio(&["runs"])).stdout;
    assert!(listed.contains("interrupted"), "{listed}");
}

#[test]
fn a_run_outlives_whoever_reads_it() {
    let user = User::new();
    let mut run = user.start(
        r#"
        [[step]]
        id = "talk"
        run_commands = { host_id = "local", commands = "echo first; while [ ! -e go ]; do sleep 0.02; done; for i in 1 2 3 4 5; do echo line $i; sleep 0.02; done; touch done" }
        "#,
        &["--format", "jsonl"],
    );
    let mut reader = BufReader::new(run.child().stdout.take().expect("a pipe"));
    let mut line = String::new();
    while !line.contains("first") {
        line.clear();
        assert_ne!(reader.read_line(&mut line).expect("readable"), 0);
    }
    drop(reader);
    signal(&run, Signal::HUP);
    fs::write(user.path("go"), "").expect("written");
    let status = run.wait(PATIENCE).expect("it ends");
    assert_eq!(status.code(), Some(0));
    assert!(user.path("done").exists());
    let log = fs::read_to_string(user.runs()[0].join("log.txt")).expect("kept");
    assert!(log.contains("talk | line 5\n"), "{log}");
    assert!(log.contains("the run succeeded"), "{log}");
}

//! Runs on a real sshd: connections, keys, endings, and what is found before the first step.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use testkit::proxy::Proxy;
use testkit::sshd::Sshd;
use testkit::{wait_for, wait_until};

use crate::support::{PATIENCE, Ran, User, alive, event, events, output, ran};

/// A user who has been on the server before, as `testbed`.
fn known_user(sshd: &Sshd) -> User {
    let user = User::new();
    sshd.write_client(user.home(), "bash");
    user
}

fn fingerprint(sshd: &Sshd) -> String {
    let mut keygen = Command::new("ssh-keygen");
    keygen.arg("-lf").arg(sshd.path("host_ed25519.pub"));
    let shown = keygen.output().expect("ssh-keygen runs").stdout;
    let shown = String::from_utf8(shown).expect("UTF-8");
    shown.split(' ').nth(1).expect("a fingerprint").to_owned()
}

fn problem<'a>(events: &'a [Value], kind: &str) -> &'a Value {
    let refused = events.iter().find(|it| it["event"] == "refused");
    let problems = refused.and_then(|it| it["problems"].as_array());
    let found = problems.and_then(|all| all.iter().find(|it| it["kind"] == kind));
    found.unwrap_or_else(|| panic!("no {kind} in {events:#?}"))
}

#[test]
fn steps_of_two_hosts_hand_values_on() {
    let sshd = Sshd::start();
    let user = known_user(&sshd);
    let (ran, events) = user.events(
        r#"
        [[step]]
        id = "there"
        run_commands = { commands = "pwd; printf %s $(id -un) >&2", capture_output = "where" }
        [[step]]
        id = "here"
        depends_on = ["there"]
        run_commands = { host_id = "local", commands = "echo it was ${where}" }
        [[step]]
        id = "back"
        depends_on = ["here"]
        continue_on_failure = true
        ssh_command = { command = "cat made; exit 9", workdir = "~/work", env = { X = "${step.here.output}" } }
        [[step]]
        id = "after"
        depends_on = ["back"]
        run_commands = { commands = "echo ${step.back.exit_code}" }
        "#,
        &["--target", "testbed"],
    );
    assert_eq!(ran.code, Some(0), "{events:#?}");
    let home = sshd.home("bash");
    assert_eq!(
        output(&events, "here"),
        format!("it was {}\n", home.display())
    );
    let back = event(&events, "step_finished", "back");
    assert_eq!(
        back["reason"], "not_started",
        "there is no such folder: {back}"
    );
    assert_eq!(event(&events, "step_started", "there")["host"], "testbed");
    let logins = sshd.log().matches("Accepted publickey").count();
    assert_eq!(logins, 1, "one connection a host");
}

#[test]
fn everything_that_is_missing_is_found_before_the_first_step() {
    let sshd = Sshd::start();
    let stranger = Sshd::start();
    let user = known_user(&sshd);
    let unknown = format!("bash@127.0.0.1:{}", stranger.port());
    let refusing = Sshd::start();
    fs::write(refusing.path("authorized_keys"), "").expect("written");
    let mut known = fs::read_to_string(user.path(".ssh/known_hosts")).expect("there");
    known += &refusing.known_hosts(refusing.port());
    fs::write(user.path(".ssh/known_hosts"), known).expect("written");
    let refused = format!("bash@127.0.0.1:{}", refusing.port());
    let steps = format!(
        r#"
        [[step]]
        id = "fine"
        run_commands = {{ host_id = "testbed", commands = "touch ran" }}
        [[step]]
        id = "new"
        run_commands = {{ host_id = "{unknown}", commands = "true" }}
        [[step]]
        id = "nowhere"
        run_commands = {{ host_id = "127.0.0.1:1", commands = "true" }}
        [[step]]
        id = "locked-out"
        run_commands = {{ host_id = "{refused}", commands = "true" }}
        [[step]]
        id = "token"
        run_commands = {{ host_id = "local", commands = "true", env = {{ T = "${{secret:demo/token}}" }} }}
        "#
    );
    let (ran, events) = user.events(&steps, &[]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let key = problem(&events, "host_key_unknown");
    assert_eq!(key["fingerprint"], fingerprint(&stranger));
    assert_eq!(key["steps"][0], "new");
    assert_eq!(problem(&events, "host_unreachable")["steps"][0], "nowhere");
    assert_eq!(problem(&events, "login_refused")["steps"][0], "locked-out");
    assert_eq!(problem(&events, "secret_unavailable")["name"], "demo/token");
    assert!(!sshd.home("bash").join("ran").exists());
}

#[test]
fn a_new_key_is_recorded_when_asked_for_and_a_changed_one_never() {
    let sshd = Sshd::start();
    let user = known_user(&sshd);
    let known_hosts = user.path(".ssh/known_hosts");
    fs::write(&known_hosts, "").expect("written");
    let steps = "[[step]]\nid = \"a\"\nrun_commands = { commands = \"echo hello\" }";
    assert_eq!(user.run(steps, &["--target", "testbed"]).code, Some(3));
    let accepted = user.run(steps, &["--target", "testbed", "--accept-new-host-keys"]);
    assert_eq!(accepted.code, Some(0), "{accepted:?}");
    let recorded = fs::read_to_string(&known_hosts).expect("there");
    // Its name may be hashed, as the system's SSH configuration wants it.
    let key = fs::read_to_string(sshd.path("host_ed25519.pub")).expect("there");
    let key = key.split(' ').nth(1).expect("a key");
    assert!(recorded.contains(key), "{recorded}");
    assert_eq!(user.run(steps, &["--target", "testbed"]).code, Some(0));

    let other = Sshd::start();
    fs::write(&known_hosts, other.known_hosts(sshd.port())).expect("written");
    let (ran, events) = user.events(steps, &["--target", "testbed", "--accept-new-host-keys"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let changed = problem(&events, "host_key_refused");
    let message = changed["message"].as_str().expect("a message");
    assert!(message.contains("known_hosts line 1"), "{message}");
}

#[test]
fn only_the_key_with_the_fingerprint_that_was_shown_is_accepted() {
    let sshd = Sshd::start();
    let user = known_user(&sshd);
    fs::write(user.path(".ssh/known_hosts"), "").expect("written");
    let steps = "[[step]]\nid = \"a\"\nrun_commands = { commands = \"echo hello\" }";
    let (_, events) = user.events(steps, &["--target", "testbed"]);
    let shown = problem(&events, "host_key_unknown")["fingerprint"].clone();
    let shown = shown.as_str().expect("a fingerprint");

    let another = format!("--accept-host-key=SHA256:{}", "0".repeat(43));
    let refused = user.run(steps, &["--target", "testbed", &another]);
    assert_eq!(refused.code, Some(3), "{refused:?}");
    let accepted = format!("--accept-host-key={shown}");
    let ran = user.run(steps, &["--target", "testbed", &accepted]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(user.run(steps, &["--target", "testbed"]).code, Some(0));
}

#[test]
fn a_lost_connection_is_never_a_success() {
    let sshd = Sshd::start();
    let user = known_user(&sshd);
    let proxy = Proxy::start(sshd.port());
    let mut known = fs::read_to_string(user.path(".ssh/known_hosts")).expect("there");
    known += &sshd.known_hosts(proxy.port());
    fs::write(user.path(".ssh/known_hosts"), known).expect("written");
    let target = format!("bash@127.0.0.1:{}", proxy.port());
    let mut run = user.start(
        r#"
        [[step]]
        id = "long"
        run_commands = { commands = "sleep 300 & echo $! > pid; wait" }
        "#,
        &["--target", &target, "--format", "jsonl"],
    );
    let pid = wait_for(PATIENCE, "the command to start", || {
        let pid = fs::read_to_string(sshd.home("bash").join("pid")).ok();
        pid.filter(|pid| pid.ends_with('\n'))
    });
    proxy.cut();
    let status = run.wait(PATIENCE).expect("it ends");
    assert_eq!(status.code(), Some(1));
    let mut text = String::new();
    let pipe = run.child().stdout.as_mut().expect("a pipe");
    std::io::Read::read_to_string(pipe, &mut text).expect("readable");
    let events = events(&text);
    let ended = event(&events, "step_finished", "long");
    assert_eq!(
        (&ended["status"], &ended["reason"]),
        (&"failed".into(), &"connection_lost".into())
    );
    wait_until(
        Duration::from_secs(20),
        "the remote processes to go",
        || !alive(&pid),
    );
}

#[test]
fn ctrl_c_ends_the_remote_group() {
    let sshd = Sshd::start();
    let user = known_user(&sshd);
    let mut run = user.start(
        r#"
        [[step]]
        id = "deaf"
        run_commands = { commands = "trap '' TERM INT; sleep 300 & echo $! > pid; while :; do sleep 1; done" }
        "#,
        &["--target", "testbed"],
    );
    let pid = wait_for(PATIENCE, "the command to start", || {
        let pid = fs::read_to_string(sshd.home("bash").join("pid")).ok();
        pid.filter(|pid| pid.ends_with('\n'))
    });
    let asked = Instant::now();
    let id = Pid::from_raw(run.id() as i32).expect("a process id");
    kill_process(id, Signal::INT).expect("it can be signalled");
    let status = run.wait(PATIENCE).expect("it ends");
    assert_eq!(status.code(), Some(130));
    wait_until(
        Duration::from_secs(10),
        "the remote processes to go",
        || !alive(&pid),
    );
    assert!(
        asked.elapsed() < Duration::from_secs(15),
        "{:?}",
        asked.elapsed()
    );
}

#[test]
fn hosts_are_named_tested_and_trusted() {
    let sshd = Sshd::start();
    let user = User::new();
    let host = |args: &[&str]| -> Ran { ran(user.doppio(&[&["host"], args].concat())) };
    assert!(host(&["list"]).stdout.contains("no host has a name yet"));
    let address = format!("bash@127.0.0.1:{}", sshd.port());
    let key = sshd.path("client").display().to_string();
    let added = host(&["add", "gpu-1", &address, "--identity-file", &key]);
    assert_eq!(added.code, Some(0), "{added:?}");
    assert_eq!(host(&["add", "gpu-1", &address]).code, Some(2));
    assert_eq!(host(&["add", "gpu-2", "-oProxyCommand=x"]).code, Some(2));
    let misnamed = host(&["add", "bad name", "x"]);
    assert_eq!(
        misnamed.stderr.matches("bad name").count(),
        1,
        "{misnamed:?}"
    );
    let listed: Value =
        serde_json::from_str(&host(&["list", "--format", "json"]).stdout).expect("json");
    assert_eq!(listed[0]["name"], "gpu-1");
    assert_eq!(listed[0]["port"], sshd.port());

    let untrusted = host(&["test", "gpu-1"]);
    assert_eq!(untrusted.code, Some(3), "{untrusted:?}");
    assert!(
        untrusted.stderr.contains(&fingerprint(&sshd)),
        "{untrusted:?}"
    );
    let document = |ran: &Ran| -> Value { serde_json::from_str(&ran.stdout).expect("json") };
    let told = document(&host(&["test", "gpu-1", "--format", "json"]));
    assert_eq!(told["ok"], false);
    assert!(
        told["error"].to_string().contains(&fingerprint(&sshd)),
        "{told}"
    );
    let unconfirmed = host(&["trust", "gpu-1"]);
    assert_eq!(unconfirmed.code, Some(3), "{unconfirmed:?}");
    let trusted = host(&["trust", "gpu-1", "--yes"]);
    assert_eq!(trusted.code, Some(0), "{trusted:?}");
    assert!(trusted.stdout.contains(&fingerprint(&sshd)), "{trusted:?}");
    assert_eq!(host(&["test", "gpu-1"]).code, Some(0));
    assert_eq!(
        document(&host(&["test", "gpu-1", "--format", "json"]))["ok"],
        true
    );
    let steps = "[[step]]\nid = \"a\"\nrun_commands = { commands = \"echo hello\" }";
    assert_eq!(user.run(steps, &["--target", "gpu-1"]).code, Some(0));

    let near = host(&["remove", "gpu-l"]);
    assert!(near.stderr.contains("gpu-1"), "{near:?}");
    assert_eq!(host(&["remove", "gpu-1"]).code, Some(0));
    assert!(host(&["list"]).stdout.contains("no host has a name yet"));
}

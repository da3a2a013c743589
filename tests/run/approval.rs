//! Nothing runs before somebody has approved what it does.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use serde_json::Value;
use testkit::sshd::Sshd;
use testkit::tmux::Terminal;

use crate::support::{PATIENCE, Ran, User, events, ran};

const STEPS: &str = r#"
[[step]]
id = "build"
run_commands = { host_id = "local", commands = "touch ran", env = { TOKEN = "${secret:demo/token}" } }
"#;

/// Runs the steps with a secret at hand.
fn run(user: &User, steps: &str, args: &[&str]) -> Ran {
    let recipe = user.recipe(steps);
    let mut command = user.doppio(&[&["run", recipe.to_str().expect("UTF-8")], args].concat());
    command.env("DOPPIO_SECRET_DEMO_TOKEN", "made-up-value");
    command.env("DOPPIO_SECRET_OTHER_TOKEN", "another-value");
    ran(command)
}

/// The one problem of a run that was refused, as events tell it.
#[track_caller]
fn refused(user: &User, steps: &str, args: &[&str]) -> Value {
    let ran = run(user, steps, &[args, &["--format", "jsonl"]].concat());
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let events = events(&ran.stdout);
    assert_eq!(events[2]["status"], "refused");
    let problems = events[1]["problems"].as_array().expect("problems");
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!(problems[0]["kind"], "approval_needed");
    problems[0].clone()
}

fn hash(problem: &Value) -> String {
    problem["hash"].as_str().expect("a hash").to_owned()
}

#[test]
fn where_nobody_can_be_asked_a_hash_approves_once_and_for_all() {
    let user = User::new();
    let problem = refused(&user, STEPS, &[]);
    assert!(!user.path("ran").exists());
    let listed = ran(user.doppio(&["runs"]));
    assert!(listed.stdout.contains("no run is kept yet"), "{listed:?}");
    let host = &problem["effects"]["hosts"][0];
    assert_eq!(host["host"], "local");
    assert_eq!(host["secrets"][0], "demo/token");
    assert_eq!(host["commands"][0]["text"], "touch ran");
    assert_eq!(problem["changes"], Value::Null);
    let message = problem["message"].as_str().expect("words");
    assert!(
        message.contains("On this machine, using the secret demo/token:"),
        "{message}"
    );
    let hash = hash(&problem);
    assert!(message.contains(&format!("--approve {hash}")), "{message}");

    let other = refused(&user, STEPS, &["--approve", "0123"]);
    assert!(
        other["message"]
            .as_str()
            .is_some_and(|it| it.contains("not what was approved (0123)"))
    );
    assert_eq!(run(&user, STEPS, &["--approve", &hash]).code, Some(0));
    assert!(user.path("ran").exists());
    assert_eq!(run(&user, STEPS, &[]).code, Some(0), "it is remembered");
    // What is no effect asks nobody again.
    let same = STEPS.replace("[[step]]", "# a comment\n[[step]]\nname = \"Build it\"");
    assert_eq!(run(&user, &same, &[]).code, Some(0));
    // Elsewhere the same text runs other files.
    fs::create_dir(user.path("cloned")).expect("a folder");
    fs::copy(
        user.path("demo.recipe.toml"),
        user.path("cloned/demo.recipe.toml"),
    )
    .expect("copied");
    let cloned = user.path("cloned/demo.recipe.toml");
    let mut command = user.doppio(&["run", cloned.to_str().expect("UTF-8")]);
    command.env("DOPPIO_SECRET_DEMO_TOKEN", "made-up-value");
    assert_eq!(ran(command).code, Some(3));
}

#[test]
fn what_changed_is_told() {
    let user = User::new();
    let first = hash(&refused(&user, STEPS, &[]));
    assert_eq!(run(&user, STEPS, &["--approve", &first]).code, Some(0));
    let changed = STEPS.replace("demo/token", "other/token")
        + "[[step]]\nid = \"more\"\nssh_command = { host_id = \"x@203.0.113.7\", command = \"hostname\" }\n";
    let problem = refused(&user, &changed, &["--approve", &first]);
    let changes: Vec<_> = problem["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(
        changes,
        [
            "+ uses other/token on this machine",
            &format!(
                "+ runs on this machine: touch ran (in {}) (with TOKEN=${{secret:other/token}})",
                user.home().canonicalize().expect("there").display()
            ),
            "+ runs on x@203.0.113.7: hostname (a new host)",
            "- uses demo/token on this machine",
            &format!(
                "- runs on this machine: touch ran (in {}) (with TOKEN=${{secret:demo/token}})",
                user.home().canonicalize().expect("there").display()
            ),
        ]
    );
    let text = run(&user, &changed, &[]);
    assert_eq!(text.code, Some(3));
    assert!(
        text.stdout
            .contains("does something else than what you approved on"),
        "{text:?}"
    );
}

#[test]
fn a_step_of_what_was_approved_runs_and_a_step_alone_approves_nothing_else() {
    let user = User::new();
    let steps = format!(
        "{STEPS}[[step]]\nid = \"other\"\nrun_commands = {{ host_id = \"local\", commands = \"touch other\" }}\n"
    );
    let part = hash(&refused(&user, &steps, &["--step", "other"]));
    assert_eq!(
        run(&user, &steps, &["--step", "other", "--approve", &part]).code,
        Some(0)
    );
    let whole = hash(&refused(&user, &steps, &[]));
    assert_eq!(run(&user, &steps, &["--approve", &whole]).code, Some(0));
    assert_eq!(run(&user, &steps, &["--step", "build"]).code, Some(0));
}

#[test]
fn yes_is_not_remembered_and_a_dry_run_needs_none() {
    let user = User::new();
    assert_eq!(run(&user, STEPS, &["--dry-run"]).code, Some(0));
    assert_eq!(run(&user, STEPS, &["--yes"]).code, Some(0));
    refused(&user, STEPS, &[]);
    assert_eq!(
        run(&user, STEPS, &["--yes", "--approve", "x"]).code,
        Some(2)
    );
}

#[test]
fn nothing_is_connected_to_before() {
    let sshd = Sshd::start();
    let user = User::new();
    sshd.write_client(user.home(), "bash");
    let steps = "[[step]]\nid = \"a\"\nssh_command = { command = \"true\", host_id = \"testbed\" }\n[[step]]\nid = \"b\"\nssh_command = { command = \"true\" }\n";
    // Neither while a target is missing, when what would be done is not known yet …
    let ran = user.run_unapproved(steps, &["--format", "jsonl"]);
    let problems = events(&ran.stdout)[1]["problems"].clone();
    assert_eq!(
        (ran.code, problems[0]["kind"].as_str()),
        (Some(3), Some("target_missing"))
    );
    assert_eq!(problems.as_array().map(Vec::len), Some(1), "{problems}");
    // … nor with one.
    refused(&user, steps, &["--target", "testbed"]);
    // The server writes down what clients call themselves.
    let met = || sshd.log().contains("remote software version");
    assert!(!met(), "{}", sshd.log());
    let ran = user.run(steps, &["--target", "testbed"]);
    assert!(ran.code == Some(0) && met(), "{ran:?}: {}", sshd.log());
}

/// `doppio run` of the recipe on a terminal that stays when it has ended.
fn at_terminal(user: &User, recipe: &Path) -> Terminal {
    let script = format!(
        "{} run {}; echo \"exit code $?\"; cat",
        env!("CARGO_BIN_EXE_doppio"),
        recipe.display()
    );
    let variables = [
        ("HOME", user.home().as_os_str()),
        (
            "DBUS_SESSION_BUS_ADDRESS",
            OsStr::new("unix:path=/nonexistent"),
        ),
        ("DOPPIO_SECRET_DEMO_TOKEN", OsStr::new("made-up-value")),
    ];
    Terminal::start(&["sh", "-c", &script], &variables)
}

#[test]
fn a_person_is_shown_what_it_does_and_asked_once() {
    let user = User::new();
    let recipe = user.recipe(&STEPS.replace("touch ran", "touch ran; printf '\\u001b[2J\\u202e'"));
    let terminal = at_terminal(&user, &recipe);
    let question = terminal.wait_for("(yes/no)", PATIENCE);
    assert!(
        question.contains("was not approved yet. It would do this:"),
        "{question}"
    );
    assert!(
        question.contains("On this machine, using the secret demo/token:"),
        "{question}"
    );
    assert!(
        question.contains(r"| touch ran; printf '\u{1b}[2J\u{202e}'"),
        "{question}"
    );
    assert!(
        question.contains("Run it (1 host, 1 secret)?"),
        "{question}"
    );
    terminal.type_text("no");
    terminal.press(&["Enter"]);
    terminal.wait_for("exit code 3", PATIENCE);
    assert!(!user.path("ran").exists());

    let terminal = at_terminal(&user, &recipe);
    terminal.wait_for("(yes/no)", PATIENCE);
    terminal.type_text("yes");
    terminal.press(&["Enter"]);
    terminal.wait_for("exit code 0", PATIENCE);
    let terminal = at_terminal(&user, &recipe);
    let screen = terminal.wait_for("exit code 0", PATIENCE);
    assert!(!screen.contains("(yes/no)"), "{screen}");
}

//! What is kept of runs, and how it is shown again.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::support::{User, ran};

const STEPS: &str = r#"
[[step]]
id = "a"
run_commands = { host_id = "local", commands = "echo hello; printf '\\033[1mbold\\033[0m\\n'" }
"#;

#[test]
fn a_run_is_kept_for_its_user_alone() {
    let user = User::new();
    let (_, events) = user.events(STEPS, &[]);
    let [folder] = &user.runs()[..] else {
        panic!("{:?}", user.runs());
    };
    assert_eq!(
        folder.file_name().and_then(|it| it.to_str()),
        events[0]["run_id"].as_str()
    );
    let mode = |path| fs::metadata(path).expect("exists").permissions().mode() & 0o777;
    assert_eq!(mode(folder.clone()), 0o700);
    for entry in fs::read_dir(folder).expect("readable") {
        assert_eq!(mode(entry.expect("readable").path()), 0o600);
    }
    let kept = fs::read_to_string(folder.join("events.jsonl")).expect("kept");
    assert_eq!(
        crate::support::events(&kept),
        events,
        "what was shown is what is kept"
    );
    let log = fs::read_to_string(folder.join("log.txt")).expect("kept");
    assert!(log.contains("a | hello\na | bold\n"), "{log}");
}

#[test]
fn runs_are_listed_and_their_logs_printed() {
    let user = User::new();
    assert!(
        ran(user.doppio(&["runs"]))
            .stdout
            .contains("no run is kept yet")
    );
    assert_eq!(ran(user.doppio(&["log", "latest"])).code, Some(2));
    user.run(STEPS, &[]);
    user.run(
        "[[step]]\nid = \"bad\"\nrun_commands = { host_id = \"local\", commands = \"false\" }",
        &[],
    );
    let json = ran(user.doppio(&["runs", "--format", "json"]));
    let runs: Value = serde_json::from_str(&json.stdout).expect("json");
    let statuses: Vec<&str> = (runs.as_array().expect("a list").iter())
        .filter_map(|run| run["status"].as_str())
        .collect();
    // Two runs of one second may sort either way.
    assert!(
        statuses.contains(&"success") && statuses.contains(&"failed"),
        "{statuses:?}"
    );
    let text = ran(user.doppio(&["runs"])).stdout;
    assert_eq!(text.lines().count(), 2);
    let id = runs[0]["id"].as_str().expect("an id");
    let log = ran(user.doppio(&["log", id]));
    assert!(
        log.stdout.starts_with(&format!("run {id}: demo")),
        "{log:?}"
    );
    let unknown = ran(user.doppio(&["log", "1999"]));
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("the nearest is"), "{unknown:?}");
}

#[test]
fn a_dry_run_cannot_be_made_to_hide_what_would_run() {
    let user = User::new();
    let steps = "[[step]]\nid = \"a\"\nname = \"n\\u001b[2K\"\nrun_commands = { host_id = \"local\", commands = \"echo good\\r\\u001b[1Aecho\\tbad\\u202e\" }";
    let shown = user.run(steps, &["--dry-run"]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(
        shown
            .stdout
            .contains("   | echo good\\r\\u{1b}[1Aecho\tbad\\u{202e}\n"),
        "{shown:?}"
    );
    assert!(shown.stdout.contains("(n\\u{1b}[2K)"), "{shown:?}");
}

#[test]
fn a_dry_run_does_nothing_and_leaves_nothing() {
    let user = User::new();
    let steps = r#"
        [variables]
        folder = "data"

        [[step]]
        id = "last"
        depends_on = ["first"]
        when = "${said} != 'no'"
        timeout_secs = 90
        ssh_command = { command = "touch ${folder}/ran; echo ${secret:demo/token} ${said}", workdir = "/srv" }

        [[step]]
        id = "first"
        run_commands = { host_id = "local", commands = "touch ran", env = { TOKEN = "${secret:demo/token}", HOME_IS = "${env.HOME}" }, capture_output = "said" }
        "#;
    let shown = user.run(steps, &["--dry-run", "--target", "root@203.0.113.7:40022"]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    let expected = "demo: 2 steps in this order; nothing is run

1. first on local
   with TOKEN=${secret:demo/token}
   with HOME_IS=${env.HOME}
   | touch ran

2. last on root@203.0.113.7:40022, after first
   when ${said} != \"no\"
   at most 1 min 30 s
   in /srv
   | touch data/ran; echo ${secret:demo/token} ${said}
";
    let mut lines = shown.stdout.lines();
    let mut expected_lines = expected.lines();
    loop {
        let (shown, expected) = (lines.next(), expected_lines.next());
        // The order of an `env` table is its own matter.
        if shown.is_some_and(|line| line.starts_with("   with ")) {
            continue;
        }
        assert_eq!(shown, expected);
        if shown.is_none() {
            break;
        }
    }
    assert!(!user.path("ran").exists());
    assert!(user.runs().is_empty());
    let (_, lines) = user.events(steps, &["--dry-run"]);
    assert_eq!(lines[1]["event"], "step_planned");
    assert_eq!(lines[1]["host"], "${target}");
}

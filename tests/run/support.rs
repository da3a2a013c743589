//! A user with a home of their own, who runs the real binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use testkit::ProcessGroup;

/// How long anything here may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A user: a home folder, and nothing else in the environment.
pub(crate) struct User {
    home: tempfile::TempDir,
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl User {
    pub(crate) fn new() -> Self {
        Self {
            home: tempfile::tempdir().expect("a home"),
        }
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a recipe of the steps into the home folder.
    pub(crate) fn recipe(&self, steps: &str) -> PathBuf {
        let path = self.path("demo.recipe.toml");
        std::fs::write(&path, format!("[recipe]\nname = \"demo\"\n\n{steps}")).expect("written");
        path
    }

    /// `doppio` as this user.
    pub(crate) fn doppio(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doppio"));
        command
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .current_dir(self.home())
            .stdin(Stdio::null());
        command
    }

    /// Runs the steps with these arguments to their end, whatever they do.
    pub(crate) fn run(&self, steps: &str, args: &[&str]) -> Ran {
        self.run_unapproved(steps, &[args, &["--yes"]].concat())
    }

    /// The same, where what they do must have been approved.
    pub(crate) fn run_unapproved(&self, steps: &str, args: &[&str]) -> Ran {
        let recipe = self.recipe(steps);
        let recipe = recipe.to_str().expect("UTF-8");
        ran(self.doppio(&[&["run", recipe], args].concat()))
    }

    /// The same as events.
    pub(crate) fn events(&self, steps: &str, args: &[&str]) -> (Ran, Vec<Value>) {
        let ran = self.run(steps, &[args, &["--format", "jsonl"]].concat());
        let events = events(&ran.stdout);
        (ran, events)
    }

    /// Starts the steps; standard output and error go into pipes.
    pub(crate) fn start(&self, steps: &str, args: &[&str]) -> ProcessGroup {
        let recipe = self.recipe(steps);
        let mut command =
            self.doppio(&[&["run", "--yes", recipe.to_str().expect("UTF-8")], args].concat());
        ProcessGroup::spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))
    }

    /// The folders of the kept runs, the oldest first.
    pub(crate) fn runs(&self) -> Vec<PathBuf> {
        let runs = self.path(".local/state/doppio/runs");
        let mut found: Vec<PathBuf> = std::fs::read_dir(runs)
            .map(|entries| {
                entries
                    .map(|entry| entry.expect("readable").path())
                    .collect()
            })
            .unwrap_or_default();
        found.sort();
        found
    }
}

pub(crate) fn ran(mut command: Command) -> Ran {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("doppio starts");
    Ran {
        code: status.code(),
        stdout: String::from_utf8(stdout).expect("UTF-8"),
        stderr: String::from_utf8(stderr).expect("UTF-8"),
    }
}

/// The events of the lines; each must be one.
pub(crate) fn events(lines: &str) -> Vec<Value> {
    let parse =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    lines.lines().map(parse).collect()
}

/// The one event of that kind about that step.
#[track_caller]
pub(crate) fn event<'a>(events: &'a [Value], kind: &str, step: &str) -> &'a Value {
    let mut found = events
        .iter()
        .filter(|it| it["event"] == kind && it["step"] == step);
    let event = found
        .next()
        .unwrap_or_else(|| panic!("no {kind} of {step} in {events:#?}"));
    assert!(found.next().is_none(), "two {kind} of {step}");
    event
}

/// What the step wrote to standard output. On its standard error a test's own sshd, which logs
/// everything, may say a word before the command does.
pub(crate) fn output(events: &[Value], step: &str) -> String {
    let of_step = events
        .iter()
        .filter(|it| it["event"] == "output" && it["step"] == step && it["stream"] == "stdout");
    of_step.filter_map(|it| it["text"].as_str()).collect()
}

/// Whether the process runs; one that is dead and unclaimed does not.
pub(crate) fn alive(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    stat.is_ok_and(|stat| {
        !stat
            .rsplit(')')
            .next()
            .is_some_and(|rest| rest.starts_with(" Z"))
    })
}

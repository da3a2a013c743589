//! Rewritten scripts, run in real shells with values that try everything to become code.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the library starts nothing; these tests start shells, read what they write and count"
)]

mod golden;
mod soup;

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use recipe::shell::{Judgement, Mark, judge};
use rustix::process::{Pid, Signal, kill_process_group};

/// The shells that a command of a recipe can meet.
const SHELLS: &[&[&str]] = &[&["bash", "-c"], &["dash", "-c"], &["busybox", "sh", "-c"]];

/// Values that no shell may look into. Whatever runs the `touch` of one leaves a file.
const HOSTILE: &[&str] = &[
    "a'b\"c d  $(touch PWNED)`touch PWNED`\n* ? ~ ; touch PWNED; \\ \\n %s -n \"'",
    "-e 'x' \"y\" \\",
    "'; touch PWNED; '",
    "\"; touch PWNED; \"",
    "\ntouch PWNED\nEOF\ntouch PWNED\n.",
    "x[$(touch PWNED)]",
    "}${IFS}*$HOME é 日本 # {a,b} !! \t.",
    "*",
];

/// Every `${data:…}` of a text, the n-th in the variable `V<n>`.
fn marks(text: &str) -> Vec<Mark> {
    let starts = text.match_indices("${data:").map(|(at, _)| at);
    let mark = |(index, start): (usize, usize)| Mark {
        span: start..start + text[start..].find('}').expect("closed") + 1,
        variable: format!("V{index}"),
        secret: true,
    };
    starts.enumerate().map(mark).collect()
}

fn judged(text: &str) -> Judgement {
    judge(text, &marks(text), &[])
}

/// What a script wrote, and how it ended.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    stdout: Vec<u8>,
    code: Option<i32>,
}

/// A folder to run scripts in.
struct Room {
    folder: tempfile::TempDir,
}

impl Room {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder }
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Runs `script` in a new, empty folder, with the same value in every variable.
    fn run(&self, shell: &[&str], script: &str, value: &str) -> Outcome {
        let work = self.work();
        let _ = fs::remove_dir_all(&work);
        fs::create_dir(&work).expect("a folder to work in");
        let log = self.folder.path().join("stdout");
        let mut command = Command::new("timeout");
        command
            .args(["--foreground", "-s", "KILL", "5"])
            .args(shell)
            .arg(script);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").expect("a PATH"));
        command.env("HOME", &work).env("LC_ALL", "C.UTF-8");
        command.envs((0..99).map(|index| (format!("V{index}"), value)));
        command
            .current_dir(&work)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        command
            .stdout(File::create(&log).expect("a log"))
            .process_group(0);
        let mut child = command.spawn().expect("timeout, of coreutils");
        let status = child.wait().expect("an end");
        // What the script left in the background.
        let group = Pid::from_child(&child);
        let _ = kill_process_group(group, Signal::KILL);
        let stdout = fs::read(&log).expect("what it wrote");
        Outcome {
            stdout,
            code: status.code(),
        }
    }

    /// Whether a value became code.
    fn was_broken_into(&self) -> bool {
        exists(&self.work().join("PWNED"))
    }
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

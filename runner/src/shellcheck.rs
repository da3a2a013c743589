//! Runs `shellcheck`, where it is installed, on a script. It reads the script from its standard input and
//! executes nothing of it.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use recipe::diagnostic::Severity;
use recipe::remarks::{MEANINGLESS, Remark, Replacement};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// The program, where there is one.
#[derive(Clone, Debug)]
pub struct Shellcheck(PathBuf);

/// A script that takes longer has no remarks.
const PATIENCE: Duration = Duration::from_secs(10);
/// A longer script is not looked at.
const LONGEST_SCRIPT: usize = 64 << 10;
/// What is said beyond that is cut off, and then cannot be read.
const MOST_SAID: u64 = 1 << 20;

impl Shellcheck {
    /// The one in `PATH`.
    pub fn find() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
        let mut files = folders.map(|folder| folder.join("shellcheck"));
        files.find(|file| file.is_file()).map(Self)
    }

    /// What it says of `script`: nothing where it does not answer in time, or not as expected.
    pub async fn check(&self, script: &str) -> Arc<[Remark]> {
        let said = tokio::time::timeout(PATIENCE, self.ask(script)).await;
        said.ok().flatten().unwrap_or_default().into()
    }

    async fn ask(&self, script: &str) -> Option<Vec<Remark>> {
        if script.len() > LONGEST_SCRIPT {
            return None;
        }
        let meaningless: Vec<String> = MEANINGLESS.iter().map(|it| format!("SC{it}")).collect();
        let mut child = Command::new(&self.0)
            .args(["--shell=bash", "--norc", "--format=json1", "--exclude"])
            .args([&meaningless.join(","), "-"])
            // Nothing of ours is its business, secrets least of all; it would read options from there.
            .env_clear()
            .env("LANG", "C.UTF-8")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .ok()?;
        let (mut input, output) = (child.stdin.take()?, child.stdout.take()?);
        let mut said = Vec::new();
        let mut output = output.take(MOST_SAID);
        let give = async move {
            // One that does not want it all says little.
            let _ = input.write_all(script.as_bytes()).await;
        };
        let ((), read) = tokio::join!(give, output.read_to_end(&mut said));
        read.ok()?;
        let said: Said = serde_json::from_slice(&said).ok()?;
        Some(said.comments.into_iter().map(Comment::remark).collect())
    }
}

/// Its `json1` format, in which a tab is one column.
#[derive(Deserialize)]
struct Said {
    comments: Vec<Comment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Comment {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    level: String,
    code: u32,
    message: String,
    fix: Option<Repair>,
}

#[derive(Deserialize)]
struct Repair {
    replacements: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    replacement: String,
}

impl Comment {
    fn remark(self) -> Remark {
        let parts = self.fix.into_iter().flat_map(|it| it.replacements);
        Remark {
            start: (self.line, self.column),
            end: (self.end_line, self.end_column),
            // What it calls an error may still be what somebody wants; nothing of it stops a run.
            severity: match self.level.as_str() {
                "error" => Severity::Warning,
                "warning" => Severity::Info,
                _ => Severity::Hint,
            },
            code: self.code,
            message: self.message,
            fix: parts.map(Part::replacement).collect(),
        }
    }
}

impl Part {
    fn replacement(self) -> Replacement {
        Replacement {
            start: (self.line, self.column),
            end: (self.end_line, self.end_column),
            text: self.replacement,
        }
    }
}

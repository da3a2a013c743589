//! The process of a run: starts it, hands over the text, listens to its events.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use runner::event::{Event, What};
use runner::store::Store;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::Notify;

use super::Ending;
use crate::commands::RunRequest;
use crate::outbox::{Message, Outbox};
use crate::queue::Queue;

/// What a run is started with.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) executable: PathBuf,
    pub(super) request: RunRequest,
    /// The recipe's file, saved or not; without one relative paths start at `folder`.
    pub(super) path: Option<PathBuf>,
    pub(super) folder: Option<PathBuf>,
    /// What is run.
    pub(super) text: Arc<str>,
    pub(super) runs_folder: PathBuf,
    /// Where what a dry run says is kept, until the next one.
    pub(super) preview_file: PathBuf,
    pub(super) cancel: Arc<Notify>,
    /// Where the client wants every event to be told.
    pub(super) events: Option<Outbox>,
}

/// How much of what the process says on standard error is kept.
const LAST_WORDS: u64 = 4096;

/// How much of what a dry run says is kept.
const LONGEST_PREVIEW: u64 = 1 << 20;

/// Starts a run and tells the session everything that it says, up to its end.
pub(super) async fn follow(start: Start, queue: Queue) {
    let ending = match command(&start).spawn() {
        Ok(child) => listen(child, &start, &queue).await,
        Err(error) => Ending {
            words: format!("cannot start {}: {error}", start.executable.display()),
            preview: None,
        },
    };
    let uri = start.request.uri;
    queue.tell(move |session| session.ended(&uri, ending));
}

fn command(start: &Start) -> Command {
    let Start { request, .. } = start;
    let mut command = Command::new(&start.executable);
    // A dry run has no events: it is a text for people.
    let format = if request.dry_run { "text" } else { "jsonl" };
    command.args(["run", "-", "--format", format]);
    if let Some(path) = &start.path {
        command.arg("--path").arg(path);
    }
    if let Some(target) = &request.target {
        command.arg(format!("--target={target}"));
    }
    if let Some(step) = &request.step {
        // One argument: an id may start with a dash.
        command.arg(format!("--step={step}"));
    }
    if let Some(step) = &request.from {
        command.arg(format!("--from={step}"));
    }
    for (name, value) in &request.vars {
        command.arg(format!("--var={name}={value}"));
    }
    if request.dry_run {
        command.arg("--dry-run");
    }
    if let Some(hash) = &request.approve {
        command.arg(format!("--approve={hash}"));
    }
    for fingerprint in &request.accept_host_keys {
        command.arg(format!("--accept-host-key={fingerprint}"));
    }
    let folder = start
        .path
        .as_deref()
        .and_then(Path::parent)
        .or(start.folder.as_deref());
    if let Some(folder) = folder.filter(|folder| folder.is_dir()) {
        command.current_dir(folder);
    }
    // In a group of its own it outlives the editor, whose signals it does not get.
    #[cfg(unix)]
    command.process_group(0);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Hands the text over and passes on what comes back.
async fn listen(mut child: Child, start: &Start, queue: &Queue) -> Ending {
    if let Some(mut input) = child.stdin.take() {
        let text = start.text.clone();
        tokio::spawn(async move {
            // A process that does not want it all ends by itself, and says why.
            let _ = input.write_all(text.as_bytes()).await;
        });
    }
    let errors = child.stderr.take();
    let words = tokio::spawn(async move {
        match errors {
            Some(errors) => beginning(errors, LAST_WORDS).await,
            None => String::new(),
        }
    });
    let mut preview = None;
    if let Some(output) = child.stdout.take() {
        match start.request.dry_run {
            true => preview = Some(beginning(output, LONGEST_PREVIEW).await),
            false => hear(output, &child, start, queue).await,
        }
    }
    // It has closed its output, and so is about to end.
    let status = loop {
        tokio::select! {
            () = start.cancel.notified() => interrupt(&child),
            status = child.wait() => break status,
        }
    };
    let is_success = status.is_ok_and(|status| status.success());
    let preview = preview.filter(|_| is_success);
    let kept = preview.map(|text| keep(&start.preview_file, &text));
    let (preview, problem) = match kept {
        Some(Ok(())) => (Some(start.preview_file.clone()), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };
    Ending {
        words: problem.unwrap_or(words.await.unwrap_or_default()),
        preview,
    }
}

/// Passes events on until there are no more.
async fn hear(output: ChildStdout, child: &Child, start: &Start, queue: &Queue) {
    let mut lines = BufReader::new(output).lines();
    let mut run = None;
    loop {
        tokio::select! {
            () = start.cancel.notified() => interrupt(child),
            line = lines.next_line() => match line {
                Ok(Some(line)) => pass_on(&line, &mut run, start, queue),
                Ok(None) | Err(_) => return,
            },
        }
    }
}

/// The first `limit` bytes that come. The rest is read too, so that the process never waits for us.
async fn beginning(mut pipe: impl AsyncRead + Unpin, limit: u64) -> String {
    let mut kept = Vec::new();
    // A pipe that breaks has told what it told.
    let _ = (&mut pipe).take(limit).read_to_end(&mut kept).await;
    let _ = tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&kept).trim().to_owned()
}

/// Writes what the user is shown to a file that only they can read.
pub(crate) fn keep(file: &Path, text: &str) -> io::Result<()> {
    let (mut folder, mut options) = (DirBuilder::new(), OpenOptions::new());
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folder.mode(0o700);
        options.mode(0o600);
    }
    folder
        .recursive(true)
        .create(file.parent().unwrap_or(Path::new(".")))?;
    let mut file = options.write(true).create(true).truncate(true).open(file)?;
    writeln!(file, "{text}")
}

/// Tells the client, if it wants to know, and the session of an event. One that this version does not
/// know is for a newer one. `run` is the run's id, once it is known.
fn pass_on(line: &str, run: &mut Option<String>, start: &Start, queue: &Queue) {
    let Ok(event) = serde_json::from_str::<Event>(line) else {
        return;
    };
    if let What::RunStarted { run_id, .. } = &event.what {
        *run = Some(run_id.clone());
    }
    if let Some(outbox) = &start.events {
        outbox.say(Message::RunEvent {
            uri: start.request.uri.clone(),
            run: run.clone(),
            event: Box::new(event.clone()),
        });
    }
    if matches!(event.what, What::Output { .. }) {
        return;
    }
    let log = match &event.what {
        What::RunStarted { run_id, .. } => Store::at(&start.runs_folder).log_path(run_id).ok(),
        _ => None,
    };
    let uri = start.request.uri.clone();
    queue.tell(move |session| session.heard(&uri, event, log));
}

/// Asks the process to end, as Ctrl-C does; it ends what it started on hosts.
fn interrupt(child: &Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process};
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(process) = id.and_then(Pid::from_raw) {
            // One that has just ended needs no signal.
            let _ = kill_process(process, Signal::INT);
        }
    }
    #[cfg(not(unix))]
    let _ = child;
}

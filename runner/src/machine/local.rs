//! Jobs on this machine: the same shell and payload as over SSH, with pipes for a wire.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::{env, io};

use recipe::ENVIRONMENT_PREFIX;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::Sender;
use tokio::time::{Duration, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::bootstrap::{self, Nonce};
use super::drive::{self, LADDER, Started};
use super::wire::{self, EventSink, Wire};
use super::{Chunk, Ended, Job, MachineError, Stream, payload};

/// This machine.
#[derive(Debug, Clone)]
pub struct LocalMachine {
    /// Where relative working directories start; the runner's own directory if there is none.
    folder: Option<PathBuf>,
    /// What plays `/bin/sh`, which is another shell on every system.
    shell: &'static [&'static str],
}

impl LocalMachine {
    /// Jobs without a working directory run in `folder`.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            shell: &["/bin/sh"],
        }
    }

    pub(super) async fn run(
        &self,
        job: &Job,
        output: &Sender<Chunk>,
        cancel: &CancellationToken,
    ) -> Result<Ended, MachineError> {
        let nonce = Nonce::new();
        let payload = payload::build(job, &nonce)?;
        let mut wire = self.spawn(&nonce).map_err(MachineError::Spawn)?;
        let group = drive::greet(&mut wire, &nonce).await?;
        let _backstop = end_group_late(group, cancel.clone());
        match drive::start(&mut wire, &nonce, &payload, job, "", cancel).await? {
            Started::Cancelled => Ok(Ended::Cancelled),
            Started::Running(begun) if job.tmux_session.is_some() => {
                drive::settle(wire, begun).await;
                Ok(Ended::Exit(0))
            }
            Started::Running(begun) => drive::follow(wire, begun, output, cancel).await,
        }
    }

    fn spawn(&self, nonce: &Nonce) -> io::Result<Wire> {
        let mut child = match self.command("setsid", self.shell, nonce).spawn() {
            // Only Linux has it. Without a session of its own a command could still reach the terminal.
            Err(error) if error.kind() == io::ErrorKind::NotFound => self
                .command("/bin/sh", &[], nonce)
                .process_group(0)
                .spawn()?,
            other => other?,
        };
        let (sink, events) = wire::channel();
        let stdin = child.stdin.take();
        let out = child.stdout.take();
        let err = child.stderr.take();
        tokio::spawn(pump(out, Stream::Stdout, sink.clone()));
        tokio::spawn(pump(err, Stream::Stderr, sink.clone()));
        tokio::spawn(reap(child, sink));
        Ok(Wire {
            events,
            stdin: stdin.map(|pipe| Box::new(pipe) as _),
            _guard: Box::new(()),
        })
    }

    fn command(&self, program: &str, first: &[&str], nonce: &Nonce) -> Command {
        let mut command = Command::new(program);
        command.args(first).arg("-c").arg(bootstrap::script(nonce));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        // A command belongs to no tmux or screen session just because the runner does.
        for name in ["TMUX", "TMUX_PANE", "STY"] {
            command.env_remove(name);
        }
        for name in secret_variables() {
            command.env_remove(name);
        }
        command
    }
}

/// The runner's own variables that stand in for secrets: no child inherits them.
pub(crate) fn secret_variables() -> impl Iterator<Item = OsString> {
    let names = env::vars_os().map(|(name, _)| name);
    names.filter(|name| {
        name.as_encoded_bytes()
            .starts_with(ENVIRONMENT_PREFIX.as_bytes())
    })
}

/// Should the watching shell itself have been killed, the group is ended from here.
fn end_group_late(group: i32, cancel: CancellationToken) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        cancel.cancelled().await;
        sleep(LADDER - Duration::from_secs(1)).await;
        if let Some(group) = Pid::from_raw(group) {
            // It fails if the group is gone, which is what is wanted.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }))
}

async fn pump(pipe: Option<impl AsyncRead + Unpin>, stream: Stream, sink: EventSink) {
    let Some(mut pipe) = pipe else { return };
    let mut buffer = vec![0; 32 * 1024];
    loop {
        let read = tokio::select! {
            read = pipe.read(&mut buffer) => read,
            () = sink.closed() => return,
        };
        match read {
            Ok(size @ 1..) if sink.output(stream, buffer[..size].to_vec()).await => {}
            _ => return,
        }
    }
}

async fn reap(mut child: Child, sink: EventSink) {
    if let Ok(status) = child.wait().await {
        sink.ended(how_it_ended(status));
    }
}

fn how_it_ended(status: ExitStatus) -> Ended {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Exit(code),
        (None, Some(signal)) => Ended::Signal(signal_name(signal)),
        (None, None) => Ended::Exit(255),
    }
}

/// As SSH names them: without `SIG`.
fn signal_name(number: i32) -> String {
    let known = [
        (Signal::HUP, "HUP"),
        (Signal::INT, "INT"),
        (Signal::QUIT, "QUIT"),
        (Signal::ILL, "ILL"),
        (Signal::ABORT, "ABRT"),
        (Signal::FPE, "FPE"),
        (Signal::KILL, "KILL"),
        (Signal::SEGV, "SEGV"),
        (Signal::PIPE, "PIPE"),
        (Signal::ALARM, "ALRM"),
        (Signal::TERM, "TERM"),
        (Signal::USR1, "USR1"),
        (Signal::USR2, "USR2"),
    ];
    let name = known.iter().find(|(signal, _)| signal.as_raw() == number);
    name.map_or_else(|| number.to_string(), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
#[path = "local_tests.rs"]
mod tests;

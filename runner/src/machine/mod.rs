//! What runs a job on a machine: this one, or another over SSH.
//!
//! A [`Job`] goes to [`Machine::run`]; its output comes back in [`Chunk`]s as it appears, unmasked, and [`Ended`] says how
//! it ended. Both kinds of machine do the same thing, and only the wire differs:
//!
//! 1. a `/bin/sh` starts with a constant command line and says its nonce and process id ([`bootstrap`]);
//! 2. the [`payload`] goes down its standard input: environment, working directory and script, so that no value is ever
//!    an argument, a file or a line in a log;
//! 3. [`drive`] waits until the shell says that the command starts, then passes output on until the end;
//! 4. the standard input stays open meanwhile: when it closes, the process group is ended (TERM, after 3 s KILL).
//!
//! The shell text itself lies beside this file: `prelude.sh`, `supervise.sh` for commands, `tmux.sh` and `session.sh` for
//! jobs that start a tmux session.

pub(crate) mod bootstrap;
pub(crate) mod drive;
mod error;
mod local;
pub(crate) mod payload;
pub(crate) mod wire;

use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use crate::secrets::Secret;
use crate::ssh::SshMachine;
pub use error::{MachineError, WorkdirProblem};
pub use local::LocalMachine;
pub(crate) use local::secret_variables;

/// One command with everything it needs.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// Shell text for `bash -c`, or `/bin/sh -c` where there is no bash. In a tmux session empty text is just the user's shell.
    pub script: String,
    /// Variables of this command alone, set over what the machine itself provides.
    pub env: Vec<(String, Secret)>,
    /// Where it runs; a leading `~/` is the home folder there. Relative paths start at the login folder, locally at the
    /// machine's folder.
    pub workdir: Option<String>,
    /// Whether output is shown in colour (`FORCE_COLOR`, `CLICOLOR_FORCE`).
    pub colour: bool,
    /// Start the command in a tmux session of this name instead of waiting for it.
    pub tmux_session: Option<String>,
    /// The run this belongs to; processes that leave the group are found by it.
    pub run_id: String,
}

/// Which of its two outputs a process wrote to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Bytes as the process wrote them. They may hold secrets: mask before showing or keeping any.
#[derive(Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Where they were written.
    pub stream: Stream,
    /// What was written, cut at any byte.
    pub bytes: Vec<u8>,
}

// Not derived: what a command prints may be a secret, and debug output ends up in logs.
impl std::fmt::Debug for Chunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chunk({:?}, {} bytes)", self.stream, self.bytes.len())
    }
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The command's exit code; 128+n if signal n ended the command. 0 for a tmux session that started.
    Exit(i32),
    /// A signal (`KILL`, `TERM` …) ended the whole group with the shell that watches it.
    Signal(String),
    /// The cancellation token was used, and the process group has been ended.
    Cancelled,
}

/// Something that runs jobs, many at a time.
#[derive(Debug)]
pub enum Machine {
    /// This machine, without SSH.
    Local(LocalMachine),
    /// A host over SSH.
    Ssh(SshMachine),
}

impl Machine {
    /// Runs a job to its end, sending its output meanwhile. A receiver that has gone only loses the output.
    ///
    /// Cancelling, and dropping the future, end the process group there: TERM, after 3 s KILL.
    ///
    /// # Errors
    /// When the command could not be started, or when its end could not be learnt ([`MachineError::ConnectionLost`]).
    pub async fn run(
        &self,
        job: Job,
        output: Sender<Chunk>,
        cancel: CancellationToken,
    ) -> Result<Ended, MachineError> {
        match self {
            Machine::Local(machine) => machine.run(&job, &output, &cancel).await,
            Machine::Ssh(machine) => machine.run(&job, &output, &cancel).await,
        }
    }

    /// Ends the connection, if there is one, and with it what still runs there.
    pub async fn close(&self) {
        match self {
            Machine::Local(_) => {}
            Machine::Ssh(machine) => machine.close().await,
        }
    }
}

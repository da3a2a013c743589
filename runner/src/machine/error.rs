//! What can go wrong between us and a machine, in words for the one who runs the recipe.

use std::fmt;
use std::io;

use recipe::BadSessionName;

/// Why a job did not run, or why its end is not known.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// The connection broke; whether the command finished is not known. The other side ends what it left running.
    #[error(
        "the connection was lost while the command ran ({reason}): whether it finished is not known"
    )]
    ConnectionLost {
        /// What was noticed.
        reason: String,
    },
    /// The other side did not start a POSIX shell.
    #[error(
        "the host did not start a POSIX shell at /bin/sh; it answered: {seen}. Doppio needs an account that may run commands, not a menu or file transfer only"
    )]
    BootstrapRefused {
        /// The start of what came instead, escaped.
        seen: String,
    },
    /// The working directory cannot be entered.
    #[error("the working directory `{path}` {problem}")]
    Workdir {
        /// As the job gave it.
        path: String,
        /// Why.
        problem: WorkdirProblem,
    },
    /// Something does not fit into one environment variable there.
    #[error(
        "{what} is {size} bytes, and a process takes at most {limit}: put it into a file on that machine and pass the path"
    )]
    TooLarge {
        /// Which variable.
        what: String,
        /// In bytes.
        size: usize,
        /// In bytes.
        limit: usize,
    },
    /// A NUL byte, which neither a script nor an environment variable can hold.
    #[error(
        "{what} holds a NUL byte, which no environment variable and no script can: encode it, for example as base64"
    )]
    NulByte {
        /// Which variable, or the script.
        what: String,
    },
    /// A name that the shell does not take, or keeps for itself.
    #[error("`{name}` cannot be set as an environment variable: {why}")]
    EnvName {
        /// As given.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A tmux session of that name is there already, and in use.
    #[error(
        "the tmux session `{session}` exists and is in use: attach with `{attach}`, or end it with `{kill}`"
    )]
    SessionBusy {
        /// Its name.
        session: String,
        /// A command line that shows it.
        attach: String,
        /// A command line that ends it.
        kill: String,
    },
    /// A name that tmux changes or reads as something else.
    #[error("'{}' cannot name a tmux session: {why}", session.escape_debug())]
    SessionName {
        /// As given.
        session: String,
        /// What is wrong with it.
        why: BadSessionName,
    },
    /// tmux is not installed there.
    #[error(
        "tmux is not installed on that machine: install it there (`apt-get install tmux`), or run the command without it"
    )]
    NoTmux,
    /// tmux is there, and could not start the session.
    #[error("tmux could not start the session: {0}")]
    Tmux(String),
    /// The server opens no session at all.
    #[error(
        "the host opens no session for a command ({0}): its sshd may be set to `MaxSessions 0`"
    )]
    NoSession(String),
    /// A process could not be started on this machine.
    #[error("cannot start /bin/sh on this machine: {0}")]
    Spawn(#[source] io::Error),
}

impl MachineError {
    /// Whether trying again later may help although nothing was changed: the connection was lost.
    pub fn is_retriable(&self) -> bool {
        matches!(self, MachineError::ConnectionLost { .. })
    }
}

/// What keeps a working directory from being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkdirProblem {
    /// Nothing is there.
    Missing,
    /// Something else is there.
    NotAFolder,
    /// It is there, and may not be entered.
    Denied,
}

impl fmt::Display for WorkdirProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WorkdirProblem::Missing => {
                "does not exist on that machine: create it in an earlier step"
            }
            WorkdirProblem::NotAFolder => "is not a folder on that machine",
            WorkdirProblem::Denied => "cannot be entered on that machine: permission denied",
        })
    }
}

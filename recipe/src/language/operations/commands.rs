//! Running commands, tmux sessions and rented instances.

use super::{COMMAND, HOST, SESSION, executable, planned};
use crate::language::{
    Kind, NameKind, Operation, Param, Range, Role, defaults, optional, required,
};

const WORKDIR: Param = optional(
    "workdir",
    Kind::Text(Role::Path),
    "The folder that the command starts in; without it, the login directory.",
);

const ENV: Param = optional(
    "env",
    Kind::Map(Role::EnvValue),
    "Environment variables for the command. A secret in here is visible to this command alone.",
);

const CAPTURE: Param = optional(
    "capture_output",
    Kind::Name(NameKind::SetVariable),
    "The variable that takes the standard output, without its last newline.",
);

const TIMEOUT: Param = optional(
    "timeout_secs",
    Kind::Integer(Range::Positive),
    "How long one attempt may take, in seconds.",
);

pub(super) const RUN_COMMANDS: Operation = executable(
    "run_commands",
    &[
        required(
            "commands",
            Kind::Text(Role::Shell),
            "The commands: shell text of any number of lines.",
        ),
        HOST,
        defaults(
            "tmux_mode",
            Kind::Enumeration(&["none", "new", "existing"]),
            "\"none\"",
            "`none` runs the commands and waits for them; `new` starts them in a new tmux session \
                 and goes on; `existing` types them into a session that runs already.",
        ),
        optional(
            "session_name",
            Kind::Text(Role::Session),
            "The tmux session: required for `existing`; for `new` the default is `recipe`.",
        ),
        WORKDIR,
        ENV,
        CAPTURE,
        TIMEOUT,
    ],
    "Runs shell commands on a host.",
);

pub(super) const SSH_COMMAND: Operation = executable(
    "ssh_command",
    &[COMMAND, HOST, WORKDIR, ENV, CAPTURE, TIMEOUT],
    "Runs one shell command on a host.",
);

pub(super) const TMUX_NEW: Operation = executable(
    "tmux_new",
    &[
        SESSION,
        optional(
            "command",
            Kind::Text(Role::Shell),
            "What the session runs; without it, the user's shell.",
        ),
        WORKDIR,
        ENV,
        HOST,
    ],
    "Starts a tmux session that goes on when the step is done.",
);

pub(super) const TMUX_SEND: Operation = planned(
    "tmux_send",
    &[
        SESSION,
        required(
            "keys",
            Kind::Text(Role::Keys),
            "What is typed, as written; each newline is Enter, and a final Enter is added unless \
                 the last line is `Enter`.",
        ),
        HOST,
    ],
    "Types into a tmux session.",
);

pub(super) const TMUX_CAPTURE: Operation = planned(
    "tmux_capture",
    &[
        SESSION,
        optional(
            "lines",
            Kind::Integer(Range::NotZero),
            "How many of the last lines of history and screen; without it, the screen. The sign is ignored.",
        ),
        CAPTURE,
        HOST,
    ],
    "Reads what a tmux session shows.",
);

pub(super) const TMUX_KILL: Operation =
    planned("tmux_kill", &[SESSION, HOST], "Ends a tmux session.");

pub(super) const VAST_START: Operation = planned(
    "vast_start",
    &[],
    "Starts the Vast.ai instance that is the target.",
);

pub(super) const VAST_STOP: Operation = planned(
    "vast_stop",
    &[],
    "Stops the Vast.ai instance that is the target. Its storage is still billed.",
);

pub(super) const VAST_DESTROY: Operation = planned(
    "vast_destroy",
    &[],
    "Destroys the Vast.ai instance that is the target, with its data.",
);

//! What a step can do: every operation with its parameters.

mod commands;
mod files;
mod flow;

use super::{Kind, Operation, Param, Role, defaults, required};

/// Every operation.
pub const OPERATIONS: &[Operation] = &[
    commands::RUN_COMMANDS,
    commands::SSH_COMMAND,
    commands::TMUX_NEW,
    commands::TMUX_SEND,
    commands::TMUX_CAPTURE,
    commands::TMUX_KILL,
    files::TRANSFER,
    files::RSYNC_UPLOAD,
    files::RSYNC_DOWNLOAD,
    files::GIT_CLONE,
    files::HF_DOWNLOAD,
    files::GDRIVE_MOUNT,
    files::GDRIVE_UNMOUNT,
    commands::VAST_START,
    commands::VAST_STOP,
    commands::VAST_DESTROY,
    files::VAST_COPY,
    flow::SLEEP,
    flow::WAIT_CONDITION,
    flow::ASSERT,
    flow::SET_VAR,
    flow::GET_VALUE,
    flow::HTTP_REQUEST,
    flow::NOTIFY,
    flow::GROUP,
];

pub(in crate::language) const HOST: Param = defaults(
    "host_id",
    Kind::Text(Role::Host),
    "\"${target}\"",
    "The host: `local`, a host of your hosts file, a `Host` of `~/.ssh/config`, or `[user@]host[:port]`.",
);

pub(in crate::language) const SESSION: Param = required(
    "session_name",
    Kind::Text(Role::Session),
    "The name of the tmux session. tmux allows neither `.` nor `:` in it.",
);

pub(in crate::language) const COMMAND: Param = required(
    "command",
    Kind::Text(Role::Shell),
    "The command: shell text.",
);

/// An operation that this version executes.
const fn executable(name: &'static str, params: &'static [Param], doc: &'static str) -> Operation {
    Operation {
        name,
        params,
        doc,
        executable: true,
    }
}

/// An operation that a later version executes.
const fn planned(name: &'static str, params: &'static [Param], doc: &'static str) -> Operation {
    Operation {
        name,
        params,
        doc,
        executable: false,
    }
}

/// A way to write a value.
const fn variant(name: &'static str, params: &'static [Param], doc: &'static str) -> Operation {
    Operation {
        name,
        params,
        doc,
        executable: false,
    }
}

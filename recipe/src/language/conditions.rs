//! What `wait_condition` and `assert` can ask.

use super::operations::{COMMAND, HOST, SESSION};
use super::{Kind, NameKind, Operation, Param, Range, Role, defaults, required};

/// Conditions that are written as a string.
pub const CONSTANT_CONDITIONS: &[&str] = &["always", "never"];

const PATTERN: Param = required(
    "pattern",
    Kind::Text(Role::Regex),
    "A regular expression in the syntax of Rust's `regex`.",
);

const REMOTE_PATH: Param = required("path", Kind::Text(Role::Path), "The path on the host.");

/// Every condition that is written as a table with one key.
pub const CONDITIONS: &[Operation] = &[
    condition(
        "file_exists",
        &[REMOTE_PATH, HOST],
        "A file or folder exists.",
    ),
    condition(
        "file_contains",
        &[REMOTE_PATH, PATTERN, HOST],
        "A file has text that matches a pattern.",
    ),
    condition(
        "command_succeeds",
        &[HOST, COMMAND],
        "A command ends with exit code 0.",
    ),
    condition(
        "output_matches",
        &[COMMAND, PATTERN, HOST],
        "The output of a command matches a pattern.",
    ),
    condition(
        "var_equals",
        &[
            required("name", Kind::Name(NameKind::ReadVariable), "The variable."),
            required("value", Kind::Text(Role::Plain), "The value it must have."),
        ],
        "A variable has exactly this value.",
    ),
    condition(
        "var_matches",
        &[
            required("name", Kind::Name(NameKind::ReadVariable), "The variable."),
            PATTERN,
        ],
        "The value of a variable matches a pattern.",
    ),
    condition("host_online", &[HOST], "The host answers."),
    condition("tmux_alive", &[SESSION, HOST], "A tmux session exists."),
    condition(
        "gpu_available",
        &[
            defaults(
                "min_count",
                Kind::Integer(Range::Positive),
                "1",
                "How many GPUs there must be.",
            ),
            HOST,
        ],
        "The host has GPUs.",
    ),
    condition(
        "gdrive_mounted",
        &[
            required(
                "mount_path",
                Kind::Text(Role::Path),
                "Where Google Drive should be mounted.",
            ),
            HOST,
        ],
        "Google Drive is mounted.",
    ),
    condition(
        "not",
        &[required("", Kind::Condition, "The condition.")],
        "The condition does not hold.",
    ),
    condition(
        "and",
        &[required("", Kind::Conditions, "The conditions.")],
        "All of the conditions hold.",
    ),
    condition(
        "or",
        &[required("", Kind::Conditions, "The conditions.")],
        "At least one of the conditions holds.",
    ),
];

/// A condition; `not`, `and` and `or` have a single nameless parameter, which is their value itself.
const fn condition(name: &'static str, params: &'static [Param], doc: &'static str) -> Operation {
    Operation {
        name,
        params,
        doc,
        executable: false,
    }
}

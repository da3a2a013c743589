//! What a step can do: every operation with its parameters.

use super::{Kind, NameKind, Operation, Param, Range, Role, defaults, optional, required};

pub(super) const HOST: Param = defaults(
    "host_id",
    Kind::Text(Role::Host),
    "\"${target}\"",
    "The host: `local`, a host of your hosts file, a `Host` of `~/.ssh/config`, or `[user@]host[:port]`.",
);

pub(super) const SESSION: Param = required(
    "session_name",
    Kind::Text(Role::Session),
    "The name of the tmux session. tmux allows neither `.` nor `:` in it.",
);

pub(super) const COMMAND: Param = required(
    "command",
    Kind::Text(Role::Shell),
    "The command: shell text.",
);

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

const AUTH_TOKEN: Param = optional(
    "auth_token",
    Kind::Text(Role::Credential),
    "The token to log in with, as `${secret:…}`.",
);

const EXCLUDES: Param = optional(
    "excludes",
    Kind::Texts(Role::Plain),
    "Patterns of files that are left out.",
);

const USE_GITIGNORE: Param = defaults(
    "use_gitignore",
    Kind::Boolean,
    "false",
    "Whether files that `.gitignore` names are left out.",
);

const DELETE: Param = defaults(
    "delete",
    Kind::Boolean,
    "false",
    "Whether files that the source does not have are deleted at the destination.",
);

const LOCAL_PATH: Param = required(
    "local_path",
    Kind::Text(Role::Path),
    "The path on this machine.",
);
const REMOTE_PATH: Param = required(
    "remote_path",
    Kind::Text(Role::Path),
    "The path on the host.",
);
const STORAGE_ID: Param = optional("storage_id", Kind::Text(Role::Plain), "The storage to use.");

const ENDPOINTS: Kind = Kind::OneOf(&[
    variant(
        "local",
        &[required(
            "path",
            Kind::Text(Role::Path),
            "The path on this machine.",
        )],
        "A path on this machine.",
    ),
    variant(
        "host",
        &[
            required("path", Kind::Text(Role::Path), "The path on the host."),
            HOST,
        ],
        "A path on a host.",
    ),
    variant(
        "storage",
        &[
            required("storage_id", Kind::Text(Role::Plain), "The storage."),
            required("path", Kind::Text(Role::Path), "The path in the storage."),
        ],
        "A path in a storage.",
    ),
]);

const VALUE_SOURCES: Kind = Kind::OneOf(&[
    variant(
        "var",
        &[required(
            "",
            Kind::Name(NameKind::ReadVariable),
            "The variable.",
        )],
        "The value of a variable.",
    ),
    variant("command", &[HOST, COMMAND], "The output of a command."),
    variant(
        "step_output",
        &[required(
            "",
            Kind::Name(NameKind::StepReference),
            "The step.",
        )],
        "The output of a step.",
    ),
]);

const CONDITION: Param = required(
    "condition",
    Kind::Condition,
    "The condition, such as `{ file_exists = { path = \"/data/ready\" } }`.",
);

/// Every operation.
pub const OPERATIONS: &[Operation] = &[
    executable(
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
    ),
    executable(
        "ssh_command",
        &[COMMAND, HOST, WORKDIR, ENV, CAPTURE, TIMEOUT],
        "Runs one shell command on a host.",
    ),
    executable(
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
    ),
    planned(
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
    ),
    planned(
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
    ),
    planned("tmux_kill", &[SESSION, HOST], "Ends a tmux session."),
    planned(
        "transfer",
        &[
            required("source", ENDPOINTS, "Where the files come from."),
            required("destination", ENDPOINTS, "Where the files go."),
            optional(
                "include_paths",
                Kind::Texts(Role::Path),
                "Only these paths below the source.",
            ),
            optional(
                "exclude_patterns",
                Kind::Texts(Role::Plain),
                "Patterns of files that are left out.",
            ),
            USE_GITIGNORE,
            DELETE,
        ],
        "Copies files between this machine, hosts and storages.",
    ),
    planned(
        "rsync_upload",
        &[
            LOCAL_PATH,
            REMOTE_PATH,
            HOST,
            EXCLUDES,
            USE_GITIGNORE,
            DELETE,
        ],
        "Copies files to a host with rsync.",
    ),
    planned(
        "rsync_download",
        &[REMOTE_PATH, LOCAL_PATH, HOST, EXCLUDES],
        "Copies files from a host with rsync.",
    ),
    planned(
        "git_clone",
        &[
            required("repo_url", Kind::Text(Role::Plain), "The repository."),
            required(
                "destination",
                Kind::Text(Role::Path),
                "The folder it is cloned into.",
            ),
            optional(
                "branch",
                Kind::Text(Role::Plain),
                "The branch or tag; without it, the default branch.",
            ),
            optional(
                "depth",
                Kind::Integer(Range::Positive),
                "How many commits of history.",
            ),
            AUTH_TOKEN,
            HOST,
        ],
        "Clones a Git repository.",
    ),
    planned(
        "hf_download",
        &[
            required(
                "repo_id",
                Kind::Text(Role::Plain),
                "The repository, such as `org/model`.",
            ),
            required(
                "destination",
                Kind::Text(Role::Path),
                "The folder the files go to.",
            ),
            defaults(
                "repo_type",
                Kind::Enumeration(&["model", "dataset", "space"]),
                "\"model\"",
                "What kind of repository it is.",
            ),
            optional("files", Kind::Texts(Role::Plain), "Only these files."),
            optional(
                "revision",
                Kind::Text(Role::Plain),
                "The branch, tag or commit.",
            ),
            AUTH_TOKEN,
            HOST,
        ],
        "Downloads from Hugging Face.",
    ),
    planned(
        "gdrive_mount",
        &[
            HOST,
            STORAGE_ID,
            defaults(
                "mount_path",
                Kind::Text(Role::Path),
                "\"/content/drive/MyDrive\"",
                "Where it is mounted.",
            ),
            optional(
                "gdrive_path",
                Kind::Text(Role::Path),
                "The folder of the drive that is mounted.",
            ),
            defaults(
                "vfs_cache",
                Kind::Boolean,
                "true",
                "Whether files are cached on the host.",
            ),
            defaults(
                "cache_mode",
                Kind::Enumeration(&["off", "minimal", "writes", "full"]),
                "\"writes\"",
                "What is cached.",
            ),
            defaults(
                "background",
                Kind::Boolean,
                "true",
                "Whether the mount goes on when the step is done.",
            ),
        ],
        "Mounts Google Drive.",
    ),
    planned(
        "gdrive_unmount",
        &[
            required("mount_path", Kind::Text(Role::Path), "Where it is mounted."),
            HOST,
        ],
        "Unmounts Google Drive.",
    ),
    planned(
        "vast_start",
        &[],
        "Starts the Vast.ai instance that is the target.",
    ),
    planned(
        "vast_stop",
        &[],
        "Stops the Vast.ai instance that is the target. Its storage is still billed.",
    ),
    planned(
        "vast_destroy",
        &[],
        "Destroys the Vast.ai instance that is the target, with its data.",
    ),
    planned(
        "vast_copy",
        &[
            required("src", Kind::Text(Role::Path), "Where the files come from."),
            required("dst", Kind::Text(Role::Path), "Where the files go."),
            optional(
                "identity_file",
                Kind::Text(Role::Path),
                "The SSH key to log in with.",
            ),
        ],
        "Copies files with Vast.ai's own copy.",
    ),
    executable(
        "sleep",
        &[required(
            "duration_secs",
            Kind::Integer(Range::NotNegative),
            "How long, in seconds.",
        )],
        "Waits.",
    ),
    planned(
        "wait_condition",
        &[
            CONDITION,
            defaults(
                "timeout_secs",
                Kind::Integer(Range::Positive),
                "300",
                "How long it may take until the condition holds, in seconds.",
            ),
            defaults(
                "poll_interval_secs",
                Kind::Integer(Range::Positive),
                "10",
                "The time between two looks, in seconds.",
            ),
        ],
        "Waits until a condition holds.",
    ),
    planned(
        "assert",
        &[
            CONDITION,
            optional(
                "message",
                Kind::Text(Role::Plain),
                "What is said if it does not hold.",
            ),
        ],
        "Fails unless a condition holds.",
    ),
    executable(
        "set_var",
        &[
            required("name", Kind::Name(NameKind::SetVariable), "The variable."),
            required("value", Kind::Text(Role::Plain), "Its new value."),
        ],
        "Gives a variable a value.",
    ),
    planned(
        "get_value",
        &[
            required("source", VALUE_SOURCES, "Where the value comes from."),
            optional(
                "pattern",
                Kind::Text(Role::Regex),
                "A regular expression; the value is its first capture group, or the whole match.",
            ),
            required(
                "var_name",
                Kind::Name(NameKind::SetVariable),
                "The variable that takes the value.",
            ),
        ],
        "Takes a value from a variable, a command or a step.",
    ),
    planned(
        "http_request",
        &[
            required(
                "method",
                Kind::Enumeration(&["GET", "POST", "PUT", "DELETE", "PATCH"]),
                "The method.",
            ),
            required("url", Kind::Text(Role::Http), "The URL."),
            optional("headers", Kind::Map(Role::Http), "The headers."),
            optional("body", Kind::Text(Role::Http), "The body."),
            optional(
                "capture_response",
                Kind::Name(NameKind::SetVariable),
                "The variable that takes the body of the answer.",
            ),
            defaults(
                "timeout_secs",
                Kind::Integer(Range::Positive),
                "30",
                "How long it may take, in seconds.",
            ),
        ],
        "Makes an HTTP request from this machine.",
    ),
    planned(
        "notify",
        &[
            required("title", Kind::Text(Role::Plain), "The title."),
            optional("message", Kind::Text(Role::Plain), "The text."),
            defaults(
                "level",
                Kind::Enumeration(&["info", "success", "warning", "error"]),
                "\"info\"",
                "How important it is.",
            ),
        ],
        "Shows a notification on this machine.",
    ),
    planned(
        "group",
        &[
            required(
                "steps",
                Kind::StepIds,
                "The steps that belong to the group.",
            ),
            defaults(
                "mode",
                Kind::Enumeration(&["sequential", "parallel"]),
                "\"sequential\"",
                "`sequential` adds the written order to what the steps depend on; `parallel` does not.",
            ),
        ],
        "Puts steps together, so that they are ordered, skipped and waited for as one.",
    ),
];

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

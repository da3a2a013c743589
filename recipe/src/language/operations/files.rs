//! Moving files: to hosts, from hosts, and onto hosts from elsewhere.

use super::{HOST, planned, variant};
use crate::language::{Kind, Operation, Param, Range, Role, defaults, optional, required};

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

pub(super) const TRANSFER: Operation = planned(
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
);

pub(super) const RSYNC_UPLOAD: Operation = planned(
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
);

pub(super) const RSYNC_DOWNLOAD: Operation = planned(
    "rsync_download",
    &[REMOTE_PATH, LOCAL_PATH, HOST, EXCLUDES],
    "Copies files from a host with rsync.",
);

pub(super) const GIT_CLONE: Operation = planned(
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
);

pub(super) const HF_DOWNLOAD: Operation = planned(
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
);

pub(super) const GDRIVE_MOUNT: Operation = planned(
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
);

pub(super) const GDRIVE_UNMOUNT: Operation = planned(
    "gdrive_unmount",
    &[
        required("mount_path", Kind::Text(Role::Path), "Where it is mounted."),
        HOST,
    ],
    "Unmounts Google Drive.",
);

pub(super) const VAST_COPY: Operation = planned(
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
);

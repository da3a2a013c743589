//! What can be wrong with a host id or with the files that say what it means.

use std::io;
use std::path::{Path, PathBuf};

/// Why a host id means nothing, or a hosts file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The text is no host id.
    #[error(
        "`{id}` is no host: {why}. Write the name of a host, or `[user@]host[:port]` (IPv6 in brackets)"
    )]
    BadId {
        /// As given, escaped.
        id: String,
        /// What is wrong.
        why: String,
    },
    /// The text cannot name a host of the file.
    #[error("`{name}` cannot name a host: {why}")]
    BadName {
        /// As given, escaped.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// No host of that name is in the file.
    #[error("hosts.toml has no host `{name}`{}", recipe::nearest::did_you_mean(similar.as_deref()))]
    NotListed {
        /// As given.
        name: String,
        /// The nearest one that is there.
        similar: Option<String>,
    },
    /// A host of that name is there already.
    #[error("hosts.toml has a host `{0}` already: remove it first with `doppio host remove {0}`")]
    Listed(String),
    /// The hosts file is not what it should be.
    #[error("{}: {why}", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// What is wrong, and where.
        why: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {error}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// The configuration asks for something that this version cannot do.
    #[error("host `{id}` uses {what}, which Doppio cannot do: {instead}")]
    Unsupported {
        /// The host's id.
        id: String,
        /// The setting.
        what: String,
        /// What to do.
        instead: String,
    },
    /// `ssh -G` found a mistake.
    #[error("the SSH configuration cannot be read for `{id}`: {why}")]
    SshConfig {
        /// The host's id.
        id: String,
        /// What ssh said.
        why: String,
    },
    /// There is no home folder to look for configuration in.
    #[error("this user has no home folder: set HOME")]
    NoHome,
}

impl HostError {
    pub(super) fn io(file: &Path, error: io::Error) -> Self {
        HostError::Io {
            file: file.to_owned(),
            error,
        }
    }

    pub(super) fn unsupported(id: &str, what: &str, instead: &str) -> Self {
        HostError::Unsupported {
            id: id.to_owned(),
            what: what.to_owned(),
            instead: instead.to_owned(),
        }
    }
}

impl From<recipe::BadHostId> for HostError {
    fn from(bad: recipe::BadHostId) -> Self {
        let (id, why) = (bad.id, bad.why.to_owned());
        Self::BadId { id, why }
    }
}

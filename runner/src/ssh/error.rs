//! Why a host cannot be used, for people and, serialised, for programs that must react.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// Why no connection came about. Serialised it is an object with `reason` and the fields of that reason.
#[derive(Debug, Clone, Serialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum ConnectError {
    /// The name has no address.
    #[error("host `{host}` cannot be found ({detail}){}", nearest(similar))]
    UnknownHost {
        /// The name that was looked up.
        host: String,
        /// What the resolver said.
        detail: String,
        /// A configured host of nearly that name.
        similar: Option<String>,
    },
    /// Nobody answers there.
    #[error(
        "host `{host}` cannot be reached on port {port}: {detail}. Is it up, and is the port right?"
    )]
    Unreachable {
        /// Name or address.
        host: String,
        /// Its port.
        port: u16,
        /// What the system said.
        detail: String,
    },
    /// Somebody answers, and no encrypted connection comes about.
    #[error("no SSH connection to `{host}` port {port}: {detail}")]
    Handshake {
        /// Name or address.
        host: String,
        /// Its port.
        port: u16,
        /// What went wrong.
        detail: String,
    },
    /// The host's key is not one that we may trust.
    #[error(transparent)]
    HostKey(Box<HostKeyProblem>),
    /// The key was trusted, and could not be written down.
    #[error("the key of `{host}` cannot be added to {}: {detail}", file.display())]
    KnownHosts {
        /// Name or address.
        host: String,
        /// The file.
        file: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// The host accepts none of the user's keys.
    #[error("{user}@{host} refused the login. Tried: {}. {hint}", if tried.is_empty() { "no key at all".to_owned() } else { tried.join("; ") })]
    LoginRefused {
        /// Name or address.
        host: String,
        /// Who tried to log in.
        user: String,
        /// Every key that was tried or passed over, with what came of it.
        tried: Vec<String>,
        /// What to do.
        hint: String,
    },
    /// A key that the host would accept needs its passphrase, and nobody could give it.
    #[error("the key {} needs its passphrase: store it with `doppio secret set ssh/passphrase`, or load the key with `ssh-add`", key.display())]
    PassphraseNeeded {
        /// The private key.
        key: PathBuf,
    },
    /// The configuration asks for something that this version cannot do.
    #[error("host `{host}` uses {what}, which Doppio cannot do: {instead}")]
    Unsupported {
        /// The host's id.
        host: String,
        /// The setting.
        what: String,
        /// What to do.
        instead: String,
    },
    /// A host on the way cannot be used.
    #[error("on the way to `{host}`: {problem}")]
    Jump {
        /// The host behind.
        host: String,
        /// What is wrong with the one on the way.
        problem: Box<ConnectError>,
    },
}

/// Why a host's key is not trusted. All but the first are refused whatever anybody answers.
#[derive(Debug, Clone, Serialize, thiserror::Error)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum HostKeyProblem {
    /// The host has never been seen.
    #[error("the key of {} is not known. Compare the fingerprint with one from the host's owner, then accept it with `--accept-new-host-keys` or `doppio host trust`{}", .0, authority_note(.0))]
    Unknown(OfferedKey),
    /// Another key of the same type is known.
    #[error("THE KEY OF {key} HAS CHANGED: {} line {line} has another one. Somebody may be listening in; or the host was set up anew: then remove that line", file.display())]
    Changed {
        /// What the host shows.
        key: OfferedKey,
        /// Where another one is.
        file: PathBuf,
        /// On which line, from 1.
        line: usize,
    },
    /// The key has been withdrawn.
    #[error("the key of {key} is revoked by {} line {line}: whoever shows it must not be trusted", file.display())]
    Revoked {
        /// What the host shows.
        key: OfferedKey,
        /// Where it is marked.
        file: PathBuf,
        /// On which line, from 1.
        line: usize,
    },
    /// A key of another type is known, and the host did not show it.
    #[error("{key} is known by a key of another type ({} line {line}), which it did not show. Somebody may be listening in; or the host was set up anew: then remove that line", file.display())]
    OtherTypeKnown {
        /// What the host shows.
        key: OfferedKey,
        /// Where the other one is.
        file: PathBuf,
        /// On which line, from 1.
        line: usize,
    },
}

/// A key that a host showed.
#[derive(Debug, Clone, Serialize)]
pub struct OfferedKey {
    /// The host's id.
    pub host: String,
    /// As it is looked up: `name`, or `[name]:port`.
    pub name: String,
    /// Type, as in `ssh-ed25519`.
    pub key_type: String,
    /// As `ssh-keygen -l` shows it.
    pub fingerprint: String,
    /// Whether only a certificate authority is listed for this host.
    pub only_authority: bool,
}

impl fmt::Display for OfferedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` ({}, {} {})",
            self.host, self.name, self.key_type, self.fingerprint
        )
    }
}

impl ConnectError {
    /// Whether trying again later may help although nothing was changed.
    pub fn is_retriable(&self) -> bool {
        match self {
            ConnectError::Unreachable { .. } | ConnectError::Handshake { .. } => true,
            ConnectError::Jump { problem, .. } => problem.is_retriable(),
            _ => false,
        }
    }

    /// The host key that an answer could make trusted, here or on the way.
    pub fn unknown_key(&self) -> Option<&OfferedKey> {
        match self {
            ConnectError::HostKey(problem) => match &**problem {
                HostKeyProblem::Unknown(key) => Some(key),
                _ => None,
            },
            ConnectError::Jump { problem, .. } => problem.unknown_key(),
            _ => None,
        }
    }
}

fn nearest(similar: &Option<String>) -> String {
    match similar {
        Some(name) => format!(": did you mean `{name}`?"),
        None => ": `doppio host list` shows the hosts that have a name".to_owned(),
    }
}

fn authority_note(key: &OfferedKey) -> &'static str {
    if key.only_authority {
        ". A certificate authority is listed for it, but Doppio does not verify host certificates"
    } else {
        ""
    }
}

//! Where a host is and how to log in there, with everything resolved.

use std::path::PathBuf;
use std::time::Duration;

/// A host to connect to over SSH. [`Hosts::resolve`](super::Hosts::resolve) makes these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// As the recipe or the command line names it.
    pub id: String,
    /// Name or address to connect to.
    pub hostname: String,
    /// TCP port.
    pub port: u16,
    /// Who logs in.
    pub user: String,
    /// Private keys to try, in order; those that do not exist are passed over.
    pub identity_files: Vec<PathBuf>,
    /// Whether the agent may only be asked for keys that are in `identity_files`.
    pub identities_only: bool,
    /// The agent's socket.
    pub agent: Option<PathBuf>,
    /// Files of known hosts; a newly trusted key is added to the first.
    pub known_hosts: Vec<PathBuf>,
    /// Files of known hosts that are only read.
    pub global_known_hosts: Vec<PathBuf>,
    /// The name to look the host's key up by, instead of name and port.
    pub host_key_alias: Option<String>,
    /// Whether names are hashed when a key is added.
    pub hash_known_hosts: bool,
    /// How long connecting and agreeing on keys may take, each.
    pub connect_timeout: Duration,
    /// Hosts to go through, the first one first.
    pub jumps: Vec<Destination>,
    /// A configured host whose name is nearly this id, for when the name cannot be found.
    pub similar: Option<String>,
}

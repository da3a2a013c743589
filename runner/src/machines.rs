//! The machines of a run: one connection a host, opened once and shared by its steps.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use crate::hosts::{Host, HostError, Hosts};
use crate::machine::Machine;
use crate::problem::{Problem, ProblemKind};
use crate::ssh::{ConnectError, ConnectOptions, HostKeyProblem};

/// Connects to hosts when they are first needed.
pub(crate) struct Machines {
    /// Where relative local folders start.
    folder: Option<PathBuf>,
    hosts: Result<Hosts, HostError>,
    options: ConnectOptions,
    connections: Mutex<BTreeMap<String, Connection>>,
}

/// Filled once; steps that come meanwhile wait for it.
type Connection = Arc<OnceCell<Arc<Machine>>>;

/// How long closing a connection may take.
const GOODBYE: Duration = Duration::from_secs(1);

impl Machines {
    pub(crate) fn new(
        folder: Option<PathBuf>,
        hosts: Result<Hosts, HostError>,
        options: ConnectOptions,
    ) -> Self {
        Self {
            folder,
            hosts,
            options,
            connections: Mutex::default(),
        }
    }

    /// The machine of a host id, connected to.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) async fn get(&self, id: &str) -> Result<Arc<Machine>, Problem> {
        let connection = Arc::clone(self.connections().entry(id.to_owned()).or_default());
        let machine = connection.get_or_try_init(|| self.connect(id)).await?;
        Ok(Arc::clone(machine))
    }

    async fn connect(&self, id: &str) -> Result<Arc<Machine>, Problem> {
        // A broken hosts file does not matter to a run that stays here.
        let host = match (&self.hosts, id) {
            (_, "local" | "__local__") => Host::Local,
            (Ok(hosts), _) => hosts.resolve(id).map_err(|error| meaningless(id, &error))?,
            (Err(error), _) => return Err(meaningless(id, error)),
        };
        let connected = host.connect(self.folder.clone(), &self.options).await;
        connected
            .map(Arc::new)
            .map_err(|error| not_connected(id, &error))
    }

    /// Forgets a connection that was lost, so that the next attempt makes a new one.
    pub(crate) fn forget(&self, id: &str, lost: &Arc<Machine>) {
        let mut connections = self.connections();
        let same = |connection: &Connection| {
            (connection.get()).is_some_and(|machine| Arc::ptr_eq(machine, lost))
        };
        if connections.get(id).is_some_and(same) {
            connections.remove(id);
        }
    }

    /// Ends all connections.
    pub(crate) async fn close(&self) {
        let connections = std::mem::take(&mut *self.connections());
        let machines: Vec<_> = (connections.values())
            .filter_map(|connection| connection.get().cloned())
            .collect();
        let closing = machines
            .iter()
            .map(|machine| timeout(GOODBYE, machine.close()));
        join_all(closing).await;
    }

    fn connections(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Connection>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn meaningless(id: &str, error: &HostError) -> Problem {
    let host = id.to_owned();
    let kind = match error {
        HostError::BadId { .. } | HostError::NotListed { .. } => ProblemKind::HostUnknown { host },
        _ => ProblemKind::HostUnusable { host },
    };
    Problem {
        kind,
        steps: Vec::new(),
        message: error.to_string(),
    }
}

fn not_connected(id: &str, error: &ConnectError) -> Problem {
    Problem {
        kind: kind(id.to_owned(), error),
        steps: Vec::new(),
        message: error.to_string(),
    }
}

fn kind(host: String, error: &ConnectError) -> ProblemKind {
    match error {
        ConnectError::UnknownHost { .. } => ProblemKind::HostUnknown { host },
        ConnectError::Unreachable { .. } | ConnectError::Handshake { .. } => {
            ProblemKind::HostUnreachable { host }
        }
        ConnectError::HostKey(problem) => match &**problem {
            HostKeyProblem::Unknown(key) => ProblemKind::HostKeyUnknown {
                host: key.host.clone(),
                fingerprint: key.fingerprint.clone(),
            },
            _ => ProblemKind::HostKeyRefused { host },
        },
        ConnectError::LoginRefused { .. } => ProblemKind::LoginRefused { host },
        ConnectError::PassphraseNeeded { .. } => ProblemKind::PassphraseNeeded { host },
        ConnectError::Jump { problem, .. } => kind(host, problem),
        ConnectError::KnownHosts { .. } | ConnectError::Unsupported { .. } => {
            ProblemKind::HostUnusable { host }
        }
    }
}

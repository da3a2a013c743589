//! Which machine a host id means, and how to get there.
//!
//! In this order: `local` (or `__local__`), a host of the user's `hosts.toml` ([`file`]), and `[user@]host[:port]`, where
//! `host` may be a `Host` of `~/.ssh/config`: whatever that configuration says of a name ([`ssh_config`]) holds, except
//! for what hosts.toml or the id itself says.

mod destination;
mod error;
mod file;
mod places;
mod ssh_config;
mod written;

use std::path::PathBuf;

pub use destination::Destination;
pub use error::HostError;
pub use file::{HostEntry, HostsFile};
pub use places::Places;
pub use recipe::Address;
use recipe::nearest::nearest;
pub use written::Written;

use crate::machine::{LocalMachine, Machine};
use crate::ssh::{self, ConnectError, ConnectOptions};

/// The hosts that a user has.
#[derive(Debug)]
pub struct Hosts {
    places: Places,
    file: HostsFile,
}

/// What a host id means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// This machine.
    Local,
    /// Another one.
    Remote(Box<Destination>),
}

/// A host that is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub name: String,
    /// Whether `hosts.toml` has it; else `~/.ssh/config`.
    pub is_own: bool,
    /// Where it is, as far as the file says it plainly.
    pub hostname: Option<String>,
    /// Its port, likewise.
    pub port: Option<u16>,
    /// Who logs in, likewise.
    pub user: Option<String>,
}

impl Hosts {
    /// Reads the user's hosts.
    ///
    /// # Errors
    /// When the user has no home, or `hosts.toml` cannot be read or understood.
    pub fn load() -> Result<Self, HostError> {
        Self::at(Places::of_user()?)
    }

    /// Reads the hosts of these places.
    ///
    /// # Errors
    /// When `hosts.toml` cannot be read or understood.
    pub fn at(places: Places) -> Result<Self, HostError> {
        let file = HostsFile::load(&places.hosts_file)?;
        Ok(Self { places, file })
    }

    /// The user's `hosts.toml`, to list and change.
    pub fn file(&self) -> &HostsFile {
        &self.file
    }

    /// The user's `hosts.toml`, to change.
    pub fn file_mut(&mut self) -> &mut HostsFile {
        &mut self.file
    }

    /// The files that say which hosts there are.
    pub fn files(&self) -> [PathBuf; 2] {
        [self.places.hosts_file.clone(), self.places.ssh_config()]
    }

    /// Every name that is configured: of `hosts.toml`, then of `~/.ssh/config` as far as it has no wildcard.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .file
            .entries()
            .map(|entry| entry.name.clone())
            .collect();
        for name in ssh_config::names(&self.places) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Every host that is configured, with what the files themselves say of it: nothing is run.
    pub fn listed(&self) -> Vec<Listed> {
        let own = self.file.entries().map(|entry| Listed {
            name: entry.name.clone(),
            is_own: true,
            hostname: Some(entry.hostname.clone()),
            port: entry.port,
            user: entry.user.clone(),
        });
        let mut all: Vec<Listed> = own.collect();
        for name in ssh_config::names(&self.places) {
            if all.iter().all(|it| it.name != name) {
                let (hostname, port, user) = ssh_config::told(&self.places, &name);
                all.push(Listed {
                    name,
                    is_own: false,
                    hostname,
                    port,
                    user,
                });
            }
        }
        all
    }

    /// Finds out what an id means. May run `ssh -G`, which takes some milliseconds and connects to nothing.
    ///
    /// # Errors
    /// When the id is none, or the configuration asks for something that cannot be done.
    pub fn resolve(&self, id: &str) -> Result<Host, HostError> {
        if id == "local" || id == "__local__" {
            return Ok(Host::Local);
        }
        let destination = match self.file.get(id) {
            Some(entry) => {
                let address = Address {
                    user: entry.user.clone(),
                    host: entry.hostname.clone(),
                    port: entry.port,
                };
                let mut to = self.destination(id, &address)?;
                if let Some(file) = &entry.identity_file {
                    to.identity_files = vec![self.places.expand(file)];
                }
                to
            }
            None => {
                let mut to = self.destination(id, &Address::parse(id)?)?;
                let names = self.names();
                to.similar = nearest(id, names.iter().map(String::as_str)).map(str::to_owned);
                to
            }
        };
        Ok(Host::Remote(Box::new(destination)))
    }

    fn destination(&self, id: &str, address: &Address) -> Result<Destination, HostError> {
        let (mut to, jumps) = self.resolved(id, address)?;
        for jump in jumps {
            let (on_the_way, further) = self.resolved(&jump, &Address::parse(&jump)?)?;
            if !further.is_empty() {
                return Err(HostError::unsupported(
                    id,
                    &format!("ProxyJump through `{jump}`, which has a ProxyJump itself"),
                    "list all of them in order: `ProxyJump first,second`",
                ));
            }
            to.jumps.push(on_the_way);
        }
        Ok(to)
    }

    fn resolved(
        &self,
        id: &str,
        address: &Address,
    ) -> Result<(Destination, Vec<String>), HostError> {
        let settings = ssh_config::read(&self.places, id, address)?;
        settings.destination(&self.places, id, address)
    }
}

impl Host {
    /// Connects, unless it is this machine, whose jobs start in `folder`.
    ///
    /// # Errors
    /// When the host cannot be reached, is not who it should be, or refuses the login.
    pub async fn connect(
        &self,
        folder: Option<PathBuf>,
        options: &ConnectOptions,
    ) -> Result<Machine, ConnectError> {
        match self {
            Host::Local => Ok(Machine::Local(LocalMachine::new(folder))),
            Host::Remote(to) => Ok(Machine::Ssh(ssh::connect(to, options).await?)),
        }
    }
}

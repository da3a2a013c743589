//! Where a user's hosts, keys and agent are; tests have a user of their own.

use std::env;
use std::path::{Path, PathBuf};

use super::HostError;
use crate::paths;

/// The files and sockets that say which hosts a user has and how to log in.
#[derive(Debug, Clone)]
pub struct Places {
    /// What a leading `~/` means; `.ssh/config` and the default keys are below it.
    pub home: PathBuf,
    /// The user's `hosts.toml`.
    pub hosts_file: PathBuf,
    /// The machine's own SSH configuration, read after the user's.
    pub system_ssh_config: PathBuf,
    /// The socket of the agent (`SSH_AUTH_SOCK`).
    pub agent: Option<PathBuf>,
    /// Who logs in where nothing says so.
    pub user: String,
    /// The `ssh` to ask for its configuration; without it the files are read here, as far as they are simple.
    pub ssh: Option<PathBuf>,
}

impl Places {
    /// Those of the user that runs this.
    ///
    /// # Errors
    /// When there is no home folder.
    pub fn of_user() -> Result<Self, HostError> {
        let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let user = variable("USER")
            .or_else(|| variable("LOGNAME"))
            .or_else(|| variable("USERNAME"));
        Ok(Self {
            home: etcetera::home_dir().map_err(|_| HostError::NoHome)?,
            hosts_file: paths::config()
                .map_err(|_| HostError::NoHome)?
                .join("hosts.toml"),
            system_ssh_config: PathBuf::from("/etc/ssh/ssh_config"),
            agent: variable("SSH_AUTH_SOCK").map(PathBuf::from),
            user: user.map_or_else(
                || "root".to_owned(),
                |name| name.to_string_lossy().into_owned(),
            ),
            ssh: find_in_path("ssh"),
        })
    }

    /// A path of a configuration file, with a leading `~/` put in.
    pub(super) fn expand(&self, path: &str) -> PathBuf {
        match path.strip_prefix("~/") {
            Some(rest) => self.home.join(rest),
            None => PathBuf::from(path),
        }
    }

    pub(super) fn ssh_config(&self) -> PathBuf {
        self.home.join(".ssh/config")
    }
}

fn find_in_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file: &PathBuf| Path::is_file(file))
}

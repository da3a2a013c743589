//! A user with a home of their own, who connects to a test's sshd.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::{BoxFuture, ready};
use runner::hosts::{Host, Hosts, Places};
use runner::machine::Machine;
use runner::secrets::Secret;
use runner::ssh::{Answers, ConnectError, ConnectOptions, Nobody, OfferedKey};
use tempfile::TempDir;
use testkit::sshd::Sshd;

/// Somebody with an `.ssh` folder, where `testbed` is a server of the test.
pub(crate) struct Client {
    home: PathBuf,
    _folder: Option<TempDir>,
    pub(crate) agent: Option<PathBuf>,
    pub(crate) ssh: Option<PathBuf>,
}

impl Client {
    /// Knows the server and has a key for it.
    pub(crate) fn of(sshd: &Sshd, user: &str) -> Self {
        let folder = tempfile::tempdir().expect("a home");
        sshd.write_client(folder.path(), user);
        let home = folder.path().to_owned();
        Self {
            _folder: Some(folder),
            ..Self::in_home(home)
        }
    }

    /// Somebody whose home is there already.
    pub(crate) fn in_home(home: PathBuf) -> Self {
        Self {
            home,
            _folder: None,
            agent: None,
            ssh: Some("/usr/bin/ssh".into()),
        }
    }

    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// A file below `.ssh`.
    pub(crate) fn ssh_file(&self, name: &str) -> PathBuf {
        self.home().join(".ssh").join(name)
    }

    pub(crate) fn hosts(&self) -> Hosts {
        Hosts::at(self.places()).expect("hosts can be read")
    }

    pub(crate) fn places(&self) -> Places {
        Places {
            home: self.home().to_owned(),
            hosts_file: self.home().join("hosts.toml"),
            system_ssh_config: self.home().join("none"),
            agent: self.agent.clone(),
            user: "bash".to_owned(),
            ssh: self.ssh.clone(),
        }
    }

    pub(crate) async fn try_connect(
        &self,
        id: &str,
        options: &ConnectOptions,
    ) -> Result<Machine, ConnectError> {
        let host: Host = self.hosts().resolve(id).expect("the id means something");
        host.connect(None, options).await
    }

    /// Connects to the server without any question.
    pub(crate) async fn connect(&self) -> Machine {
        self.try_connect("testbed", &nobody())
            .await
            .expect("the server lets us in")
    }
}

/// Options where nobody can be asked.
pub(crate) fn nobody() -> ConnectOptions {
    ConnectOptions::new(false, Arc::new(Nobody))
}

/// Says yes to every host, gives one passphrase, and counts how often it was asked for it.
pub(crate) struct Helpful {
    pub(crate) passphrase: &'static str,
    pub(crate) asked: AtomicUsize,
}

impl Helpful {
    pub(crate) fn with(passphrase: &'static str) -> Arc<Self> {
        Arc::new(Self {
            passphrase,
            asked: AtomicUsize::new(0),
        })
    }
}

impl Answers for Helpful {
    fn trust<'a>(&'a self, key: &'a OfferedKey) -> BoxFuture<'a, bool> {
        Box::pin(ready(key.fingerprint.starts_with("SHA256:")))
    }

    fn passphrase<'a>(&'a self, _: &'a Path) -> BoxFuture<'a, Option<Secret>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(ready(Some(Secret::new(self.passphrase.into()))))
    }
}

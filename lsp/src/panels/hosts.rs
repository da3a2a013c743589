//! The hosts that have a name. Whether one can be reached is found out when a person asks, by a process
//! of its own: this very program as `doppio host test`. The server itself connects to nothing.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;
use runner::hosts::{Hosts, Listed};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use super::Topic;
use crate::outbox::Level;
use crate::session::Session;

/// The hosts, or why they cannot be read.
#[derive(Debug)]
pub(crate) struct HostList(Result<Vec<Listed>, String>);

/// What came of a test.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Tested {
    ok: bool,
    message: String,
    at: Timestamp,
    /// The fingerprint of a key that was never seen: `doppio host trust --accept` records it.
    fingerprint: Option<String>,
}

/// The answer to `doppio/hosts`.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    hosts: Vec<Shown>,
    message: Option<String>,
}

#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    source: &'static str,
    hostname: Option<String>,
    port: Option<u16>,
    user: Option<String>,
    testing: bool,
    reachable: Option<Tested>,
}

/// How long a test may take at most; connecting gives up earlier by itself.
const LIMIT: Duration = Duration::from_secs(60);

impl HostList {
    /// Nothing was read.
    pub(crate) fn refused(why: String) -> Self {
        Self(Err(why))
    }
}

/// Reads the user's hosts, and returns the files that name them. Not for the owner of the state.
pub(crate) fn read_hosts() -> (HostList, Vec<PathBuf>) {
    match Hosts::load() {
        Ok(hosts) => (HostList(Ok(hosts.listed())), hosts.files().to_vec()),
        Err(error) => {
            let file = runner::paths::config().map(|folder| folder.join("hosts.toml"));
            (HostList(Err(error.to_string())), file.into_iter().collect())
        }
    }
}

/// What the user's files say of their hosts. Files that cannot be read are for `doppio host list` to report.
pub(crate) fn listed_hosts() -> Vec<Listed> {
    Hosts::load().map_or_else(|_| Vec::new(), |hosts| hosts.listed())
}

impl Session {
    /// The hosts, with what came of their tests.
    pub(crate) fn host_list(&self, hosts: HostList) -> Answer {
        let local = Listed {
            name: "local".to_owned(),
            is_own: false,
            hostname: None,
            port: None,
            user: None,
        };
        let (listed, message) = match hosts.0 {
            Ok(listed) => (listed, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        let show = |host: Listed| Shown {
            source: match (host.name.as_str(), host.is_own) {
                ("local", false) => "local",
                (_, true) => "hostsFile",
                (_, false) => "sshConfig",
            },
            testing: self.panels.testing.contains(&host.name),
            reachable: self.panels.tested.get(&host.name).cloned(),
            hostname: host.hostname,
            port: host.port,
            user: host.user,
            id: host.name,
        };
        let all = std::iter::once(local).chain(listed);
        Answer {
            hosts: all.map(show).collect(),
            message,
        }
    }

    /// The files that name hosts were read: from now on their changes are seen.
    pub(crate) fn watch_hosts(&self, files: &[PathBuf]) {
        if self.offers.panels {
            self.panels.watch.add_files(files);
        }
    }

    /// Finds out whether a host can be reached; what comes of it is said later.
    pub(crate) fn test_host(&mut self, host: String) -> Result<(), String> {
        if let Some(why) = self.refusal() {
            return Err(format!("{host} was not tested: {why}"));
        }
        if !self.panels.testing.insert(host.clone()) {
            return Ok(());
        }
        self.changed(Topic::Hosts);
        let executable = self.parts.executable.clone();
        let queue = self.parts.queue.clone();
        self.parts.tasks.spawn(async move {
            let tested = test(executable, &host).await;
            queue.tell(move |session| session.tested(host, tested));
        });
        Ok(())
    }

    fn tested(&mut self, host: String, tested: Tested) {
        self.panels.testing.remove(&host);
        if !self.offers.panels {
            let level = if tested.ok {
                Level::Info
            } else {
                Level::Warning
            };
            self.say(level, tested.message.clone());
        }
        self.panels.tested.insert(host, tested);
        self.changed(Topic::Hosts);
    }
}

/// What `doppio host test --format json` says.
#[derive(Debug, Deserialize)]
struct Said {
    ok: bool,
    message: Option<String>,
    milliseconds: Option<u64>,
    unknown_key: Option<String>,
}

async fn test(executable: PathBuf, host: &str) -> Tested {
    let mut command = Command::new(executable);
    command
        .args(["host", "test", "--format", "json", "--", host])
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = match tokio::time::timeout(LIMIT, command.output()).await {
        Ok(output) => output,
        Err(_) => {
            return failed(format!(
                "{host} did not answer within {} s",
                LIMIT.as_secs()
            ));
        }
    };
    let output = match output {
        Ok(output) => output,
        Err(error) => return failed(format!("the test of {host} cannot be started: {error}")),
    };
    match serde_json::from_slice::<Said>(&output.stdout) {
        Ok(said) => Tested {
            ok: said.ok,
            message: said.message.unwrap_or_else(|| {
                let took = said.milliseconds.unwrap_or_default();
                format!("{host}: connected and logged in within {took} ms")
            }),
            at: Timestamp::now(),
            fingerprint: said.unknown_key,
        },
        // It did not come to a test: the id is none, or the configuration is broken.
        Err(_) => failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

fn failed(message: String) -> Tested {
    Tested {
        ok: false,
        message,
        at: Timestamp::now(),
        fingerprint: None,
    }
}

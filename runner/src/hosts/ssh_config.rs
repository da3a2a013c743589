//! What the user's SSH configuration says of a host: as `ssh -G` resolves it, or, where there is no `ssh`, as far as the
//! files are simple.

mod plain;

use std::collections::HashMap;
use std::io::{Read, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

use super::{Address, Destination, HostError, Places};
use crate::machine::secret_variables;

/// Keywords in lower case with their values, in the order in which they hold.
#[derive(Debug, Default)]
pub(super) struct Settings(HashMap<String, Vec<String>>);

/// Everything that holds for a host.
pub(super) fn read(places: &Places, id: &str, address: &Address) -> Result<Settings, HostError> {
    match &places.ssh {
        Some(ssh) => ask_ssh(ssh, places, id, address),
        None => plain::read(places, id, address),
    }
}

/// Names of `Host` lines without wildcards, of the user's own file.
pub(super) fn names(places: &Places) -> Vec<String> {
    let text = fs::read_to_string(places.ssh_config()).unwrap_or_default();
    text.lines().flat_map(named).collect()
}

/// Where a name stands in the first `Host` line of a configuration that has it.
pub(super) fn place(text: &str, name: &str) -> Option<Range<usize>> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if named(line).iter().any(|it| it == name) {
            let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '=');
            let keyword = line.len() - line.trim_start().len() + "Host".len();
            let places = line[keyword..].match_indices(name);
            let found = places.map(|(at, _)| keyword + at..keyword + at + name.len());
            let mut found = found.filter(|it| {
                let after = line[it.end..].chars().next();
                line[..it.start].ends_with(ends) && after.is_none_or(ends)
            });
            return found.next().map(|it| start + it.start..start + it.end);
        }
        start += line.len();
    }
    None
}

/// The names in a `Host` line.
fn named(line: &str) -> Vec<String> {
    let line = plain::keyword(line).filter(|(key, _)| key == "host");
    let patterns = line.map(|(_, patterns)| patterns).unwrap_or_default();
    let is_name = |it: &String| !it.contains(['*', '?', '!']);
    patterns.into_iter().filter(is_name).collect()
}

/// Host name, port and user of a name, as far as the files say them plainly: nothing is run.
pub(super) fn told(places: &Places, name: &str) -> (Option<String>, Option<u16>, Option<String>) {
    let address = Address {
        user: None,
        host: name.to_owned(),
        port: None,
    };
    let settings = plain::told(places, name, &address);
    let text = |key| settings.first(key).map(str::to_owned);
    let port = settings.first("port").and_then(|port| port.parse().ok());
    (text("hostname"), port, text("user"))
}

/// `ssh -G` reads the configuration that `$HOME` names, which its default need not be, and then the machine's own.
fn ask_ssh(
    ssh: &PathBuf,
    places: &Places,
    id: &str,
    address: &Address,
) -> Result<Settings, HostError> {
    let failed = |why: String| HostError::SshConfig {
        id: id.to_owned(),
        why,
    };
    let mut command = Command::new(ssh);
    command.args(["-G", "-T", "-F", "/dev/stdin"]);
    if let Some(user) = &address.user {
        command.args(["-l", user]);
    }
    if let Some(port) = address.port {
        command.args(["-p", &port.to_string()]);
    }
    command.arg("--").arg(&address.host);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for name in secret_variables() {
        command.env_remove(name);
    }
    let mut child = command
        .spawn()
        .map_err(|error| failed(format!("{} does not start: {error}", ssh.display())))?;
    let includes: String = [places.ssh_config(), places.system_ssh_config.clone()]
        .iter()
        .filter(|file| file.exists())
        .map(|file| format!("Include \"{}\"\n", file.display()))
        .collect();
    // The first value wins, so this is the default; ssh's own does not follow `$HOME`.
    let known_hosts = places.home.join(".ssh/known_hosts");
    let known_hosts = known_hosts.display();
    let config =
        format!("{includes}Host *\nUserKnownHostsFile \"{known_hosts}\" \"{known_hosts}2\"\n");
    if let Some(mut stdin) = child.stdin.take() {
        stdin
            .write_all(config.as_bytes())
            .map_err(|error| failed(error.to_string()))?;
    }
    let mut stderr = child.stderr.take();
    // Read beside the output, so that neither pipe can fill up and stop the other.
    let complaints = thread::spawn(move || {
        let mut text = String::new();
        if let Some(stderr) = &mut stderr {
            let _ = stderr.read_to_string(&mut text);
        }
        text
    });
    let output = child
        .wait_with_output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        let complaints = complaints.join().unwrap_or_default();
        return Err(failed(
            complaints
                .replace("/dev/stdin", "~/.ssh/config")
                .trim()
                .to_owned(),
        ));
    }
    let mut settings = Settings::default();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        settings.add(key, value.to_owned());
    }
    Ok(settings)
}

impl Settings {
    fn add(&mut self, key: &str, value: String) {
        self.0.entry(key.to_owned()).or_default().push(value);
    }

    fn first(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.first().map(String::as_str)
    }

    fn all(&self, key: &str) -> impl Iterator<Item = &str> {
        self.0.get(key).into_iter().flatten().map(String::as_str)
    }

    fn yes(&self, key: &str) -> bool {
        self.first(key)
            .is_some_and(|value| value.eq_ignore_ascii_case("yes"))
    }

    /// A destination, and the ids of the hosts to go through.
    pub(super) fn destination(
        &self,
        places: &Places,
        id: &str,
        address: &Address,
    ) -> Result<(Destination, Vec<String>), HostError> {
        if let Some(command) = self
            .first("proxycommand")
            .filter(|command| *command != "none")
        {
            let what = format!("ProxyCommand `{}`", command.escape_debug());
            return Err(HostError::unsupported(
                id,
                &what,
                "use ProxyJump, or connect to the host directly",
            ));
        }
        if let Some(file) = self.first("revokedhostkeys").filter(|file| *file != "none") {
            let what = format!("RevokedHostKeys `{}`", file.escape_debug());
            let way_out = "mark such keys with @revoked in a known_hosts file instead";
            return Err(HostError::unsupported(id, &what, way_out));
        }
        let user = address
            .user
            .as_deref()
            .or_else(|| self.first("user"))
            .unwrap_or(&places.user)
            .to_owned();
        let hostname = self.first("hostname").unwrap_or(&address.host).to_owned();
        let port = address
            .port
            .or_else(|| self.first("port")?.parse().ok())
            .unwrap_or(22);
        let path = |text: &str| expand(places, text, &hostname, &user);
        let files = |key: &str, default: [&str; 2]| -> Vec<PathBuf> {
            let listed = self.first(key).filter(|value| !value.is_empty());
            let names = listed.map_or_else(
                || default.to_vec(),
                |value| value.split_whitespace().collect(),
            );
            names
                .into_iter()
                .filter(|name| *name != "none")
                .map(path)
                .collect()
        };
        let seconds = self
            .first("connecttimeout")
            .and_then(|value| value.parse().ok())
            .filter(|value| *value > 0);
        let jumps = self
            .first("proxyjump")
            .filter(|value| *value != "none")
            .unwrap_or_default();
        let destination = Destination {
            id: id.to_owned(),
            port,
            identity_files: self.identity_files(places, &hostname, &user),
            identities_only: self.yes("identitiesonly"),
            agent: match self.first("identityagent") {
                None | Some("SSH_AUTH_SOCK") => places.agent.clone(),
                Some("none") => None,
                Some(variable) if variable.starts_with('$') => {
                    std::env::var_os(variable.trim_start_matches('$').trim_matches(['{', '}']))
                        .map(PathBuf::from)
                }
                Some(socket) => Some(path(socket)),
            },
            known_hosts: files(
                "userknownhostsfile",
                ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"],
            ),
            global_known_hosts: files(
                "globalknownhostsfile",
                ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
            ),
            host_key_alias: self
                .first("hostkeyalias")
                .filter(|value| *value != "none")
                .map(str::to_owned),
            hash_known_hosts: self.yes("hashknownhosts"),
            connect_timeout: Duration::from_secs(seconds.unwrap_or(10)),
            jumps: Vec::new(),
            similar: None,
            hostname,
            user,
        };
        let jumps = jumps
            .split(',')
            .map(|jump| jump.trim().trim_start_matches("ssh://").to_owned());
        Ok((destination, jumps.filter(|jump| !jump.is_empty()).collect()))
    }

    /// The configured keys; of the default ones, which `ssh -G` lists as well, those that exist.
    fn identity_files(&self, places: &Places, hostname: &str, user: &str) -> Vec<PathBuf> {
        const DEFAULTS: [&str; 3] = ["~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"];
        let listed: Vec<&str> = self
            .all("identityfile")
            .filter(|file| *file != "none")
            .collect();
        let listed = if listed.is_empty() {
            DEFAULTS.to_vec()
        } else {
            listed
        };
        let is_default = |name: &str| name.starts_with("~/.ssh/id_");
        let expanded = listed
            .into_iter()
            .map(|name| (is_default(name), expand(places, name, hostname, user)));
        expanded
            .filter(|(default, file)| !default || file.exists())
            .map(|(_, file)| file)
            .collect()
    }
}

/// Puts `~/` and the tokens `%d %h %r %u %%` in, which `ssh -G` leaves as they are.
fn expand(places: &Places, text: &str, hostname: &str, user: &str) -> PathBuf {
    let mut expanded = String::new();
    let mut characters = text.trim_matches('"').chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            expanded.push(character);
            continue;
        }
        match characters.next() {
            Some('d') => expanded.push_str(&places.home.to_string_lossy()),
            Some('h') => expanded.push_str(hostname),
            Some('r') => expanded.push_str(user),
            Some('u') => expanded.push_str(&places.user),
            Some('%') => expanded.push('%'),
            other => expanded.extend(['%'].into_iter().chain(other)),
        }
    }
    places.expand(&expanded)
}

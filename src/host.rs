//! `doppio host`: the hosts that have a name, and the keys they are known by.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, Subcommand, ValueEnum};
use futures_util::future::BoxFuture;
use runner::hosts::{Address, HostEntry, HostError, Hosts};
use runner::paths;
use runner::secrets::Places;
use runner::ssh::{Answers, ConnectError, ConnectOptions, OfferedKey};
use serde_json::json;

use crate::ask::Asker;
use crate::report::{self, MISSING, WRONG_USE};
use crate::view::print;

#[derive(Args)]
pub(crate) struct Host {
    #[command(subcommand)]
    action: Action,
    /// How to print what comes of it.
    #[arg(long, value_enum, default_value = "text", global = true)]
    format: Format,
}

#[derive(Subcommand)]
enum Action {
    /// List the hosts of hosts.toml.
    List,
    /// Give a host a name.
    Add {
        /// The name that recipes and `--target` use.
        name: String,
        /// Where it is: `[user@]host[:port]`, IPv6 in brackets.
        address: String,
        /// The private key that logs in.
        #[arg(long, value_name = "FILE")]
        identity_file: Option<String>,
    },
    /// Remove a host from hosts.toml.
    Remove {
        /// Its name.
        name: String,
    },
    /// Connect to a host and say what comes of it.
    Test {
        /// Its name, or any host id.
        name: String,
    },
    /// Show the key of a host and record it once you have confirmed it.
    Trust {
        /// Its name, or any host id.
        name: String,
        /// Records the key without asking: only where nobody can stand in between.
        #[arg(long)]
        yes: bool,
        /// Records the key with this fingerprint, which you have compared, and no other.
        #[arg(long, value_name = "SHA256:…", conflicts_with = "yes")]
        accept: Option<String>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Host {
    pub(crate) fn run(self) -> ExitCode {
        let format = self.format;
        let done = Hosts::load().and_then(|hosts| match self.action {
            Action::List => Ok(list(&hosts, format)),
            Action::Add {
                name,
                address,
                identity_file,
            } => add(hosts, name, &address, identity_file, format),
            Action::Remove { name } => remove(hosts, &name, format),
            Action::Test { name } => test(&hosts, &name, format),
            Action::Trust { name, yes, accept } => trust(&hosts, &name, yes, accept, format),
        });
        done.unwrap_or_else(|error| report::error(error, "", WRONG_USE))
    }
}

fn list(hosts: &Hosts, format: Format) -> ExitCode {
    let entries: Vec<&HostEntry> = hosts.file().entries().collect();
    let text = match format {
        Format::Json => format!("{:#}\n", json!(entries)),
        Format::Text if entries.is_empty() => {
            "no host has a name yet: `doppio host add NAME [user@]host[:port]`\n".to_owned()
        }
        Format::Text => entries.iter().map(|entry| line(entry)).collect(),
    };
    // A reader that has seen enough, such as `head`, is no failure.
    let _ = print(&text);
    ExitCode::SUCCESS
}

/// `gpu-1  root@203.0.113.7:40022  ~/.ssh/id_gpu`
fn line(entry: &HostEntry) -> String {
    let user = entry.user.as_ref().map(|user| format!("{user}@"));
    let host = match (entry.port, entry.hostname.contains(':')) {
        (Some(port), true) => format!("[{}]:{port}", entry.hostname),
        (Some(port), false) => format!("{}:{port}", entry.hostname),
        (None, _) => entry.hostname.clone(),
    };
    let key = entry.identity_file.as_ref().map(|file| format!("  {file}"));
    let (user, key) = (user.unwrap_or_default(), key.unwrap_or_default());
    format!("{}  {user}{host}{key}\n", entry.name)
}

fn add(
    mut hosts: Hosts,
    name: String,
    address: &str,
    identity_file: Option<String>,
    format: Format,
) -> Result<ExitCode, HostError> {
    let Address { user, host, port } = Address::parse(address)?;
    let entry = HostEntry {
        name,
        hostname: host,
        port,
        user,
        identity_file,
    };
    let shown = line(&entry);
    let document = json!(entry);
    hosts.file_mut().add(entry)?;
    tell(format, &format!("added {shown}"), &document);
    Ok(ExitCode::SUCCESS)
}

fn remove(mut hosts: Hosts, name: &str, format: Format) -> Result<ExitCode, HostError> {
    let removed = hosts.file_mut().remove(name)?;
    tell(
        format,
        &format!("removed {}", line(&removed)),
        &json!(removed),
    );
    Ok(ExitCode::SUCCESS)
}

fn test(hosts: &Hosts, name: &str, format: Format) -> Result<ExitCode, HostError> {
    let started = Instant::now();
    Ok(match connect(hosts, name, Arc::new(asker()))? {
        Ok(()) => {
            let took = started.elapsed().as_millis() as u64;
            let text = format!("{name}: connected and logged in within {took} ms\n");
            tell(
                format,
                &text,
                &json!({ "name": name, "ok": true, "milliseconds": took }),
            );
            ExitCode::SUCCESS
        }
        Err(error) => fail(format, name, &error, ""),
    })
}

fn trust(
    hosts: &Hosts,
    name: &str,
    yes: bool,
    accept: Option<String>,
    format: Format,
) -> Result<ExitCode, HostError> {
    let answers = Arc::new(Judge {
        yes,
        shows: matches!(format, Format::Text),
        asker: asker().accepting(accept.into_iter().collect()),
    });
    Ok(match connect(hosts, name, answers)? {
        Err(error) if error.unknown_key().is_some() => {
            let advice = "Compare the fingerprint, then run it on a terminal or with --yes.";
            match format {
                Format::Text => report::error("the key was not recorded", advice, MISSING),
                Format::Json => fail(format, name, &error, advice),
            }
        }
        // Whether the login works is another question; `doppio host test` answers it.
        Err(ConnectError::LoginRefused { .. } | ConnectError::PassphraseNeeded { .. }) | Ok(()) => {
            let text = format!("the key of {name} is known\n");
            tell(format, &text, &json!({ "name": name, "ok": true }));
            ExitCode::SUCCESS
        }
        Err(error) => fail(format, name, &error, ""),
    })
}

/// Prints what was done.
fn tell(format: Format, text: &str, document: &serde_json::Value) {
    // A reader that has seen enough, such as `head`, is no failure.
    let _ = match format {
        Format::Text => print(text),
        Format::Json => print(&format!("{document:#}\n")),
    };
}

/// Says why a host could not be reached; in JSON with the `reason` and what belongs to it.
fn fail(format: Format, name: &str, error: &ConnectError, advice: &str) -> ExitCode {
    if let Format::Json = format {
        let message = error.to_string();
        tell(
            format,
            "",
            &json!({ "name": name, "ok": false, "message": message, "error": error, "unknown_key": error.unknown_key().map(|key| &key.fingerprint) }),
        );
    }
    report::error(error, advice, MISSING)
}

/// Connects, logs in and leaves.
fn connect(
    hosts: &Hosts,
    name: &str,
    answers: Arc<dyn Answers>,
) -> Result<Result<(), ConnectError>, HostError> {
    let host = hosts.resolve(name)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| HostError::Io {
        file: "a runtime".into(),
        error,
    })?;
    Ok(runtime.block_on(async {
        let machine = host
            .connect(None, &ConnectOptions::new(false, answers))
            .await?;
        machine.close().await;
        Ok(())
    }))
}

fn asker() -> Asker {
    // Without a home folder there is no index of names, and nothing else is lost.
    Asker::new(&Places::new(&paths::state().unwrap_or_default()), true)
}

/// Shows each unknown key, and asks about it unless all are accepted.
struct Judge {
    yes: bool,
    /// Whether keys are printed; a document tells of them otherwise.
    shows: bool,
    asker: Asker,
}

impl Answers for Judge {
    fn trust<'a>(&'a self, key: &'a OfferedKey) -> BoxFuture<'a, bool> {
        if self.shows {
            let _ = print(&format!("{key}\n"));
        }
        match self.yes {
            true => Box::pin(std::future::ready(true)),
            false => self.asker.trust(key),
        }
    }
}

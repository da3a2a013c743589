//! `doppio secret`: store, list and delete secrets, and tell how the keychain is.

use std::io::{self, BufRead, IsTerminal, Read};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use recipe::{SecretName, WELL_KNOWN};
use runner::secrets::{
    Environment, Interaction, LONGEST_VALUE, Listing, Permit, Places, Presence, SecretError,
    SecretNames, Stale, StoreState, Unavailable, Values,
};
use serde_json::json;

use crate::report::{self, MISSING, WRONG_USE};

/// How long the keychain's dialog is waited for; one must have time to type a long password.
const DIALOG: Duration = Duration::from_secs(120);

#[derive(Args)]
pub(crate) struct Secret {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Store a secret in the keychain. The value is asked for without showing it, or read as one line
    /// from standard input where that is no terminal.
    Set {
        /// Its name, like huggingface/token.
        #[arg(value_parser = SecretName::parse)]
        name: SecretName,
        /// What it is for. Kept beside the keychain, not in it; nothing secret belongs here.
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// Take all of standard input, line ends included, as of a private key.
        #[arg(long)]
        multiline: bool,
        /// Leave a secret of that name alone that is stored already.
        #[arg(long)]
        new: bool,
        /// Caught so that no error message repeats it.
        #[arg(hide = true, allow_hyphen_values = true)]
        value: Vec<std::ffi::OsString>,
    },
    /// List the names of the stored secrets; never a value.
    List {
        /// How to print them.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Say what a stored secret is for, without touching its value.
    Describe {
        /// Its name.
        #[arg(value_parser = SecretName::parse)]
        name: SecretName,
        /// What it is for; an empty text takes the description away.
        #[arg(value_name = "TEXT")]
        description: String,
    },
    /// Give a secret of the keychain another name. Its value is not shown. Recipes that use it are not
    /// changed: the editor's rename does that.
    Rename {
        /// Its name.
        #[arg(value_parser = SecretName::parse)]
        old: SecretName,
        /// Its new name, which no other secret may have.
        #[arg(value_parser = SecretName::parse)]
        new: SecretName,
    },
    /// Delete a secret from the keychain.
    Delete {
        /// Its name.
        #[arg(value_parser = SecretName::parse)]
        name: SecretName,
    },
    /// Tell whether a text on standard input, such as a log that you want to share, holds the value of
    /// a secret. It prints names, never a value, and ends with 0 if there is none, 1 if there is one,
    /// 3 if it cannot tell.
    Scan,
    /// Tell which keychain answers, how it is, and what to do if there is none.
    Status,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Secret {
    pub(crate) fn run(self) -> ExitCode {
        let state = match runner::paths::state() {
            Ok(state) => state,
            Err(error) => return report::error(error, "Set HOME.", WRONG_USE),
        };
        let places = Places::new(&state);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => return report::error(error, "", MISSING),
        };
        runtime.block_on(async {
            match self.action {
                Action::Set { value, .. } if !value.is_empty() => refuse_a_value(),
                Action::Set {
                    name,
                    description,
                    multiline,
                    new,
                    ..
                } => {
                    if new && let Some(why) = is_taken(&places, &name).await {
                        return report::error(why, "", MISSING);
                    }
                    set(&places, &name, description.as_deref(), multiline).await
                }
                Action::Describe { name, description } => {
                    describe(&places, &name, &description).await
                }
                Action::List { format } => list(&places, format).await,
                Action::Rename { old, new } => rename(&places, &old, &new).await,
                Action::Delete { name } => delete(&places, &name).await,
                Action::Scan => crate::scan::scan(&places).await,
                Action::Status => status(&places).await,
            }
        })
    }
}

fn refuse_a_value() -> ExitCode {
    report::error(
        "a secret's value is not an argument: other users could read it in the process list, and your shell keeps it in its history",
        "Leave it out: it is asked for. Scripts pass it as one line of standard input. If this value is in your history now, replace it.",
        WRONG_USE,
    )
}

/// Why a secret of that name must not be stored as a new one.
async fn is_taken(places: &Places, name: &SecretName) -> Option<String> {
    match SecretNames::new(places).presence(name).await {
        Presence::Present(source) => Some(format!(
            "'{name}' is stored already ({source}) and was left as it is. Refer to it with ${{secret:{name}}}, \
             or store the value under another name"
        )),
        Presence::Unknown(Unavailable::Locked) => Some(format!(
            "whether '{name}' is stored already cannot be told: the keychain is locked. Unlock it first"
        )),
        // Without a keychain there is more to say, where the value would be stored.
        Presence::Missing | Presence::Unknown(_) => None,
    }
}

async fn set(
    places: &Places,
    name: &SecretName,
    description: Option<&str>,
    multiline: bool,
) -> ExitCode {
    let value = match multiline {
        true => read_all(),
        false => read_value(name),
    };
    let value = match value {
        Ok(value) => runner::secrets::Secret::new(value),
        Err(error) => {
            return report::error(format!("cannot read the value: {error}"), "", WRONG_USE);
        }
    };
    announce_a_dialog(places).await;
    let permit = Permit::for_command_line();
    let values = Values::new(&permit, places);
    let asking = Interaction::Allow { limit: DIALOG };
    match values.set(&permit, name, &value, description, asking).await {
        Ok(stored) => {
            stored.warning.into_iter().for_each(report::warning);
            anstream::println!("Stored '{name}' in the keychain.");
            if let Some(variable) = stored.shadowed_by {
                report::warning(format!(
                    "{variable} is set and is used instead of this entry"
                ));
            }
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

/// Asks for the value on a terminal, without showing it; else reads one line.
fn read_value(name: &SecretName) -> io::Result<Vec<u8>> {
    if io::stdin().is_terminal() {
        let typed = rpassword::prompt_password(format!("Value of '{name}' (not shown): "))?;
        return Ok(typed.into_bytes());
    }
    // Room for all of it, since a buffer that grows leaves copies; more than fits is told apart.
    let mut line = Vec::with_capacity(LONGEST_VALUE + 3);
    let mut input = io::stdin().lock();
    input
        .by_ref()
        .take(LONGEST_VALUE as u64 + 2)
        .read_until(b'\n', &mut line)?;
    if line.ends_with(b"\n") {
        line.pop();
        if line.ends_with(b"\r") {
            line.pop();
        }
        let rest = input.fill_buf()?;
        if !rest.trim_ascii().is_empty() {
            return Err(io::Error::other(
                "standard input has more than one line, and a value is one",
            ));
        }
    }
    Ok(line)
}

/// All of standard input; what is more than a value can be is refused where it is stored.
fn read_all() -> io::Result<Vec<u8>> {
    let mut value = Vec::with_capacity(LONGEST_VALUE + 3);
    let mut input = io::stdin().lock();
    input
        .by_ref()
        .take(LONGEST_VALUE as u64 + 2)
        .read_to_end(&mut value)?;
    Ok(value)
}

/// Tells that a dialog waits somewhere, before it is waited for.
async fn announce_a_dialog(places: &Places) {
    if SecretNames::new(places).status().await.state == StoreState::Locked {
        let limit = DIALOG.as_secs();
        report::warning(format!(
            "the keychain is locked: answer its dialog within {limit} s"
        ));
    }
}

async fn describe(places: &Places, name: &SecretName, description: &str) -> ExitCode {
    match SecretNames::new(places).describe(name, description).await {
        Ok(()) => {
            anstream::println!("Described '{name}'.");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

async fn rename(places: &Places, old: &SecretName, new: &SecretName) -> ExitCode {
    announce_a_dialog(places).await;
    let permit = Permit::for_command_line();
    let values = Values::new(&permit, places);
    let asking = Interaction::Allow { limit: DIALOG };
    match values.rename(&permit, old, new, asking).await {
        Ok(renamed) => {
            renamed.warning.into_iter().for_each(report::warning);
            anstream::println!("Renamed '{old}' to '{new}' in the keychain.");
            if let Some(variable) = Environment::of_this_process().variable_for(old) {
                report::warning(format!("{variable} is set and still answers for '{old}'"));
            }
            if let Some(variable) = renamed.shadowed_by {
                report::warning(format!(
                    "{variable} is set and is used instead of this entry"
                ));
            }
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

async fn delete(places: &Places, name: &SecretName) -> ExitCode {
    announce_a_dialog(places).await;
    let permit = Permit::for_command_line();
    let values = Values::new(&permit, places);
    match values
        .delete(&permit, name, Interaction::Allow { limit: DIALOG })
        .await
    {
        Ok(deleted) => {
            deleted.warning.into_iter().for_each(report::warning);
            anstream::println!("Deleted '{name}' from the keychain.");
            if let Some(variable) = deleted.shadowed_by {
                report::warning(format!("{variable} is set and still answers for it"));
            }
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

fn fail(error: &SecretError) -> ExitCode {
    let code = match error {
        SecretError::Bad { .. } | SecretError::TooLarge { .. } => WRONG_USE,
        _ => MISSING,
    };
    report::error(error, error.advice(), code)
}

async fn list(places: &Places, format: Format) -> ExitCode {
    let listing = SecretNames::new(places).list().await;
    match format {
        Format::Text => print_text(&listing),
        Format::Json => print_json(&listing),
    }
    listing.warning.into_iter().for_each(report::warning);
    match listing.stale {
        None => ExitCode::SUCCESS,
        Some(
            stale @ Stale {
                why: Unavailable::Locked,
                ..
            },
        ) => {
            report::warning(format!("{}: {}", stale.why, as_of(&stale)));
            ExitCode::SUCCESS
        }
        Some(stale) => {
            let what = format!("{}: {}", stale.why, as_of(&stale));
            report::error(what, stale.why.advice(), MISSING)
        }
    }
}

fn as_of(stale: &Stale) -> String {
    match stale.as_of {
        Some(time) => format!("these are the names as of {}", local(time)),
        None => "its names are not known".to_owned(),
    }
}

fn print_text(listing: &Listing) {
    let width = listing
        .entries
        .iter()
        .map(|entry| entry.name.as_str().len())
        .max()
        .unwrap_or(0);
    for entry in &listing.entries {
        let since = entry.since.map_or_else(|| "?".to_owned(), local);
        let mut notes: Vec<String> = entry.description.iter().cloned().collect();
        notes.extend(
            entry
                .shadowed_by
                .iter()
                .map(|variable| format!("(shadowed by {variable})")),
        );
        let line = format!(
            "{:width$}  keychain  {since:16}  {}",
            entry.name.as_str(),
            notes.join(" ")
        );
        anstream::println!("{}", line.trim_end());
    }
    if listing.entries.is_empty() && listing.stale.is_none() {
        anstream::println!("No secrets are stored. Store one with 'doppio secret set NAME'.");
    }
}

fn print_json(listing: &Listing) {
    let secrets = listing.entries.iter().map(|entry| {
        json!({
            "name": entry.name.as_str(),
            "source": "keychain",
            "description": entry.description,
            "since": entry.since,
            "shadowed_by": entry.shadowed_by,
        })
    });
    let stale = listing.stale.as_ref();
    let document = json!({
        "version": 1,
        "secrets": secrets.collect::<Vec<_>>(),
        "stale": stale.map(|stale| json!({ "as_of": stale.as_of, "why": stale.why.to_string() })),
    });
    anstream::println!("{document}");
}

fn local(time: jiff::Timestamp) -> String {
    time.to_zoned_datetime(jiff::tz::TimeZone::system())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

async fn status(places: &Places) -> ExitCode {
    let names = SecretNames::new(places);
    let status = names.status().await;
    let provider = status
        .provider
        .map(|provider| format!("{provider}, "))
        .unwrap_or_default();
    anstream::println!("Keychain: {provider}{}", status.state);
    if !matches!(status.state, StoreState::Unavailable(_)) {
        anstream::println!(
            "Entries:  {} (service {})",
            names.list().await.entries.len(),
            runner::secrets::SERVICE
        );
    }
    let environment = Environment::of_this_process();
    for known in WELL_KNOWN {
        let name = SecretName::parse(known.name).expect("well-known names are well formed");
        if let Some(variable) = environment.variable_for(&name) {
            anstream::println!("Set:      {variable}, used for '{name}'");
        }
    }
    match status.state.advice() {
        None => ExitCode::SUCCESS,
        Some(advice) => report::error(status.state, advice, MISSING),
    }
}

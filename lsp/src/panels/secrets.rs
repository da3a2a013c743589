//! Secrets as people look after them: what is stored, what recipes use that is not, and what many will
//! want. Names only, and only what the keychain has told already.

use jiff::Timestamp;
use recipe::nearest::nearest;
use recipe::{SecretName, WELL_KNOWN};
use runner::secrets::{Presence, Source, StoreState, Unavailable};
use serde::Serialize;

use super::recipes::UsedAt;
use crate::session::Session;

/// The answer to `doppio/secrets`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretList {
    state: &'static str,
    store: Option<String>,
    message: Option<String>,
    as_of: Option<Timestamp>,
    machine: String,
    entries: Vec<Stored>,
    missing: Vec<Missing>,
    suggested: Vec<Suggested>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    name: String,
    source: &'static str,
    description: Option<String>,
    modified: Option<Timestamp>,
    shadowed_by: Option<String>,
    uses: Vec<UsedAt>,
}

#[derive(Debug, Serialize)]
struct Missing {
    name: String,
    nearest: Option<String>,
    obtain: Option<&'static str>,
    uses: Vec<UsedAt>,
}

#[derive(Debug, Serialize)]
struct Suggested {
    name: &'static str,
    description: &'static str,
    obtain: &'static str,
}

impl Session {
    /// What is known of secrets.
    pub(crate) fn secret_list(&mut self) -> SecretList {
        self.want_recipes();
        let (state, message) = self.keychain_state();
        let mut uses = self.uses();
        let mut used = |name: &SecretName| uses.remove(name).unwrap_or_default();
        let entries = self.stored(&mut used);
        let missing = self.missing(&mut used);
        let is_known = |name: &str| {
            entries.iter().any(|it| it.name == name) || missing.iter().any(|it| it.name == name)
        };
        let suggested = WELL_KNOWN.iter().filter(|known| !is_known(known.name));
        let listing = self.secrets.listing.as_ref();
        SecretList {
            state,
            store: self
                .secrets
                .status
                .as_ref()
                .and_then(|it| it.provider.clone()),
            message,
            as_of: listing.and_then(|it| it.stale.as_ref()?.as_of),
            machine: machine(),
            suggested: suggested
                .map(|known| Suggested {
                    name: known.name,
                    description: known.description,
                    obtain: known.obtain,
                })
                .collect(),
            entries,
            missing,
        }
    }

    fn keychain_state(&self) -> (&'static str, Option<String>) {
        let Some(status) = &self.secrets.status else {
            return ("unknown", self.refusal());
        };
        let word = match &status.state {
            StoreState::Unlocked | StoreState::Answers => "ready",
            StoreState::Locked | StoreState::Unavailable(Unavailable::Locked) => "locked",
            _ => "unavailable",
        };
        let advice = status.state.advice();
        let what = match &status.state {
            StoreState::Unavailable(why) => why.to_string(),
            state @ StoreState::Locked => format!("the keychain is {state}"),
            state => format!("the keychain {state}"),
        };
        let message = advice.map(|advice| format!("{}. {advice}", capitalised(&what)));
        (word, message)
    }

    /// What the keychain holds, and what the environment answers for.
    fn stored(&self, used: &mut impl FnMut(&SecretName) -> Vec<UsedAt>) -> Vec<Stored> {
        let listing = self.secrets.listing.iter().flat_map(|it| &it.entries);
        let mut all: Vec<Stored> = listing
            .map(|entry| Stored {
                name: entry.name.to_string(),
                source: "keychain",
                description: entry.description.clone(),
                modified: entry.since,
                shadowed_by: entry.shadowed_by.clone(),
                uses: used(&entry.name),
            })
            .collect();
        for (name, presence) in &self.secrets.presence {
            let Presence::Present(source) = presence else {
                continue;
            };
            if all.iter().any(|it| it.name == name.as_str()) {
                continue;
            }
            let (source, variable) = match source {
                Source::Environment { variable } => ("environment", Some(variable.clone())),
                Source::Keychain => ("keychain", None),
            };
            all.push(Stored {
                name: name.to_string(),
                source,
                description: variable.map(|variable| format!("from {variable}")),
                modified: None,
                shadowed_by: None,
                uses: used(name),
            });
        }
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// What recipes use that is not there.
    fn missing(&self, used: &mut impl FnMut(&SecretName) -> Vec<UsedAt>) -> Vec<Missing> {
        let facts = self.secrets.facts();
        let missing = self.secrets.presence.iter();
        let missing = missing.filter(|(_, presence)| **presence == Presence::Missing);
        let shown = missing.map(|(name, _)| {
            let stored = facts.stored.iter().map(String::as_str);
            Missing {
                name: name.to_string(),
                nearest: nearest(name.as_str(), stored).map(str::to_owned),
                obtain: name.well_known().map(|known| known.obtain),
                uses: used(name),
            }
        });
        // A name that was used before the last edit is nobody's concern.
        shown.filter(|it| !it.uses.is_empty()).collect()
    }
}

/// A sentence begins with a capital.
fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(rest).collect()
}

/// Whose keychain it is: the machine that this server runs on.
fn machine() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_else(|_| "this machine".to_owned());
    name
}

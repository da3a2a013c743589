//! What the features know of the world outside the text.

use jiff::Timestamp;
use recipe::{SecretName, WELL_KNOWN};
use runner::hosts::{Listed, Written};
use runner::secrets::{Entry, Presence, Source, Unavailable};

use crate::commands::{Command, RunRequest};
use crate::secrets::Secrets;

/// The world outside the text, as far as features need it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World<'a> {
    /// What the keychain told.
    pub(crate) secrets: &'a Secrets,
    /// Tells the ids of the user's hosts.
    pub(crate) hosts: fn() -> Vec<String>,
    /// Tells where one of them is written down.
    pub(crate) host: fn(&str) -> Option<Written>,
    /// Tells what the user's files say of these.
    pub(crate) listed: fn() -> Vec<Listed>,
    /// Tells the names of this process's environment.
    pub(crate) environment: fn() -> Vec<String>,
    /// Whether completions may hold places to jump to.
    pub(crate) snippets: bool,
    /// Whether the user trusts the folder; else nothing was looked up for it.
    pub(crate) is_trusted: bool,
}

/// What the last run of a recipe left to offer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Offered {
    /// Commands that supply what it missed.
    pub(crate) wanted: Vec<Command>,
    /// The steps that failed, with what runs the recipe again from there.
    pub(crate) again: Vec<(String, RunRequest)>,
}

impl Offered {
    /// What one does about a step that failed.
    pub(super) fn for_failed(&self, step: &str) -> Vec<Command> {
        let failed = self.again.iter().filter(|(id, _)| id == step);
        let commands = |(_, request): &(String, RunRequest)| {
            let again = Command::run("Run again from here", request);
            [again, Command::show_log(&request.uri)]
        };
        failed.flat_map(commands).collect()
    }
}

impl<'a> World<'a> {
    /// What is known of the entry of that name in the keychain.
    pub(crate) fn entry(&self, name: &SecretName) -> Option<&'a Entry> {
        let listing = self.secrets.listing.as_ref()?;
        listing.entries.iter().find(|entry| entry.name == *name)
    }

    /// Whether a secret of that name is known to be stored.
    pub(crate) fn is_stored(&self, name: &SecretName) -> bool {
        matches!(self.whereabouts(name), (_, Some(true)))
    }

    /// Whether a secret is there and where, in a few words, and whether it is there at all.
    pub(super) fn whereabouts(&self, name: &SecretName) -> (String, Option<bool>) {
        let listing = self.secrets.listing.as_ref();
        let why = listing
            .and_then(|listing| listing.stale.as_ref())
            .map(|stale| &stale.why);
        match (self.secrets.presence.get(name), self.entry(name)) {
            (Some(Presence::Present(source)), _) => (source.to_string(), Some(true)),
            (Some(Presence::Missing), _) => ("not stored".to_owned(), Some(false)),
            (_, Some(entry)) => (self.listed(entry), Some(true)),
            (Some(Presence::Unknown(why)), None) => (unknown(why), None),
            (None, None) => match (listing, why) {
                (None, _) if !self.is_trusted => {
                    ("not looked up: this folder is not trusted".to_owned(), None)
                }
                (None, _) => ("the keychain has not answered yet".to_owned(), None),
                (Some(_), Some(why)) => (unknown(why), None),
                (Some(_), None) => ("not stored".to_owned(), Some(false)),
            },
        }
    }

    /// The same in as few words as fit beside a name, and all of it where that is not all.
    pub(super) fn in_short(&self, name: &SecretName) -> (String, Option<String>) {
        const LONGEST: usize = 60;
        match self.whereabouts(name) {
            (all, _) if all.len() <= LONGEST => (all, None),
            (all, Some(_)) => match all.split_once(": ") {
                Some((place, _)) => (place.to_owned(), Some(all)),
                None => (all, None),
            },
            (all, None) => ("keychain not reachable".to_owned(), Some(all)),
        }
    }

    /// Where an entry of the list is, and how old that knowledge is.
    fn listed(&self, entry: &Entry) -> String {
        if let Some(variable) = &entry.shadowed_by {
            let variable = variable.clone();
            return Source::Environment { variable }.to_string();
        }
        let stale = self
            .secrets
            .listing
            .as_ref()
            .and_then(|listing| listing.stale.as_ref());
        match stale {
            None => Source::Keychain.to_string(),
            Some(stale) => match stale.as_of {
                Some(as_of) => format!("{}: {}, as of {}", Source::Keychain, stale.why, day(as_of)),
                None => format!("{}: {}", Source::Keychain, stale.why),
            },
        }
    }

    /// Every name worth offering: those that are there, then well-known ones that are not.
    pub(super) fn secret_names(&self) -> Vec<SecretName> {
        let listing = self
            .secrets
            .listing
            .iter()
            .flat_map(|listing| &listing.entries);
        let mut names: Vec<SecretName> = listing.map(|entry| entry.name.clone()).collect();
        let present = self.secrets.presence.iter();
        let present = present.filter(|(_, presence)| matches!(presence, Presence::Present(_)));
        for (name, _) in present {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names.sort();
        for known in WELL_KNOWN {
            match SecretName::parse(known.name) {
                Ok(name) if !names.contains(&name) => names.push(name),
                _ => {}
            }
        }
        names
    }
}

/// Why nobody can tell, and what to do about it.
fn unknown(why: &Unavailable) -> String {
    format!("unknown: {why}. {}", why.advice())
}

/// A day as people read it.
pub(super) fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

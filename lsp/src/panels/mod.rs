//! What clients show beside the text: recipes, runs, secrets and hosts.
//!
//! * `recipes` finds the recipes of the workspace, in a thread of its own, and keeps what is shown of them;
//! * `runs` tells of the runs that are kept, of whichever program;
//! * `secrets` puts together what the keychain holds and what recipes use;
//! * `hosts` lists the hosts that have a name, and tests one when a person asks;
//! * `watch` hears from the system when files change. Nothing is polled.
//!
//! Until a client asks, none of this does anything.

mod hosts;
mod recipes;
mod runs;
mod secrets;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use runner::record::History;

pub(crate) use hosts::{HostList, listed_hosts, read_hosts};
pub(crate) use runs::{Kept, look_at_runs};

use crate::outbox::Message;
use crate::session::Session;

/// Something that clients show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Recipes,
    Runs,
    Secrets,
    Hosts,
}

impl Topic {
    pub(crate) const ALL: [Self; 4] = [Self::Recipes, Self::Runs, Self::Secrets, Self::Hosts];
}

/// The state of what clients show.
#[derive(Debug)]
pub(crate) struct Panels {
    recipes: recipes::Recipes,
    /// What came of the last test of a host.
    tested: BTreeMap<String, hosts::Tested>,
    /// The hosts that are being tested.
    testing: BTreeSet<String>,
    /// The runs that were started from here.
    ours: BTreeSet<String>,
    /// The kept runs, read by whoever asks for them.
    pub(crate) history: Arc<Mutex<History>>,
    watch: watch::Watch,
}

impl Panels {
    pub(crate) fn new(history: History) -> Self {
        Self {
            recipes: recipes::Recipes::default(),
            tested: BTreeMap::new(),
            testing: BTreeSet::new(),
            ours: BTreeSet::new(),
            history: Arc::new(Mutex::new(history)),
            watch: watch::Watch::default(),
        }
    }

    /// A run was started from here.
    pub(crate) fn started(&mut self, run: &str) {
        self.ours.insert(run.to_owned());
    }
}

impl Session {
    /// What clients show of something may be out of date.
    pub(crate) fn changed(&self, topic: Topic) {
        if self.offers.panels {
            self.parts.outbox.say(Message::Changed(topic));
        }
    }
}

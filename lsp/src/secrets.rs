//! What is known of the keychain: names only, and only what a task in the background was told. No
//! answer to the editor ever waits for the keychain.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::join_all;
use recipe::{Facts, SecretName, WELL_KNOWN};
use runner::secrets::{Environment, Listing, Presence, SecretNames, Source, StoreStatus};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::queue::Queue;

/// What the keychain told last.
#[derive(Debug)]
pub(crate) struct Secrets {
    /// Whether the names that open recipes use are there.
    pub(crate) presence: BTreeMap<SecretName, Presence>,
    /// What is stored; `None` until the keychain was asked once.
    pub(crate) listing: Option<Listing>,
    /// How the keychain is; `None` until it was asked once.
    pub(crate) status: Option<StoreStatus>,
    wishes: watch::Sender<Wishes>,
    /// What asks the keychain, while it may.
    task: Option<AbortHandle>,
}

/// What the task should find out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wishes {
    /// The names that open recipes use.
    names: BTreeSet<SecretName>,
    /// Grows when everything should be looked at again.
    round: u64,
}

/// Something that the task found out.
#[derive(Debug)]
pub(crate) enum News {
    Presence(Vec<(SecretName, Presence)>),
    Listing(Listing),
    Status(StoreStatus),
}

impl Secrets {
    /// Nothing known yet. [`Self::watch`] changes that.
    pub(crate) fn new() -> Self {
        Self {
            presence: BTreeMap::new(),
            listing: None,
            status: None,
            wishes: watch::Sender::default(),
            task: None,
        }
    }

    /// Starts the task that asks the keychain and tells `queue`.
    pub(crate) fn watch(&mut self, tasks: &Handle, names: SecretNames, queue: Queue) {
        let task = tasks.spawn(watch(names, self.wishes.subscribe(), queue));
        self.task = Some(task.abort_handle());
    }

    /// Asks the keychain no longer, and knows nothing of it.
    pub(crate) fn forget(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
        self.presence.clear();
        self.listing = None;
        self.status = None;
    }

    /// Says which names are in use, so that those are tested first and again at each change.
    pub(crate) fn use_names(&self, names: BTreeSet<SecretName>) {
        self.wishes.send_if_modified(|wishes| {
            let changed = wishes.names != names;
            wishes.names = names;
            changed
        });
    }

    /// Asks for a new look, on systems that do not tell of changes by themselves.
    pub(crate) fn look_again(&self) {
        self.wishes.send_modify(|wishes| wishes.round += 1);
    }

    /// Takes in what the task found out. Whether anything is new.
    pub(crate) fn learn(&mut self, news: News) -> bool {
        match news {
            News::Presence(found) => {
                let mut is_new = false;
                for (name, presence) in found {
                    let before = self.presence.insert(name, presence.clone());
                    is_new |= before != Some(presence);
                }
                is_new
            }
            News::Listing(listing) => {
                let is_new = self.listing.as_ref() != Some(&listing);
                self.listing = Some(listing);
                is_new
            }
            News::Status(status) => {
                let is_new = self.status.as_ref() != Some(&status);
                self.status = Some(status);
                is_new
            }
        }
    }

    /// The same for the checks.
    pub(crate) fn facts(&self) -> Facts {
        let plain = |presence: &Presence| match presence {
            Presence::Present(_) => recipe::Presence::Present,
            Presence::Missing => recipe::Presence::Missing,
            Presence::Unknown(_) => recipe::Presence::Unknown,
        };
        let presence = self.presence.iter();
        let listing = self.listing.iter().flat_map(|listing| &listing.entries);
        Facts {
            secrets: presence
                .map(|(name, it)| (name.clone(), plain(it)))
                .collect(),
            stored: listing.map(|entry| entry.name.to_string()).collect(),
            ..Facts::default()
        }
    }
}

/// The well-known names that the environment answers for; it cannot be listed.
fn well_known_variables() -> Vec<(SecretName, Presence)> {
    let environment = Environment::of_this_process();
    let names = WELL_KNOWN
        .iter()
        .filter_map(|known| SecretName::parse(known.name).ok());
    let present = names.filter_map(|name| {
        let variable = environment.variable_for(&name)?;
        Some((name, Presence::Present(Source::Environment { variable })))
    });
    present.collect()
}

/// Signals come in bursts, and a store may tell of an entry just before it can be found.
const BURST: Duration = Duration::from_millis(30);

/// Asks the keychain at the start, at each of its changes and at each wish: for the names in use
/// first, for the list of all names after that.
async fn watch(names: SecretNames, mut wishes: watch::Receiver<Wishes>, queue: Queue) {
    queue.tell(|session| session.learn(News::Presence(well_known_variables())));
    let mut changes = names.changes();
    let mut known = Wishes::default();
    let mut list_too = true;
    loop {
        let wish = wishes.borrow_and_update().clone();
        let everything = list_too || wish.round != known.round;
        let wanted = wish
            .names
            .iter()
            .filter(|name| everything || !known.names.contains(*name));
        let asked = wanted.map(|name| async { (name.clone(), names.presence(name).await) });
        let found = join_all(asked).await;
        if !found.is_empty() {
            queue.tell(|session| session.learn(News::Presence(found)));
        }
        if everything {
            let listing = names.list().await;
            let status = names.status().await;
            queue.tell(|session| session.learn(News::Listing(listing)));
            queue.tell(|session| session.learn(News::Status(status)));
        }
        known = wish;
        list_too = tokio::select! {
            () = changes.changed() => {
                tokio::time::sleep(BURST).await;
                true
            }
            wished = wishes.changed() => match wished {
                Ok(()) => false,
                // The session is gone.
                Err(_) => return,
            },
        };
    }
}

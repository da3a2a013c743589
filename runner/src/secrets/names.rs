//! The half that knows names only: safe to use from an editor's server.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use recipe::SecretName;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::index::{Index, IndexFile, Note};
use super::store::{Found, NameStore, PlatformNames, StoreStatus};
use super::{Environment, Places, SecretError, Unavailable};

/// The names of the secrets there are. A cheap handle: clones share one connection.
///
/// Nothing here unlocks, prompts or reads a value, and each answer comes within seconds.
#[derive(Clone)]
pub struct SecretNames(Arc<Inner>);

struct Inner {
    environment: Environment,
    store: PlatformNames,
    index: IndexFile,
}

/// Where a secret comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// From this environment variable.
    Environment {
        /// Its name.
        variable: String,
    },
    /// From the system's keychain.
    Keychain,
}

/// Whether there is a secret of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// There is.
    Present(Source),
    /// There is none.
    Missing,
    /// Nobody can tell now.
    Unknown(Unavailable),
}

/// The names that the keychain holds, or held when it was last readable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Sorted by name.
    pub entries: Vec<Entry>,
    /// `None` if the keychain itself told all of it just now.
    pub stale: Option<Stale>,
    /// What went wrong with the index of names; the listing holds all the same.
    pub warning: Option<String>,
}

/// Why a listing comes, at least in part, from the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// When the keychain was last listed as a whole, if ever.
    pub as_of: Option<Timestamp>,
    /// Why it could not be listed now.
    pub why: Unavailable,
}

/// One stored secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: SecretName,
    /// What the user wrote about it.
    pub description: Option<String>,
    /// When it was stored, as far as is known.
    pub since: Option<Timestamp>,
    /// The environment variable that is set and answers in its place.
    pub shadowed_by: Option<String>,
}

impl SecretNames {
    /// Looks in these places; connects when first asked.
    pub fn new(places: &Places) -> Self {
        Self(Arc::new(Inner {
            environment: places.environment.clone(),
            store: PlatformNames::new(places),
            index: IndexFile::new(&places.index),
        }))
    }

    /// All names in the keychain, from the index where it cannot tell.
    pub async fn list(&self) -> Listing {
        let (index, warning) = match self.0.index.load() {
            Ok(index) => (index, None),
            Err(error) => (Index::default(), Some(error.to_string())),
        };
        let listing = match self.0.store.list(&index.known()).await {
            Ok(found) => self.refreshed(&found),
            Err(why) => {
                let stale = Some(Stale {
                    as_of: index.as_of,
                    why,
                });
                Listing {
                    entries: self.entries(index),
                    stale,
                    warning: None,
                }
            }
        };
        Listing {
            warning: warning.or(listing.warning),
            ..listing
        }
    }

    /// Whether there is a secret of exactly this name. Works in a locked keychain too.
    pub async fn presence(&self, name: &SecretName) -> Presence {
        if let Some(variable) = self.0.environment.variable_for(name) {
            return Presence::Present(Source::Environment { variable });
        }
        match self.0.store.holds(name).await {
            Ok(true) => Presence::Present(Source::Keychain),
            Ok(false) => Presence::Missing,
            Err(why) => Presence::Unknown(why),
        }
    }

    /// Remembers what a secret of the keychain is for; an empty text forgets it.
    ///
    /// # Errors
    /// When there is no such entry, the keychain cannot tell, or the index cannot be written.
    pub async fn describe(&self, name: &SecretName, description: &str) -> Result<(), SecretError> {
        if !self.0.store.holds(name).await? {
            return Err(SecretError::NotFound {
                name: name.clone(),
                nearest: None,
            });
        }
        let note = |index: &mut Index| {
            let note = index.names.entry(name.clone()).or_default();
            note.description = Some(description.trim().to_owned()).filter(|it| !it.is_empty());
        };
        let noted = self.0.index.update(note);
        noted
            .map(|_| ())
            .map_err(|error| SecretError::Index(error.to_string()))
    }

    /// Which keychain answers, and how it is.
    pub async fn status(&self) -> StoreStatus {
        self.0.store.status().await
    }

    /// Tells when names may have come or gone, where the system has signals for that (Linux).
    ///
    /// # Panics
    /// Outside a tokio runtime, whose task does the watching until what is returned is dropped.
    pub fn changes(&self) -> Changes {
        let (sender, receiver) = watch::channel(());
        let store = self.0.store.clone();
        let watching = tokio::spawn(async move { store.watch(|| sender.send_replace(())).await });
        Changes { receiver, watching }
    }

    /// Writes a listing into the index and reads the descriptions out of it.
    fn refreshed(&self, found: &Found) -> Listing {
        let mut fresh = Index::default();
        let refresh = |index: &mut Index| index.refresh(found, Timestamp::now());
        let (index, warning) = match self.0.index.update(refresh) {
            Ok(index) => (index, None),
            Err(error) => {
                refresh(&mut fresh);
                (fresh, Some(error.to_string()))
            }
        };
        let stale = (found.hidden > 0).then_some(Stale {
            as_of: index.as_of,
            why: Unavailable::Locked,
        });
        Listing {
            entries: self.entries(index),
            stale,
            warning,
        }
    }

    fn entries(&self, index: Index) -> Vec<Entry> {
        let entry = |(name, note): (SecretName, Note)| Entry {
            shadowed_by: self.0.environment.variable_for(&name),
            description: note.description,
            since: note.since,
            name,
        };
        index.names.into_iter().map(entry).collect()
    }
}

/// Tells when names may have come or gone. Dropping it ends the watching.
#[derive(Debug)]
pub struct Changes {
    receiver: watch::Receiver<()>,
    watching: JoinHandle<()>,
}

impl Changes {
    /// Waits for the next change; several at about the same time are one. Where the system has no
    /// signals this never returns: list again after own writes and when the user comes back.
    pub async fn changed(&mut self) {
        if self.receiver.changed().await.is_err() {
            std::future::pending().await
        }
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

impl fmt::Debug for SecretNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretNames(..)")
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment { variable } => write!(f, "environment variable {variable}"),
            Self::Keychain => f.write_str("keychain"),
        }
    }
}

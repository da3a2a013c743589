//! What a keychain can do, and which one this system has.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use recipe::SecretName;

use super::{Interaction, Places, Secret, SecretError, Unavailable};

#[cfg(target_os = "linux")]
pub(super) use super::linux::{Names as PlatformNames, Values as PlatformValues};
#[cfg(any(target_os = "macos", windows))]
pub(super) use super::native::{Names as PlatformNames, Values as PlatformValues};
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub(super) use super::unsupported::{Names as PlatformNames, Values as PlatformValues};

/// How long a keychain has for one answer while nobody asked it for a value.
pub(super) const ANSWER: Duration = Duration::from_secs(2);

/// The half of a keychain that knows names. Nothing here unlocks, prompts or reads a value.
pub(super) trait NameStore: Clone + Send + Sync + 'static {
    fn new(places: &Places) -> Self;

    /// All names. For those that are not `known`, the time of the last change is asked for too.
    fn list(
        &self,
        known: &BTreeSet<SecretName>,
    ) -> impl Future<Output = Result<Found, Unavailable>> + Send;

    /// Whether there is an entry of exactly this name.
    fn holds(&self, name: &SecretName) -> impl Future<Output = Result<bool, Unavailable>> + Send;

    fn status(&self) -> impl Future<Output = StoreStatus> + Send;

    /// Calls `changed` whenever entries may have changed, for ever. Where the system has no signals,
    /// this ends at once.
    fn watch(&self, changed: impl FnMut() + Send) -> impl Future<Output = ()> + Send;
}

/// The half of a keychain that opens values.
pub(super) trait ValueStore: Sized + Send + Sync + 'static {
    fn new(places: &Places) -> Self;

    /// The newest value under a name; `None` if there is none.
    fn read(
        &self,
        name: &SecretName,
        interaction: Interaction,
    ) -> impl Future<Output = Result<Option<Secret>, SecretError>> + Send;

    fn set(
        &self,
        name: &SecretName,
        value: &Secret,
        interaction: Interaction,
    ) -> impl Future<Output = Result<(), SecretError>> + Send;

    /// Deletes all entries of a name and tells how many there were.
    fn delete(
        &self,
        name: &SecretName,
        interaction: Interaction,
    ) -> impl Future<Output = Result<usize, SecretError>> + Send;

    /// Unlocks what holds these names, in one go. Names without an entry are passed over.
    fn unlock(
        &self,
        names: &[SecretName],
        limit: Duration,
    ) -> impl Future<Output = Result<(), SecretError>> + Send;
}

/// What a listing found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The names, with the time of the last change where it was asked for.
    pub(super) names: BTreeMap<SecretName, Option<Timestamp>>,
    /// How many entries hide their names, because the keychain was not unlocked since it started.
    pub(super) hidden: usize,
}

/// Which keychain answers, and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreStatus {
    /// The program that answers, as people know it: `GNOME Keyring`.
    pub provider: Option<String>,
    /// How it is.
    pub state: StoreState,
}

/// How a keychain is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreState {
    /// Values can be read and stored.
    Unlocked,
    /// Values can be read and stored after its dialog was answered.
    Locked,
    /// It answers; whether it is locked shows when a value is asked for (macOS, Windows).
    Answers,
    /// There is no collection where new entries go.
    NoDefaultCollection,
    /// It cannot be asked.
    Unavailable(Unavailable),
}

impl StoreState {
    /// What to do, if anything.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Unlocked | Self::Answers => None,
            Self::Locked => Some(Unavailable::Locked.advice().to_owned()),
            Self::NoDefaultCollection => Some(SecretError::NoDefaultCollection.advice()),
            Self::Unavailable(why) => Some(why.advice().to_owned()),
        }
    }
}

impl fmt::Display for StoreState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlocked => f.write_str("unlocked"),
            Self::Answers => f.write_str("answers"),
            Self::Locked => f.write_str("locked"),
            Self::NoDefaultCollection => f.write_str("has no default collection"),
            Self::Unavailable(why) => why.fmt(f),
        }
    }
}

//! The keychains of macOS and Windows, over `keyring-core` and their native stores.
//!
//! Doppio is developed on Linux: this file is type-checked for both systems, but was not run on
//! either. It is kept small for that reason.
//!
//! Their calls block and cannot be cancelled, and may wait for a dialog. Each runs on a thread that
//! nobody joins, with a deadline on its answer: one that hangs is left behind, and neither holds up
//! the program nor its end.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};
use recipe::SecretName;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::store::{ANSWER, Found, NameStore, StoreState, StoreStatus, ValueStore};
use super::{Interaction, Places, SERVICE, Secret, SecretError, Unavailable};

#[cfg(target_os = "macos")]
use mac as system;
#[cfg(windows)]
use win as system;

/// The half that knows names: searches give attributes only and never bring up a dialog.
#[derive(Clone)]
pub(super) struct Names {
    is_ci: bool,
}

/// The half that opens values.
pub(super) struct Values {
    is_ci: bool,
}

impl NameStore for Names {
    fn new(places: &Places) -> Self {
        Self {
            is_ci: places.is_ci(),
        }
    }

    async fn list(&self, _: &BTreeSet<SecretName>) -> Result<Found, Unavailable> {
        let found = detached(self.is_ci, ANSWER, || system::search(None)).await?;
        let accounts = found
            .map_err(unavailable)?
            .into_iter()
            .filter_map(|entry| entry.get_specifiers());
        let ours = accounts.filter(|(service, _)| service == SERVICE);
        let names = ours.filter_map(|(_, account)| Some((SecretName::parse(&account).ok()?, None)));
        Ok(Found {
            names: names.collect(),
            hidden: 0,
        })
    }

    async fn holds(&self, name: &SecretName) -> Result<bool, Unavailable> {
        let name = name.clone();
        let found = detached(self.is_ci, ANSWER, move || system::search(Some(&name))).await?;
        Ok(!found.map_err(unavailable)?.is_empty())
    }

    async fn status(&self) -> StoreStatus {
        let state = match self.list(&BTreeSet::new()).await {
            Ok(_) => StoreState::Answers,
            Err(why) => StoreState::Unavailable(why),
        };
        StoreStatus {
            provider: Some(system::PROVIDER.to_owned()),
            state,
        }
    }

    async fn watch(&self, _: impl FnMut() + Send) {}
}

impl ValueStore for Values {
    fn new(places: &Places) -> Self {
        Self {
            is_ci: places.is_ci(),
        }
    }

    async fn read(
        &self,
        name: &SecretName,
        interaction: Interaction,
    ) -> Result<Option<Secret>, SecretError> {
        let read = self.on_entry(name, interaction, |entry| {
            entry.get_secret().map(Secret::new)
        });
        absent_is_none(name, read.await?)
    }

    async fn set(
        &self,
        name: &SecretName,
        value: &Secret,
        interaction: Interaction,
    ) -> Result<(), SecretError> {
        if let Some(limit) = system::LONGEST_VALUE.filter(|limit| value.expose().len() > *limit) {
            return Err(SecretError::TooLarge {
                name: name.clone(),
                limit,
            });
        }
        let value = value.clone();
        let set = self.on_entry(name, interaction, move |entry| {
            entry.set_secret(value.expose())
        });
        set.await?.map_err(|error| explain(name, error))
    }

    async fn delete(
        &self,
        name: &SecretName,
        interaction: Interaction,
    ) -> Result<usize, SecretError> {
        let deleted = self
            .on_entry(name, interaction, |entry| entry.delete_credential())
            .await?;
        Ok(absent_is_none(name, deleted)?.map_or(0, |()| 1))
    }

    async fn unlock(&self, names: &[SecretName], limit: Duration) -> Result<(), SecretError> {
        let Some(name) = names.first() else {
            return Ok(());
        };
        let unlocked = detached(self.is_ci, limit, system::unlock).await?;
        unlocked.map_err(|error| explain(name, error))
    }
}

impl Values {
    async fn on_entry<T: Send + 'static>(
        &self,
        name: &SecretName,
        interaction: Interaction,
        action: impl FnOnce(Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<keyring_core::Result<T>, SecretError> {
        let account = name.clone();
        let limit = match interaction {
            Interaction::Allow { limit } => limit,
            Interaction::Never => ANSWER,
        };
        let answer = detached(self.is_ci, limit, move || {
            let _quiet = system::quiet(interaction)?;
            action(system::entry(&account)?)
        });
        match (answer.await, interaction) {
            (Err(Unavailable::TimedOut(_)), Interaction::Allow { limit }) => {
                Err(SecretError::PromptTimedOut { limit })
            }
            (answer, _) => Ok(answer?),
        }
    }
}

/// Does something that blocks on a thread of its own, and waits for it at most for `limit`. One at a
/// time: the stores do not order calls from several threads.
async fn detached<T: Send + 'static>(
    is_ci: bool,
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Unavailable> {
    static TURN: Mutex<()> = Mutex::new(());
    if is_ci {
        return Err(Unavailable::Ci);
    }
    let (done, answer) = oneshot::channel();
    let thread = std::thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(move || {
            let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody waits any more if time is up.
            let _ = done.send(work());
        });
    thread.map_err(|error| Unavailable::Failed(error.to_string()))?;
    match timeout(limit, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => Err(Unavailable::Failed(
            "its thread ended without an answer".to_owned(),
        )),
        Err(_) => Err(Unavailable::TimedOut(limit)),
    }
}

fn absent_is_none<T>(
    name: &SecretName,
    result: keyring_core::Result<T>,
) -> Result<Option<T>, SecretError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(explain(name, error)),
    }
}

fn explain(name: &SecretName, error: Error) -> SecretError {
    match &error {
        Error::TooLong(_, limit) => SecretError::TooLarge {
            name: name.clone(),
            limit: usize::try_from(*limit).unwrap_or(usize::MAX),
        },
        Error::PlatformFailure(platform) | Error::NoStorageAccess(platform) => {
            system::explain(platform.as_ref()).unwrap_or_else(|| unavailable(error).into())
        }
        _ => unavailable(error).into(),
    }
}

/// Errors that carry the value are not shown, whatever their text would be.
fn unavailable(error: Error) -> Unavailable {
    Unavailable::Failed(match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "the entry cannot be read".to_owned(),
        error => error.to_string(),
    })
}

/// Entries are found by service and account; only attributes are asked for.
#[cfg(target_os = "macos")]
mod mac {
    use apple_native_keyring_store::keychain::Store;
    use security_framework::base::Error as PlatformError;
    use security_framework::os::macos::keychain::{KeychainUserInteractionLock, SecKeychain};

    use super::*;

    pub(super) const PROVIDER: &str = "macOS Keychain";
    pub(super) const LONGEST_VALUE: Option<usize> = None;

    pub(super) fn search(name: Option<&SecretName>) -> keyring_core::Result<Vec<Entry>> {
        let mut specification = HashMap::from([("service", SERVICE)]);
        specification.extend(name.map(|name| ("user", name.as_str())));
        store()?.search(&specification)
    }

    pub(super) fn entry(name: &SecretName) -> keyring_core::Result<Entry> {
        store()?.build(SERVICE, name.as_str(), None)
    }

    /// Turns dialogs into errors while it is held. It concerns the whole process, whose keychain calls
    /// all wait for their turn here.
    pub(super) fn quiet(
        interaction: Interaction,
    ) -> keyring_core::Result<Option<KeychainUserInteractionLock>> {
        match interaction {
            Interaction::Allow { .. } => Ok(None),
            Interaction::Never => SecKeychain::disable_user_interaction()
                .map(Some)
                .map_err(failure),
        }
    }

    /// Brings up the system's dialog if the keychain is locked.
    pub(super) fn unlock() -> keyring_core::Result<()> {
        SecKeychain::default()
            .and_then(|mut keychain| keychain.unlock(None))
            .map_err(failure)
    }

    pub(super) fn explain(error: &(dyn std::error::Error + 'static)) -> Option<SecretError> {
        match error.downcast_ref::<PlatformError>()?.code() {
            -25308 | -25293 => Some(SecretError::Locked),
            -128 => Some(SecretError::Denied),
            _ => None,
        }
    }

    fn store() -> keyring_core::Result<Arc<Store>> {
        Store::new()
    }

    fn failure(error: PlatformError) -> Error {
        Error::PlatformFailure(Box::new(error))
    }
}

/// Entries are named `doppio:NAME@dev.doppio.secrets`: the store's own default cannot be taken apart
/// again.
#[cfg(windows)]
mod win {
    use windows_native_keyring_store::Store;

    use super::*;

    pub(super) const PROVIDER: &str = "Windows Credential Manager";
    /// `CRED_MAX_CREDENTIAL_BLOB_SIZE`.
    pub(super) const LONGEST_VALUE: Option<usize> = Some(2560);

    pub(super) fn search(name: Option<&SecretName>) -> keyring_core::Result<Vec<Entry>> {
        // Of what a name can hold, only the dot means something in a pattern.
        let account =
            name.map_or_else(|| ".*".to_owned(), |name| name.as_str().replace('.', r"\."));
        let pattern = format!("^doppio:{account}@{}$", SERVICE.replace('.', r"\."));
        store()?.search(&HashMap::from([("pattern", pattern.as_str())]))
    }

    pub(super) fn entry(name: &SecretName) -> keyring_core::Result<Entry> {
        // The store's default would roam with a domain profile.
        store()?.build(
            SERVICE,
            name.as_str(),
            Some(&HashMap::from([("persistence", "Local")])),
        )
    }

    /// There are no dialogs to turn off.
    pub(super) struct NoDialogs;

    pub(super) fn quiet(_: Interaction) -> keyring_core::Result<NoDialogs> {
        Ok(NoDialogs)
    }

    /// There is no lock here.
    pub(super) fn unlock() -> keyring_core::Result<()> {
        Ok(())
    }

    pub(super) fn explain(_: &(dyn std::error::Error + 'static)) -> Option<SecretError> {
        None
    }

    fn store() -> keyring_core::Result<Arc<Store>> {
        let names = [
            ("prefix", "doppio:"),
            ("divider", "@"),
            ("service_no_divider", "true"),
        ];
        Store::new_with_configuration(&HashMap::from(names))
    }
}

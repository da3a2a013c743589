//! The half that opens values: only for the command line's `run` and `secret`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use recipe::SecretName;

use super::index::{IndexError, IndexFile};
use super::store::{PlatformValues, ValueStore};
use super::{Environment, Places, Secret, SecretError, Source, check_value, process};

/// The permit to open values. Only the command line makes one:
/// ```no_run
/// # async fn read(places: runner::secrets::Places, name: recipe::SecretName) {
/// use runner::secrets::{Interaction, Permit, Values};
/// let permit = Permit::for_command_line();
/// let values = Values::new(&permit, &places);
/// let _ = values.read(&permit, &name, Interaction::Never).await;
/// # }
/// ```
/// It cannot be made in another way:
/// ```compile_fail,E0423
/// let permit = runner::secrets::Permit(());
/// ```
/// and nothing of [`Values`] goes without one:
/// ```compile_fail,E0061
/// let places = runner::secrets::Places::new(std::path::Path::new("/tmp"));
/// runner::secrets::Values::new(&places);
/// ```
/// ```compile_fail,E0061
/// async fn read(values: runner::secrets::Values, name: recipe::SecretName) {
///     let _ = values.read(&name, runner::secrets::Interaction::Never).await;
/// }
/// ```
#[derive(Debug)]
pub struct Permit(());

impl Permit {
    /// The one place where permits come from. `lsp/clippy.toml` forbids it to the language server.
    pub fn for_command_line() -> Self {
        Self(())
    }
}

/// Whether the keychain may bring up its dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interaction {
    /// Nobody is there to answer, or nobody asked for this.
    Never,
    /// The user asked for this and has so long to answer.
    Allow {
        /// How long the dialog is waited for.
        limit: Duration,
    },
}

/// What a `set` did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The environment variable that is set and answers in the entry's place.
    pub shadowed_by: Option<String>,
    /// What went wrong with the index of names; the value is stored all the same.
    pub warning: Option<String>,
}

/// The values of secrets. A cheap handle: clones share one connection and one dialog at a time.
#[derive(Clone)]
pub struct Values(Arc<Inner>);

struct Inner {
    environment: Environment,
    store: PlatformValues,
    index: IndexFile,
}

impl Values {
    /// Looks in these places; connects when first asked. From now on the process is kept out of core
    /// dumps and away from debuggers (Linux).
    pub fn new(_: &Permit, places: &Places) -> Self {
        process::seal();
        Self(Arc::new(Inner {
            environment: places.environment.clone(),
            store: PlatformValues::new(places),
            index: IndexFile::new(&places.index),
        }))
    }

    /// Reads a value, from the environment or else the keychain, and tells where it was. Of several
    /// entries of the same name the newest counts.
    ///
    /// # Errors
    /// When there is none, when it cannot be a secret, or when the keychain does not give it.
    pub async fn read(
        &self,
        _: &Permit,
        name: &SecretName,
        interaction: Interaction,
    ) -> Result<(Secret, Source), SecretError> {
        let (value, source) = match self.0.environment.value(name) {
            Some((variable, value)) => (value, Source::Environment { variable }),
            None => match self.0.store.read(name, interaction).await? {
                Some(value) => (value, Source::Keychain),
                None => return Err(self.not_found(name)),
            },
        };
        check(name, &value)?;
        Ok((value, source))
    }

    /// All values of this process's environment, for masking: a command on this machine can read
    /// them from there, asked for or not.
    pub fn in_environment(&self, _: &Permit) -> Vec<Secret> {
        self.0.environment.values()
    }

    /// Stores a value in the keychain, in place of the newest entry of that name, and remembers the
    /// description; without one the former stays.
    ///
    /// # Errors
    /// When the value cannot be a secret, or when the keychain does not take it.
    pub async fn set(
        &self,
        _: &Permit,
        name: &SecretName,
        value: &Secret,
        description: Option<&str>,
        interaction: Interaction,
    ) -> Result<Stored, SecretError> {
        check(name, value)?;
        self.0.store.set(name, value, interaction).await?;
        let noted = self.0.index.update(|index| {
            let note = index.names.entry(name.clone()).or_default();
            note.since = Some(Timestamp::now());
            if let Some(text) = description {
                note.description = Some(text.to_owned()).filter(|text| !text.is_empty());
            }
        });
        Ok(self.stored(name, noted.err()))
    }

    /// Deletes all of the keychain's entries of that name.
    ///
    /// # Errors
    /// When there is none, or when the keychain does not delete it.
    pub async fn delete(
        &self,
        _: &Permit,
        name: &SecretName,
        interaction: Interaction,
    ) -> Result<Stored, SecretError> {
        let deleted = self.0.store.delete(name, interaction).await?;
        let noted = self.0.index.update(|index| {
            index.names.remove(name);
        });
        match deleted {
            0 => Err(self.not_found(name)),
            _ => Ok(self.stored(name, noted.err())),
        }
    }

    /// Gives the keychain's entry of a name another name: it is stored anew and the old entry deleted.
    /// Description and times go along.
    ///
    /// # Errors
    /// When there is no such entry, when there is one of the new name, or when the keychain does not
    /// do it; then everything is as before.
    pub async fn rename(
        &self,
        _: &Permit,
        from: &SecretName,
        to: &SecretName,
        interaction: Interaction,
    ) -> Result<Stored, SecretError> {
        let store = &self.0.store;
        let Some(value) = store.read(from, interaction).await? else {
            return Err(self.not_found(from));
        };
        if from == to || store.read(to, interaction).await?.is_some() {
            return Err(SecretError::Taken { name: to.clone() });
        }
        store.set(to, &value, interaction).await?;
        if let Err(error) = store.delete(from, interaction).await {
            // Two entries of one value would be one too many; the old one is what recipes may use.
            let _ = store.delete(to, interaction).await;
            return Err(error);
        }
        let noted = self.0.index.update(|index| {
            if let Some(note) = index.names.remove(from) {
                index.names.insert(to.clone(), note);
            }
        });
        Ok(self.stored(to, noted.err()))
    }

    /// Unlocks what holds these names, reading no value. Names that the environment answers for, and
    /// those without an entry, are passed over. At most one dialog is shown at a time.
    ///
    /// # Errors
    /// When it stays locked.
    pub async fn unlock(
        &self,
        _: &Permit,
        names: &[SecretName],
        limit: Duration,
    ) -> Result<(), SecretError> {
        let stored = |name: &&SecretName| self.0.environment.variable_for(name).is_none();
        let names: Vec<SecretName> = names.iter().filter(stored).cloned().collect();
        match names.is_empty() {
            true => Ok(()),
            false => self.0.store.unlock(&names, limit).await,
        }
    }

    fn stored(&self, name: &SecretName, noted: Option<IndexError>) -> Stored {
        Stored {
            shadowed_by: self.0.environment.variable_for(name),
            warning: noted.map(|error| error.to_string()),
        }
    }

    fn not_found(&self, name: &SecretName) -> SecretError {
        let names = self.0.index.load().unwrap_or_default().names;
        let likeness = |other: &SecretName| strsim::jaro_winkler(name.as_str(), other.as_str());
        let nearest = names
            .into_keys()
            .filter(|other| other != name && likeness(other) > 0.85)
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        SecretError::NotFound {
            name: name.clone(),
            nearest,
        }
    }
}

fn check(name: &SecretName, value: &Secret) -> Result<(), SecretError> {
    check_value(value.expose()).map_err(|why| SecretError::Bad {
        name: name.clone(),
        why,
    })
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Values(..)")
    }
}

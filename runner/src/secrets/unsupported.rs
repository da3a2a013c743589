//! Systems whose keychain we do not know: only the environment answers there.

use std::collections::BTreeSet;
use std::time::Duration;

use recipe::SecretName;

use super::store::{Found, NameStore, StoreState, StoreStatus, ValueStore};
use super::{Interaction, Places, Secret, SecretError, Unavailable};

#[derive(Clone)]
pub(super) struct Names;

pub(super) struct Values;

impl NameStore for Names {
    fn new(_: &Places) -> Self {
        Self
    }

    async fn list(&self, _: &BTreeSet<SecretName>) -> Result<Found, Unavailable> {
        Err(Unavailable::Unsupported)
    }

    async fn holds(&self, _: &SecretName) -> Result<bool, Unavailable> {
        Err(Unavailable::Unsupported)
    }

    async fn status(&self) -> StoreStatus {
        StoreStatus {
            provider: None,
            state: StoreState::Unavailable(Unavailable::Unsupported),
        }
    }

    async fn watch(&self, _: impl FnMut() + Send) {}
}

impl ValueStore for Values {
    fn new(_: &Places) -> Self {
        Self
    }

    async fn read(&self, _: &SecretName, _: Interaction) -> Result<Option<Secret>, SecretError> {
        Err(Unavailable::Unsupported.into())
    }

    async fn set(&self, _: &SecretName, _: &Secret, _: Interaction) -> Result<(), SecretError> {
        Err(Unavailable::Unsupported.into())
    }

    async fn delete(&self, _: &SecretName, _: Interaction) -> Result<usize, SecretError> {
        Err(Unavailable::Unsupported.into())
    }

    async fn unlock(&self, _: &[SecretName], _: Duration) -> Result<(), SecretError> {
        Err(Unavailable::Unsupported.into())
    }
}

//! Where secrets are looked for.

use std::path::{Path, PathBuf};

use super::Environment;

/// Where secrets are looked for, and what may be started for it.
#[derive(Clone, Debug)]
pub struct Places {
    pub(super) environment: Environment,
    pub(super) bus: Option<String>,
    pub(super) index: PathBuf,
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only the Secret Service is started on demand")
    )]
    pub(super) may_start_keychain: bool,
}

impl Places {
    /// The environment of this process, the keychain of its session, and the index of names in the
    /// user's state folder.
    pub fn new(state: &Path) -> Self {
        Self {
            environment: Environment::of_this_process(),
            bus: None,
            index: state.join("secret-names.json"),
            may_start_keychain: true,
        }
    }

    /// With other variables than those of this process.
    pub fn with_environment(self, environment: Environment) -> Self {
        Self {
            environment,
            ..self
        }
    }

    /// With the Secret Service on the D-Bus at this address instead of the session's (Linux only).
    pub fn with_bus(self, address: impl Into<String>) -> Self {
        Self {
            bus: Some(address.into()),
            ..self
        }
    }

    /// Leaves a keychain that is not running alone when names are asked for: what opens a file must
    /// not start programs. Values are not concerned, since whoever reads one asked for it.
    pub fn without_starting_a_keychain(self) -> Self {
        Self {
            may_start_keychain: false,
            ..self
        }
    }

    /// Whether no keychain is to be looked for at all.
    pub(super) fn is_ci(&self) -> bool {
        self.bus.is_none() && self.environment.is_ci()
    }
}

//! What can go wrong, told so that one knows what to do next. No error here holds a value.

use std::time::Duration;

use recipe::SecretName;

use super::BadValue;

/// Why the keychain cannot be asked now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unavailable {
    /// `CI` is set, so nothing is looked for.
    #[error("no keychain is used here, because CI is set")]
    Ci,
    /// No session bus, as in containers and in some SSH sessions.
    #[error("no keychain can be reached: this session has no D-Bus session bus")]
    NoBus,
    /// Nothing on the bus keeps secrets.
    #[error("this Linux session has no keychain: nothing provides org.freedesktop.secrets")]
    NoService,
    /// This system has no keychain that we know.
    #[error("this system has no keychain that Doppio can use")]
    Unsupported,
    /// It could be started, but not for this.
    #[error("the keychain is not running")]
    NotRunning,
    /// It is locked, and what was asked for cannot be told in that state.
    #[error("the keychain is locked")]
    Locked,
    /// It did not answer in time.
    #[error("the keychain did not answer within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    /// Anything else, in the keychain's words.
    #[error("the keychain failed: {0}")]
    Failed(String),
}

/// What stands in the advice for the variable of a secret that is not known there.
const ITS_VARIABLE: &str = "the secret's DOPPIO_SECRET_… variable";

impl Unavailable {
    /// What to do about it where `name` was looked for.
    pub fn advice_for(&self, name: &SecretName) -> String {
        self.advice()
            .replace(ITS_VARIABLE, &name.environment_variable())
    }

    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Ci => {
                "Set the secret's DOPPIO_SECRET_… variable from the CI system's own secrets."
            }
            Self::NoBus => {
                "Log in to a desktop session, or start one with 'dbus-run-session'; or set the secret's DOPPIO_SECRET_… variable."
            }
            Self::NoService => {
                "Install one: gnome-keyring, KeePassXC (Settings: Secret Service Integration) or KWallet. Or set the secret's DOPPIO_SECRET_… variable."
            }
            Self::Unsupported => "Set the secret's DOPPIO_SECRET_… variable.",
            Self::NotRunning => "It starts with the first 'doppio secret list' or run.",
            Self::Locked => {
                "Unlock it: log in to the desktop, or answer the dialog that 'doppio run' and 'doppio secret set' bring up."
            }
            Self::TimedOut(_) => {
                "See whether it waits for an answer in a dialog of its own, or restart it."
            }
            Self::Failed(_) => "See what 'doppio secret status' says.",
        }
    }
}

/// Why a secret could not be read, stored or deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Neither variable nor entry.
    #[error("Secret '{name}' not found")]
    NotFound {
        /// What was looked for.
        name: SecretName,
        /// The stored name that is most like it.
        nearest: Option<SecretName>,
    },
    /// The value cannot be a secret.
    #[error("Secret '{name}' cannot be used: {why}")]
    Bad {
        /// Whose value it is.
        name: SecretName,
        /// What is wrong with it.
        why: BadValue,
    },
    /// It is locked, and nobody may be asked.
    #[error("the keychain is locked")]
    Locked,
    /// The dialog was closed, or there is no screen to show it on.
    #[error("the keychain stayed locked: its dialog was dismissed or could not be shown")]
    PromptDismissed,
    /// Nobody answered the dialog.
    #[error("the keychain stayed locked: nobody answered its dialog within {} s", .limit.as_secs())]
    PromptTimedOut {
        /// How long it was waited for.
        limit: Duration,
    },
    /// The keychain refuses us this entry.
    #[error("the keychain denied access")]
    Denied,
    /// There is a service, but no collection where new entries go.
    #[error("the keychain has no default collection to store entries in")]
    NoDefaultCollection,
    /// An entry of the new name is there already.
    #[error("a secret '{name}' is stored already, and nothing was changed")]
    Taken {
        /// The new name.
        name: SecretName,
    },
    /// The value does not fit in this system's keychain.
    #[error("Secret '{name}' does not fit: this system's keychain takes at most {limit} bytes")]
    TooLarge {
        /// Whose value it is.
        name: SecretName,
        /// The most that fits, in bytes.
        limit: usize,
    },
    /// The index of names, where descriptions are, cannot be written.
    #[error("{0}")]
    Index(String),
    /// The keychain cannot be asked.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl SecretError {
    /// What to do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::NotFound { name, nearest } => {
                let meant = match nearest {
                    Some(nearest) => format!("Did you mean '{nearest}'? "),
                    None => String::new(),
                };
                let obtain = match name.well_known() {
                    Some(known) => format!(" One gets it at {}.", known.obtain),
                    None => String::new(),
                };
                let variable = name.environment_variable();
                format!("{meant}Store it with 'doppio secret set {name}', or set {variable}.{obtain}")
            }
            Self::Bad { name, .. } => format!("Store another one with 'doppio secret set {name}'."),
            Self::Locked | Self::PromptDismissed | Self::PromptTimedOut { .. } => unlocking().to_owned(),
            Self::Denied => access().to_owned(),
            Self::NoDefaultCollection => {
                "Create one: in Seahorse (Passwords and Keys), File > New > Password Keyring, then 'Set as default'. Or set the secret's DOPPIO_SECRET_… variable.".to_owned()
            }
            Self::Taken { name } => {
                format!("Choose another name, or delete that one first with 'doppio secret delete {name}'.")
            }
            Self::TooLarge { name, .. } => {
                format!("Keep it in a file on the host, or pass it in {}.", name.environment_variable())
            }
            Self::Index(_) => String::new(),
            Self::Unavailable(why) => why.advice().to_owned(),
        }
    }
}

/// How a locked keychain is opened on this system.
fn unlocking() -> &'static str {
    if cfg!(target_os = "macos") {
        "Unlock it with 'security unlock-keychain', above all in SSH sessions, where no dialog can be shown."
    } else if cfg!(windows) {
        "Log in at the machine or by Remote Desktop: SSH and WinRM sessions have no credential store."
    } else {
        "Unlock it in the desktop session (Seahorse, KWalletManager, KeePassXC), or try again where its dialog can be shown. Without a screen, set the secret's DOPPIO_SECRET_… variable."
    }
}

/// How access to an entry is given on this system.
fn access() -> &'static str {
    if cfg!(target_os = "macos") {
        "Choose 'Always Allow' in the dialog. It holds for exactly this build of doppio: one that is not signed with a developer's identity (cargo install, Homebrew) asks again after each update. Storing the secret again with 'doppio secret set' ends the questions until then."
    } else {
        "Allow it in the keychain's own dialog; KeePassXC asks for each entry."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_secret_says_what_to_do_next() {
        let name = SecretName::parse("github/token").expect("well formed");
        let nearest = SecretName::parse("github/tokens").ok();
        let error = SecretError::NotFound { name, nearest };
        assert_eq!(error.to_string(), "Secret 'github/token' not found");
        assert_eq!(
            error.advice(),
            "Did you mean 'github/tokens'? Store it with 'doppio secret set github/token', or set \
             DOPPIO_SECRET_GITHUB_TOKEN. One gets it at GitHub: Settings → Developer settings → \
             Personal access tokens."
        );
    }

    #[test]
    fn a_linux_machine_without_a_keychain_is_told_what_to_install() {
        let error = SecretError::from(Unavailable::NoService);
        for word in ["gnome-keyring", "KeePassXC", "KWallet", "DOPPIO_SECRET_"] {
            assert!(error.advice().contains(word), "{word}");
        }
        let name = SecretName::parse("a/b").expect("well formed");
        let advice = Unavailable::NoService.advice_for(&name);
        assert!(advice.ends_with("Or set DOPPIO_SECRET_A_B."), "{advice}");
    }
}

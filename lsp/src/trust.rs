//! Whether the user trusts the folder that is open. The client says so; one that knows nothing of
//! trust says nothing, and its folders are the user's own.
//!
//! In a folder that is not trusted the language features work. Nothing runs, no host is named or
//! reached, nothing is looked up in the keychain, no other program is started.

use serde::Deserialize;

use crate::panels::Topic;
use crate::session::Session;

/// What a user reads who asks for more, after what was refused.
pub(crate) const WHY: &str = "this folder is not trusted. Look at what is in it; if you trust those who wrote it, say so in your editor (in VS Code: 'Manage Workspace Trust'), then try again";

/// What `doppio/didChangeTrust` says.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct DidChangeTrust {
    pub(crate) trusted: bool,
}

impl Session {
    /// Whether more than language features is allowed.
    pub(crate) fn is_trusted(&self) -> bool {
        self.offers.trusted
    }

    /// Why something is refused, if it is.
    pub(crate) fn refusal(&self) -> Option<String> {
        (!self.is_trusted()).then(|| format!("{WHY}."))
    }

    /// The user trusts the folder from now on, or no longer.
    pub(crate) fn set_trust(&mut self, trusted: bool) {
        if self.offers.trusted == trusted {
            return;
        }
        self.offers.trusted = trusted;
        match trusted {
            true => self.ask_keychain(),
            false => self.secrets.forget(),
        }
        self.look_again();
        for topic in Topic::ALL {
            self.changed(topic);
        }
    }
}

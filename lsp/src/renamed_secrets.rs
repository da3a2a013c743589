//! Secrets that were renamed in recipes: the keychain's entry still has the old name. The user is told,
//! and a command gives it the new one, in a process of its own: no value comes here.

use recipe::SecretName;
use serde::{Deserialize, Serialize};

use crate::commands::Command;
use crate::keychain;
use crate::outbox::{Level, Message};
use crate::session::Session;

/// What `doppio.renameSecret` is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RenameSecret {
    /// The name that the keychain's entry has.
    pub(crate) old: String,
    /// The name that it gets.
    pub(crate) new: String,
}

/// More renames than this nobody remembers.
const MOST: usize = 50;

impl Session {
    /// A secret gets another name in the recipes. If the keychain has it under the old one, the user is
    /// told what is left to do.
    pub(crate) fn renames_secret(&mut self, old: &str, new: &str) {
        let (Ok(old), Ok(new)) = (SecretName::parse(old), SecretName::parse(new)) else {
            return;
        };
        if old == new || self.world().entry(&old).is_none() {
            return;
        }
        self.say(
            Level::Info,
            format!(
                "The keychain still has '{old}'. Take the code action \"{}\" at the new name, or type: doppio secret rename {old} {new}",
                title(&old, &new)
            ),
        );
        self.renamed.retain(|(_, known)| *known != new);
        self.renamed.push((old, new));
        if self.renamed.len() > MOST {
            self.renamed.remove(0);
        }
    }

    /// The command that gives the keychain's entry its new name `name`, if it has the old one still.
    pub(crate) fn secret_rename(&self, name: &str) -> Option<Command> {
        let (old, new) = self.renamed.iter().find(|(_, new)| new.as_str() == name)?;
        let world = self.world();
        let request = RenameSecret {
            old: old.to_string(),
            new: new.to_string(),
        };
        let is_left = world.entry(old).is_some() && world.entry(new).is_none();
        is_left.then(|| Command::rename_secret(title(old, new), &request))
    }

    /// Has the keychain's entry renamed, and says what came of it.
    pub(crate) fn rename_secret(&self, request: &RenameSecret) -> Result<(), String> {
        let name = |text: &str| SecretName::parse(text).map_err(|error| error.to_string());
        let (old, new) = (name(&request.old)?, name(&request.new)?);
        if let Some(why) = self.refusal() {
            self.say(Level::Warning, why);
            return Ok(());
        }
        let (executable, outbox) = (self.parts.executable.clone(), self.parts.outbox.clone());
        self.parts.tasks.spawn(async move {
            // One argument each: a name may start with a dash.
            let rename = ["rename", "--", old.as_str(), new.as_str()];
            let ended = keychain::secret(executable, &rename, String::new()).await;
            let (level, said) = match ended {
                Ok(said) => (Level::Info, said),
                Err(why) => (Level::Error, why),
            };
            outbox.say(Message::Say(level, said));
        });
        Ok(())
    }
}

fn title(old: &SecretName, new: &SecretName) -> String {
    format!("Rename '{old}' to '{new}' in the keychain")
}

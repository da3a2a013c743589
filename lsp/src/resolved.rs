//! `doppio.showResolvedStep`: a step as it would be sent, for clients that know no request of ours.

use serde::{Deserialize, Serialize};

use crate::features::resolved::{Asked, step};
use crate::outbox::{Level, Message};
use crate::run::keep;
use crate::session::Session;

/// What the command is given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ResolvedRequest {
    /// The recipe, an open document.
    pub(crate) uri: String,
    /// The id of the step.
    pub(crate) step: String,
}

impl Session {
    /// Shows what a step would send, in a file where the client can show one.
    ///
    /// # Errors
    /// When there is nothing to show, or no file to show it in.
    pub(crate) fn show_resolved(&mut self, request: &ResolvedRequest) -> Result<(), String> {
        let ResolvedRequest { uri, step: id } = request;
        let snapshot = self.recipe(uri).ok_or("the recipe is not open")?;
        let found = step(&snapshot.analysis, &Asked::Id(id.clone()));
        let (_, found) =
            found.ok_or_else(|| format!("there is no step '{id}' with one operation"))?;
        let file = self.parts.state_folder.join("resolved-step.sh");
        keep(&file, &found.text).map_err(|why| format!("{}: {why}", file.display()))?;
        match self.offers.show_document {
            true => self.parts.outbox.say(Message::Show(file)),
            false => {
                let text = format!("What step '{id}' would send is in {}", file.display());
                self.say(Level::Info, text);
            }
        }
        Ok(())
    }
}

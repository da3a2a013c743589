//! Moves a credential from a recipe into the keychain: our own program stores that slice of our own
//! copy of the text, and then a reference takes its place. The value is in no message and no argument.

use std::sync::Arc;

use recipe::diagnostic::Diagnostic;
use recipe::{SecretName, Span};
use serde::{Deserialize, Serialize};

use crate::commands::Command;
use crate::document::Snapshot;
use crate::features::actions::{Action, Effect, Kind};
use crate::keychain;
use crate::outbox::{Level, Message};
use crate::position::Range;
use crate::session::Session;

/// What `doppio.storeSecret` is given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoreRequest {
    /// The recipe: an open document.
    uri: String,
    /// The value, in the encoding of positions that was agreed upon.
    range: Range,
    /// How the secret is called from then on.
    name: String,
    /// The version of the document that the range is about; without it, the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
}

impl Session {
    /// What moves the credentials among `found` into the keychain.
    pub(crate) fn moves(&self, snapshot: &Snapshot, found: &[&Diagnostic]) -> Vec<Action> {
        let credentials = snapshot.analysis.credentials();
        let movable = credentials.filter(|it| it.movable && self.is_trusted());
        let action = |credential: &recipe::Credential| {
            let is_it = |it: &&&Diagnostic| {
                it.code == "hard-coded-credential" && it.span == credential.span
            };
            let repairs = found.iter().find(is_it)?;
            Some(self.moved(snapshot, credential, repairs))
        };
        movable.filter_map(action).flatten().collect()
    }

    /// What moves one of them. Where its name is taken it gets another, or the recipe refers to what is
    /// stored: what that is nobody looks at.
    fn moved(
        &self,
        snapshot: &Snapshot,
        credential: &recipe::Credential,
        repairs: &Diagnostic,
    ) -> Vec<Action> {
        let wanted = &credential.secret;
        let is_taken =
            |name: &str| SecretName::parse(name).is_ok_and(|name| self.world().is_stored(&name));
        let names = (2..100).map(|count| format!("{wanted}_{count}"));
        let mut names = std::iter::once(wanted.clone()).chain(names);
        let free = names.find(|name| !is_taken(name));
        let there = SecretName::parse(wanted).ok().filter(|_| is_taken(wanted));
        let refer = there.and_then(|name| {
            let edits = snapshot.analysis.refer_instead(credential.span, &name)?;
            let title = format!("Refer to '{name}', which is stored and may be another value");
            Some((title, Effect::Edit(edits)))
        });
        let store = free.map(|name| {
            let title = format!("Move into the keychain as '{name}'");
            let request = StoreRequest {
                uri: snapshot.uri.clone(),
                range: snapshot.range(credential.span),
                name,
                version: Some(snapshot.version),
            };
            (
                title.clone(),
                Effect::Command(Command::store(title, &request)),
            )
        });
        let action = |(title, effect)| Action {
            title,
            kind: Kind::Fix,
            effect,
            repairs: Some(repairs.clone()),
            is_preferred: false,
        };
        refer.into_iter().chain(store).map(action).collect()
    }

    /// Stores what `request` points at. What comes of it is said later.
    pub(crate) fn store(&mut self, request: StoreRequest) -> Result<(), String> {
        if let Some(why) = self.refusal() {
            return Err(why);
        }
        let name = SecretName::parse(&request.name).map_err(|error| error.to_string())?;
        let snapshot = self.recipe(&request.uri).ok_or("no such recipe is open")?;
        if request.version.is_some_and(|it| it != snapshot.version) {
            return Err("the recipe has changed since: ask for the code actions again".to_owned());
        }
        let span = snapshot.span(request.range);
        let analysis = &snapshot.analysis;
        let has_place = analysis.refer_instead(span, &name).is_some();
        let value = (analysis.value_at(span).filter(|_| has_place))
            .ok_or("there is no value at that place that could become a reference to a secret")?;
        let (executable, queue) = (self.parts.executable.clone(), self.parts.queue.clone());
        self.parts.tasks.spawn(async move {
            // What a recipe says must not take the place of what the user has stored.
            let set = ["set", "--new", "--multiline", "--", name.as_str()];
            let ended = keychain::secret(executable, &set, value).await;
            queue.tell(move |session| session.take_its_place(&snapshot, span, &name, ended));
        });
        Ok(())
    }

    /// The program has ended: where the secret is stored, a reference takes the place of its value.
    fn take_its_place(
        &mut self,
        before: &Arc<Snapshot>,
        span: Span,
        name: &SecretName,
        ended: Result<String, String>,
    ) {
        if let Err(why) = ended {
            let text = format!("'{name}' could not be stored, and the recipe is as it was: {why}");
            return self.say(Level::Error, text);
        }
        let reference = format!("${{secret:{name}}}");
        let edits = before.analysis.refer_instead(span, name);
        let now = self.snapshot(&before.uri);
        let is_unchanged = now.is_some_and(|now| now.version == before.version);
        match edits.filter(|_| is_unchanged && self.offers.apply_edit) {
            Some(edits) => {
                let title = format!("Refer to the secret '{name}'");
                let edit = Message::Apply(before.clone(), title, edits);
                self.parts.outbox.say(edit);
                self.say(Level::Info, format!("Stored '{name}' in the keychain."));
            }
            None => self.say(
                Level::Info,
                format!(
                    "Stored '{name}' in the keychain. Write {reference} where its value stands."
                ),
            ),
        }
    }
}

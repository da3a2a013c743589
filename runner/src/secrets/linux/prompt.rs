//! The service's dialogs: shown when the user asked for something that needs one, waited for with a
//! limit.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::timeout;
use zbus::message::Type;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue};
use zbus::{MatchRule, MessageStream};

use super::service::{BUS_NAME, Service};
use crate::secrets::{Interaction, SecretError};

/// Unlocks items or collections; shows the dialog if `interaction` allows it.
pub(super) async fn unlock(
    service: &Service,
    objects: &[OwnedObjectPath],
    interaction: Interaction,
) -> Result<(), SecretError> {
    let Interaction::Allow { limit } = interaction else {
        return Err(SecretError::Locked);
    };
    let (_, prompt) = service.unlock(objects).await?;
    answer(service, &prompt, limit).await
}

/// Waits until a dialog was answered. `/` stands for none, as KWallet says right after a login.
///
/// When time is up we only stop waiting. `Prompt.Dismiss` would abort GNOME Keyring 42, and the
/// dialog may stay for the user: its answer reaches us as a signal.
pub(super) async fn answer(
    service: &Service,
    prompt: &ObjectPath<'_>,
    limit: Duration,
) -> Result<(), SecretError> {
    if prompt.as_str() == "/" {
        return Ok(());
    }
    match timeout(limit, show(service, prompt)).await {
        Ok(Ok(true)) => Err(SecretError::PromptDismissed),
        Ok(Ok(false)) => Ok(()),
        Ok(Err(error)) => Err(service.explain(error).into()),
        Err(_) => Err(SecretError::PromptTimedOut { limit }),
    }
}

/// Shows a dialog and tells whether it was dismissed.
async fn show(service: &Service, prompt: &ObjectPath<'_>) -> zbus::Result<bool> {
    let completed = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(BUS_NAME)?
        .path(prompt.as_ref())?
        .interface("org.freedesktop.Secret.Prompt")?
        .member("Completed")?
        .build();
    // The bus says so when the service dies under its dialog, whose signal then never comes.
    let gone = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender("org.freedesktop.DBus")?
        .member("NameOwnerChanged")?
        .arg(0, BUS_NAME)?
        .build();
    let mut completed =
        MessageStream::for_match_rule(completed, &service.connection, Some(8)).await?;
    let mut gone = MessageStream::for_match_rule(gone, &service.connection, Some(8)).await?;
    let () = service
        .call(prompt, "org.freedesktop.Secret.Prompt", "Prompt", &"")
        .await?;
    tokio::select! {
        message = completed.next() => match message {
            Some(message) => {
                let (dismissed, _): (bool, OwnedValue) = message?.body().deserialize()?;
                Ok(dismissed)
            }
            None => Err(zbus::Error::Failure("the bus went away".to_owned())),
        },
        _ = gone.next() => Err(zbus::Error::Failure("it ended while its dialog was open".to_owned())),
    }
}

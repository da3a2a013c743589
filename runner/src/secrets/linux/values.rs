//! Values: read, stored and deleted over a session that encrypts them on the bus.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use recipe::SecretName;
use secret_service::{EncryptionType, SecretService};
use tokio::sync::Mutex;
use tokio::time::timeout;
use zbus::zvariant::OwnedObjectPath;

use super::prompt;
use super::service::{Bus, Items, Service, attributes};
use crate::secrets::store::ValueStore;
use crate::secrets::{Interaction, Places, Secret, SecretError, Unavailable};

/// The deadline of each call. More than names get: storing rewrites the whole keyring.
const ANSWER: Duration = Duration::from_secs(10);

/// A session that encrypts values on the bus.
type Session = Arc<SecretService<'static>>;

/// The half of the Secret Service that opens values.
pub(in crate::secrets) struct Values {
    bus: Bus,
    is_ci: bool,
    /// The encrypted session, kept: GNOME Keyring has crashed on rapid negotiations.
    session: Mutex<Option<Session>>,
    /// Held while a dialog is open: two at once have crashed GNOME Keyring.
    dialog: Mutex<()>,
}

impl ValueStore for Values {
    fn new(places: &Places) -> Self {
        Self {
            bus: Bus::new(places.bus.clone(), ANSWER),
            is_ci: places.is_ci(),
            session: Mutex::default(),
            dialog: Mutex::default(),
        }
    }

    async fn read(
        &self,
        name: &SecretName,
        interaction: Interaction,
    ) -> Result<Option<Secret>, SecretError> {
        let service = self.service().await?;
        let items = self.unlocked(&service, name, interaction).await?;
        let Some(item) = newest(&service, items).await? else {
            return Ok(None);
        };
        let item = &item;
        let value = self.in_session(&service, |session| async move {
            session
                .get_item_by_path(item.clone())
                .await?
                .get_secret()
                .await
        });
        Ok(Some(Secret::new(value.await?)))
    }

    async fn set(
        &self,
        name: &SecretName,
        value: &Secret,
        interaction: Interaction,
    ) -> Result<(), SecretError> {
        let service = self.service().await?;
        let items = self.unlocked(&service, name, interaction).await?;
        let kind = content_type(value);
        let Some(item) = newest(&service, items).await? else {
            return self.create(&service, name, value, interaction).await;
        };
        let item = &item;
        self.in_session(&service, |session| async move {
            session
                .get_item_by_path(item.clone())
                .await?
                .set_secret(value.expose(), kind)
                .await
        })
        .await
    }

    async fn delete(
        &self,
        name: &SecretName,
        interaction: Interaction,
    ) -> Result<usize, SecretError> {
        let service = self.service().await?;
        let items = self.unlocked(&service, name, interaction).await?;
        for item in &items {
            let prompt = service.delete(item).await?;
            let _open = self.dialog.lock().await;
            match interaction {
                Interaction::Allow { limit } => prompt::answer(&service, &prompt, limit).await?,
                Interaction::Never if prompt.as_str() != "/" => return Err(SecretError::Denied),
                Interaction::Never => {}
            }
        }
        Ok(items.len())
    }

    async fn unlock(&self, names: &[SecretName], limit: Duration) -> Result<(), SecretError> {
        let service = self.service().await?;
        let _open = self.dialog.lock().await;
        let mut locked = Vec::new();
        for name in names {
            locked.extend(service.named(name).await?.locked);
        }
        match locked.is_empty() {
            true => Ok(()),
            false => prompt::unlock(&service, &locked, Interaction::Allow { limit }).await,
        }
    }
}

impl Values {
    /// The service, started if need be: whoever comes here asked for a value.
    async fn service(&self) -> Result<Service, Unavailable> {
        match self.is_ci {
            true => Err(Unavailable::Ci),
            false => self.bus.service(true).await,
        }
    }

    /// All entries of a name, unlocked. An open one is taken as it is, though a locked one might be
    /// newer: what can be had without a dialog is had without.
    async fn unlocked(
        &self,
        service: &Service,
        name: &SecretName,
        interaction: Interaction,
    ) -> Result<Vec<OwnedObjectPath>, SecretError> {
        let items = service.named(name).await?;
        if !items.unlocked.is_empty() || items.locked.is_empty() {
            return Ok(items.unlocked);
        }
        let _open = self.dialog.lock().await;
        // Perhaps the dialog that was open until now unlocked these too.
        let items = service.named(name).await?;
        if items.unlocked.is_empty() {
            prompt::unlock(service, &items.locked, interaction).await?;
        }
        let Items { unlocked, locked } = service.named(name).await?;
        match unlocked.is_empty() && !locked.is_empty() {
            true => Err(SecretError::Locked),
            false => Ok(unlocked),
        }
    }

    async fn create(
        &self,
        service: &Service,
        name: &SecretName,
        value: &Secret,
        interaction: Interaction,
    ) -> Result<(), SecretError> {
        let Some(collection) = service.default_collection().await? else {
            return Err(SecretError::NoDefaultCollection);
        };
        let _open = self.dialog.lock().await;
        if service.is_locked(&collection).await? {
            prompt::unlock(service, std::slice::from_ref(&collection), interaction).await?;
        }
        // KWallet takes a slash in a label for a folder.
        let label = format!("Doppio secret {}", name.as_str().replace('/', ":"));
        let (attributes, kind) = (attributes(name), content_type(value));
        let (label, attributes) = (&label, &attributes);
        let creating = self.in_session(service, |session| async move {
            let collection = session.get_default_collection().await?;
            let item =
                collection.create_item(label, attributes.clone(), value.expose(), false, kind);
            item.await.map(|_| ())
        });
        // It may wait for a dialog that has no limit of its own.
        let limit = match interaction {
            Interaction::Allow { limit } => limit,
            Interaction::Never => ANSWER,
        };
        timeout(limit, creating)
            .await
            .unwrap_or(Err(SecretError::PromptTimedOut { limit }))
    }

    /// Does something in the encrypted session, and once more in a new one when the service has
    /// started anew and does not know ours.
    async fn in_session<T, Answer>(
        &self,
        service: &Service,
        action: impl Fn(Session) -> Answer,
    ) -> Result<T, SecretError>
    where
        Answer: Future<Output = Result<T, secret_service::Error>>,
    {
        let session = self.session(service, None).await?;
        let answer = match action(session.clone()).await {
            Err(error) if is_lost(&error) => {
                let session = self.session(service, Some(&session)).await?;
                action(session).await
            }
            answer => answer,
        };
        answer.map_err(|error| explain(service, error))
    }

    /// The session, opened if there is none but the `lost` one.
    async fn session(
        &self,
        service: &Service,
        lost: Option<&Session>,
    ) -> Result<Session, SecretError> {
        let mut session = self.session.lock().await;
        if let Some(open) = session.as_ref()
            && lost.is_none_or(|lost| !Arc::ptr_eq(lost, open))
        {
            return Ok(open.clone());
        }
        let opening =
            SecretService::connect_with_existing(EncryptionType::Dh, service.connection.clone());
        let open = Arc::new(opening.await.map_err(|error| explain(service, error))?);
        Ok(session.insert(open).clone())
    }
}

/// The newest of several entries of the same name, as other programs make them. Of those changed in
/// the same second, the one with the highest number.
async fn newest(
    service: &Service,
    items: Vec<OwnedObjectPath>,
) -> Result<Option<OwnedObjectPath>, SecretError> {
    if items.len() < 2 {
        return Ok(items.into_iter().next());
    }
    let mut dated = Vec::with_capacity(items.len());
    for item in items {
        let number: u64 = item
            .rsplit('/')
            .next()
            .and_then(|last| last.parse().ok())
            .unwrap_or(0);
        dated.push((service.modified(&item).await?, number, item));
    }
    dated.sort_by_key(|(modified, number, _)| Reverse((*modified, *number)));
    Ok(dated.into_iter().next().map(|(_, _, item)| item))
}

/// KWallet refuses other bytes than UTF-8 as text.
fn content_type(value: &Secret) -> &'static str {
    match std::str::from_utf8(value.expose()) {
        Ok(_) => "text/plain; charset=utf8",
        Err(_) => "application/octet-stream",
    }
}

/// Whether the service does not know our session any more, or its connection is gone.
fn is_lost(error: &secret_service::Error) -> bool {
    match error {
        secret_service::Error::Zbus(zbus::Error::MethodError(name, ..)) => {
            name.as_str() == "org.freedesktop.Secret.Error.NoSession"
        }
        secret_service::Error::Zbus(zbus::Error::InputOutput(error)) => {
            error.kind() != std::io::ErrorKind::TimedOut
        }
        _ => false,
    }
}

fn explain(service: &Service, error: secret_service::Error) -> SecretError {
    match error {
        secret_service::Error::Locked => SecretError::Locked,
        secret_service::Error::Prompt => SecretError::PromptDismissed,
        secret_service::Error::NoResult => SecretError::NoDefaultCollection,
        secret_service::Error::Zbus(error) => match service.explain(error) {
            Unavailable::Locked => SecretError::Locked,
            why => why.into(),
        },
        secret_service::Error::ZbusFdo(error) => service.explain(error.into()).into(),
        error => Unavailable::Failed(error.to_string()).into(),
    }
}

//! One connection to the bus, and the methods of the Secret Service that we use, each with a
//! deadline.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use recipe::SecretName;
use tokio::sync::Mutex;
use tokio::time::timeout;
use zbus::fdo;
use zbus::names::{BusName, OwnedUniqueName, WellKnownName};
use zbus::zvariant::{DynamicType, ObjectPath, OwnedObjectPath, OwnedValue, Type};

use crate::secrets::{SERVICE, Unavailable};

/// The well-known name that the service owns.
pub(super) const BUS_NAME: &str = "org.freedesktop.secrets";

/// The service's own object, and the folder of all others.
pub(super) const ROOT: &str = "/org/freedesktop/secrets";

/// The bus: connects when first used and again when the connection is lost.
pub(super) struct Bus {
    address: Option<String>,
    limit: Duration,
    connection: Mutex<Option<zbus::Connection>>,
}

impl Bus {
    /// The bus at an address, or the session's; `limit` is the deadline of each call.
    pub(super) fn new(address: Option<String>, limit: Duration) -> Self {
        Self {
            address,
            limit,
            connection: Mutex::new(None),
        }
    }

    /// The service, if it runs, or if it can be started and `start` allows that.
    pub(super) async fn service(&self, start: bool) -> Result<Service, Unavailable> {
        let connection = self.connection().await?;
        let service = Service {
            connection,
            limit: self.limit,
        };
        if service.owner().await?.is_none() {
            match service.can_be_started().await? {
                false => return Err(Unavailable::NoService),
                true if !start => return Err(Unavailable::NotRunning),
                true => {}
            }
        }
        Ok(service)
    }

    pub(super) async fn connection(&self) -> Result<zbus::Connection, Unavailable> {
        let mut connection = self.connection.lock().await;
        if let Some(open) = connection.as_ref().filter(|open| !open.is_closed()) {
            return Ok(open.clone());
        }
        let opening = timeout(self.limit, connect(self.address.as_deref(), self.limit));
        let open = match opening.await {
            Ok(Ok(open)) => open,
            Ok(Err(_)) => return Err(Unavailable::NoBus),
            Err(_) => return Err(Unavailable::TimedOut(self.limit)),
        };
        Ok(connection.insert(open).clone())
    }
}

async fn connect(address: Option<&str>, limit: Duration) -> zbus::Result<zbus::Connection> {
    let builder = match address {
        Some(address) => zbus::connection::Builder::address(address)?,
        None => zbus::connection::Builder::session()?,
    };
    builder.method_timeout(limit).build().await
}

/// The Secret Service, by its methods.
#[derive(Clone)]
pub(super) struct Service {
    pub(super) connection: zbus::Connection,
    limit: Duration,
}

/// The items that a search found.
#[derive(Debug, Default)]
pub(super) struct Items {
    pub(super) unlocked: Vec<OwnedObjectPath>,
    pub(super) locked: Vec<OwnedObjectPath>,
}

impl Service {
    /// Who answers, if anybody does.
    pub(super) async fn owner(&self) -> Result<Option<OwnedUniqueName>, Unavailable> {
        let owner = self
            .bus()
            .await?
            .get_name_owner(BusName::WellKnown(
                WellKnownName::from_static_str_unchecked(BUS_NAME),
            ))
            .await;
        match owner {
            Ok(owner) => Ok(Some(owner)),
            Err(fdo::Error::NameHasNoOwner(_)) => Ok(None),
            Err(error) => Err(self.explain(error.into())),
        }
    }

    async fn can_be_started(&self) -> Result<bool, Unavailable> {
        let names = self.bus().await?.list_activatable_names().await;
        let names = names.map_err(|error| self.explain(error.into()))?;
        Ok(names.iter().any(|name| name.as_str() == BUS_NAME))
    }

    /// The program that answers, by the name of its process; cut at 15 bytes by the kernel.
    pub(super) async fn program(&self) -> Result<Option<String>, Unavailable> {
        let Some(owner) = self.owner().await? else {
            return Ok(None);
        };
        let process = self
            .bus()
            .await?
            .get_connection_unix_process_id(owner.into())
            .await;
        let Ok(process) = process else {
            return Ok(None);
        };
        let name = tokio::fs::read_to_string(format!("/proc/{process}/comm")).await;
        Ok(name.ok().map(|name| name.trim_end().to_owned()))
    }

    async fn bus(&self) -> Result<fdo::DBusProxy<'static>, Unavailable> {
        fdo::DBusProxy::new(&self.connection)
            .await
            .map_err(|error| self.explain(error))
    }

    /// All our items.
    pub(super) async fn all(&self) -> Result<Items, Unavailable> {
        self.search(&HashMap::from([("service", SERVICE)])).await
    }

    /// Our items of one name. Finds them in a locked collection too, without a dialog.
    pub(super) async fn named(&self, name: &SecretName) -> Result<Items, Unavailable> {
        self.search(&attributes(name)).await
    }

    async fn search(&self, attributes: &HashMap<&str, &str>) -> Result<Items, Unavailable> {
        let found = self
            .call(
                ROOT,
                "org.freedesktop.Secret.Service",
                "SearchItems",
                attributes,
            )
            .await;
        let (unlocked, locked) = found.map_err(|error| self.explain(error))?;
        Ok(Items { unlocked, locked })
    }

    /// Whether every collection is locked. (The service's `session` collection never is: it does not
    /// count.)
    pub(super) async fn is_all_locked(&self) -> Result<bool, Unavailable> {
        let collections: Vec<OwnedObjectPath> = self
            .property(ROOT, "org.freedesktop.Secret.Service", "Collections")
            .await?;
        for collection in collections {
            if !collection.ends_with("/session") && !self.is_locked(&collection).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The collection where new entries go.
    pub(super) async fn default_collection(&self) -> Result<Option<OwnedObjectPath>, Unavailable> {
        let path = self
            .call(
                ROOT,
                "org.freedesktop.Secret.Service",
                "ReadAlias",
                &"default",
            )
            .await;
        let path: OwnedObjectPath = path.map_err(|error| self.explain(error))?;
        Ok((path.as_str() != "/").then_some(path))
    }

    pub(super) async fn is_locked(&self, collection: &ObjectPath<'_>) -> Result<bool, Unavailable> {
        self.property(collection, "org.freedesktop.Secret.Collection", "Locked")
            .await
    }

    /// The account of an item; `None` if its collection was not unlocked yet and hides it.
    pub(super) async fn account(
        &self,
        item: &ObjectPath<'_>,
    ) -> Result<Option<String>, Unavailable> {
        let mut attributes: HashMap<String, String> = self
            .property(item, "org.freedesktop.Secret.Item", "Attributes")
            .await?;
        Ok(attributes.remove("username"))
    }

    /// When an item was last changed, in seconds since 1970; 0 if its collection hides it.
    pub(super) async fn modified(&self, item: &ObjectPath<'_>) -> Result<u64, Unavailable> {
        self.property(item, "org.freedesktop.Secret.Item", "Modified")
            .await
    }

    /// Unlocks what needs no dialog; else returns the dialog, which is not shown yet.
    pub(super) async fn unlock(
        &self,
        objects: &[OwnedObjectPath],
    ) -> Result<(Vec<OwnedObjectPath>, OwnedObjectPath), Unavailable> {
        let unlocked = self
            .call(ROOT, "org.freedesktop.Secret.Service", "Unlock", &objects)
            .await;
        unlocked.map_err(|error| self.explain(error))
    }

    /// Deletes an item; returns the dialog that must be answered for it, or `/`.
    pub(super) async fn delete(
        &self,
        item: &ObjectPath<'_>,
    ) -> Result<OwnedObjectPath, Unavailable> {
        let deleted = self
            .call(item, "org.freedesktop.Secret.Item", "Delete", &())
            .await;
        deleted.map_err(|error| self.explain(error))
    }

    async fn property<T>(&self, path: &str, interface: &str, name: &str) -> Result<T, Unavailable>
    where
        T: TryFrom<OwnedValue>,
        T::Error: Into<zbus::zvariant::Error>,
    {
        let value = self
            .call(
                path,
                "org.freedesktop.DBus.Properties",
                "Get",
                &(interface, name),
            )
            .await;
        let value: OwnedValue = value.map_err(|error| self.explain(error))?;
        T::try_from(value).map_err(|error| self.explain(zbus::Error::Variant(error.into())))
    }

    pub(super) async fn call<T>(
        &self,
        path: &str,
        interface: &str,
        method: &str,
        body: &(impl serde::Serialize + DynamicType),
    ) -> zbus::Result<T>
    where
        T: for<'d> serde::Deserialize<'d> + Type,
    {
        let reply = self
            .connection
            .call_method(Some(BUS_NAME), path, Some(interface), method, body)
            .await?;
        reply.body().deserialize()
    }

    /// What an error of the bus means to people.
    pub(super) fn explain(&self, error: zbus::Error) -> Unavailable {
        let name = match &error {
            zbus::Error::MethodError(name, ..) => name.as_str().to_owned(),
            zbus::Error::FDO(error) => zbus::DBusError::name(&**error).as_str().to_owned(),
            zbus::Error::InputOutput(error) if error.kind() == io::ErrorKind::TimedOut => {
                return Unavailable::TimedOut(self.limit);
            }
            _ => String::new(),
        };
        match name.as_str() {
            "org.freedesktop.DBus.Error.ServiceUnknown"
            | "org.freedesktop.DBus.Error.NameHasNoOwner" => Unavailable::NoService,
            "org.freedesktop.Secret.Error.IsLocked" => Unavailable::Locked,
            "org.freedesktop.DBus.Error.NoReply" => {
                Unavailable::Failed("it ended without an answer".to_owned())
            }
            _ => Unavailable::Failed(error.to_string()),
        }
    }
}

/// The attributes of our entry of a name.
pub(super) fn attributes(name: &SecretName) -> HashMap<&str, &str> {
    HashMap::from([("service", SERVICE), ("username", name.as_str())])
}

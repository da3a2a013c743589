//! Names only: searches, attributes and signals. No method here that unlocks, prompts or reads.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use recipe::SecretName;
use tokio::time::{sleep, timeout, timeout_at};
use zbus::message::Type;
use zbus::zvariant::OwnedObjectPath;
use zbus::{MatchRule, MessageStream};

use super::service::{BUS_NAME, Bus, ROOT, Service};
use crate::secrets::store::{ANSWER, Found, NameStore, StoreState, StoreStatus};
use crate::secrets::{Places, Unavailable};

/// How long a listing may take as a whole; two thousand entries take up to 8 s.
const LISTING: Duration = Duration::from_secs(10);

/// How many attributes are asked for at a time: enough to hide the way there and back.
const IN_FLIGHT: usize = 32;

/// How long "there is no keychain" is believed without asking again.
const VERDICT: Duration = Duration::from_secs(10);

/// How long to collect signals: unlocking sends two for each entry.
const DEBOUNCE: Duration = Duration::from_millis(150);

/// How long to wait before a bus that cannot be reached is tried again.
const RETRY: Duration = Duration::from_secs(10);

/// The half of the Secret Service that knows names.
#[derive(Clone)]
pub(in crate::secrets) struct Names(Arc<Inner>);

struct Inner {
    bus: Bus,
    address: Option<String>,
    is_ci: bool,
    may_start: bool,
    /// Why nothing could be asked, and when that was found.
    verdict: Mutex<Option<(Instant, Unavailable)>>,
}

impl NameStore for Names {
    fn new(places: &Places) -> Self {
        Self(Arc::new(Inner {
            bus: Bus::new(places.bus.clone(), ANSWER),
            address: places.bus.clone(),
            is_ci: places.is_ci(),
            may_start: places.may_start_keychain,
            verdict: Mutex::default(),
        }))
    }

    async fn list(&self, known: &BTreeSet<SecretName>) -> Result<Found, Unavailable> {
        self.ask(LISTING, |service| list(service, known)).await
    }

    async fn holds(&self, name: &SecretName) -> Result<bool, Unavailable> {
        self.ask(ANSWER, |service| async move {
            refuse_a_search_that_prompts(&service).await?;
            let items = service.named(name).await?;
            Ok(!(items.unlocked.is_empty() && items.locked.is_empty()))
        })
        .await
    }

    async fn status(&self) -> StoreStatus {
        self.forget_verdict();
        let state = self
            .ask(ANSWER, |service| async move { state(&service).await })
            .await;
        let provider = self
            .ask(ANSWER, |service| async move { service.program().await })
            .await;
        StoreStatus {
            state: state.unwrap_or_else(StoreState::Unavailable),
            provider: provider.ok().flatten().map(provider_name),
        }
    }

    async fn watch(&self, mut changed: impl FnMut() + Send) {
        if self.0.is_ci {
            return;
        }
        loop {
            // A connection of its own, so that a flood of signals is in nobody's way.
            let bus = Bus::new(self.0.address.clone(), ANSWER);
            if let Ok(connection) = bus.connection().await {
                let mut report = || {
                    self.forget_verdict();
                    changed();
                };
                // It ends when the bus does; then the connection is made anew.
                let _ = watch(&connection, &mut report).await;
                report();
            }
            sleep(RETRY).await;
        }
    }
}

impl Names {
    /// Asks the service something that takes at most `limit`.
    async fn ask<T, Answer>(
        &self,
        limit: Duration,
        question: impl FnOnce(Service) -> Answer,
    ) -> Result<T, Unavailable>
    where
        Answer: Future<Output = Result<T, Unavailable>>,
    {
        if self.0.is_ci {
            return Err(Unavailable::Ci);
        }
        if let Some(why) = self.verdict() {
            return Err(why);
        }
        let asking = async { question(self.0.bus.service(self.0.may_start).await?).await };
        let answer = timeout(limit, asking)
            .await
            .unwrap_or(Err(Unavailable::TimedOut(limit)));
        if let Err(why @ (Unavailable::NoBus | Unavailable::NoService | Unavailable::TimedOut(_))) =
            &answer
        {
            *self.lock_verdict() = Some((Instant::now(), why.clone()));
        }
        answer
    }

    fn verdict(&self) -> Option<Unavailable> {
        let verdict = self.lock_verdict();
        verdict
            .as_ref()
            .filter(|(found, _)| found.elapsed() < VERDICT)
            .map(|(_, why)| why.clone())
    }

    fn forget_verdict(&self) {
        *self.lock_verdict() = None;
    }

    fn lock_verdict(&self) -> MutexGuard<'_, Option<(Instant, Unavailable)>> {
        self.0
            .verdict
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// KeePassXC opens its unlock dialog on a mere search while everything is locked, and blocks.
async fn refuse_a_search_that_prompts(service: &Service) -> Result<(), Unavailable> {
    let is_keepassxc = service
        .program()
        .await?
        .is_some_and(|program| program.starts_with("keepassxc"));
    match is_keepassxc && service.is_all_locked().await? {
        true => Err(Unavailable::Locked),
        false => Ok(()),
    }
}

async fn list(service: Service, known: &BTreeSet<SecretName>) -> Result<Found, Unavailable> {
    refuse_a_search_that_prompts(&service).await?;
    let items = service.all().await?;
    let mut found = Found::default();
    let mut unknown = Vec::new();
    let accounts = items
        .unlocked
        .into_iter()
        .chain(items.locked)
        .map(|item| account(service.clone(), item));
    let mut accounts = stream::iter(accounts).buffer_unordered(IN_FLIGHT);
    while let Some((item, account)) = accounts.try_next().await? {
        match account.as_deref().map(SecretName::parse) {
            None => found.hidden += 1,
            Some(Ok(name)) => {
                if !known.contains(&name) {
                    unknown.push((name.clone(), item));
                }
                found.names.insert(name, None);
            }
            // Somebody else's entry under our service: no recipe can name it.
            Some(Err(_)) => {}
        }
    }
    let times = unknown
        .into_iter()
        .map(|(name, item)| time(service.clone(), name, item));
    let times: Vec<_> = stream::iter(times)
        .buffer_unordered(IN_FLIGHT)
        .try_collect()
        .await?;
    for (name, time) in times {
        let newest = found.names.entry(name).or_default();
        *newest = time.max(*newest);
    }
    Ok(found)
}

async fn account(
    service: Service,
    item: OwnedObjectPath,
) -> Result<(OwnedObjectPath, Option<String>), Unavailable> {
    let account = service.account(&item).await?;
    Ok((item, account))
}

async fn time(
    service: Service,
    name: SecretName,
    item: OwnedObjectPath,
) -> Result<(SecretName, Option<Timestamp>), Unavailable> {
    let seconds = i64::try_from(service.modified(&item).await?)
        .ok()
        .filter(|seconds| *seconds > 0);
    Ok((
        name,
        seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()),
    ))
}

async fn state(service: &Service) -> Result<StoreState, Unavailable> {
    let Some(collection) = service.default_collection().await? else {
        return Ok(StoreState::NoDefaultCollection);
    };
    match service.is_locked(&collection).await? {
        true => Ok(StoreState::Locked),
        false => Ok(StoreState::Unlocked),
    }
}

fn provider_name(program: String) -> String {
    match program.as_str() {
        program if program.starts_with("gnome-keyring") => "GNOME Keyring".to_owned(),
        "ksecretd" | "kwalletd5" | "kwalletd6" => "KWallet".to_owned(),
        program if program.starts_with("keepassxc") => "KeePassXC".to_owned(),
        _ => program,
    }
}

/// Reports what the service signals, and that it came or went, until the bus ends. Two match rules
/// do, and neither starts the service.
async fn watch(
    connection: &zbus::Connection,
    report: &mut (impl FnMut() + Send),
) -> zbus::Result<()> {
    let items = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(BUS_NAME)?
        .path_namespace(ROOT)?
        .build();
    let owner = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender("org.freedesktop.DBus")?
        .member("NameOwnerChanged")?
        .arg(0, BUS_NAME)?
        .build();
    let mut signals = stream::select(
        MessageStream::for_match_rule(items, connection, Some(1024)).await?,
        MessageStream::for_match_rule(owner, connection, Some(64)).await?,
    );
    // What changed before the rules were there was not signalled to us.
    report();
    while signals.next().await.is_some() {
        let settled = tokio::time::Instant::now() + DEBOUNCE;
        while let Ok(Some(_)) = timeout_at(settled, signals.next()).await {}
        report();
    }
    Ok(())
}

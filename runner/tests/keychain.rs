//! The keychain on a real GNOME Keyring in each state it can be in, with `secret-tool` as witness of
//! what is stored and `dbus-monitor` of what was asked.

#![cfg(target_os = "linux")]

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use recipe::SecretName;
use runner::secrets::{
    BadValue, Environment, Interaction, Permit, Places, Presence, Secret, SecretError, SecretNames,
    Source, StoreState, Unavailable, Values,
};
use testkit::keyring::Keyring;
use tokio::time::timeout;
use zbus::zvariant::OwnedObjectPath;

const ASKING: Interaction = Interaction::Allow {
    limit: Duration::from_secs(2),
};

fn name(text: &str) -> SecretName {
    SecretName::parse(text).expect(text)
}

fn places(keyring: &Keyring) -> Places {
    Places::new(&keyring.home().join("state"))
        .with_bus(keyring.address())
        .with_environment(Environment::given([]))
}

fn names(keyring: &Keyring) -> SecretNames {
    SecretNames::new(&places(keyring))
}

struct Opened {
    permit: Permit,
    values: Values,
}

impl Opened {
    fn new(places: &Places) -> Self {
        let permit = Permit::for_command_line();
        Self {
            values: Values::new(&permit, places),
            permit,
        }
    }

    async fn read(&self, text: &str) -> Result<String, SecretError> {
        let read = self.values.read(&self.permit, &name(text), ASKING).await;
        read.map(|(value, _)| String::from_utf8_lossy(value.expose()).into_owned())
    }

    async fn set(&self, text: &str, value: &str) -> Result<(), SecretError> {
        let value = Secret::new(value.as_bytes().to_vec());
        self.values
            .set(&self.permit, &name(text), &value, None, ASKING)
            .await
            .map(|_| ())
    }

    async fn delete(&self, text: &str) -> Result<(), SecretError> {
        self.values
            .delete(&self.permit, &name(text), ASKING)
            .await
            .map(|_| ())
    }
}

fn listed(listing: &runner::secrets::Listing) -> Vec<&str> {
    listing
        .entries
        .iter()
        .map(|entry| entry.name.as_str())
        .collect()
}

#[tokio::test]
async fn values_are_stored_read_updated_and_deleted() {
    let keyring = Keyring::start();
    let (names, values) = (names(&keyring), Opened::new(&places(&keyring)));
    assert_eq!(names.presence(&name("a/b")).await, Presence::Missing);
    values.set("a/b", "hunter22").await.expect("stored");
    assert_eq!(keyring.lookup("a/b").as_deref(), Some("hunter22"));
    assert_eq!(
        names.presence(&name("a/b")).await,
        Presence::Present(Source::Keychain)
    );
    values
        .set("a/b", "it's \"new\"\n$(x) ü")
        .await
        .expect("stored again");
    assert_eq!(
        keyring.lookup("a/b").as_deref(),
        Some("it's \"new\"\n$(x) ü")
    );
    assert_eq!(
        values.read("a/b").await.expect("there"),
        "it's \"new\"\n$(x) ü"
    );
    assert_eq!(
        listed(&names.list().await),
        ["a/b"],
        "an update makes no second entry"
    );
    values.delete("a/b").await.expect("deleted");
    assert_eq!(keyring.lookup("a/b"), None);
    assert!(matches!(
        values.delete("a/b").await,
        Err(SecretError::NotFound { .. })
    ));
}

#[tokio::test]
async fn any_bytes_but_nul_come_back_as_they_went() {
    let keyring = Keyring::start();
    let Opened { permit, values } = Opened::new(&places(&keyring));
    let bytes: Vec<u8> = (1..=255)
        .cycle()
        .take(runner::secrets::LONGEST_VALUE)
        .collect();
    let value = Secret::new(bytes.clone());
    values
        .set(&permit, &name("bytes"), &value, None, ASKING)
        .await
        .expect("stored");
    let (read, source) = values
        .read(&permit, &name("bytes"), ASKING)
        .await
        .expect("there");
    assert!(read.expose() == bytes, "changed on the way");
    assert_eq!(source, Source::Keychain);
}

#[tokio::test]
async fn what_cannot_be_masked_is_not_stored() {
    let keyring = Keyring::start();
    let values = Opened::new(&places(&keyring));
    for (value, reason) in [
        ("", BadValue::Empty),
        ("abc", BadValue::TooShort(3)),
        ("ab\0cd", BadValue::Nul),
    ] {
        let refused = SecretError::Bad {
            name: name("a"),
            why: reason,
        };
        assert_eq!(values.set("a", value).await, Err(refused));
    }
    assert_eq!(keyring.lookup("a"), None);
    keyring.store("b", "abc");
    let refused = SecretError::Bad {
        name: name("b"),
        why: BadValue::TooShort(3),
    };
    assert_eq!(
        values.read("b").await,
        Err(refused),
        "nor read, where others stored it"
    );
}

#[tokio::test]
async fn the_environment_answers_first() {
    let keyring = Keyring::start();
    keyring.store("a/b", "from the keychain");
    let environment = Environment::given([
        ("DOPPIO_SECRET_A_B", "from outside"),
        ("DOPPIO_SECRET_C", "x"),
    ]);
    let places = places(&keyring).with_environment(environment);
    let source = Source::Environment {
        variable: "DOPPIO_SECRET_A_B".to_owned(),
    };
    let names = SecretNames::new(&places);
    assert_eq!(
        names.presence(&name("a/b")).await,
        Presence::Present(source)
    );
    let listing = names.list().await;
    assert_eq!(listed(&listing), ["a/b"], "the environment lists nothing");
    assert_eq!(
        listing.entries[0].shadowed_by.as_deref(),
        Some("DOPPIO_SECRET_A_B")
    );
    let values = Opened::new(&places);
    assert_eq!(values.read("a/b").await.expect("set"), "from outside");
    let short = SecretError::Bad {
        name: name("c"),
        why: BadValue::TooShort(1),
    };
    assert_eq!(values.read("c").await, Err(short));
}

#[tokio::test]
async fn a_missing_secret_names_its_nearest_neighbour() {
    let keyring = Keyring::start();
    let values = Opened::new(&places(&keyring));
    values
        .set("github/token", "hunter22")
        .await
        .expect("stored");
    let missing = SecretError::NotFound {
        name: name("github/tokens"),
        nearest: Some(name("github/token")),
    };
    assert_eq!(values.read("github/tokens").await, Err(missing));
}

#[tokio::test]
async fn of_several_entries_the_newest_counts_and_all_are_deleted() {
    let keyring = Keyring::start();
    let values = Opened::new(&places(&keyring));
    values.set("a", "ours, older").await.expect("stored");
    // As Python's keyring overwrites: its further attribute makes a second entry.
    keyring.store_with(
        "a",
        "theirs, newer",
        &["application", "Python keyring library"],
    );
    assert_eq!(values.read("a").await.expect("there"), "theirs, newer");
    assert_eq!(listed(&names(&keyring).list().await), ["a"]);
    values.set("a", "ours again").await.expect("stored");
    assert_eq!(values.read("a").await.expect("there"), "ours again");
    values.delete("a").await.expect("deleted");
    assert_eq!(
        keyring.lookup("a"),
        None,
        "the older one does not come back"
    );
}

#[tokio::test]
async fn a_locked_keychain_tells_names_and_no_values() {
    let keyring = Keyring::start();
    keyring.store("a/b", "hunter22");
    keyring.lock();
    let names = names(&keyring);
    let listing = names.list().await;
    assert_eq!((listed(&listing), &listing.stale), (vec!["a/b"], &None));
    assert_eq!(
        names.presence(&name("a/b")).await,
        Presence::Present(Source::Keychain)
    );
    assert_eq!(names.status().await.state, StoreState::Locked);
    let Opened { permit, values } = Opened::new(&places(&keyring));
    let never = values.read(&permit, &name("a/b"), Interaction::Never).await;
    assert_eq!(never.map(|_| ()), Err(SecretError::Locked));
    // There is no display for its dialog here.
    let asked = values
        .unlock(&permit, &[name("a/b")], Duration::from_secs(10))
        .await;
    assert_eq!(asked, Err(SecretError::PromptDismissed));
    let value = Secret::new(b"hunter22".to_vec());
    let set = values
        .set(&permit, &name("new"), &value, None, Interaction::Never)
        .await;
    assert_eq!(set.map(|_| ()), Err(SecretError::Locked));
    keyring.unlock();
    values
        .unlock(
            &permit,
            &[name("a/b"), name("none")],
            Duration::from_secs(10),
        )
        .await
        .expect("open");
    values
        .read(&permit, &name("a/b"), Interaction::Never)
        .await
        .expect("open");
}

#[tokio::test]
async fn a_keychain_locked_since_its_start_is_completed_from_the_index() {
    let mut keyring = Keyring::start();
    let Opened { permit, values } = Opened::new(&places(&keyring));
    let value = Secret::new(b"hunter22".to_vec());
    values
        .set(
            &permit,
            &name("a/b"),
            &value,
            Some("what it is for"),
            ASKING,
        )
        .await
        .expect("stored");
    assert_eq!(names(&keyring).list().await.stale, None);
    keyring.restart_locked();
    let names = names(&keyring);
    assert_eq!(
        names.presence(&name("a/b")).await,
        Presence::Present(Source::Keychain)
    );
    assert_eq!(names.presence(&name("a/c")).await, Presence::Missing);
    let listing = names.list().await;
    assert_eq!(listed(&listing), ["a/b"]);
    assert_eq!(
        listing.entries[0].description.as_deref(),
        Some("what it is for")
    );
    let stale = listing.stale.expect("it hides its names");
    assert_eq!(stale.why, Unavailable::Locked);
    assert!(stale.as_of.is_some());
    let index =
        std::fs::read_to_string(keyring.home().join("state/secret-names.json")).expect("there");
    assert!(!index.contains("hunter22"));
}

#[tokio::test]
async fn no_keychain_and_no_bus_are_told_apart_at_once() {
    let keyring = Keyring::absent();
    let started = Instant::now();
    let names = names(&keyring);
    assert_eq!(
        names.presence(&name("a")).await,
        Presence::Unknown(Unavailable::NoService)
    );
    let listing = names.list().await;
    assert_eq!(
        listing.stale.map(|stale| stale.why),
        Some(Unavailable::NoService)
    );
    assert_eq!(
        Opened::new(&places(&keyring)).read("a").await,
        Err(Unavailable::NoService.into())
    );
    let nowhere = places(&keyring).with_bus("unix:path=/nonexistent/bus");
    assert_eq!(
        SecretNames::new(&nowhere).status().await.state,
        StoreState::Unavailable(Unavailable::NoBus)
    );
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_mute_keychain_is_given_up_in_time() {
    let keyring = Keyring::start();
    let values = Opened::new(&places(&keyring));
    values.set("a", "hunter22").await.expect("stored");
    assert_eq!(listed(&names(&keyring).list().await), ["a"]);
    keyring.mute();
    let timed_out = Unavailable::TimedOut(Duration::from_secs(2));
    for asked in ["presence", "list", "status"] {
        let (names, started) = (names(&keyring), Instant::now());
        match asked {
            "presence" => assert_eq!(
                names.presence(&name("a")).await,
                Presence::Unknown(timed_out.clone())
            ),
            "list" => {
                let listing = names.list().await;
                assert_eq!(listed(&listing), ["a"], "from the index");
                assert_eq!(
                    listing.stale.map(|stale| stale.why),
                    Some(timed_out.clone())
                );
            }
            _ => assert_eq!(
                names.status().await.state,
                StoreState::Unavailable(timed_out.clone())
            ),
        }
        assert!(
            started.elapsed() < Duration::from_millis(2500),
            "{asked}: {:?}",
            started.elapsed()
        );
        // What is known to be mute is not waited for again.
        let again = Instant::now();
        assert_eq!(
            names.presence(&name("a")).await,
            Presence::Unknown(timed_out.clone())
        );
        assert!(again.elapsed() < Duration::from_millis(500));
    }
}

#[tokio::test]
async fn a_restarted_keychain_is_spoken_to_again() {
    let mut keyring = Keyring::start();
    let (names, values) = (names(&keyring), Opened::new(&places(&keyring)));
    values.set("a", "hunter22").await.expect("stored");
    assert_eq!(values.read("a").await.expect("there"), "hunter22");
    keyring.restart_unlocked();
    assert_eq!(
        values.read("a").await.expect("in a new session"),
        "hunter22"
    );
    assert_eq!(
        names.presence(&name("a")).await,
        Presence::Present(Source::Keychain)
    );
}

#[tokio::test]
async fn a_keychain_that_does_not_run_is_not_started_for_names_unless_allowed() {
    let mut keyring = Keyring::start();
    keyring.store("a", "hunter22");
    keyring.kill();
    let quiet = SecretNames::new(&places(&keyring).without_starting_a_keychain());
    assert_eq!(
        quiet.presence(&name("a")).await,
        Presence::Unknown(Unavailable::NotRunning)
    );
    assert_eq!(
        quiet.list().await.stale.map(|stale| stale.why),
        Some(Unavailable::NotRunning)
    );
    assert!(!keyring.is_running());
    assert_eq!(
        names(&keyring).presence(&name("a")).await,
        Presence::Present(Source::Keychain)
    );
    assert!(keyring.is_running());
    assert_eq!(
        quiet.presence(&name("a")).await,
        Presence::Present(Source::Keychain)
    );
}

#[tokio::test]
async fn changes_are_told_within_a_second() {
    let mut keyring = Keyring::start();
    let names = names(&keyring);
    let mut changes = names.changes();
    changes.changed().await; // once when it begins
    let mut expect_a_change = async |what: &str| {
        let told = timeout(Duration::from_secs(1), changes.changed()).await;
        assert!(told.is_ok(), "{what} was not told");
    };
    keyring.store("a", "hunter22");
    expect_a_change("a new entry").await;
    assert_eq!(listed(&names.list().await), ["a"]);
    keyring.lock();
    expect_a_change("locking").await;
    keyring.kill();
    expect_a_change("the end of the keychain").await;
}

#[tokio::test]
async fn two_hundred_names_are_listed_quickly() {
    let keyring = Keyring::start();
    let values = Opened::new(&places(&keyring));
    for number in 0..200 {
        values
            .set(&format!("many/{number:03}"), "hunter22")
            .await
            .expect("stored");
    }
    let names = names(&keyring);
    let started = Instant::now();
    let listing = names.list().await;
    let took = started.elapsed();
    assert_eq!((listing.entries.len(), listing.stale), (200, None));
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test]
async fn nothing_is_unlocked_prompted_or_read_while_names_are_asked_for() {
    let mut keyring = Keyring::start();
    keyring.store("a/b", "hunter22");
    let names = names(&keyring);
    let mut changes = names.changes();
    changes.changed().await;
    let monitor = keyring.monitor();
    for state in ["unlocked", "locked", "hidden"] {
        match state {
            "locked" => keyring.lock(),
            "hidden" => keyring.restart_locked(),
            _ => {}
        }
        assert_eq!(
            names.presence(&name("a/b")).await,
            Presence::Present(Source::Keychain),
            "{state}"
        );
        names.presence(&name("none")).await;
        names.list().await;
        names.status().await;
    }
    let calls = monitor.calls();
    assert!(
        calls
            .iter()
            .any(|call| call.ends_with("Service.SearchItems")),
        "it does hear us: {calls:?}"
    );
    for forbidden in [
        "GetSecret",
        "OpenSession",
        "Unlock",
        "Prompt.",
        "CreateItem",
    ] {
        assert!(
            !calls.iter().any(|call| call.contains(forbidden)),
            "{forbidden}: {calls:?}"
        );
    }
}

#[tokio::test]
async fn values_cross_the_bus_encrypted() {
    let keyring = Keyring::start();
    let values = Opened::new(&places(&keyring));
    let mut listening = keyring.command("dbus-monitor");
    let log = std::fs::File::create(keyring.home().join("bus.log")).expect("our folder");
    let listening = testkit::ProcessGroup::spawn(listening.arg("--session").stdout(log));
    let read = || std::fs::read(keyring.home().join("bus.log")).expect("there");
    let heard = |text: &str| {
        read()
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    // Names go in the clear, in attributes: they show that the listener hears.
    testkit::wait_until(Duration::from_secs(10), "the listener", || {
        keyring.store("sentinel", "hunter22");
        heard("sentinel")
    });
    values
        .set("canary", "canary-4711-value")
        .await
        .expect("stored");
    assert_eq!(
        values.read("canary").await.expect("there"),
        "canary-4711-value"
    );
    testkit::wait_until(Duration::from_secs(10), "our call", || heard("GetSecret"));
    assert!(heard("canary"));
    assert!(!heard("canary-4711-value"));
    drop(listening);
}

/// A desktop whose dialog is up and that nobody sits at: it takes the keyring's wish to ask and never
/// comes back to it.
async fn unattended_desktop(keyring: &Keyring) -> zbus::Connection {
    let builder = zbus::connection::Builder::address(keyring.address()).expect("an address");
    let desktop = builder.build().await.expect("the bus");
    desktop
        .request_name("org.gnome.keyring.SystemPrompter")
        .await
        .expect("a free name");
    desktop
}

#[tokio::test]
async fn a_dialog_that_nobody_answers_is_given_up_and_the_keychain_survives() {
    let keyring = Keyring::start();
    keyring.store("a", "hunter22");
    keyring.lock();
    let _desktop = unattended_desktop(&keyring).await;
    let Opened { permit, values } = Opened::new(&places(&keyring));
    let limit = Duration::from_secs(1);
    let started = Instant::now();
    let name = [name("a")];
    let asking = || values.unlock(&permit, &name, limit);
    let unlocked = tokio::join!(asking(), asking());
    let given_up = Err(SecretError::PromptTimedOut { limit });
    assert_eq!(unlocked, (given_up.clone(), given_up));
    assert!(started.elapsed() >= limit * 2, "one dialog at a time");
    let read = values
        .read(&permit, &name[0], Interaction::Allow { limit })
        .await;
    assert_eq!(read.map(|_| ()), Err(SecretError::PromptTimedOut { limit }));
    assert!(keyring.is_running());
    assert_eq!(listed(&names(&keyring).list().await), ["a"]);
    keyring.unlock();
    values
        .read(&permit, &name[0], Interaction::Never)
        .await
        .expect("open");
}

#[tokio::test]
async fn a_keychain_that_dies_under_its_dialog_is_noticed_at_once() {
    let mut keyring = Keyring::start();
    keyring.store("a", "hunter22");
    keyring.lock();
    let _desktop = unattended_desktop(&keyring).await;
    let monitor = keyring.monitor();
    let places = places(&keyring);
    let asking = tokio::spawn(async move {
        let Opened { permit, values } = Opened::new(&places);
        values
            .unlock(&permit, &[name("a")], Duration::from_secs(60))
            .await
    });
    let asked = || {
        monitor
            .calls()
            .iter()
            .any(|call| call.ends_with("Prompt.Prompt"))
    };
    while !asked() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    keyring.kill();
    let told = timeout(Duration::from_secs(2), asking)
        .await
        .expect("in time")
        .expect("no panic");
    let Err(SecretError::Unavailable(Unavailable::Failed(why))) = told else {
        panic!("{told:?}");
    };
    // With its dialog open, or in the middle of opening it.
    assert!(why.starts_with("it ended"), "{why}");
}

#[tokio::test]
async fn a_keychain_without_a_default_collection_takes_no_entries() {
    let keyring = Keyring::without_a_collection();
    let (names, values) = (names(&keyring), Opened::new(&places(&keyring)));
    assert_eq!(names.status().await.state, StoreState::NoDefaultCollection);
    assert_eq!(names.presence(&name("a")).await, Presence::Missing);
    assert_eq!(
        values.set("a", "hunter22").await,
        Err(SecretError::NoDefaultCollection)
    );
}

/// What KeePassXC is like while its database is locked: a search would open its dialog and block.
struct LockedKeePassXc {
    searched: Arc<AtomicBool>,
}

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl LockedKeePassXc {
    #[zbus(property)]
    fn collections(&self) -> Vec<OwnedObjectPath> {
        vec![OwnedObjectPath::try_from(DATABASE).expect("a path")]
    }

    fn search_items(
        &self,
        _attributes: HashMap<String, String>,
    ) -> (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) {
        self.searched.store(true, Ordering::SeqCst);
        Default::default()
    }
}

struct LockedDatabase;

const DATABASE: &str = "/org/freedesktop/secrets/collection/database";

#[zbus::interface(name = "org.freedesktop.Secret.Collection")]
impl LockedDatabase {
    #[zbus(property)]
    fn locked(&self) -> bool {
        true
    }
}

/// KeePassXC itself needs a display, so this is a stand-in: the program is known by its name, which
/// this process takes on.
#[tokio::test]
async fn keepassxc_is_not_searched_while_its_databases_are_locked() {
    let keyring = Keyring::absent();
    let searched = Arc::new(AtomicBool::new(false));
    let service = LockedKeePassXc {
        searched: Arc::clone(&searched),
    };
    let builder = zbus::connection::Builder::address(keyring.address()).expect("an address");
    let builder = builder
        .serve_at("/org/freedesktop/secrets", service)
        .expect("a path");
    let builder = builder.serve_at(DATABASE, LockedDatabase).expect("a path");
    let _service = builder
        .name("org.freedesktop.secrets")
        .expect("a name")
        .build()
        .await
        .expect("the bus");
    let names = names(&keyring);
    assert_eq!(
        names.presence(&name("a")).await,
        Presence::Missing,
        "any other program is searched"
    );
    assert!(searched.swap(false, Ordering::SeqCst));
    std::fs::write("/proc/self/comm", "keepassxc").expect("a process can rename itself");
    assert_eq!(
        names.presence(&name("a")).await,
        Presence::Unknown(Unavailable::Locked)
    );
    assert_eq!(
        names.list().await.stale.map(|stale| stale.why),
        Some(Unavailable::Locked)
    );
    assert!(!searched.load(Ordering::SeqCst));
}

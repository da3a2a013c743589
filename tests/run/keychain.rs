//! Secrets from a real keyring: missing, nearly there, locked, and the passphrase of a key.

use serde_json::Value;
use testkit::keyring::Keyring;
use testkit::sshd::Sshd;

use crate::support::{Ran, User, events, output, ran};

const STEPS: &str = r#"
[[step]]
id = "use"
run_commands = { commands = "echo ${#TOKEN}; touch ran", env = { TOKEN = "${secret:demo/token}" } }
"#;

/// Runs the steps as a user of that keyring.
fn run(user: &User, keyring: &Keyring, target: &str) -> (Ran, Vec<Value>) {
    let recipe = user.recipe(STEPS);
    let recipe = recipe.to_str().expect("UTF-8");
    let mut command = user.doppio(&[
        "run", "--yes", recipe, "--target", target, "--format", "jsonl",
    ]);
    command.env("DBUS_SESSION_BUS_ADDRESS", keyring.address());
    let ran = ran(command);
    let events = events(&ran.stdout);
    (ran, events)
}

#[test]
fn a_missing_secret_is_named_with_the_nearest_one() {
    let (keyring, user) = (Keyring::start(), User::new());
    keyring.store("demo/tokens", "made-up-value");
    let (ran, events) = run(&user, &keyring, "local");
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let problem = &events[1]["problems"][0];
    assert_eq!(problem["kind"], "secret_missing");
    assert_eq!(problem["name"], "demo/token");
    let message = problem["message"].as_str().expect("a message");
    assert!(
        message.starts_with("Secret 'demo/token' not found. Did you mean 'demo/tokens'?"),
        "{message}"
    );
    keyring.store("demo/token", "made-up-value");
    let (ran, events) = run(&user, &keyring, "local");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(output(&events, "use"), "13\n");
}

#[test]
fn a_keychain_that_nobody_can_unlock_ends_the_run_before_its_first_step() {
    let (keyring, user) = (Keyring::start(), User::new());
    keyring.store("demo/token", "made-up-value");
    keyring.lock();
    let (ran, events) = run(&user, &keyring, "local");
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert_eq!(events[1]["problems"][0]["kind"], "secret_unavailable");
    assert!(!user.path("ran").exists());
}

#[test]
fn the_passphrase_of_a_key_comes_from_the_keychain() {
    let (keyring, sshd, user) = (Keyring::start(), Sshd::start(), User::new());
    keyring.store("demo/token", "made-up-value");
    sshd.generate("locked", "ed25519", "open sesame");
    sshd.authorize("locked");
    sshd.write_client(user.home(), "bash");
    for (from, to) in [("locked", "id_ed25519"), ("locked.pub", "id_ed25519.pub")] {
        std::fs::copy(sshd.path(from), user.path(".ssh").join(to)).expect("copied");
    }
    let (ran, events) = run(&user, &keyring, "testbed");
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert_eq!(events[1]["problems"][0]["kind"], "passphrase_needed");
    keyring.store("ssh/passphrase", "open sesame");
    let (ran, events) = run(&user, &keyring, "testbed");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(output(&events, "use"), "13\n");
    assert!(!ran.stdout.contains("sesame"));
}

//! The real parts for tests that are not written in Rust: a keyring and an sshd, whose user has a home.
//!
//! It prints one line of JSON that says where they are, obeys the words `lock`, `unlock`, `mute` and
//! `kill` (one a line, each answered with `done`), and ends with everything it started when its input does.
#![expect(clippy::print_stdout, reason = "what it says is its interface")]

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use testkit::keyring::Keyring;
use testkit::sshd::Sshd;

/// The user of the sshd: named after the login shell.
const USER: &str = "bash";

fn main() {
    let mut keyring = match std::env::args().nth(1).as_deref() {
        Some("--no-keychain") => Keyring::absent(),
        _ => Keyring::start(),
    };
    let sshd = Sshd::start();
    sshd.write_client(keyring.home(), USER);
    let text = |value: &std::ffi::OsStr| value.to_string_lossy().into_owned();
    let env: BTreeMap<&str, String> = keyring
        .env()
        .iter()
        .map(|(name, value)| (*name, text(value)))
        .collect();
    let parts = serde_json::json!({
        "home": keyring.home(),
        "env": env,
        "host": "testbed",
        "hostHome": sshd.home(USER),
        "port": sshd.port(),
    });
    println!("{parts}");
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        match line.trim() {
            "lock" => keyring.lock(),
            "unlock" => keyring.unlock(),
            "mute" => keyring.mute(),
            "kill" => keyring.kill(),
            word => eprintln!("testkit-parts does not know '{word}'"),
        }
        println!("done");
    }
}

//! `doppio secret`, the real binary on a real keyring.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::keyring::Keyring;
use testkit::tmux::Terminal;

const DOPPIO: &str = env!("CARGO_BIN_EXE_doppio");

const CANARY: &str = "canary-4711-hunter22";

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    #[track_caller]
    fn expect(self, code: i32, out: &str, err: &[&str]) -> Self {
        assert_eq!(
            (self.code, self.out.as_str()),
            (Some(code), out),
            "standard error: {}",
            self.err
        );
        for part in err {
            assert!(self.err.contains(part), "{part:?} is not in: {}", self.err);
        }
        assert_eq!(err.is_empty(), self.err.is_empty(), "{}", self.err);
        self
    }
}

fn doppio(keyring: &Keyring, arguments: &[&str]) -> Command {
    let mut command = keyring.command(DOPPIO);
    command.arg("secret").args(arguments);
    command
}

fn run(keyring: &Keyring, arguments: &[&str], input: &str) -> Ended {
    run_command(doppio(keyring, arguments), input)
}

fn run_command(mut command: Command, input: &str) -> Ended {
    let command = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary is there");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    // A command that reads nothing may have ended by now.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let ended = Ended {
        code: status.code(),
        out: text(stdout),
        err: text(stderr),
    };
    assert!(
        !ended.out.contains(CANARY) && !ended.err.contains(CANARY),
        "{}{}",
        ended.out,
        ended.err
    );
    ended
}

#[test]
fn a_description_is_changed_without_the_value() {
    let keyring = Keyring::start();
    run(&keyring, &["set", "mine/key"], CANARY).expect(
        0,
        "Stored 'mine/key' in the keychain.\n",
        &[],
    );
    let described = |text: &str| {
        run(&keyring, &["describe", "mine/key", text], "").expect(
            0,
            "Described 'mine/key'.\n",
            &[],
        );
        let listed = run(&keyring, &["list", "--format", "json"], "").out;
        let listed: Value = serde_json::from_str(&listed).expect("JSON");
        listed["secrets"][0]["description"].clone()
    };
    assert_eq!(described("of the shed"), "of the shed");
    assert_eq!(described(""), Value::Null);
    assert_eq!(keyring.lookup("mine/key").as_deref(), Some(CANARY));
    run(&keyring, &["describe", "other/key", "x"], "").expect(
        3,
        "",
        &["Secret 'other/key' not found"],
    );
}

#[test]
fn a_secret_is_stored_listed_and_deleted() {
    let keyring = Keyring::start();
    run(&keyring, &["list"], "").expect(
        0,
        "No secrets are stored. Store one with 'doppio secret set NAME'.\n",
        &[],
    );
    let set = ["set", "huggingface/token", "--description", "reads models"];
    run(&keyring, &set, &format!("{CANARY}\n")).expect(
        0,
        "Stored 'huggingface/token' in the keychain.\n",
        &[],
    );
    assert_eq!(keyring.lookup("huggingface/token").as_deref(), Some(CANARY));
    let listed = run(&keyring, &["list"], "");
    assert_eq!(listed.code, Some(0));
    assert!(
        listed.out.starts_with("huggingface/token  keychain  20"),
        "{}",
        listed.out
    );
    assert!(listed.out.ends_with("  reads models\n"), "{}", listed.out);
    let listed = run(&keyring, &["list", "--format", "json"], "");
    let json: Value = serde_json::from_str(&listed.out).expect("JSON");
    assert_eq!(json["version"], 1);
    assert_eq!(json["stale"], Value::Null);
    let secret = &json["secrets"][0];
    assert_eq!(
        (&secret["name"], &secret["source"]),
        (&"huggingface/token".into(), &"keychain".into())
    );
    assert_eq!(
        (&secret["description"], &secret["shadowed_by"]),
        (&"reads models".into(), &Value::Null)
    );
    assert!(secret["since"].is_string());
    // Without a description the former stays; with Windows' line ends too.
    run(&keyring, &["set", "huggingface/token"], "another value\r\n").expect(
        0,
        "Stored 'huggingface/token' in the keychain.\n",
        &[],
    );
    assert_eq!(
        keyring.lookup("huggingface/token").as_deref(),
        Some("another value")
    );
    assert!(run(&keyring, &["list"], "").out.contains("reads models"));
    run(&keyring, &["delete", "huggingface/token"], "").expect(
        0,
        "Deleted 'huggingface/token' from the keychain.\n",
        &[],
    );
    assert_eq!(keyring.lookup("huggingface/token"), None);
    let missing = [
        "error: Secret 'huggingface/token' not found",
        "doppio secret set huggingface/token",
        "Access Tokens",
    ];
    run(&keyring, &["delete", "huggingface/token"], "").expect(3, "", &missing);
}

#[test]
fn a_secret_gets_another_name_and_keeps_everything_else() {
    let keyring = Keyring::start();
    let set = ["set", "old/name", "--description", "reads models"];
    assert_eq!(run(&keyring, &set, CANARY).code, Some(0));
    let times = |listed: &Ended| {
        let json: Value = serde_json::from_str(&listed.out).expect("JSON");
        json["secrets"][0].clone()
    };
    let before = times(&run(&keyring, &["list", "--format", "json"], ""));
    run(&keyring, &["rename", "old/name", "new/name"], "").expect(
        0,
        "Renamed 'old/name' to 'new/name' in the keychain.\n",
        &[],
    );
    assert_eq!(keyring.lookup("old/name"), None);
    assert_eq!(keyring.lookup("new/name").as_deref(), Some(CANARY));
    let after = times(&run(&keyring, &["list", "--format", "json"], ""));
    assert_eq!(after["name"], "new/name");
    assert_eq!(after["description"], "reads models");
    assert_eq!(after["since"], before["since"]);
}

#[test]
fn a_name_that_is_taken_or_missing_changes_nothing() {
    let keyring = Keyring::start();
    assert_eq!(run(&keyring, &["set", "one"], CANARY).code, Some(0));
    assert_eq!(
        run(&keyring, &["set", "two"], "another value").code,
        Some(0)
    );
    let taken = [
        "a secret 'two' is stored already",
        "doppio secret delete two",
    ];
    run(&keyring, &["rename", "one", "two"], "").expect(3, "", &taken);
    let same = ["a secret 'one' is stored already"];
    run(&keyring, &["rename", "one", "one"], "").expect(3, "", &same);
    let missing = ["Secret 'three' not found"];
    run(&keyring, &["rename", "three", "four"], "").expect(3, "", &missing);
    let bad = run(&keyring, &["rename", "one", "a b"], "");
    assert_eq!((bad.code, bad.out.as_str()), (Some(2), ""));
    assert_eq!(keyring.lookup("one").as_deref(), Some(CANARY));
    assert_eq!(keyring.lookup("two").as_deref(), Some("another value"));
}

#[test]
fn the_value_is_asked_for_without_showing_it() {
    let keyring = Keyring::start();
    let env = keyring.env();
    let env: Vec<(&str, &OsStr)> = env
        .iter()
        .map(|(name, value)| (*name, value.as_os_str()))
        .collect();
    let terminal = Terminal::start(
        &["sh", "-c", &format!("{DOPPIO} secret set a/b; read wait")],
        &env,
    );
    terminal.wait_for("Value of 'a/b' (not shown):", Duration::from_secs(20));
    terminal.type_text(CANARY);
    terminal.press(&["Enter"]);
    let screen = terminal.wait_for("Stored 'a/b' in the keychain.", Duration::from_secs(20));
    assert!(!screen.contains("canary"), "{screen}");
    assert_eq!(keyring.lookup("a/b").as_deref(), Some(CANARY));
}

#[test]
fn a_value_as_an_argument_is_refused_and_not_repeated() {
    let keyring = Keyring::start();
    for arguments in [
        &["set", "a", CANARY][..],
        &["set", "a", "two", CANARY],
        &["set", "a", "-canary-4711-hunter22"],
        &["set", "a", "--value=canary-4711-hunter22"],
        &["set", "a", "--value", CANARY],
    ] {
        run(&keyring, arguments, "").expect(
            2,
            "",
            &["a secret's value is not an argument", "in your history"],
        );
    }
    assert_eq!(keyring.lookup("a"), None);
}

#[test]
fn values_that_are_of_no_use_are_refused_with_the_reason() {
    let keyring = Keyring::start();
    let long = "x".repeat(64 * 1024 + 1);
    for (value, reason) in [
        ("", "the value is empty"),
        ("\n", "the value is empty"),
        (
            "abc\n",
            "the value has 3 bytes: below 4 it cannot be masked",
        ),
        ("ab\0cd\n", "a NUL byte"),
        (long.as_str(), "at most 65536 fit"),
        ("first line\nsecond line\n", "more than one line"),
    ] {
        run(&keyring, &["set", "a"], value).expect(2, "", &[reason]);
    }
    let bad_name = run(&keyring, &["set", "a b"], "hunter22\n");
    assert_eq!(bad_name.code, Some(2));
    assert!(
        bad_name
            .err
            .contains("' ' cannot be part of a secret's name"),
        "{}",
        bad_name.err
    );
    assert_eq!(keyring.lookup("a"), None);
}

#[test]
fn a_variable_that_shadows_an_entry_is_pointed_out() {
    let keyring = Keyring::start();
    let shadowed = |arguments: &[&str], input| {
        let mut command = doppio(&keyring, arguments);
        command.env("DOPPIO_SECRET_GITHUB_TOKEN", CANARY);
        run_command(command, input)
    };
    shadowed(&["set", "github/token"], "hunter22\n").expect(
        0,
        "Stored 'github/token' in the keychain.\n",
        &["warning: DOPPIO_SECRET_GITHUB_TOKEN is set and is used instead"],
    );
    assert!(
        shadowed(&["list"], "")
            .out
            .contains("(shadowed by DOPPIO_SECRET_GITHUB_TOKEN)")
    );
    let status = shadowed(&["status"], "");
    assert!(
        status
            .out
            .contains("Set:      DOPPIO_SECRET_GITHUB_TOKEN, used for 'github/token'\n"),
        "{}",
        status.out
    );
    shadowed(&["delete", "github/token"], "").expect(
        0,
        "Deleted 'github/token' from the keychain.\n",
        &["warning: DOPPIO_SECRET_GITHUB_TOKEN is set and still answers for it"],
    );
}

#[test]
fn each_state_of_the_keychain_is_told_with_the_way_out() {
    let mut keyring = Keyring::start();
    run(&keyring, &["set", "a/b"], &format!("{CANARY}\n"));
    run(&keyring, &["status"], "").expect(
        0,
        "Keychain: GNOME Keyring, unlocked\nEntries:  1 (service dev.doppio.secrets)\n",
        &[],
    );
    keyring.lock();
    let locked = "Keychain: GNOME Keyring, locked\nEntries:  1 (service dev.doppio.secrets)\n";
    run(&keyring, &["status"], "").expect(3, locked, &["error: locked", "help: Unlock it"]);
    let stayed = [
        "warning: the keychain is locked: answer its dialog within 120 s",
        "could not be shown",
        "help: Unlock it",
    ];
    run(&keyring, &["set", "a/c"], "hunter22\n").expect(3, "", &stayed);
    run(&keyring, &["delete", "a/b"], "").expect(3, "", &stayed);
    keyring.restart_locked();
    let listed = run(&keyring, &["list"], "");
    assert!(
        listed.code == Some(0) && listed.out.starts_with("a/b  "),
        "{}",
        listed.out
    );
    assert!(
        listed
            .err
            .starts_with("warning: the keychain is locked: these are the names as of 20"),
        "{}",
        listed.err
    );
    let json: Value =
        serde_json::from_str(&run(&keyring, &["list", "--format", "json"], "").out).expect("JSON");
    assert_eq!(json["stale"]["why"], "the keychain is locked");
    keyring.mute();
    let started = Instant::now();
    let mute = run(&keyring, &["list"], "");
    assert!(
        mute.code == Some(3) && mute.err.contains("did not answer within 2 s"),
        "{}",
        mute.err
    );
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn without_a_keychain_one_is_told_what_to_install_and_what_else_there_is() {
    let keyring = Keyring::absent();
    let ways = [
        "nothing provides org.freedesktop.secrets",
        "gnome-keyring, KeePassXC",
        "KWallet",
        "DOPPIO_SECRET_",
    ];
    run(&keyring, &["set", "a"], "hunter22\n").expect(3, "", &ways);
    run(&keyring, &["list"], "").expect(3, "", &ways);
    let status =
        "Keychain: this Linux session has no keychain: nothing provides org.freedesktop.secrets\n";
    run(&keyring, &["status"], "").expect(3, status, &ways);
    let without_a_bus = |arguments| {
        let mut command = doppio(&keyring, arguments);
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
        run_command(command, "")
    };
    without_a_bus(&["list"]).expect(3, "", &["no D-Bus session bus", "dbus-run-session"]);
    let mut command = doppio(&keyring, &["list"]);
    command.env("CI", "true");
    run_command(command, "").expect(3, "", &["because CI is set", "DOPPIO_SECRET_"]);
}

#[test]
fn a_damaged_index_is_reported_and_mended() {
    let keyring = Keyring::start();
    keyring.store("a/b", CANARY);
    let index = keyring.home().join("state/doppio/secret-names.json");
    fs::create_dir_all(index.parent().expect("a folder")).expect("our folder");
    fs::write(&index, "{").expect("our folder");
    let first = run(&keyring, &["list"], "");
    assert!(
        first.code == Some(0) && first.out.starts_with("a/b"),
        "{}",
        first.out
    );
    assert!(
        first
            .err
            .contains("secret-names.json is damaged and will be written anew"),
        "{}",
        first.err
    );
    let second = run(&keyring, &["list"], "");
    assert_eq!((second.code, second.err.as_str()), (Some(0), ""));
    let text = fs::read_to_string(&index).expect("written");
    assert!(text.contains("a/b") && !text.contains(CANARY), "{text}");
}

#[test]
fn a_text_that_holds_a_value_is_told() {
    let mut keyring = Keyring::start();
    run(&keyring, &["scan"], CANARY).expect(0, "No stored secret is in it.\n", &[]);
    keyring.store("huggingface/token", CANARY);
    keyring.store("other", "another-value");
    run(&keyring, &["scan"], "a harmless report\n").expect(0, "No stored secret is in it.\n", &[]);
    let encoded: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    for text in [
        format!("token: {CANARY}\n"),
        encoded,
        CANARY.replacen("4711", "\u{1b}[1m4711", 1),
    ] {
        let named = ["the text holds the value of 'huggingface/token'\n"];
        run(&keyring, &["scan"], &text).expect(1, "", &named);
    }
    // An entry that a variable stands in for is a secret all the same, and so is the variable.
    for text in [CANARY, "from-the-environment"] {
        let mut command = doppio(&keyring, &["scan"]);
        command.env("DOPPIO_SECRET_HUGGINGFACE_TOKEN", "from-the-environment");
        run_command(command, text).expect(1, "", &["the text holds the value of"]);
    }
    // Nobody is asked, and what cannot be read is no "no".
    keyring.lock();
    let locked = ["cannot tell whether a secret is in it"];
    run(&keyring, &["scan"], "harmless").expect(3, "", &locked);
    keyring.kill();
    keyring.restart_locked();
    run(&keyring, &["scan"], "harmless").expect(3, "", &locked);
}

#[test]
fn without_a_keychain_a_text_can_be_looked_through() {
    let keyring = Keyring::absent();
    run(&keyring, &["scan"], "harmless").expect(0, "No stored secret is in it.\n", &[]);
}

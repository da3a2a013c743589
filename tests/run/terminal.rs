//! What a person at a terminal sees and is asked.

use std::ffi::OsStr;
use std::fs;

use testkit::sshd::Sshd;
use testkit::tmux::Terminal;

use crate::support::{PATIENCE, User};

const STEPS: &str = r#"
[[step]]
id = "build"
run_commands = { commands = "printf 'a prompt: '; while [ ! -e go ]; do sleep 0.02; done; echo done" }
"#;

/// `doppio run` of the steps on `testbed`, on a terminal that stays when it has ended.
fn run(user: &User, options: &str) -> Terminal {
    let recipe = user.recipe(STEPS);
    let script = format!(
        "{} run {} {options} --target testbed; echo \"exit code $?\"; cat",
        env!("CARGO_BIN_EXE_doppio"),
        recipe.display()
    );
    let home = user.home().as_os_str();
    let bus = OsStr::new("unix:path=/nonexistent");
    Terminal::start(
        &["sh", "-c", &script],
        &[("HOME", home), ("DBUS_SESSION_BUS_ADDRESS", bus)],
    )
}

#[test]
fn an_unknown_key_is_asked_about_and_the_run_is_live() {
    let sshd = Sshd::start();
    let user = User::new();
    sshd.write_client(user.home(), "bash");
    fs::write(user.path(".ssh/known_hosts"), "").expect("written");
    let terminal = run(&user, "--yes");
    let question = terminal.wait_for("(yes/no)", PATIENCE);
    assert!(question.contains("SHA256:"), "{question}");
    terminal.type_text("yes");
    terminal.press(&["Enter"]);
    // A prompt without its line end is on the line of the running step at once.
    terminal.wait_for("a prompt:", PATIENCE);
    fs::write(sshd.home("bash").join("go"), "").expect("written");
    let screen = terminal.wait_for("exit code 0", PATIENCE);
    assert!(screen.contains("build | a prompt: done"), "{screen}");
    assert!(screen.contains("build: succeeded after"), "{screen}");
}

#[test]
fn a_key_that_is_not_trusted_ends_the_run() {
    let sshd = Sshd::start();
    let user = User::new();
    sshd.write_client(user.home(), "bash");
    fs::write(user.path(".ssh/known_hosts"), "").expect("written");
    let terminal = run(&user, "--yes");
    terminal.wait_for("(yes/no)", PATIENCE);
    terminal.type_text("no");
    terminal.press(&["Enter"]);
    terminal.wait_for("exit code 3", PATIENCE);
    assert_eq!(
        fs::read_to_string(user.path(".ssh/known_hosts")).expect("there"),
        ""
    );
}

#[test]
fn the_passphrase_of_a_key_is_asked_without_showing_it() {
    let sshd = Sshd::start();
    sshd.generate("locked", "ed25519", "open sesame");
    sshd.authorize("locked");
    let user = User::new();
    sshd.write_client(user.home(), "bash");
    fs::copy(sshd.path("locked"), user.path(".ssh/id_ed25519")).expect("copied");
    fs::copy(sshd.path("locked.pub"), user.path(".ssh/id_ed25519.pub")).expect("copied");
    fs::write(sshd.home("bash").join("go"), "").expect("written");
    let terminal = run(&user, "--yes");
    terminal.wait_for("Passphrase of", PATIENCE);
    terminal.type_text("open sesame");
    terminal.press(&["Enter"]);
    let screen = terminal.wait_for("exit code 0", PATIENCE);
    assert!(!screen.contains("sesame"), "{screen}");
}

//! Emacs, driven by a script in its own language, on a terminal that nobody looks at.

use std::ffi::OsStr;
use std::fs;
use std::time::Duration;

use crate::tmux::Terminal;
use crate::{Scripted, poll};

/// Runs a script in Emacs Lisp in an Emacs.
#[track_caller]
pub(crate) fn run(user: &Scripted<'_>, emacs: &OsStr, script: &str, limit: Duration) -> String {
    let place = |name| user.home.join(name);
    let write = |name: &str, text: &str| {
        fs::write(user.home.join(name), text).expect("the home takes files");
    };
    fs::create_dir_all(place(".emacs.d")).expect("the home takes folders");
    // Compiling Emacs' own files to machine code in the background would only load the machine.
    write(
        ".emacs.d/early-init.el",
        "(setq inhibit-startup-screen t native-comp-deferred-compilation nil native-comp-jit-compilation nil)",
    );
    write(".emacs.d/init.el", &user.setup);
    write("driver.el", DRIVER);
    write("script.el", script);
    write("printed", "");
    let _ = fs::remove_file(place("ended"));
    let files = [
        ("HOME", user.home.into()),
        ("DOPPIO_TEST_SCRIPT", place("script.el").into_os_string()),
        ("DOPPIO_TEST_PRINTED", place("printed").into_os_string()),
        ("DOPPIO_TEST_ENDED", place("ended").into_os_string()),
    ];
    let own = files.iter().map(|(name, value)| (*name, value.as_os_str()));
    let given =
        (user.env.iter()).filter_map(|(name, value)| Some((name.to_str()?, value.as_os_str())));
    let env: Vec<(&str, &OsStr)> = own.chain(given).collect();
    let driver = place("driver.el");
    let argv = [emacs, "-nw".as_ref(), "-l".as_ref(), driver.as_os_str()];
    let terminal = Terminal::start_in(user.home, &argv, &env);
    let ended = poll(limit, || place("ended").exists().then_some(()));
    let printed = fs::read_to_string(place("printed")).expect("its own file can be read");
    if ended.is_none() {
        panic!(
            "Emacs had not ended after {limit:?} (is it missing? run scripts/install-test-parts):\n{printed}\n{}",
            terminal.screen()
        );
    }
    assert!(!printed.contains("error:"), "Emacs says:\n{printed}");
    printed
}

/// Runs the script after the start, and keeps what went wrong in it.
const DRIVER: &str = include_str!("emacs.el");

#[cfg(test)]
mod tests {
    use super::*;

    use crate::Program;

    const LIMIT: Duration = Duration::from_secs(60);

    #[test]
    fn it_runs_a_script_after_the_users_set_up() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let printed = Scripted::new(Program::Emacs, home.path())
            .setup("(defvar from-setup \"made up\")")
            .env("WORD", "coffee")
            .run("(say from-setup (getenv \"WORD\"))", LIMIT);
        assert_eq!(printed.trim(), "made up coffee");
    }

    #[test]
    fn it_types_like_a_person() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let script = r#"(press "one SPC on M-/ !") (wait "the word" (has "one one!"))"#;
        Scripted::new(Program::Emacs, home.path()).run(script, LIMIT);
    }

    #[test]
    #[should_panic(expected = "waited for what never comes")]
    fn a_script_that_waits_for_nothing_ends() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let script = "(setq limit 0.1) (wait \"what never comes\" nil)";
        Scripted::new(Program::Emacs, home.path()).run(script, LIMIT);
    }
}

//! Emacs, driven by a script in its own language, on a terminal that nobody looks at.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::poll;
use crate::tmux::Terminal;

/// How an Emacs is started: with which home, set-up and environment.
#[derive(Debug)]
pub struct Emacs<'a> {
    home: &'a Path,
    setup: String,
    env: Vec<(OsString, OsString)>,
}

impl<'a> Emacs<'a> {
    /// An Emacs whose user lives in `home` and has no set-up. Of the environment it inherits only
    /// `PATH`.
    pub fn new(home: &'a Path) -> Self {
        Self {
            home,
            setup: String::new(),
            env: Vec::new(),
        }
    }

    /// Gives the user an `init.el`.
    pub fn setup(mut self, init_el: &str) -> Self {
        init_el.clone_into(&mut self.setup);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().into(), value.as_ref().into()));
        self
    }

    /// Runs a script in Emacs Lisp once Emacs has started as usual, and returns all that it said.
    ///
    /// `(press KEYS)` types, `(wait WHAT CONDITION)` lets Emacs work until the condition gives
    /// something and returns that, `(text)` is what the buffer holds, `(has WORDS)` whether it holds
    /// them, `(shown BUFFER)` what another one does, `(say WORDS…)` prints.
    ///
    /// # Panics
    /// When the script raises an error, or has not ended after `limit`; with what it said.
    #[track_caller]
    pub fn run(&self, script: &str, limit: Duration) -> String {
        let place = |name| self.home.join(name);
        let write = |name: &str, text: &str| {
            fs::write(self.home.join(name), text).expect("the home takes files");
        };
        fs::create_dir_all(place(".emacs.d")).expect("the home takes folders");
        // Compiling Emacs' own files to machine code in the background would only load the machine.
        write(
            ".emacs.d/early-init.el",
            "(setq inhibit-startup-screen t native-comp-deferred-compilation nil native-comp-jit-compilation nil)",
        );
        write(".emacs.d/init.el", &self.setup);
        write("driver.el", DRIVER);
        write("script.el", script);
        write("printed", "");
        let _ = fs::remove_file(place("ended"));
        let files = [
            ("HOME", self.home.into()),
            ("DOPPIO_TEST_SCRIPT", place("script.el").into_os_string()),
            ("DOPPIO_TEST_PRINTED", place("printed").into_os_string()),
            ("DOPPIO_TEST_ENDED", place("ended").into_os_string()),
        ];
        let own = files.iter().map(|(name, value)| (*name, value.as_os_str()));
        let given =
            (self.env.iter()).filter_map(|(name, value)| Some((name.to_str()?, value.as_os_str())));
        let env: Vec<(&str, &OsStr)> = own.chain(given).collect();
        let driver = place("driver.el");
        let argv = [
            "emacs".as_ref(),
            "-nw".as_ref(),
            "-l".as_ref(),
            driver.as_os_str(),
        ];
        let terminal = Terminal::start_in(self.home, &argv, &env);
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
}

/// Runs the script after the start, and keeps what went wrong in it.
const DRIVER: &str = include_str!("emacs.el");

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    #[test]
    fn it_runs_a_script_after_the_users_set_up() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let printed = Emacs::new(home.path())
            .setup("(defvar from-setup \"made up\")")
            .env("WORD", "coffee")
            .run("(say from-setup (getenv \"WORD\"))", LIMIT);
        assert_eq!(printed.trim(), "made up coffee");
    }

    #[test]
    fn it_types_like_a_person() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let script = r#"(press "one SPC on M-/ !") (wait "the word" (has "one one!"))"#;
        Emacs::new(home.path()).run(script, LIMIT);
    }

    #[test]
    #[should_panic(expected = "waited for what never comes")]
    fn a_script_that_waits_for_nothing_ends() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let script = "(setq limit 0.1) (wait \"what never comes\" nil)";
        Emacs::new(home.path()).run(script, LIMIT);
    }
}

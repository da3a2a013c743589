//! Neovim, driven by a Lua script, without a screen.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::{ProcessGroup, editor};

/// How a Neovim is started: with which home, set-up and environment.
#[derive(Debug)]
pub struct Nvim<'a> {
    home: &'a Path,
    setup: String,
    env: Vec<(OsString, OsString)>,
}

impl<'a> Nvim<'a> {
    /// A Neovim whose user lives in `home` and has no set-up. Of the environment it inherits only
    /// `PATH`.
    pub fn new(home: &'a Path) -> Self {
        Self {
            home,
            setup: String::new(),
            env: Vec::new(),
        }
    }

    /// Gives the user an `init.lua`.
    pub fn setup(mut self, init_lua: &str) -> Self {
        init_lua.clone_into(&mut self.setup);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().into(), value.as_ref().into()));
        self
    }

    /// Runs a Lua script once Neovim has started as usual, and returns all that was printed.
    ///
    /// Between the script's statements Neovim is an editor like any other: `press(keys)` types, and
    /// `wait(what, condition)` lets it work until the condition gives something, and returns that.
    /// `text()` is what the buffer holds, `floating()` what floating windows show.
    ///
    /// # Panics
    /// When the script raises an error, or has not ended after `limit`; with what it printed.
    #[track_caller]
    pub fn run(&self, script: &str, limit: Duration) -> String {
        let place = |name| self.home.join(name);
        fs::write(place("init.lua"), &self.setup).expect("the home takes files");
        fs::write(place("script.lua"), script).expect("the home takes files");
        fs::write(place("driver.lua"), DRIVER).expect("the home takes files");
        let printed = File::create(place("nvim.out")).expect("the home takes files");
        let mut group = ProcessGroup::spawn(
            Command::new(editor("nvim"))
                .args(["--headless", "-i", "NONE", "-n", "-u"])
                .arg(place("init.lua"))
                .arg("-S")
                .arg(place("driver.lua"))
                .env_clear()
                .env("PATH", std::env::var_os("PATH").unwrap_or_default())
                .env("HOME", self.home)
                .env("DOPPIO_TEST_SCRIPT", place("script.lua"))
                .envs(self.env.iter().map(|(name, value)| (name, value)))
                .current_dir(self.home)
                .stdin(Stdio::null())
                .stderr(printed.try_clone().expect("a file has two handles"))
                .stdout(printed),
        );
        let ended = group.wait(limit);
        let printed = fs::read(place("nvim.out")).expect("its own file can be read");
        let printed = String::from_utf8_lossy(&printed).into_owned();
        match ended {
            Some(status) if status.success() => printed,
            Some(status) => panic!("Neovim ended with {status}:\n{printed}"),
            None => panic!("Neovim had not ended after {limit:?}:\n{printed}"),
        }
    }
}

/// Runs the script beside Neovim's own loop, and makes an error in it an exit code.
const DRIVER: &str = include_str!("nvim.lua");

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    #[test]
    fn it_runs_a_script_after_the_users_set_up() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let printed = Nvim::new(home.path())
            .setup("vim.g.from_setup = 'made up'")
            .env("WORD", "coffee")
            .run(
                "print(vim.g.from_setup, vim.env.WORD, vim.fn.has('nvim-0.10'))",
                LIMIT,
            );
        assert_eq!(printed.trim(), "made up coffee 1");
    }

    #[test]
    fn it_types_like_a_person() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let script = r#"
            press('ione only<CR>on<C-x><C-n>')
            wait('the menu', function() return vim.fn.pumvisible() == 1 end)
            press('<C-y>!<Esc>')
            wait('the word', function() return text() == 'one only\none!\n' end)"#;
        Nvim::new(home.path()).run(script, LIMIT);
    }

    #[test]
    #[should_panic(expected = "waited for what never comes")]
    fn a_script_that_waits_for_nothing_ends() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let script = "limit = 0.1 wait('what never comes', function() end)";
        Nvim::new(home.path()).run(script, LIMIT);
    }

    #[test]
    #[should_panic(expected = "nobody expects this")]
    fn an_error_in_the_script_is_shown() {
        let home = tempfile::tempdir().expect("a temporary folder");
        Nvim::new(home.path()).run("error('nobody expects this')", LIMIT);
    }
}

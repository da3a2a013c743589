//! A program on a terminal, driven by its keys and read off its screen.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use tempfile::TempDir;

use crate::poll;

/// A tmux server of the test's own with one program in it. Dropping it ends both.
#[derive(Debug)]
pub struct Terminal {
    folder: TempDir,
}

impl Terminal {
    /// Starts a program on a terminal of 120 columns and 40 lines. Of the test's environment it
    /// inherits only `PATH`.
    ///
    /// # Panics
    /// When tmux is not there or does not start.
    #[track_caller]
    pub fn start<E: AsRef<OsStr>>(argv: &[E], env: &[(&str, &OsStr)]) -> Self {
        Self::start_in(&std::env::temp_dir(), argv, env)
    }

    /// The same in a folder.
    ///
    /// # Panics
    /// When tmux is not there or does not start.
    #[track_caller]
    pub fn start_in<E: AsRef<OsStr>>(at: &Path, argv: &[E], env: &[(&str, &OsStr)]) -> Self {
        let terminal = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        let mut tmux = terminal.tmux();
        tmux.args([
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "120",
            "-y",
            "40",
        ])
        .args(argv)
        .current_dir(at)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TERM", "xterm-256color")
        .envs(env.iter().copied());
        succeed(&mut tmux);
        terminal
    }

    /// Presses keys as tmux names them: `Escape`, `Enter`, `C-x`, or text.
    ///
    /// # Panics
    /// When the program has ended.
    #[track_caller]
    pub fn press(&self, keys: &[&str]) {
        succeed(self.tmux().args(["send-keys", "--"]).args(keys));
    }

    /// Types a text as it stands.
    ///
    /// # Panics
    /// When the program has ended.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        succeed(self.tmux().args(["send-keys", "-l", "--", text]));
    }

    /// What is on the screen, without colours.
    ///
    /// # Panics
    /// When the program has ended.
    #[track_caller]
    pub fn screen(&self) -> String {
        let output = succeed(self.tmux().args(["capture-pane", "-p"]));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Waits until a text is on the screen, and returns the screen.
    ///
    /// # Panics
    /// When it is not there after `limit`, with the screen as it is then.
    #[track_caller]
    pub fn wait_for(&self, text: &str, limit: Duration) -> String {
        let mut screen = String::new();
        let found = poll(limit, || {
            screen = self.screen();
            screen.contains(text).then_some(())
        });
        assert!(
            found.is_some(),
            "no {text:?} on the screen after {limit:?}:\n{screen}"
        );
        screen
    }

    fn tmux(&self) -> Command {
        let mut command = Command::new("tmux");
        command
            .args(["-u", "-S"])
            .arg(self.folder.path().join("tmux"));
        command
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.tmux().arg("kill-server").output();
    }
}

#[track_caller]
fn succeed(command: &mut Command) -> Output {
    let output = command.output();
    let output = output.unwrap_or_else(|error| {
        panic!("cannot start tmux ({error}): run scripts/install-test-parts")
    });
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_types_and_reads() {
        let limit = Duration::from_secs(30);
        let env = [("WORD", OsStr::new("coffee"))];
        let terminal = Terminal::start(&["sh", "-c", "echo $WORD?; cat"], &env);
        terminal.wait_for("coffee?", limit);
        terminal.type_text("-with 'milk'; $WORD");
        terminal.press(&["Enter"]);
        // Once as it is typed, once as `cat` says it.
        let milk = "-with 'milk'; $WORD\n-with 'milk'; $WORD";
        terminal.wait_for(milk, limit);
    }
}

//! A user's machine: a home, a keychain with one secret in it, and a host that is known.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use testkit::keyring::Keyring;
use testkit::sshd::Sshd;
use testkit::{Program, Scripted};

/// How long one thing may take on a machine that is busy with other tests.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// The value of the secret `demo/token`.
pub(crate) const CANARY: &str = "canary-4f1d9c7e-made-up";

/// What looks like a token. In two pieces, so that whoever scans this repository finds none.
pub(crate) fn credential() -> String {
    format!("hf_{}", "qZkWmTxRbYvNcLhJgFsAdPoIuEtKrQwZmX")
}

/// Files of which all but the first are recipes, by their names or by how they begin.
pub(crate) const TOML_FILES: [(&str, &str); 6] = [
    ("Cargo.toml", "# a [recipe]\n[package]\nname = \"x\"\n"),
    ("recipes/a.toml", "name = 1\n"),
    (".doppio/b.toml", "name = 1\n"),
    ("c.recipe.toml", "name = 1\n"),
    ("d.toml", "#:doppio\nname = 1\n"),
    ("e.toml", "[recipe]\nname = 1\n"),
];

/// The machine. Everything on it ends with it.
pub(crate) struct World {
    home: TempDir,
    pub(crate) keyring: Keyring,
    /// The host, called `gpu-1`. Its key is known, and one logs in as the user `bash`.
    pub(crate) sshd: Sshd,
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self {
            home: tempfile::tempdir().expect("a temporary folder"),
            keyring: Keyring::start(),
            sshd: Sshd::start(),
        };
        world.sshd.write_client(world.home(), "bash");
        let address = format!("bash@127.0.0.1:{}", world.sshd.port());
        world.doppio(&["host", "add", "gpu-1", &address]);
        world.store_the_secret();
        world
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file into the home and says where it is.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home().join(name);
        fs::create_dir_all(path.parent().expect("a file is in a folder"))
            .expect("the home takes folders");
        fs::write(&path, text).expect("the home takes files");
        path
    }

    /// An editor of this user, set up like that.
    pub(crate) fn editor(&self, program: Program, setup: &str) -> Scripted<'_> {
        let editor = Scripted::new(program, self.home());
        editor.setup(setup).envs(self.env())
    }

    /// The environment of every program of this user. `doppio` is in its `PATH`.
    pub(crate) fn env(&self) -> Vec<(&'static str, OsString)> {
        let binary = Path::new(env!("CARGO_BIN_EXE_doppio"));
        let mut path = binary
            .parent()
            .expect("it is in a folder")
            .as_os_str()
            .to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        vec![
            ("PATH", path),
            ("HOME", self.home().into()),
            ("XDG_CONFIG_HOME", self.home().join(".config").into()),
            ("XDG_STATE_HOME", self.home().join(".local/state").into()),
            ("DBUS_SESSION_BUS_ADDRESS", self.keyring.address().into()),
        ]
    }

    /// Runs `doppio` and returns what it printed.
    #[track_caller]
    pub(crate) fn doppio(&self, args: &[&str]) -> String {
        self.doppio_reading(Stdio::null(), args)
    }

    fn store_the_secret(&self) {
        let value = fs::File::open(self.write("value", CANARY)).expect("it was just written");
        self.doppio_reading(value.into(), &["secret", "set", "demo/token"]);
        fs::remove_file(self.home().join("value")).expect("it was just written");
    }

    #[track_caller]
    fn doppio_reading(&self, input: Stdio, args: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doppio"));
        command.args(args).env_clear().envs(self.env());
        let output = command.current_dir(self.home()).stdin(input).output();
        let output = output.expect("doppio starts");
        assert!(
            output.status.success(),
            "doppio {args:?} ended with {}:\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// The first block of that language in `docs/editors.md` after a heading: what users copy.
#[track_caller]
pub(crate) fn set_up(heading: &str, language: &str) -> &'static str {
    const PAGE: &str = include_str!("../../docs/editors.md");
    block(PAGE, &format!("\n## {heading}\n"), language)
}

#[track_caller]
fn block(page: &'static str, after: &str, language: &str) -> &'static str {
    let (_, rest) = page.split_once(after).expect(after);
    let (_, block) = rest
        .split_once(&format!("```{language}\n"))
        .expect(language);
    block.split_once("```").expect("a block ends").0
}

/// The README shows the same, and nobody has to copy much.
#[test]
fn each_set_up_has_ten_lines_at_most_and_stands_in_the_readme_too() {
    for (heading, language) in [("Neovim", "lua"), ("Helix", "toml"), ("Emacs", "elisp")] {
        let lines = set_up(heading, language);
        let written = lines.lines().filter(|line| !line.is_empty());
        assert!(written.count() <= 10, "{heading}:\n{lines}");
        let readme = block(
            include_str!("../../README.md"),
            &format!("\n{heading}"),
            language,
        );
        assert_eq!(lines, readme, "{heading}");
    }
}

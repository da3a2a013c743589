//! A real GNOME Keyring on a bus of its own, and a witness of what is said on that bus.
//!
//! [`Keyring::start`] brings up an unlocked one with private folders; from there a test locks it,
//! makes it forget that it was ever unlocked, stops it from answering, or kills it. [`Keyring::absent`]
//! is a bus that nobody keeps secrets on. `secret-tool` is the independent witness of what is
//! stored, `dbus-monitor` of what was asked.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::{ProcessGroup, poll, wait_until};

/// The service under which Doppio keeps its entries.
const SERVICE: &str = "dev.doppio.secrets";

/// What opens the keyring.
const PASSWORD: &str = "testkit";

/// Enough for anything here on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A bus with a keyring, or without one. Dropping it ends both.
#[derive(Debug)]
pub struct Keyring {
    // Fields drop in this order: first the daemon, then its bus, then their folders.
    daemon: Option<ProcessGroup>,
    _bus: ProcessGroup,
    address: String,
    home: TempDir,
}

impl Keyring {
    /// A keyring, unlocked and empty.
    ///
    /// # Panics
    /// When D-Bus or GNOME Keyring are not there.
    pub fn start() -> Self {
        let mut keyring = Self::bus(true);
        keyring.start_daemon(true);
        keyring
    }

    /// A keyring that nobody ever set up: it has no collection where entries could go.
    pub fn without_a_collection() -> Self {
        let mut keyring = Self::bus(true);
        keyring.start_daemon(false);
        keyring
    }

    /// A bus on which nobody keeps secrets.
    pub fn absent() -> Self {
        Self::bus(false)
    }

    fn bus(with_service: bool) -> Self {
        let home = tempfile::Builder::new()
            .prefix("doppio-keyring")
            .tempdir()
            .expect("a temporary folder");
        for folder in ["run", "data", "config", "state", "cache", "services"] {
            let folder = home.path().join(folder);
            fs::create_dir(&folder).expect("a new folder");
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("our folder");
        }
        if with_service {
            // As Debian installs it; no dialog program is offered beside it.
            let service = "[D-BUS Service]\nName=org.freedesktop.secrets\n\
                 Exec=/usr/bin/gnome-keyring-daemon --start --foreground --components=secrets\n";
            let path = home.path().join("services/org.freedesktop.secrets.service");
            fs::write(path, service).expect("our folder");
        }
        let config = home.path().join("bus.conf");
        fs::write(&config, bus_config(home.path())).expect("our folder");
        let mut command = Command::new("dbus-daemon");
        command
            .arg("--nofork")
            .arg("--print-address=1")
            .arg(format!("--config-file={}", config.display()));
        command
            .envs(environment(home.path()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        remove_desktop(&mut command);
        let mut bus = ProcessGroup::spawn(&mut command);
        let output = bus
            .child()
            .stdout
            .take()
            .expect("standard output is a pipe");
        let mut address = String::new();
        BufReader::new(output)
            .read_line(&mut address)
            .expect("the bus tells its address");
        Self {
            daemon: None,
            _bus: bus,
            address: address.trim_end().to_owned(),
            home,
        }
    }

    /// The address of the bus.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The folder that holds everything of this keyring, which is `HOME` for programs in it.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The variables of a program that is to find this keyring and no other.
    pub fn env(&self) -> Vec<(&'static str, OsString)> {
        let mut variables = environment(self.home.path());
        variables.push(("DBUS_SESSION_BUS_ADDRESS", self.address.clone().into()));
        variables
    }

    /// A command in the environment of this keyring, without a display.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.envs(self.env());
        remove_desktop(&mut command);
        command
    }

    /// Stores a value with `secret-tool`.
    pub fn store(&self, name: &str, value: &str) {
        self.store_with(name, value, &[]);
    }

    /// Stores a value with more attributes than ours, as other programs do. That makes a second entry.
    pub fn store_with(&self, name: &str, value: &str, attributes: &[&str]) {
        let mut command = self.command("secret-tool");
        command
            .args([
                "store", "--label", name, "service", SERVICE, "username", name,
            ])
            .args(attributes);
        let mut child = command
            .stdin(Stdio::piped())
            .spawn()
            .expect("secret-tool is installed");
        let mut input = child.stdin.take().expect("standard input is a pipe");
        input
            .write_all(value.as_bytes())
            .expect("secret-tool reads the value");
        drop(input);
        assert!(
            child.wait().expect("it ends").success(),
            "secret-tool cannot store {name}"
        );
    }

    /// Reads a value with `secret-tool`.
    pub fn lookup(&self, name: &str) -> Option<String> {
        let mut command = self.command("secret-tool");
        let output = run(command.args(["lookup", "service", SERVICE, "username", name]));
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Locks it. Names stay readable, since it was unlocked before.
    pub fn lock(&self) {
        let login = "array:objpath:/org/freedesktop/secrets/collection/login";
        self.call(
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            &[login],
        );
    }

    /// Unlocks it without a dialog, as logging in does.
    pub fn unlock(&self) {
        let control = self.home.path().join("run/keyring/control");
        let mut socket = UnixStream::connect(control).expect("the keyring listens for logins");
        let password = PASSWORD.as_bytes();
        let length = |n: usize| u32::try_from(n).expect("short").to_be_bytes();
        let mut message = vec![0]; // the byte that carries credentials
        message.extend(length(12 + password.len()));
        message.extend(length(1)); // unlock
        message.extend(length(password.len()));
        message.extend(password);
        socket.write_all(&message).expect("the keyring reads it");
        let mut answer = [0; 8];
        socket.read_exact(&mut answer).expect("the keyring answers");
        assert_eq!(
            answer,
            [0, 0, 0, 8, 0, 0, 0, 0],
            "the keyring was not unlocked"
        );
    }

    /// Starts it anew, locked: it hides its names, as after a login without a password.
    pub fn restart_locked(&mut self) {
        self.kill();
        self.start_daemon(false);
    }

    /// Starts it anew, unlocked: sessions of clients are forgotten.
    pub fn restart_unlocked(&mut self) {
        self.kill();
        self.start_daemon(true);
    }

    /// Kills it. The bus starts it again, locked, for whoever asks.
    pub fn kill(&mut self) {
        self.daemon = None;
        wait_until(PATIENCE, "the keyring to leave the bus", || {
            !self.is_running()
        });
    }

    /// Makes it own its name and never answer.
    pub fn mute(&self) {
        let daemon = self.daemon.as_ref().expect("it was started by us");
        daemon.signal(Signal::STOP);
    }

    /// Whether anybody keeps secrets on the bus.
    pub fn is_running(&self) -> bool {
        let name = "string:org.freedesktop.secrets";
        let mut command = self.command("dbus-send");
        command.args([
            "--session",
            "--print-reply=literal",
            "--dest=org.freedesktop.DBus",
        ]);
        command.args(["/", "org.freedesktop.DBus.NameHasOwner", name]);
        String::from_utf8_lossy(&run(&mut command).stdout).contains("true")
    }

    /// Listens to what is asked on the bus from now on.
    pub fn monitor(&self) -> Monitor {
        Monitor::start(self)
    }

    fn start_daemon(&mut self, unlocked: bool) {
        let mut command = self.command("gnome-keyring-daemon");
        command
            .args(["--foreground", "--components=secrets"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        match unlocked {
            true => command.arg("--unlock").stdin(Stdio::piped()),
            false => command.arg("--start").stdin(Stdio::null()),
        };
        let mut daemon = ProcessGroup::spawn(&mut command);
        if let Some(mut input) = daemon.child().stdin.take() {
            input
                .write_all(PASSWORD.as_bytes())
                .expect("the keyring reads its password");
        }
        self.daemon = Some(daemon);
        wait_until(PATIENCE, "the keyring on the bus", || self.is_running());
    }

    fn call(&self, path: &str, method: &str, arguments: &[&str]) {
        let mut command = self.command("dbus-send");
        command.args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            path,
            method,
        ]);
        let output = run(command.args(arguments));
        assert!(
            output.status.success(),
            "{method}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// Hears every method call on a bus.
#[derive(Debug)]
pub struct Monitor {
    _process: ProcessGroup,
    heard: Arc<Mutex<Vec<String>>>,
    markers: Mutex<u32>,
    env: Vec<(&'static str, OsString)>,
}

impl Monitor {
    fn start(keyring: &Keyring) -> Self {
        let mut command = keyring.command("dbus-monitor");
        command.args(["--session", "--profile", "type='method_call'"]);
        let mut process = ProcessGroup::spawn(command.stdout(Stdio::piped()).stderr(Stdio::null()));
        let output = process
            .child()
            .stdout
            .take()
            .expect("standard output is a pipe");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listening = Arc::clone(&heard);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                listening
                    .lock()
                    .expect("nobody panics here")
                    .extend(method(&line));
            }
        });
        let monitor = Self {
            _process: process,
            heard,
            markers: Mutex::new(0),
            env: keyring.env(),
        };
        monitor.catch_up();
        monitor
    }

    /// All methods called so far, in their order, like `org.freedesktop.Secret.Item.GetSecret`.
    pub fn calls(&self) -> Vec<String> {
        self.catch_up();
        let heard = self.heard.lock().expect("nobody panics here");
        heard
            .iter()
            .filter(|method| !method.contains(MARKER))
            .cloned()
            .collect()
    }

    /// Waits until it has heard everything that was said before now: says something itself and waits
    /// for that.
    fn catch_up(&self) {
        let mut markers = self.markers.lock().expect("nobody panics here");
        wait_until(PATIENCE, "the monitor to hear us", || {
            *markers += 1;
            let marker = format!("{MARKER}{markers}");
            let mut command = Command::new("dbus-send");
            command.envs(self.env.clone()).args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/",
            ]);
            run(command.arg(&marker));
            let heard = || {
                self.heard
                    .lock()
                    .expect("nobody panics here")
                    .contains(&marker)
            };
            poll(Duration::from_secs(1), || heard().then_some(())).is_some()
        });
    }
}

/// What the monitor says to hear itself.
const MARKER: &str = "dev.doppio.testkit.Marker";

/// The method in a line of `dbus-monitor --profile`.
fn method(line: &str) -> Option<String> {
    let mut fields = line.split('\t');
    let is_call = fields.next() == Some("mc");
    let (interface, member) = (fields.nth(5)?, fields.next()?);
    is_call.then(|| format!("{interface}.{member}"))
}

fn run(command: &mut Command) -> Output {
    let output = command.output();
    output.unwrap_or_else(|error| {
        panic!("cannot run {command:?}: {error}; scripts/install-test-parts installs it")
    })
}

fn environment(home: &Path) -> Vec<(&'static str, OsString)> {
    let folder = |name: &str| home.join(name).into_os_string();
    vec![
        ("HOME", home.as_os_str().to_owned()),
        ("XDG_RUNTIME_DIR", folder("run")),
        ("XDG_DATA_HOME", folder("data")),
        ("XDG_CONFIG_HOME", folder("config")),
        ("XDG_STATE_HOME", folder("state")),
        ("XDG_CACHE_HOME", folder("cache")),
        ("CI", OsString::new()),
    ]
}

fn remove_desktop(command: &mut Command) {
    for variable in [
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "GNOME_KEYRING_CONTROL",
        "SSH_AUTH_SOCK",
    ] {
        command.env_remove(variable);
    }
}

fn bus_config(home: &Path) -> String {
    let home = home.display();
    format!(
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"
             \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">
        <busconfig>
            <type>session</type>
            <listen>unix:dir={home}/run</listen>
            <servicedir>{home}/services</servicedir>
            <policy context=\"default\">
                <allow send_destination=\"*\" eavesdrop=\"true\"/>
                <allow eavesdrop=\"true\"/>
                <allow own=\"*\"/>
            </policy>
        </busconfig>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stores_locks_and_unlocks() {
        let mut keyring = Keyring::start();
        keyring.store("a/b", "hunter22");
        assert_eq!(keyring.lookup("a/b").as_deref(), Some("hunter22"));
        keyring.lock();
        assert_eq!(keyring.lookup("a/b"), None);
        keyring.unlock();
        assert_eq!(keyring.lookup("a/b").as_deref(), Some("hunter22"));
        keyring.restart_locked();
        assert_eq!(keyring.lookup("a/b"), None);
        keyring.restart_unlocked();
        assert_eq!(keyring.lookup("a/b").as_deref(), Some("hunter22"));
    }

    #[test]
    fn a_monitor_hears_what_is_asked() {
        let keyring = Keyring::start();
        keyring.store("a", "hunter22");
        let monitor = keyring.monitor();
        let reading = "org.freedesktop.Secret.Service.GetSecrets".to_owned();
        assert!(!monitor.calls().contains(&reading));
        keyring.lookup("a");
        assert!(monitor.calls().contains(&reading));
    }

    #[test]
    fn nothing_is_left_behind() {
        let mut keyring = Keyring::start();
        keyring.kill();
        // The bus starts one that we did not start.
        assert_eq!(keyring.lookup("a"), None);
        assert!(keyring.is_running());
        let home = keyring.home().to_owned();
        let ours = || {
            let processes = fs::read_dir("/proc").expect("Linux").flatten();
            let environments =
                processes.filter_map(|process| fs::read(process.path().join("environ")).ok());
            let home = home.as_os_str().as_encoded_bytes();
            environments
                .filter(|text| text.windows(home.len()).any(|part| part == home))
                .count()
        };
        assert!(ours() >= 2);
        drop(keyring);
        wait_until(PATIENCE, "every process to end", || ours() == 0);
        assert!(!home.exists());
    }
}

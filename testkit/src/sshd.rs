//! A real sshd of the test's own: own configuration, host key and users, on a free port of 127.0.0.1.
//!
//! Its users are faked with `nss_wrapper`: one for each login shell, all with the test's own user id, each with a home of
//! its own inside the server's folder. Nothing in /etc or in the real `~/.ssh` is read or written.

use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::{ProcessGroup, poll};

/// The login shells that every server has a user for.
pub const SHELLS: [(&str, &str); 6] = [
    ("bash", "/bin/bash"),
    ("zsh", "/usr/bin/zsh"),
    ("fish", "/usr/bin/fish"),
    ("csh", "/bin/csh"),
    ("dash", "/bin/dash"),
    ("ksh", "/bin/ksh93"),
];

/// A running server. Dropping it ends it with everything that was started through it.
#[derive(Debug)]
pub struct Sshd {
    server: Option<ProcessGroup>,
    folder: TempDir,
    port: u16,
}

impl Sshd {
    /// A server as Debian sets it up, except for what a test needs.
    ///
    /// # Panics
    /// When sshd is not there or does not start.
    #[track_caller]
    pub fn start() -> Self {
        Self::with("")
    }

    /// A server whose configuration starts with these lines, so that they win: `MaxSessions 2`.
    ///
    /// # Panics
    /// When sshd is not there or does not start.
    #[track_caller]
    pub fn with(config: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("sshd")
            .tempdir()
            .expect("a temporary folder");
        let mut sshd = Self {
            server: None,
            folder,
            port: 0,
        };
        sshd.generate("host_ed25519", "ed25519", "");
        sshd.generate("client", "ed25519", "");
        fs::copy(sshd.path("client.pub"), sshd.path("authorized_keys"))
            .expect("the client's key was made");
        sshd.write_users();
        // Another process may take the port between finding and using it: then try another one.
        let started = (0..5).any(|_| sshd.try_start(config));
        assert!(started, "sshd does not start:\n{}", sshd.log());
        sshd
    }

    /// Where it listens on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder that holds everything of this server.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file of the server's folder: `client` is the key that logs in, `host_ed25519.pub` the host's.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The home of a user, who is named after the login shell.
    pub fn home(&self, user: &str) -> PathBuf {
        self.path("homes").join(user)
    }

    /// The lines of `known_hosts` for this server under a port, which differs from its own behind a proxy.
    ///
    /// # Panics
    /// When the host key cannot be read.
    #[track_caller]
    pub fn known_hosts(&self, port: u16) -> String {
        let key = fs::read_to_string(self.path("host_ed25519.pub")).expect("the host has a key");
        format!("[127.0.0.1]:{port} {key}")
    }

    /// Gives a folder the `.ssh` of somebody who has been here before: key, known host, and a configuration that names
    /// this server `testbed`.
    ///
    /// # Panics
    /// When it cannot be written.
    #[track_caller]
    pub fn write_client(&self, home: &Path, user: &str) {
        let ssh = home.join(".ssh");
        fs::create_dir_all(&ssh).expect("a folder for the client");
        fs::copy(self.path("client"), ssh.join("id_ed25519")).expect("the client's key is there");
        fs::copy(self.path("client.pub"), ssh.join("id_ed25519.pub"))
            .expect("the client's key is there");
        fs::write(ssh.join("known_hosts"), self.known_hosts(self.port))
            .expect("the client's folder can be written");
        let config = format!(
            "Host testbed\n  HostName 127.0.0.1\n  Port {}\n  User {user}\n  UserKnownHostsFile {}\n  IdentityFile {}\n",
            self.port,
            ssh.join("known_hosts").display(),
            ssh.join("id_ed25519").display(),
        );
        fs::write(ssh.join("config"), config).expect("the client's folder can be written");
    }

    /// Makes a key pair in the server's folder, with a passphrase or, where that is empty, without.
    ///
    /// # Panics
    /// When ssh-keygen fails.
    #[track_caller]
    pub fn generate(&self, name: &str, kind: &str, passphrase: &str) {
        let mut keygen = Command::new("ssh-keygen");
        keygen
            .args(["-q", "-t", kind, "-C", name, "-N", passphrase, "-f"])
            .arg(self.path(name));
        let made = keygen.status().is_ok_and(|status| status.success());
        assert!(
            made,
            "ssh-keygen does not work: run scripts/install-test-parts"
        );
    }

    /// Lets a key of the server's folder log in.
    ///
    /// # Panics
    /// When it is not there.
    #[track_caller]
    pub fn authorize(&self, name: &str) {
        let key = fs::read(self.path(&format!("{name}.pub"))).expect("the key was made");
        fs::write(self.path("authorized_keys"), key).expect("the server's folder can be written");
    }

    /// All that the server has logged, at its most talkative level.
    pub fn log(&self) -> String {
        let mut text = Vec::new();
        if let Ok(mut file) = File::open(self.path("log")) {
            let _ = file.read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    fn write_users(&self) {
        let me = fs::metadata(self.folder.path()).expect("the folder is there");
        let mut users = String::new();
        for (name, shell) in SHELLS {
            let home = self.home(name);
            fs::create_dir_all(&home).expect("the server's folder can be written");
            users += &format!(
                "{name}:x:{}:{}::{}:{shell}\n",
                me.uid(),
                me.gid(),
                home.display()
            );
        }
        // The user of privilege separation, which sshd asks for when root starts it.
        users += "sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n";
        fs::write(self.path("passwd"), users).expect("the server's folder can be written");
        fs::write(self.path("group"), format!("test:x:{}:\n", me.gid()))
            .expect("the server's folder can be written");
        let sockets = self.path("tmux");
        fs::create_dir_all(&sockets).expect("the server's folder can be written");
        fs::set_permissions(&sockets, fs::Permissions::from_mode(0o700)).expect("it is ours");
    }

    fn try_start(&mut self, first_lines: &str) -> bool {
        let free =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        self.port = free.expect("127.0.0.1 has a free port").port();
        let at = |name: &str| self.path(name).display().to_string();
        let config = format!(
            "{first_lines}\nPort {}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nUsePAM no\n\
             StrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nLogLevel DEBUG3\n\
             SetEnv DOPPIO_TEST_SSHD={} TMUX_TMPDIR={}\n",
            self.port,
            at("host_ed25519"),
            at("authorized_keys"),
            self.folder.path().display(),
            at("tmux"),
        );
        fs::write(self.path("config"), config).expect("the server's folder can be written");
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path("log"));
        let mut command = Command::new("/usr/sbin/sshd");
        command
            .arg("-D")
            // Not `-e`: what its children log would then be their sessions' standard error.
            .arg("-E")
            .arg(self.path("log"))
            .arg("-f")
            .arg(self.path("config"));
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        command.env("LD_PRELOAD", "libnss_wrapper.so");
        command
            .env("NSS_WRAPPER_PASSWD", self.path("passwd"))
            .env("NSS_WRAPPER_GROUP", self.path("group"));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.expect("the server's folder can be written"));
        let mut server = ProcessGroup::spawn(&mut command);
        let up = poll(Duration::from_secs(10), || {
            match server.wait(Duration::ZERO) {
                Some(_) => Some(false),
                None => TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
                    .is_ok()
                    .then_some(true),
            }
        });
        self.server = Some(server);
        up == Some(true)
    }

    /// Ends what was started through the server, also what left its process group: all of it carries the server's mark.
    fn end_sessions(&self) {
        let mark = format!("DOPPIO_TEST_SSHD={}", self.folder.path().display());
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let pid = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
                .and_then(Pid::from_raw);
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            let ours = environment
                .split(|&byte| byte == 0)
                .any(|variable| variable == mark.as_bytes());
            if let (Some(pid), true) = (pid, ours) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.server = None;
        self.end_sessions();
    }
}

//! A value leaves no trace of ours: looked for in every command line, environment, file and log while jobs run.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use runner::machine::{Ended, Job, LocalMachine, Machine};
use testkit::sshd::Sshd;

use crate::client::Client;
use crate::support::{job_with, ran};

/// The canary in two halves, so that this text is not a place where it can be found.
fn canary() -> String {
    ["kanarien", "v0gel"].concat()
}

#[tokio::test]
async fn a_value_is_nowhere_but_in_its_command() {
    let sshd = Sshd::start();
    let client = Client::of(&sshd, "bash");
    let over_ssh = client.connect().await;
    let here = Machine::Local(LocalMachine::new(None));
    let watch = Watch::start();
    for index in 0..15 {
        for machine in [&over_ssh, &here] {
            // It uses the value, and does not pass it on.
            let script = "[ ${#TOKEN} = 13 ] && sleep 0.03 && ls /nonexistent-$$; fc -l 2>/dev/null; history; exit 5";
            let job = Job {
                colour: index % 2 == 0,
                ..job_with(script, "TOKEN", canary().as_bytes())
            };
            let ran = ran(machine, job).await;
            assert_eq!(ran.ended, Ended::Exit(5));
            assert!(
                !ran.stdout().contains(&canary()) && !ran.stderr().contains(&canary()),
                "{}",
                ran.stderr()
            );
        }
        let session = Job {
            tmux_session: Some(format!("s{index}")),
            ..job_with("sleep 0.1", "TOKEN", canary().as_bytes())
        };
        assert_eq!(ran(&over_ssh, session).await.ended, Ended::Exit(0));
    }
    over_ssh.close().await;
    let seen = watch.stop();
    assert!(
        seen.in_commands > 0,
        "the watch saw no command at work: it is of no use"
    );
    assert_eq!(seen.elsewhere, Vec::<String>::new());

    let log = sshd.log();
    assert!(
        log.contains("debug3:") && log.contains("Starting session: command"),
        "sshd is not talkative enough"
    );
    assert!(!log.contains(&canary()));
    for folder in [sshd.folder(), client.home()] {
        let found = files_with(folder, canary().as_bytes());
        assert_eq!(found, Vec::<String>::new());
    }
}

/// What was seen of the canary in /proc.
#[derive(Default)]
struct Seen {
    /// Environments of processes of a job: where it belongs.
    in_commands: usize,
    /// Anywhere else.
    elsewhere: Vec<String>,
}

struct Watch {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Seen>,
}

impl Watch {
    fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            let mut seen = Seen::default();
            while !stopped.load(Ordering::SeqCst) {
                look(&mut seen);
            }
            seen
        });
        Self { stop, thread }
    }

    fn stop(self) -> Seen {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().expect("the watch does not fail")
    }
}

fn look(seen: &mut Seen) {
    let canary = canary();
    for entry in fs::read_dir("/proc").expect("/proc is there").flatten() {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if contains(&line, canary.as_bytes()) {
            seen.elsewhere
                .push(String::from_utf8_lossy(&line).into_owned());
        }
        let environment = read_at_once(&entry.path().join("environ"));
        if contains(&environment, canary.as_bytes()) {
            // A job's process says whose it is; so does a pane of tmux.
            if contains(&environment, b"DOPPIO_RUN_ID=") || contains(&environment, b"TMUX_PANE=") {
                seen.in_commands += 1;
            } else {
                seen.elsewhere
                    .push(format!("environment of {}", String::from_utf8_lossy(&line)));
            }
        }
    }
}

/// One read, which the kernel answers whole: between two the process may end, and half an environment
/// does not say whose it is.
fn read_at_once(path: &Path) -> Vec<u8> {
    let mut bytes = vec![0; 256 * 1024];
    let length = File::open(path).and_then(|mut file| file.read(&mut bytes));
    bytes.truncate(length.unwrap_or(0));
    bytes
}

fn files_with(folder: &Path, needle: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let kind = entry.file_type().expect("it has one");
        if kind.is_dir() {
            found.extend(files_with(&entry.path(), needle));
        } else if kind.is_file() && contains(&fs::read(entry.path()).unwrap_or_default(), needle) {
            found.push(entry.path().display().to_string());
        }
    }
    found
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

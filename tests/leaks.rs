//! A canary in the keychain, used in every place where a recipe may put a secret, on this machine and
//! over a real sshd, in commands that do not pass it on. Afterwards it is in no argument of any
//! process, no file on either side, no event, no log, no dry run, no tmux environment.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use testkit::keyring::Keyring;
use testkit::sshd::Sshd;

/// Nothing else on the machine says this. With quotes and a command, so that it must stay data, and
/// in two lines, so that each is looked for.
const CANARY: &str = "canary-5b1f'\"$(touch pwned);`id`\nsecond-canary-9c2e";

/// What must be nowhere: either line, and how tools would print the first.
const TRACES: [&str; 4] = [
    "canary-5b1f",
    "second-canary-9c2e",
    "Y2FuYXJ5LTViMWYn",
    "63616e6172792d35623166",
];

/// Places of secrets: bare, in quotes of both kinds, in a here-document, as `env`, through a variable,
/// captured and handed on, in a step that fails and is tried again, in one that takes too long, and in
/// a tmux session. Every command takes the length of the value only.
const STEPS: &str = r#"
[recipe]
name = "canary"

[variables]
header = "Bearer ${secret:canary/token}"

[[step]]
id = "quotes"
run_commands = { commands = '''
length() { IFS= read -r -d '' all; echo "${#all}"; }
printf %s ${secret:canary/token} | length
printf %s "${secret:canary/token}" | length
printf %s '${secret:canary/token}' | length
length <<END
${secret:canary/token}
END
printf %s "${header}" | length
X=${secret:canary/token}; echo ${#X}
''' }

[[step]]
id = "env"
run_commands = { commands = 'echo ${#TOKEN}; echo ${#HEADER} >&2', env = { TOKEN = "${secret:canary/token}", HEADER = "${header}" } }

[[step]]
id = "printed"
depends_on = ["env"]
run_commands = { commands = 'printf "%s\n" "$TOKEN"; printf %s "$TOKEN" | base64 -w0; echo "$TOKEN" >&2', env = { TOKEN = "${secret:canary/token}" }, capture_output = "copy" }

[[step]]
id = "handed-on"
depends_on = ["printed"]
run_commands = { commands = 'Y=${copy}; echo ${#Y}; printf "%s\n" "${step.printed.output}"' }

[[step]]
id = "kept"
depends_on = ["printed"]
run_commands = { commands = 'printf %s "x${Y}x"', env = { Y = "${copy}" }, capture_output = "mine" }

[[step]]
id = "used"
depends_on = ["kept"]
run_commands = { commands = 'Z="${mine}"; echo ${#Z}' }

[[step]]
id = "fails"
retry = { max_attempts = 2, delay_secs = 0 }
continue_on_failure = true
run_commands = { commands = '[ -z "${secret:canary/token}" ] || { echo "$TOKEN"; exit 3; }', env = { TOKEN = "${secret:canary/token}" } }

[[step]]
id = "slow"
timeout_secs = 1
continue_on_failure = true
ssh_command = { command = 'set -x; : "$TOKEN"; exec 2>&1; sleep 60', env = { TOKEN = "${secret:canary/token}" } }

[[step]]
id = "session"
tmux_new = { session_name = "canary", command = 'echo ${#TOKEN} > tmux-length; sleep 0.2', env = { TOKEN = "${secret:canary/token}" } }

[[step]]
id = "look"
depends_on = ["session"]
run_commands = { commands = '''
i=0; while [ ! -s tmux-length ] && [ $i -lt 500 ]; do sleep 0.02; i=$((i+1)); done
cat tmux-length
tmux show-environment -t canary; tmux show-environment -g
tmux capture-pane -p -t canary -S -100
tmux kill-session -t canary
''' }
"#;

#[test]
fn nothing_of_it_is_left_on_this_machine() {
    let sockets = tempfile::tempdir().expect("a folder");
    let (keyring, sshd) = (Keyring::start(), Sshd::start());
    check(&keyring, &sshd, "local", keyring.home(), sockets.path());
}

#[test]
fn nothing_of_it_is_left_over_ssh_for_any_login_shell() {
    let sockets = tempfile::tempdir().expect("a folder");
    // Users of the server have a tmux server of the test's own, too.
    let sshd = Sshd::with(&format!(
        "SetEnv TMUX_TMPDIR={}\n",
        sockets.path().display()
    ));
    let keyring = Keyring::start();
    for shell in ["bash", "zsh", "fish", "csh"] {
        let target = format!("{shell}@127.0.0.1:{}", sshd.port());
        check(&keyring, &sshd, &target, &sshd.home(shell), sockets.path());
    }
}

/// Runs everything for this target and looks for traces.
fn check(keyring: &Keyring, sshd: &Sshd, target: &str, there: &Path, sockets: &Path) {
    keyring.store("canary/token", CANARY);
    sshd.write_client(keyring.home(), "bash");
    let recipe = keyring.home().join("canary.recipe.toml");
    fs::write(&recipe, STEPS).expect("written");
    let doppio = |args: &[&str]| -> Output {
        let mut command = keyring.command(env!("CARGO_BIN_EXE_doppio"));
        command
            .args(args)
            .env("TMUX_TMPDIR", sockets)
            .env_remove("TMUX")
            .env_remove("CI")
            .current_dir(keyring.home())
            .stdin(Stdio::null());
        command.output().expect("doppio starts")
    };
    let recipe = recipe.to_str().expect("UTF-8");
    let watch = ProcessWatch::start();
    let run = doppio(&[
        "run",
        "--yes",
        recipe,
        "--target",
        target,
        "--format",
        "jsonl",
        "--keep-going",
    ]);
    let lines = doppio(&["run", "--yes", recipe, "--target", target, "--keep-going"]);
    let dry = doppio(&["run", recipe, "--target", target, "--dry-run"]);
    let seen = watch.stop();

    let shown = text(&run);
    assert_eq!(run.status.code(), Some(0), "{target}: {shown}");
    assert_eq!(lines.status.code(), Some(0), "{target}: {}", text(&lines));
    assert!(shown.contains("***"), "the canary was printed, and masked");
    assert_lengths(&shown);
    for (what, text) in [
        ("events", shown),
        ("plain lines", text(&lines)),
        ("dry run", text(&dry)),
        ("logs of sshd", sshd.log()),
    ] {
        assert_clean(what, target, &text);
    }
    assert!(
        text(&dry).contains("${secret:canary/token}"),
        "{}",
        text(&dry)
    );
    assert!(seen.len() > 20, "processes were looked at");
    for line in &seen {
        assert_clean("a command line", target, line);
    }
    let kept: Vec<PathBuf> = files(keyring.home());
    for name in ["events.jsonl", "log.txt"] {
        assert!(
            kept.iter().any(|file| file.ends_with(name)),
            "{name} is kept"
        );
    }
    for folder in [keyring.home(), there, sockets] {
        for file in files(folder) {
            let bytes = fs::read(&file).unwrap_or_default();
            // gnome-keyring's own file is encrypted; everything else is looked into as it is.
            assert_clean(
                &file.display().to_string(),
                target,
                &String::from_utf8_lossy(&bytes),
            );
        }
        assert!(!folder.join("pwned").exists(), "the canary was executed");
    }
}

/// The commands saw the whole value: bare, quoted and through variables it was the same.
fn assert_lengths(events: &str) {
    let length = CANARY.len();
    let of = |step: &str| -> String {
        let outputs = events.lines().filter_map(|line| {
            let event: serde_json::Value = serde_json::from_str(line).ok()?;
            let stdout =
                event["event"] == "output" && event["step"] == step && event["stream"] == "stdout";
            stdout.then(|| event["text"].as_str().unwrap_or_default().to_owned())
        });
        outputs.collect()
    };
    let bearer = "Bearer ".len();
    let expected = format!(
        "{length}\n{length}\n{length}\n{}\n{}\n{length}\n",
        length + 1,
        length + bearer
    );
    assert_eq!(of("quotes"), expected);
    assert_eq!(of("env"), format!("{length}\n"));
    assert!(
        of("look").starts_with(&format!("{length}\n")),
        "{}",
        of("look")
    );
}

#[track_caller]
fn assert_clean(what: &str, target: &str, text: &str) {
    for trace in TRACES {
        assert!(
            !text.contains(trace),
            "{target}: {trace:?} in {what}: {text}"
        );
    }
}

fn text(output: &Output) -> String {
    let all = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&all).into_owned()
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        for entry in entries {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found
}

/// Reads the command lines of all processes again and again.
struct ProcessWatch {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<BTreeSet<String>>,
}

impl ProcessWatch {
    fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopping = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            while !stopping.load(Ordering::Relaxed) {
                let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
                for process in processes {
                    if let Ok(line) = fs::read(process.path().join("cmdline")) {
                        seen.insert(String::from_utf8_lossy(&line).replace('\0', " "));
                    }
                }
            }
            seen
        });
        Self { stop, thread }
    }

    fn stop(self) -> BTreeSet<String> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread
            .join()
            .expect("the watch goes on until it is stopped")
    }
}

/// The watch finds what it is there to find.
#[test]
fn the_watch_sees_arguments() {
    let watch = ProcessWatch::start();
    let mut command = Command::new("sh");
    command.args(["-c", "sleep 0.3", "seen-by-the-watch"]);
    assert!(command.status().expect("sh runs").success());
    let seen = watch.stop();
    assert!(seen.iter().any(|line| line.contains("seen-by-the-watch")));
}

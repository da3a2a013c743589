//! Sessions of tmux, on a host whose default server is the test's own.

use std::fs;
use std::process::Command;
use std::time::Duration;

use runner::machine::{Ended, Job, MachineError};
use testkit::sshd::Sshd;
use testkit::wait_until;
use tokio_util::sync::CancellationToken;

use crate::client::Client;
use crate::support::{job, job_with, ran, run};

const CANARY: &str = "c4n4ry'tmux";
const LONG: Duration = Duration::from_secs(20);

fn session(name: &str, script: &str) -> Job {
    Job {
        tmux_session: Some(name.to_owned()),
        ..job_with(script, "TOKEN", CANARY.as_bytes())
    }
}

/// What tmux says on the host, as somebody who logs in there would see it.
fn tmux(sshd: &Sshd, arguments: &[&str]) -> String {
    let mut command = Command::new("tmux");
    command
        .args(arguments)
        .env("TMUX_TMPDIR", sshd.path("tmux"))
        .env_remove("TMUX");
    let output = command.output().expect("tmux starts");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[tokio::test]
async fn a_session_has_the_values_only_in_its_command() {
    let sshd = Sshd::start();
    for (user, name) in [("bash", "train"), ("fish", "two words"), ("csh", "c")] {
        let machine = Client::of(&sshd, user).connect().await;
        let file = |name: &str| sshd.path(&format!("{user}-{name}"));
        let script = format!(
            "printf %s \"$TOKEN\" >'{}'; cat '{}' >/dev/null; echo has-ended; (exit 7)",
            file("value").display(),
            file("go").display()
        );
        assert!(
            Command::new("mkfifo")
                .arg(file("go"))
                .status()
                .unwrap()
                .success()
        );
        let started = ran(&machine, session(name, &script)).await;
        assert_eq!(
            (started.ended, started.chunks.len()),
            (Ended::Exit(0), 0),
            "{user}"
        );
        wait_until(LONG, "the command", || {
            fs::read_to_string(file("value")).is_ok_and(|text| text == CANARY)
        });

        // Nothing of it where tmux keeps things, and a second one is refused.
        let target = format!("={name}");
        for arguments in [
            &["show-environment", "-t", &target][..],
            &["show-environment", "-g"],
            &[
                "list-panes",
                "-a",
                "-F",
                "#{pane_start_command} #{pane_current_command}",
            ],
            &["show-options", "-t", &target],
        ] {
            let text = tmux(&sshd, arguments);
            assert!(!text.contains("c4n4ry"), "{user} {arguments:?}: {text}");
        }
        let error = run(&machine, session(name, "true"), CancellationToken::new())
            .await
            .unwrap_err();
        let MachineError::SessionBusy { attach, .. } = &error else {
            panic!("{user}: {error}")
        };
        let shown = if name.contains(' ') {
            // Two shells read the line: ours, and the one on the host.
            format!(r"'tmux attach -t '\''{name}'\'''")
        } else {
            format!("tmux attach -t {name}")
        };
        assert_eq!(*attach, format!("ssh -t testbed {shown}"));

        // It ends: the output stays, in a shell that does not have the values.
        fs::write(file("go"), "").unwrap();
        let pane = || tmux(&sshd, &["capture-pane", "-p", "-t", &format!("={name}:")]);
        wait_until(LONG, "the command's end", || {
            pane().contains("ended with exit code 7")
        });
        assert!(pane().contains("has-ended"), "{}", pane());
        let left = file("left").display().to_string();
        tmux(
            &sshd,
            &[
                "send-keys",
                "-t",
                &format!("={name}:"),
                &format!("env > {left}; echo done >> {left}"),
                "Enter",
            ],
        );
        wait_until(LONG, "the shell's environment", || {
            fs::read_to_string(&left).is_ok_and(|text| text.ends_with("done\n"))
        });
        let environment = fs::read_to_string(&left).unwrap();
        assert!(
            !environment.contains("c4n4ry") && environment.contains("TMUX="),
            "{environment}"
        );

        // And then it is replaced, also where it is the server's only one.
        let again = format!("echo again >'{}'; sleep 60", file("value").display());
        assert_eq!(
            ran(&machine, session(name, &again)).await.ended,
            Ended::Exit(0)
        );
        wait_until(LONG, "the second command", || {
            fs::read_to_string(file("value")).is_ok_and(|text| text == "again\n")
        });
        assert_eq!(
            tmux(&sshd, &["list-sessions", "-F", "#{session_name}"])
                .lines()
                .filter(|line| *line == name)
                .count(),
            1
        );
        tmux(&sshd, &["kill-session", "-t", &target]);
    }
}

#[tokio::test]
async fn a_session_without_a_command_is_a_shell_and_stays_busy() {
    let sshd = Sshd::start();
    let machine = Client::of(&sshd, "bash").connect().await;
    fs::create_dir(sshd.home("bash").join("work")).unwrap();
    let shell = Job {
        workdir: Some("work".to_owned()),
        ..session("plain", "")
    };
    assert_eq!(ran(&machine, shell.clone()).await.ended, Ended::Exit(0));
    let pane = |format: &str| tmux(&sshd, &["display-message", "-p", "-t", "=plain:", format]);
    wait_until(LONG, "the shell", || {
        pane("#{pane_current_command}").trim() == "bash"
    });
    assert!(pane("#{pane_current_path}").trim().ends_with("/work"));
    let error = run(&machine, shell.clone(), CancellationToken::new())
        .await
        .unwrap_err();
    assert!(matches!(error, MachineError::SessionBusy { .. }), "{error}");

    // One that somebody else made is never replaced, and a name that is only like it is another one.
    tmux(&sshd, &["new-session", "-d", "-s", "theirs"]);
    let error = run(
        &machine,
        session("theirs", "true"),
        CancellationToken::new(),
    )
    .await
    .unwrap_err();
    assert!(matches!(error, MachineError::SessionBusy { .. }), "{error}");
    assert_eq!(
        ran(&machine, session("their", "sleep 60")).await.ended,
        Ended::Exit(0)
    );

    let missing = Job {
        workdir: Some("missing".to_owned()),
        ..session("new", "true")
    };
    let error = run(&machine, missing, CancellationToken::new())
        .await
        .unwrap_err();
    assert!(matches!(error, MachineError::Workdir { .. }), "{error}");
    let error = run(&machine, session("a.b", "true"), CancellationToken::new())
        .await
        .unwrap_err();
    assert!(matches!(error, MachineError::SessionName { .. }), "{error}");
    assert!(!tmux(&sshd, &["list-sessions"]).contains("new:"));
}

#[tokio::test]
async fn a_session_stays_when_the_connection_ends_and_takes_large_scripts() {
    let sshd = Sshd::start();
    let machine = Client::of(&sshd, "zsh").connect().await;
    let file = sshd.path("large");
    let script = format!(
        "# {}\n[ -t 0 ] && echo terminal >'{}'; sleep 60",
        "x".repeat(200_000),
        file.display()
    );
    assert_eq!(
        ran(&machine, session("large", &script)).await.ended,
        Ended::Exit(0)
    );
    machine.close().await;
    wait_until(LONG, "the command", || {
        fs::read_to_string(&file).is_ok_and(|text| text == "terminal\n")
    });
    assert!(tmux(&sshd, &["list-sessions"]).contains("large:"));
}

#[tokio::test]
async fn without_tmux_it_says_so() {
    let sshd = Sshd::start();
    let tools = sshd.path("tools");
    fs::create_dir(&tools).unwrap();
    for tool in fs::read_dir("/usr/bin")
        .unwrap()
        .flatten()
        .filter(|tool| tool.file_name() != "tmux")
    {
        std::os::unix::fs::symlink(tool.path(), tools.join(tool.file_name())).unwrap();
    }
    fs::write(
        sshd.home("zsh").join(".zshenv"),
        format!("export PATH={}\n", tools.display()),
    )
    .unwrap();
    let machine = Client::of(&sshd, "zsh").connect().await;
    assert_eq!(ran(&machine, job("true")).await.ended, Ended::Exit(0));
    let error = run(&machine, session("x", "true"), CancellationToken::new())
        .await
        .unwrap_err();
    assert!(
        matches!(error, MachineError::NoTmux) && error.to_string().contains("apt-get install tmux"),
        "{error}"
    );
}

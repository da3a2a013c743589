//! Jobs on this machine: what arrives, how they end, and that nothing is left behind.

use std::time::{Duration, Instant};

use crate::support::{job, marked_processes, ran, run, wait_until_async};
use runner::machine::{Ended, Job, LocalMachine, Machine, MachineError, WorkdirProblem};
use tokio_util::sync::CancellationToken;

fn machine() -> Machine {
    Machine::Local(LocalMachine::new(None))
}

#[tokio::test]
async fn output_exit_code_and_streams_arrive() {
    let ran = ran(&machine(), job("echo out; echo err >&2; exit 37")).await;
    assert_eq!(ran.ended, Ended::Exit(37));
    assert_eq!(
        (ran.stdout(), ran.stderr()),
        ("out\n".into(), "err\n".into())
    );
}

#[tokio::test]
async fn the_command_is_bash_without_terminal_input_or_login() {
    let text = "[[ -n $BASH_VERSION ]] && echo bash; shopt -q login_shell || echo plain; [[ $- == *e* ]] || echo no-e\n\
                cat | wc -c; (echo x >/dev/tty) 2>/dev/null || echo no-tty; echo \"[${DOPPIO_SCRIPT-gone}]\"";
    let ran = ran(&machine(), job(text)).await;
    assert_eq!(
        ran.stdout(),
        "bash\nplain\nno-e\n0\nno-tty\n[gone]\n",
        "{}",
        ran.stderr()
    );
}

#[tokio::test]
async fn values_arrive_bit_exact_and_are_not_evaluated() {
    crate::support::values_are_exact(&machine()).await;
}

#[tokio::test]
async fn a_script_larger_than_an_environment_variable_runs() {
    let script = format!(
        "# {}\necho \"it's $((1 + 1))\"; cat; exit 5",
        "x".repeat(300_000)
    );
    let ran = ran(&machine(), job(&script)).await;
    assert_eq!(
        (ran.ended.clone(), ran.stdout()),
        (Ended::Exit(5), "it's 2\n".into()),
        "{}",
        ran.stderr()
    );
}

#[tokio::test]
async fn colour_is_asked_for_only_where_it_is_shown() {
    let text = "echo ${FORCE_COLOR-none} ${CLICOLOR_FORCE-none}";
    let plain = ran(&machine(), job(text)).await;
    let coloured = ran(
        &machine(),
        Job {
            colour: true,
            ..job(text)
        },
    )
    .await;
    assert_eq!(
        (plain.stdout(), coloured.stdout()),
        ("none none\n".into(), "1 1\n".into())
    );
}

#[tokio::test]
async fn a_working_directory_is_entered_or_refused_by_reason() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| Job {
        workdir: Some(path.to_owned()),
        ..job("pwd")
    };
    std::fs::create_dir(folder.path().join("it's")).unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let here = Machine::Local(LocalMachine::new(Some(folder.path().to_owned())));

    let root = folder.path().canonicalize().unwrap();
    assert_eq!(
        ran(&here, job("pwd")).await.stdout(),
        format!("{}\n", root.display())
    );
    assert_eq!(
        ran(&here, at("it's")).await.stdout(),
        format!("{}/it's\n", root.display())
    );
    let home = std::env::var("HOME").unwrap();
    assert_eq!(ran(&here, at("~")).await.stdout(), format!("{home}\n"));

    for (path, expected) in [
        ("none", WorkdirProblem::Missing),
        ("file", WorkdirProblem::NotAFolder),
    ] {
        let error = run(&here, at(path), CancellationToken::new())
            .await
            .unwrap_err();
        let MachineError::Workdir { problem, .. } = &error else {
            panic!("{error}")
        };
        assert_eq!(*problem, expected);
        assert!(!error.is_retriable());
    }
}

#[tokio::test]
async fn a_signalled_command_is_128_and_n_and_a_killed_group_is_a_signal() {
    assert_eq!(
        ran(&machine(), job("kill -TERM $$")).await.ended,
        Ended::Exit(143)
    );
    assert_eq!(
        ran(&machine(), job("kill -KILL 0")).await.ended,
        Ended::Signal("KILL".into())
    );
    let own_trap = ran(&machine(), job("trap 'kill 0' EXIT; echo done")).await;
    assert_eq!(
        (own_trap.stdout(), own_trap.ended),
        ("done\n".into(), Ended::Exit(143))
    );
}

#[tokio::test]
async fn a_background_process_does_not_hold_the_job_and_stays() {
    let started = Instant::now();
    let mark = crate::support::mark();
    let ran = ran(&machine(), job(&format!("sleep 30.{mark} & echo $!"))).await;
    assert_eq!(ran.ended, Ended::Exit(0));
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(marked_processes(&mark).len(), 1);
    let pid = rustix::process::Pid::from_raw(ran.stdout().trim().parse().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[tokio::test]
async fn cancelling_ends_children_that_ignore_term_or_left_the_group() {
    crate::support::cancelling_ends_everything(&machine()).await;
}

#[tokio::test]
async fn cancelling_a_command_that_ends_at_once_takes_no_grace() {
    let cancel = CancellationToken::new();
    let mark = crate::support::mark();
    let stop = async {
        wait_until_async("the command", || !marked_processes(&mark).is_empty()).await;
        cancel.cancel();
        Instant::now()
    };
    let machine = machine();
    let (ran, stopped) = tokio::join!(
        run(&machine, job(&format!("sleep 30.{mark}")), cancel.clone()),
        stop
    );
    assert_eq!(ran.unwrap().ended, Ended::Cancelled);
    assert!(
        stopped.elapsed() < Duration::from_secs(2),
        "{:?}",
        stopped.elapsed()
    );
}

#[tokio::test]
async fn dropping_the_future_ends_the_command() {
    let mark = crate::support::mark();
    let task = tokio::spawn({
        let text = format!("sleep 30.{mark}");
        async move {
            run(&machine(), job(&text), CancellationToken::new())
                .await
                .map(drop)
        }
    });
    wait_until_async("the command", || !marked_processes(&mark).is_empty()).await;
    task.abort();
    wait_until_async("its end", || marked_processes(&mark).is_empty()).await;
}

#[tokio::test]
async fn secrets_of_the_runner_do_not_reach_a_child() {
    // The test process cannot set its own environment safely: run the same test as a child that has one.
    if std::env::var_os("DOPPIO_SECRET_CANARY").is_some() {
        let ran = ran(
            &machine(),
            job("env; cat /proc/$PPID/environ | tr '\\0' '\\n'"),
        )
        .await;
        assert!(!ran.stdout().contains("c4n4ry"), "{}", ran.stdout());
        assert!(ran.stdout().contains("PATH="));
        return;
    }
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "local::secrets_of_the_runner_do_not_reach_a_child",
        ])
        .env("DOPPIO_SECRET_CANARY", "c4n4ry")
        .output()
        .unwrap();
    assert!(
        status.status.success(),
        "{}",
        String::from_utf8_lossy(&status.stdout)
    );
}

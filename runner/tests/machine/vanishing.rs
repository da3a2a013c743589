//! What happens to a command when the runner, or the connection to it, is no more: it ends.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use runner::machine::{Ended, LocalMachine, Machine, MachineError};
use runner::ssh::ConnectOptions;
use testkit::proxy::Proxy;
use testkit::sshd::Sshd;
use testkit::{ProcessGroup, wait_until};
use tokio_util::sync::CancellationToken;

use crate::client::{Client, nobody};
use crate::support::{
    cancelling_ends_everything, job, mark, marked_processes, run, stubborn, wait_until_async,
};

/// Set in a copy of the test that is there to be killed: the mark of its command's processes.
const VICTIM: &str = "DOPPIO_TEST_VICTIM";

#[tokio::test]
async fn cancelling_over_ssh_ends_everything() {
    let sshd = Sshd::start();
    for user in ["bash", "fish"] {
        let machine = Client::of(&sshd, user).connect().await;
        cancelling_ends_everything(&machine).await;
    }
}

#[tokio::test]
async fn a_cut_connection_ends_everything_and_is_no_success() {
    let sshd = Sshd::start();
    let proxy = Proxy::start(sshd.port());
    let machine = through(&sshd, &proxy, &nobody()).await;
    let mark = mark();
    let cut = async {
        wait_until_async("the command and its children", || {
            marked_processes(&mark).len() == 3
        })
        .await;
        proxy.cut();
        Instant::now()
    };
    let (result, cut) = tokio::join!(
        run(&machine, stubborn(&mark), CancellationToken::new()),
        cut
    );
    let error = result.unwrap_err();
    assert!(
        matches!(error, MachineError::ConnectionLost { .. }) && error.is_retriable(),
        "{error}"
    );
    wait_until_async("the end of everything", || {
        marked_processes(&mark).is_empty()
    })
    .await;
    assert!(
        cut.elapsed() < Duration::from_secs(5),
        "{:?}",
        cut.elapsed()
    );

    // Nor does anything run over what is left of it.
    let error = run(&machine, stubborn(&mark), CancellationToken::new())
        .await
        .unwrap_err();
    assert!(error.is_retriable(), "{error}");
}

#[tokio::test]
async fn a_host_that_falls_silent_is_a_lost_connection() {
    let sshd = Sshd::start();
    let proxy = Proxy::start(sshd.port());
    let mut options = nobody();
    options.keepalive = Duration::from_secs(1);
    let machine = through(&sshd, &proxy, &options).await;
    // As long as it answers, silence of the command is no silence of the host.
    let quiet = run(&machine, job("sleep 5"), CancellationToken::new()).await;
    assert_eq!(quiet.unwrap().ended, Ended::Exit(0));

    let mark = mark();
    let stall = async {
        wait_until_async("the command and its children", || {
            marked_processes(&mark).len() == 3
        })
        .await;
        proxy.stall();
    };
    let (result, ()) = tokio::join!(
        run(&machine, stubborn(&mark), CancellationToken::new()),
        stall
    );
    let error = result.unwrap_err();
    assert!(
        matches!(&error, MachineError::ConnectionLost { reason } if reason == "the host stopped answering"),
        "{error}"
    );
    // The host notices when what is left of the connection breaks.
    proxy.cut();
    wait_until_async("the end of everything", || {
        marked_processes(&mark).is_empty()
    })
    .await;
}

/// Connects through the proxy.
async fn through(sshd: &Sshd, proxy: &Proxy, options: &ConnectOptions) -> Machine {
    let client = Client::of(sshd, "bash");
    let known = sshd.known_hosts(proxy.port());
    std::fs::write(client.ssh_file("known_hosts"), known).expect("a home to write to");
    let host = format!("bash@127.0.0.1:{}", proxy.port());
    client
        .try_connect(&host, options)
        .await
        .expect("the server lets us in")
}

#[tokio::test]
async fn a_local_command_ends_with_its_killed_runner() {
    if let Ok(mark) = std::env::var(VICTIM) {
        let machine = Machine::Local(LocalMachine::new(None));
        let _ = run(&machine, stubborn(&mark), CancellationToken::new()).await;
        return;
    }
    kill_a_copy_of(
        "vanishing::a_local_command_ends_with_its_killed_runner",
        &[],
    );
}

#[tokio::test]
async fn a_remote_command_ends_with_its_killed_runner() {
    if let Ok(mark) = std::env::var(VICTIM) {
        let client = Client::in_home(std::env::var("DOPPIO_TEST_HOME").unwrap().into());
        let _ = run(
            &client.connect().await,
            stubborn(&mark),
            CancellationToken::new(),
        )
        .await;
        return;
    }
    let sshd = Sshd::start();
    let client = Client::of(&sshd, "bash");
    let home = client.home().display().to_string();
    kill_a_copy_of(
        "vanishing::a_remote_command_ends_with_its_killed_runner",
        &[("DOPPIO_TEST_HOME", &home)],
    );
}

/// Runs a test again in another process, and kills that when its command runs.
fn kill_a_copy_of(test: &str, environment: &[(&str, &str)]) {
    let mark = mark();
    let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
    command
        .args(["--exact", test])
        .env(VICTIM, &mark)
        .envs(environment.iter().copied());
    let mut copy = ProcessGroup::spawn(command.stdout(Stdio::null()).stderr(Stdio::null()));
    wait_until(
        Duration::from_secs(20),
        "the command and its children",
        || marked_processes(&mark).len() == 3,
    );
    copy.child().kill().expect("the copy is running");
    let killed = Instant::now();
    wait_until(Duration::from_secs(20), "the end of everything", || {
        marked_processes(&mark).is_empty()
    });
    assert!(
        killed.elapsed() < Duration::from_secs(5),
        "{:?}",
        killed.elapsed()
    );
}

//! Every shell that is somewhere `/bin/sh`.

use tokio::sync::mpsc;

use super::*;
use crate::secrets::Secret;

const SHELLS: [&[&str]; 4] = [
    &["dash"],
    &["bash", "--posix"],
    &["busybox", "sh"],
    &["ksh93"],
];

#[tokio::test]
async fn every_posix_shell_starts_commands_alike() {
    let value: Vec<u8> = (1..=255).chain(*b"'\"`$(x)\\\n\n").collect();
    for shell in SHELLS {
        let machine = LocalMachine {
            folder: None,
            shell,
        };
        let large = format!("# {}\n", "x".repeat(200_000));
        for comment in ["", &large] {
            let job = Job {
                script: format!("{comment}[[ x == x ]] && printf %s \"$VALUE\"; cat; exit 37"),
                env: vec![("VALUE".to_owned(), Secret::new(value.clone()))],
                workdir: Some("/tmp".to_owned()),
                ..Job::default()
            };
            let (sender, mut receiver) = mpsc::channel::<Chunk>(1000);
            let ended = machine.run(&job, &sender, &CancellationToken::new()).await;
            drop(sender);
            let mut printed = Vec::new();
            while let Some(chunk) = receiver.recv().await {
                printed.extend(chunk.bytes);
            }
            assert!(
                printed == value,
                "{shell:?}: {:?}",
                String::from_utf8_lossy(&printed)
            );
            assert_eq!(ended.unwrap(), Ended::Exit(37), "{shell:?}");
        }
    }
}

#[tokio::test]
async fn every_posix_shell_ends_a_cancelled_group() {
    futures_util::future::join_all(SHELLS.map(ends_a_cancelled_group)).await;
}

async fn ends_a_cancelled_group(shell: &'static [&'static str]) {
    let machine = LocalMachine {
        folder: None,
        shell,
    };
    let script = "echo $$; (trap '' TERM; echo $BASHPID; sleep 30; sleep 30) & trap '' TERM; sleep 30; sleep 30";
    let job = Job {
        script: script.to_owned(),
        ..Job::default()
    };
    let (sender, mut receiver) = mpsc::channel::<Chunk>(1000);
    let cancel = CancellationToken::new();
    let watch = async {
        let mut printed = Vec::new();
        while printed.iter().filter(|&&byte| byte == b'\n').count() < 2 {
            printed.extend(
                receiver
                    .recv()
                    .await
                    .expect("it prints two process ids")
                    .bytes,
            );
        }
        cancel.cancel();
        String::from_utf8_lossy(&printed).into_owned()
    };
    let (ended, pids) = tokio::join!(machine.run(&job, &sender, &cancel), watch);
    assert_eq!(ended.expect("it ran"), Ended::Cancelled, "{shell:?}");
    // What is dead and not yet reaped has no command line.
    let alive = |pid: &str| {
        std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
    };
    testkit::wait_until(Duration::from_secs(5), "the end of both", || {
        !pids.lines().any(alive)
    });
}

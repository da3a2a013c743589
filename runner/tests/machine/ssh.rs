//! Jobs over SSH: the same as on this machine, whatever the login shell, as many as the server allows.

use std::time::{Duration, Instant};

use runner::machine::{Chunk, Ended, Job, MachineError, Stream, WorkdirProblem};
use testkit::sshd::{SHELLS, Sshd};
use tokio_util::sync::CancellationToken;

use crate::client::Client;
use crate::support::{
    job, job_with, mark, marked_processes, ran, run, values_are_exact, wait_until_async,
};

#[tokio::test]
async fn values_are_exact_for_every_login_shell() {
    let sshd = Sshd::start();
    for (user, _) in SHELLS {
        let machine = Client::of(&sshd, user).connect().await;
        values_are_exact(&machine).await;
        let ran = ran(
            &machine,
            job("echo \"$0 $(pwd) [$-]\"; cat; echo err >&2; exit 3"),
        )
        .await;
        assert_eq!(ran.ended, Ended::Exit(3), "{user}");
        assert!(
            ran.stdout().contains("bash") && !ran.stdout().contains("[i"),
            "{user}: {}",
            ran.stdout()
        );
        assert!(
            ran.stdout()
                .contains(&sshd.home(user).display().to_string()),
            "{user}: {}",
            ran.stdout()
        );
        assert_eq!(ran.stderr(), "err\n", "{user}");
        machine.close().await;
    }
}

#[tokio::test]
async fn noise_of_start_up_files_is_swallowed() {
    let sshd = Sshd::start();
    for (user, file) in [
        ("bash", ".bashrc"),
        ("zsh", ".zshenv"),
        ("csh", ".cshrc"),
        ("fish", ".config/fish/config.fish"),
    ] {
        let file = sshd.home(user).join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "echo welcome; echo RR1 nonsense 1\n").unwrap();
        let machine = Client::of(&sshd, user).connect().await;
        let ran = ran(&machine, job("echo mine")).await;
        assert_eq!(
            (ran.stdout(), ran.stderr()),
            ("mine\n".into(), String::new()),
            "{user}"
        );
    }
}

#[tokio::test]
async fn a_host_that_starts_no_shell_is_said_to_be_one() {
    let sshd = Sshd::with("ForceCommand echo 'pick a menu entry'");
    let machine = Client::of(&sshd, "bash").connect().await;
    let error = run(&machine, job("true"), CancellationToken::new())
        .await
        .unwrap_err();
    assert!(
        matches!(error, MachineError::BootstrapRefused { .. }),
        "{error}"
    );
    assert!(
        error.to_string().contains("pick a menu entry") && !error.is_retriable(),
        "{error}"
    );
}

#[tokio::test]
async fn ends_and_working_directories_are_told_apart() {
    let sshd = Sshd::start();
    let machine = Client::of(&sshd, "fish").connect().await;
    assert_eq!(
        ran(&machine, job("kill -KILL $$")).await.ended,
        Ended::Exit(137)
    );
    assert_eq!(
        ran(&machine, job("kill -KILL 0")).await.ended,
        Ended::Signal("KILL".into())
    );
    std::fs::create_dir(sshd.home("fish").join("work")).unwrap();
    let at = |path: &str| Job {
        workdir: Some(path.to_owned()),
        ..job("pwd")
    };
    for path in ["work", "~/work"] {
        assert!(
            ran(&machine, at(path)).await.stdout().ends_with("/work\n"),
            "{path}"
        );
    }
    let error = run(&machine, at("/none"), CancellationToken::new())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            MachineError::Workdir {
                problem: WorkdirProblem::Missing,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn more_jobs_than_sessions_wait_and_do_not_fail() {
    for sessions in [1, 2, 10] {
        let sshd = Sshd::with(&format!("MaxSessions {sessions}"));
        let machine = Client::of(&sshd, "bash").connect().await;
        let jobs = (0..20).map(|index| {
            let machine = &machine;
            async move {
                ran(
                    machine,
                    job_with(
                        "sleep 0.0$((RANDOM % 5)); echo $N",
                        "N",
                        format!("{index}").as_bytes(),
                    ),
                )
                .await
            }
        });
        let all = futures_util::future::join_all(jobs);
        let all = tokio::time::timeout(Duration::from_secs(60), all)
            .await
            .expect("all of them end");
        for (index, ran) in all.iter().enumerate() {
            assert_eq!(
                (&ran.ended, ran.stdout()),
                (&Ended::Exit(0), format!("{index}\n")),
                "{sessions} sessions"
            );
        }
        for _ in 0..5 {
            assert_eq!(ran(&machine, job("true")).await.ended, Ended::Exit(0));
        }
    }
}

#[tokio::test]
async fn a_job_that_is_given_up_frees_its_session() {
    let sshd = Sshd::with("MaxSessions 2");
    let machine = Client::of(&sshd, "bash").connect().await;
    for _ in 0..10 {
        let mark = mark();
        let text = format!("sleep 30.{mark}");
        let (sender, _receiver) = tokio::sync::mpsc::channel(8);
        tokio::select! {
            ended = machine.run(job(&text), sender, CancellationToken::new()) => panic!("it ended: {ended:?}"),
            () = wait_until_async("the command", || !marked_processes(&mark).is_empty()) => {}
        }
        wait_until_async("its end", || marked_processes(&mark).is_empty()).await;
    }
    assert_eq!(ran(&machine, job("true")).await.ended, Ended::Exit(0));
}

#[tokio::test]
async fn a_job_whose_output_nobody_reads_holds_no_other_up() {
    let sshd = Sshd::start();
    let machine = Client::of(&sshd, "bash").connect().await;
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Chunk>(1);
    let big = machine.run(
        job("head -c 20000000 /dev/zero"),
        sender,
        CancellationToken::new(),
    );
    let others = async {
        let mut first = receiver
            .recv()
            .await
            .expect("the big output has begun")
            .bytes
            .len();
        let started = Instant::now();
        for _ in 0..20 {
            assert_eq!(ran(&machine, job("echo quick")).await.stdout(), "quick\n");
        }
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "{:?}",
            started.elapsed()
        );
        while let Some(chunk) = receiver.recv().await {
            first += chunk.bytes.len();
        }
        first
    };
    let (ended, size) = tokio::join!(big, others);
    assert_eq!((ended.unwrap(), size), (Ended::Exit(0), 20_000_000));
}

#[tokio::test]
async fn all_output_arrives_before_the_end() {
    let sshd = Sshd::start();
    let machine = Client::of(&sshd, "bash").connect().await;
    for _ in 0..20 {
        let ran = ran(&machine, job("seq 20000; echo last >&2")).await;
        assert_eq!(ran.bytes(Stream::Stdout).len(), 108_894);
        assert_eq!(ran.stderr(), "last\n");
    }
}

#[tokio::test]
async fn a_large_script_and_a_background_process_are_no_trouble() {
    let sshd = Sshd::start();
    let machine = Client::of(&sshd, "csh").connect().await;
    let script = format!("# {}\nsleep 20 & echo done; exit 4", "x".repeat(300_000));
    let started = Instant::now();
    let ran = ran(&machine, job(&script)).await;
    assert_eq!(
        (ran.ended.clone(), ran.stdout()),
        (Ended::Exit(4), "done\n".into()),
        "{}",
        ran.stderr()
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}

//! What the tests of both kinds of machine share.

use std::time::{Duration, Instant};

use runner::machine::{Chunk, Ended, Job, Machine, MachineError, Stream};
use runner::secrets::Secret;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A job that is nothing but a script.
pub(crate) fn job(script: &str) -> Job {
    Job {
        script: script.to_owned(),
        run_id: "test".to_owned(),
        ..Job::default()
    }
}

/// A job with one variable.
pub(crate) fn job_with(script: &str, name: &str, value: &[u8]) -> Job {
    Job {
        env: vec![(name.to_owned(), Secret::new(value.to_vec()))],
        ..job(script)
    }
}

/// How a job ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) ended: Ended,
    pub(crate) chunks: Vec<(Stream, Vec<u8>)>,
}

impl Ran {
    pub(crate) fn bytes(&self, wanted: Stream) -> Vec<u8> {
        let of = self.chunks.iter().filter(|(stream, _)| *stream == wanted);
        of.flat_map(|(_, bytes)| bytes.clone()).collect()
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.bytes(Stream::Stdout)).into_owned()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.bytes(Stream::Stderr)).into_owned()
    }
}

/// Runs a job and keeps everything.
pub(crate) async fn run(
    machine: &Machine,
    job: Job,
    cancel: CancellationToken,
) -> Result<Ran, MachineError> {
    let (sender, mut receiver) = mpsc::channel::<Chunk>(64);
    let keep = async {
        let mut chunks = Vec::new();
        while let Some(chunk) = receiver.recv().await {
            chunks.push((chunk.stream, chunk.bytes));
        }
        chunks
    };
    let (ended, chunks) = tokio::join!(machine.run(job, sender, cancel), keep);
    Ok(Ran {
        ended: ended?,
        chunks,
    })
}

/// Runs a job that is expected to run.
#[track_caller]
pub(crate) fn ran(machine: &Machine, job: Job) -> impl Future<Output = Ran> {
    let place = std::panic::Location::caller();
    async move {
        let ran = run(machine, job, CancellationToken::new()).await;
        ran.unwrap_or_else(|error| panic!("{place}: {error}"))
    }
}

/// Digits that are in no other command line on this machine: `sleep 30.MARK` can be found by them.
pub(crate) fn mark() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!(
        "{:07}{:03}7",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

/// Processes with one argument `….MARK`, which no shell's own script text is.
pub(crate) fn marked_processes(mark: &str) -> Vec<i32> {
    let end = format!(".{mark}");
    let processes = std::fs::read_dir("/proc")
        .expect("/proc is there")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let marked = |pid: &i32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.split(|&byte| byte == 0)
            .any(|argument| argument.len() < 40 && argument.ends_with(end.as_bytes()))
    };
    processes.filter(marked).collect()
}

/// Waits for a condition; a deadline of 20 s keeps a hanging test from hanging the rest.
pub(crate) async fn wait_until_async(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "waited too long for {what}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Values with everything that a shell could trip over.
pub(crate) fn awkward_values() -> Vec<Vec<u8>> {
    let mut values: Vec<Vec<u8>> = [
        "simple",
        "",
        "two\n\n",
        "'\"`$(id)${HOME}\\",
        "-n -e",
        "héllo→",
        "a\r\nb\r\n",
        "; rm -rf /nope &",
        "!! ^a^b",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    values.push((1..=255).collect());
    values.push(
        (0..4096u32)
            .map(|index| (index * 7 % 255 + 1) as u8)
            .collect(),
    );
    values.push(vec![b'\''; 1000]);
    values.push(
        (0..65536u32)
            .map(|index| b"abc'\n$"[index as usize % 6])
            .collect(),
    );
    values
}

/// Every awkward value comes back as it was sent, and the exit code with it.
pub(crate) async fn values_are_exact(machine: &Machine) {
    for value in awkward_values() {
        let ran = ran(
            machine,
            job_with("printf %s \"$VALUE\"; exit 37", "VALUE", &value),
        )
        .await;
        assert_eq!(ran.ended, Ended::Exit(37), "{}", ran.stderr());
        assert!(
            ran.bytes(Stream::Stdout) == value,
            "{:?}",
            String::from_utf8_lossy(&value[..value.len().min(60)])
        );
    }
}

/// A job whose processes ignore TERM, run in the background, and leave the process group.
pub(crate) fn stubborn(mark: &str) -> Job {
    job(&format!(
        "setsid sleep 31.{mark} & (trap '' TERM; sleep 32.{mark}; sleep 33.{mark}) & trap '' TERM; sleep 34.{mark}; sleep 35.{mark}"
    ))
}

/// Cancels a stubborn job and waits until nothing of it is left, 5 s at most.
pub(crate) async fn cancelling_ends_everything(machine: &Machine) {
    let cancel = CancellationToken::new();
    let mark = mark();
    let stop = async {
        wait_until_async("the command and its children", || {
            marked_processes(&mark).len() == 3
        })
        .await;
        cancel.cancel();
        Instant::now()
    };
    let (ran, stopped) = tokio::join!(run(machine, stubborn(&mark), cancel.clone()), stop);
    assert_eq!(ran.expect("it ran").ended, Ended::Cancelled);
    wait_until_async("the end of everything", || {
        marked_processes(&mark).is_empty()
    })
    .await;
    assert!(
        stopped.elapsed() < Duration::from_secs(5),
        "{:?}",
        stopped.elapsed()
    );
}

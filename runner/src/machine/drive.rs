//! The conversation with a shell that was started: its hello, the payload, the command's output, its end.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::bootstrap::{Nonce, excerpt, find_line};
use super::wire::{Event, Wire};
use super::{Chunk, Ended, Job, MachineError, Stream, WorkdirProblem};

/// How long a login may take until our shell says hello.
const HELLO: Duration = Duration::from_secs(30);
/// How much a login may print before that.
const NOISE: usize = 256 * 1024;
/// After the end of the command, how long its pipes may stay silent before we stop listening: a process left in the
/// background can hold them open for ever.
const IDLE: Duration = Duration::from_millis(250);
/// And how long we listen to one that is not silent.
const TAIL: Duration = Duration::from_secs(2);
/// How long a cancelled command may take to end: the other side sends KILL after 3 s.
pub(super) const LADDER: Duration = Duration::from_secs(5);

/// How a shell answered the payload.
pub(crate) enum Started {
    /// The command runs, or has run already.
    Running(Begun),
    /// Cancelled before that.
    Cancelled,
}

/// What came along with the answer.
pub(crate) struct Begun {
    /// What the command has printed so far.
    printed: Vec<u8>,
    /// And on its standard error, which can be read before the answer on standard output is.
    complained: Vec<u8>,
    /// How it ended: over SSH that can be said before all its output is.
    ended: Option<Ended>,
}

/// Waits for the shell's hello and returns its process id, which is also its process group.
pub(crate) async fn greet(wire: &mut Wire, nonce: &Nonce) -> Result<i32, MachineError> {
    let deadline = Instant::now() + HELLO;
    let mut said = Vec::new();
    let mut noise = Vec::new();
    let mut ended = false;
    while noise.len() < NOISE {
        match timeout_at(deadline, wire.events.next()).await {
            Ok(Some(Event::Output(chunk))) => {
                noise.extend_from_slice(&chunk.bytes);
                if chunk.stream == Stream::Stdout {
                    said.extend_from_slice(&chunk.bytes);
                    if let Some((pid, _)) = find_line(&said, "RR1", nonce) {
                        return pid.parse().map_err(|_| refused(&said));
                    }
                }
            }
            Ok(Some(Event::Ended(_))) => ended = true,
            Ok(None) if !ended => return Err(lost("before the shell started")),
            Ok(None) | Err(_) => break,
        }
    }
    Err(refused(&noise))
}

/// Sends the payload and waits until the shell says what came of it.
pub(crate) async fn start(
    wire: &mut Wire,
    nonce: &Nonce,
    payload: &[u8],
    job: &Job,
    reach: &str,
    cancel: &CancellationToken,
) -> Result<Started, MachineError> {
    let talk = async {
        if let Some(stdin) = &mut wire.stdin {
            // Should it fail, what the shell said before it went tells more than the error.
            let _ = stdin.write_all(payload).await;
            let _ = stdin.flush().await;
        }
        let mut said = Vec::new();
        let mut noise = Vec::new();
        let mut ended = None;
        while let Some(event) = wire.events.next().await {
            match event {
                Event::Output(chunk) if chunk.stream == Stream::Stdout => {
                    said.extend_from_slice(&chunk.bytes);
                    if let Some((answer, end)) = find_line(&said, "RR2", nonce) {
                        answer_to(answer, job, reach)?;
                        return Ok(Started::Running(Begun {
                            printed: said.split_off(end),
                            complained: noise,
                            ended,
                        }));
                    }
                }
                Event::Output(chunk) => noise.extend_from_slice(&chunk.bytes),
                Event::Ended(how) => ended = Some(how),
            }
        }
        if ended.is_some() {
            Err(refused(&[said, noise].concat()))
        } else {
            Err(lost("before the command started"))
        }
    };
    tokio::select! {
        started = talk => started,
        () = cancel.cancelled() => Ok(Started::Cancelled),
    }
}

/// Passes the command's output on until it has ended.
pub(crate) async fn follow(
    mut wire: Wire,
    begun: Begun,
    output: &Sender<Chunk>,
    cancel: &CancellationToken,
) -> Result<Ended, MachineError> {
    let _stdin = close_on_cancel(&mut wire, cancel.clone());
    let Begun {
        printed,
        complained,
        mut ended,
    } = begun;
    for (stream, bytes) in [(Stream::Stdout, printed), (Stream::Stderr, complained)] {
        if !bytes.is_empty() {
            let _ = output.send(Chunk { stream, bytes }).await;
        }
    }
    let mut stop = ended.is_some().then(|| Instant::now() + IDLE);
    let mut last_call = ended.is_some().then(|| Instant::now() + TAIL);
    loop {
        let deadline = stop.unwrap_or_else(far);
        tokio::select! {
            // In this order, so that what has arrived is passed on whatever the time is.
            biased;
            event = wire.events.next() => match event {
                Some(Event::Output(chunk)) => {
                    // A receiver that has gone wants no output; the command goes on.
                    let before = Instant::now();
                    let _ = output.send(chunk).await;
                    if let Some(last_call) = &mut last_call {
                        // Time that the receiver takes is not time that the command's tail takes.
                        *last_call += before.elapsed();
                        if *last_call < Instant::now() {
                            break;
                        }
                        stop = Some(Instant::now() + IDLE);
                    }
                }
                Some(Event::Ended(how)) => {
                    ended.get_or_insert(if cancel.is_cancelled() { Ended::Cancelled } else { how });
                    last_call = Some(Instant::now() + TAIL);
                    stop = Some(Instant::now() + IDLE);
                }
                None => break,
            },
            () = cancel.cancelled(), if ended.is_none() && stop.is_none() => stop = Some(Instant::now() + LADDER),
            () = sleep_until(deadline) => break,
        }
    }
    match ended {
        Some(ended) => Ok(ended),
        None if cancel.is_cancelled() => Ok(Ended::Cancelled),
        None => Err(lost("no exit code came")),
    }
}

/// Waits for the end of a shell that has done its work, since what it started may keep its pipes.
pub(crate) async fn settle(mut wire: Wire, begun: Begun) {
    if begun.ended.is_some() {
        return;
    }
    let deadline = Instant::now() + TAIL;
    while let Ok(Some(Event::Output(_))) = timeout_at(deadline, wire.events.next()).await {}
}

pub(crate) fn lost(reason: &str) -> MachineError {
    MachineError::ConnectionLost {
        reason: reason.to_owned(),
    }
}

fn refused(said: &[u8]) -> MachineError {
    MachineError::BootstrapRefused {
        seen: excerpt(said),
    }
}

fn far() -> Instant {
    Instant::now() + Duration::from_secs(24 * 3600)
}

/// Holds the standard input open, apart from the loop above: a slow reader of the output must not keep a cancelled
/// command alive. Dropping what is returned closes it too.
fn close_on_cancel(wire: &mut Wire, cancel: CancellationToken) -> AbortOnDropHandle<()> {
    let stdin = wire.stdin.take();
    AbortOnDropHandle::new(tokio::spawn(async move {
        cancel.cancelled().await;
        if let Some(mut stdin) = stdin {
            // It fails where the other side has gone, and then there is nothing to end.
            let _ = stdin.shutdown().await;
        }
    }))
}

fn answer_to(answer: &str, job: &Job, reach: &str) -> Result<(), MachineError> {
    let session = job.tmux_session.clone().unwrap_or_default();
    let (word, rest) = answer.split_once(' ').unwrap_or((answer, ""));
    match (word, rest) {
        ("ok", _) => Ok(()),
        ("workdir", why) => Err(MachineError::Workdir {
            path: job.workdir.clone().unwrap_or_default(),
            problem: match why {
                "missing" => WorkdirProblem::Missing,
                "file" => WorkdirProblem::NotAFolder,
                _ => WorkdirProblem::Denied,
            },
        }),
        ("notmux", _) => Err(MachineError::NoTmux),
        ("busy", _) => {
            let target = if session.contains(' ') {
                format!("\"{session}\"")
            } else {
                session.clone()
            };
            Err(MachineError::SessionBusy {
                attach: format!("{reach}tmux attach -t {target}"),
                kill: format!("{reach}tmux kill-session -t {target}"),
                session,
            })
        }
        ("tmux", message) => Err(MachineError::Tmux(message.to_owned())),
        _ => Err(refused(answer.as_bytes())),
    }
}

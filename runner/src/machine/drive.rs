//! The conversation with a shell that was started: its hello, the payload, the command's output, its end.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::bootstrap::{Nonce, excerpt, find_line, visible};
use super::wire::{Event, Wire};
use super::{Chunk, Ended, Job, MachineError, Stream, WorkdirProblem};

/// How long a login may take until our shell says hello.
const HELLO: Duration = Duration::from_secs(30);
/// How much a shell may print before a line that we wait for.
const NOISE: usize = 256 * 1024;
/// How much it may write to standard error meanwhile: the command's own can be read before the answer is.
const COMPLAINTS: usize = 16 * NOISE;
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
    let mut said = Said::default();
    let mut noise = Vec::new();
    let mut ended = false;
    while noise.len() < NOISE {
        match timeout_at(deadline, wire.events.next()).await {
            Ok(Some(Event::Output(chunk))) => {
                noise.extend_from_slice(&chunk.bytes);
                if chunk.stream == Stream::Stdout
                    && let Some((pid, _)) = said.hear(&chunk.bytes, "RR1", nonce)
                {
                    return pid.parse().map_err(|_| refused(&said.bytes));
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
        let mut said = Said::default();
        let mut noise = Vec::new();
        let mut ended = None;
        while let Some(event) = wire.events.next().await {
            match event {
                Event::Output(chunk) if chunk.stream == Stream::Stdout => {
                    if let Some((answer, end)) = said.hear(&chunk.bytes, "RR2", nonce) {
                        answer_to(&answer, job, reach)?;
                        return Ok(Started::Running(Begun {
                            printed: said.bytes.split_off(end),
                            complained: noise,
                            ended,
                        }));
                    }
                }
                Event::Output(chunk) => noise.extend_from_slice(&chunk.bytes),
                Event::Ended(how) => ended = Some(how),
            }
            if said.bytes.len() > NOISE || noise.len() > COMPLAINTS {
                return Err(refused(&said.bytes));
            }
        }
        if ended.is_some() {
            Err(refused(&[said.bytes, noise].concat()))
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

/// What a shell has said on its standard output before a line that we wait for.
#[derive(Default)]
struct Said {
    bytes: Vec<u8>,
    /// Where its last line starts: those before are not it, and are not looked at again.
    line: usize,
}

impl Said {
    /// Adds what it says now; the rest of the line `KIND NONCE rest`, if that is whole, and where the line ends.
    fn hear(&mut self, more: &[u8], kind: &str, nonce: &Nonce) -> Option<(String, usize)> {
        self.bytes.extend_from_slice(more);
        let newline = more.iter().rposition(|&byte| byte == b'\n')?;
        let from = self.line;
        self.line = self.bytes.len() - more.len() + newline + 1;
        let (rest, end) = find_line(&self.bytes[from..], kind, nonce)?;
        Some((rest.to_owned(), from + end))
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
            // A name can come from output: people paste this line, and behind `ssh` two shells read it.
            let line = |command: &str| match (is_plain(&session), reach) {
                (true, _) => format!("{reach}{command} {session}"),
                (false, "") => format!("{command} {}", quoted(&session)),
                (false, _) => {
                    let there = format!("{command} {}", quoted(&session));
                    format!("{reach}{}", quoted(&there))
                }
            };
            Err(MachineError::SessionBusy {
                attach: line("tmux attach -t"),
                kill: line("tmux kill-session -t"),
                session,
            })
        }
        ("tmux", message) => Err(MachineError::Tmux(visible(message))),
        _ => Err(refused(answer.as_bytes())),
    }
}

/// Whether every shell takes the text as it is.
fn is_plain(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// As a shell reads it back.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_can_be_pasted_whatever_the_sessions_name() {
        let hostile = "x$(touch /tmp/pwn) 'y'";
        let attach = |session: &str, reach: &str| {
            let job = Job {
                tmux_session: Some(session.into()),
                ..Job::default()
            };
            match answer_to("busy", &job, reach) {
                Err(MachineError::SessionBusy { attach, .. }) => attach,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            attach("train-1", "ssh -t h "),
            "ssh -t h tmux attach -t train-1"
        );
        // What a shell makes of the line, with each word in brackets.
        let read = |line: &str| {
            let script = format!(
                "ssh() {{ shift 2; eval \"$*\"; }}; tmux() {{ printf '<%s>' \"$@\"; }}; {line}"
            );
            let output = std::process::Command::new("sh")
                .args(["-c", &script])
                .output();
            String::from_utf8(output.expect("a shell").stdout).expect("text")
        };
        for reach in ["", "ssh -t h "] {
            assert_eq!(
                read(&attach(hostile, reach)),
                format!("<attach><-t><{hostile}>")
            );
        }
    }

    #[test]
    fn a_line_is_found_however_it_is_cut() {
        let nonce = Nonce::new();
        let text = format!("motd\n\nmore RR2 {} ok\nhello\n", nonce.as_str());
        for size in 1..=text.len() {
            let mut said = Said::default();
            let found =
                (text.as_bytes().chunks(size)).find_map(|part| said.hear(part, "RR2", &nonce));
            let end = text.len() - "hello\n".len();
            assert_eq!(found, Some(("ok".to_owned(), end)), "by {size}");
        }
    }

    #[tokio::test]
    async fn a_host_that_never_answers_is_not_listened_to_for_ever() {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let (sink, events) = super::super::wire::channel();
            let endless = tokio::spawn(async move {
                let bytes = [b"?\n".as_slice(), &[b'?'; 30_000]].concat();
                while sink.output(stream, bytes.clone()).await {}
            });
            let mut wire = Wire {
                events,
                stdin: None,
                _guard: Box::new(()),
            };
            let started = start(
                &mut wire,
                &Nonce::new(),
                b"",
                &Job::default(),
                "",
                &CancellationToken::new(),
            )
            .await;
            assert!(matches!(
                started,
                Err(MachineError::BootstrapRefused { .. })
            ));
            drop(wire);
            endless.await.expect("it stops");
        }
    }

    #[test]
    fn what_tmux_says_moves_no_cursor() {
        let error = answer_to("tmux a\x1b[2Jb\u{202e}", &Job::default(), "");
        let text = error.expect_err("it failed").to_string();
        assert!(text.ends_with(r"a\u{1b}[2Jb\u{202e}"), "{text}");
    }
}

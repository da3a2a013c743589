//! What signals do to a run.

use std::future::Future;
use std::io::{self, IsTerminal};
use std::process;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::report;

/// The exit code of a cancelled run.
pub(crate) const CANCELLED: u8 = 130;

/// Makes SIGINT and SIGTERM cancel the run; the second one ends the program at once, and what it
/// left running then ends itself.
///
/// SIGHUP counts only where a person watches: they closed the terminal. A run that an editor
/// started goes on without it, as a job should.
///
/// # Errors
/// When the system does not let us handle a signal.
pub(crate) fn cancel_on_signals(cancel: CancellationToken) -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let watched = io::stdout().is_terminal();
    Ok(async move {
        loop {
            tokio::select! {
                () = received(&mut interrupt) => {}
                () = received(&mut terminate) => {}
                () = received(&mut hangup) => match watched {
                    true => {}
                    false => continue,
                },
            }
            if cancel.is_cancelled() {
                process::exit(CANCELLED.into());
            }
            cancel.cancel();
            report::warning("ending what runs; a second Ctrl-C ends Doppio at once");
        }
    })
}

async fn received(signal: &mut Signal) {
    if signal.recv().await.is_none() {
        std::future::pending::<()>().await;
    }
}

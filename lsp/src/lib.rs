//! The Doppio language server: protocol at the edge, features inside.
//!
//! * `edge/` is all that knows the protocol: it hands messages to the `queue` in the order of the
//!   wire, and turns results into lines and columns in the client's encoding.
//! * `session` is the state. One thread owns it and does one thing of the queue after the other; what
//!   is slow (the keychain, runs) is a task that puts what it found into the queue.
//! * `document` is an open text, and one analysed version of it for readers.
//! * `features/` are plain functions: an analysis and a byte offset in, a plain result out.
//! * `settings` is what the user set, `offers` what the client can do.
//! * `panels` is what clients show beside the text: recipes, runs, secrets, hosts.
//! * `workspace` reads the recipes that are not open, when somebody asks for a name that they share.
//! * `secrets` knows names from the keychain, `keychain` has our own program change what is in it, `run` starts runs
//!   and hears their events.
//!
//! The server never reads the value of a secret, opens no connection to a host, and writes nothing
//! but the protocol to standard output.

mod client_process;
mod commands;
mod document;
mod edge;
mod features;
mod keychain;
mod offers;
mod outbox;
mod panels;
mod position;
mod queue;
mod renamed_secrets;
mod resolved;
mod run;
mod secrets;
mod session;
mod settings;
mod shellcheck;
mod store;
mod trust;
mod workspace;

use std::io::{self, Write};
use std::path::PathBuf;

use runner::hosts::Written;
use runner::secrets::{Places, SecretNames};
use tokio::io::{AsyncRead, AsyncWrite};

use session::{Parts, Session};

/// What the server works with.
#[derive(Debug)]
pub struct Options {
    /// The program that runs recipes: this one.
    pub executable: PathBuf,
    /// Where the names of secrets are looked up.
    pub secrets: Places,
    /// Where runs are recorded: the user's state folder.
    pub state_folder: PathBuf,
    /// The ids of the user's hosts, as they are now.
    pub hosts: fn() -> Vec<String>,
    /// Where one of them is written down.
    pub host: fn(&str) -> Option<Written>,
}

/// Serves the client at standard input and output until it leaves. Returns the exit code: 0 if it
/// said goodbye as the protocol wants it, else 1. The caller should exit the process at once, since a
/// thread may still wait for standard input.
///
/// # Errors
/// When the system gives no thread.
pub fn serve(options: Options) -> io::Result<i32> {
    keep_panics_quiet();
    serve_over(options, tokio::io::stdin(), tokio::io::stdout())
}

/// The same for a client at other pipes. What panics is reported as the process has it.
///
/// # Errors
/// When the system gives no thread.
pub fn serve_over(
    options: Options,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite,
) -> io::Result<i32> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let (queue, jobs) = queue::queue();
    let outbox = outbox::Outbox::default();
    let session = Session::new(Parts {
        queue: queue.clone(),
        outbox: outbox.clone(),
        tasks: runtime.handle().clone(),
        names: SecretNames::new(&options.secrets),
        executable: options.executable,
        state_folder: options.state_folder,
        hosts: options.hosts,
        host: options.host,
    });
    std::thread::Builder::new()
        .name("session".to_owned())
        .spawn(move || jobs.work(session))?;
    let code = runtime.block_on(edge::serve(queue.clone(), outbox, input, output));
    queue.end();
    // Runs go on without us; nothing else is worth waiting for.
    runtime.shutdown_background();
    Ok(code)
}

/// A panic is a bug of ours and said so, but what it was about may hold the user's text.
fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let _ = writeln!(
            io::stderr(),
            "doppio lsp: a bug at {place}; the server goes on"
        );
    }));
}

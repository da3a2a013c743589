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

use std::convert::Infallible;
use std::io::{self, Write};
use std::path::PathBuf;

use runner::hosts::Written;
use runner::secrets::{Places, SecretNames};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Runtime;

use outbox::Outbox;
use queue::{Jobs, Queue};
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

/// Serves the client at standard input and output until it leaves, and ends the process then: with 0 if it
/// said goodbye as the protocol wants it, else with 1.
///
/// # Errors
/// When the system gives no thread.
pub fn serve(options: Options) -> io::Result<Infallible> {
    keep_panics_quiet();
    let Serving {
        transport,
        jobs,
        session,
    } = Serving::with(options)?;
    let serve = move || {
        let code = transport.serve(tokio::io::stdin(), tokio::io::stdout());
        // At once: a thread may still wait for standard input, or look through a long text.
        std::process::exit(code)
    };
    std::thread::Builder::new()
        .name("transport".to_owned())
        .spawn(serve)?;
    // On the main thread, since glibc has the memory of all others grow page by page.
    jobs.work(session);
    // The transport has ended the queue, and ends the process.
    loop {
        std::thread::park();
    }
}

/// The same for a client at other pipes, until it leaves. Returns what would be the exit code. What panics is
/// reported as the process has it.
///
/// # Errors
/// When the system gives no thread.
pub fn serve_over(
    options: Options,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite,
) -> io::Result<i32> {
    let Serving {
        transport,
        jobs,
        session,
    } = Serving::with(options)?;
    std::thread::Builder::new()
        .name("session".to_owned())
        .spawn(move || jobs.work(session))?;
    Ok(transport.serve(input, output))
}

/// The halves of the server: each has a thread of its own.
struct Serving {
    transport: Transport,
    jobs: Jobs,
    session: Session,
}

/// What speaks with the client.
struct Transport {
    runtime: Runtime,
    queue: Queue,
    outbox: Outbox,
}

impl Serving {
    fn with(options: Options) -> io::Result<Self> {
        // One thread is enough: what computes for long is done by the session, or by a thread of its own.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (queue, jobs) = queue::queue();
        let outbox = Outbox::default();
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
        let transport = Transport {
            runtime,
            queue,
            outbox,
        };
        Ok(Self {
            transport,
            jobs,
            session,
        })
    }
}

impl Transport {
    fn serve(self, input: impl AsyncRead + Unpin, output: impl AsyncWrite) -> i32 {
        let serve = edge::serve(self.queue.clone(), self.outbox, input, output);
        let code = self.runtime.block_on(serve);
        self.queue.end();
        // Runs go on without us; nothing else is worth waiting for.
        self.runtime.shutdown_background();
        code
    }
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

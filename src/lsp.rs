//! `doppio lsp`: the language server, for editors to start.

use std::process::ExitCode;

use runner::hosts::{Hosts, Written};
use runner::secrets::Places;

use crate::report;

/// What `doppio lsp` can be told.
#[derive(clap::Args)]
pub(crate) struct Lsp {
    /// Taken because some editors say so; there is no other way.
    #[arg(long, hide = true)]
    stdio: bool,
}

impl Lsp {
    pub(crate) fn run(&self) -> ExitCode {
        let served = options().and_then(|options| {
            lsp::serve(options).map_err(|error| format!("cannot start a thread: {error}"))
        });
        let Err(problem) = served;
        report::error(problem, "", 1)
    }
}

fn options() -> Result<lsp::Options, String> {
    let state = runner::paths::state().map_err(|error| error.to_string())?;
    let executable = std::env::current_exe()
        .map_err(|error| format!("cannot find the program that runs recipes: {error}"))?;
    Ok(lsp::Options {
        executable,
        secrets: Places::new(&state),
        state_folder: state,
        hosts,
        host: written,
    })
}

/// Where a host is written down, if that can be read.
fn written(id: &str) -> Option<Written> {
    Hosts::load().ok()?.written(id)
}

/// The ids of the user's hosts. A hosts file that cannot be read is for `doppio host list` to report.
fn hosts() -> Vec<String> {
    Hosts::load().map_or_else(|_| Vec::new(), |hosts| hosts.names())
}

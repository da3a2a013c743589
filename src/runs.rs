//! `doppio runs` and `doppio log`: the runs that are kept.

use std::fs;
use std::process::ExitCode;

use clap::ValueEnum;
use runner::event::RunStatus;
use runner::paths;
use runner::store::{KeptStatus, RunSummary, Store};
use runner::visible::escaped;

use crate::report::{self, WRONG_USE};
use crate::view::print;

#[derive(clap::Args)]
pub(crate) struct Runs {
    /// How to print them.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(clap::Args)]
pub(crate) struct Log {
    /// The run's id, the beginning of one, or `latest`.
    id: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Where runs are kept.
pub(crate) fn store() -> Result<Store, String> {
    let state = paths::state().map_err(|error| error.to_string())?;
    Ok(Store::at(state.join("runs")))
}

impl Runs {
    pub(crate) fn run(&self) -> ExitCode {
        let listed = store().and_then(|store| store.list().map_err(|error| error.to_string()));
        show(listed.and_then(|runs| {
            match self.format {
                Format::Text => Ok(table(&runs)),
                Format::Json => serde_json::to_string_pretty(&runs)
                    .map(|json| json + "\n")
                    .map_err(|error| error.to_string()),
            }
        }))
    }
}

impl Log {
    pub(crate) fn run(&self) -> ExitCode {
        let find = |store: Store| store.log_path(&self.id).map_err(|error| error.to_string());
        let path = store().and_then(find);
        show(path.and_then(|path| {
            fs::read_to_string(&path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))
        }))
    }
}

fn show(text: Result<String, String>) -> ExitCode {
    match text {
        // A reader that has seen enough, such as `head`, is no failure.
        Ok(text) => {
            let _ = print(&text);
            ExitCode::SUCCESS
        }
        Err(message) => report::error(message, "", WRONG_USE),
    }
}

fn table(runs: &[RunSummary]) -> String {
    if runs.is_empty() {
        return "no run is kept yet: `doppio run FILE` makes the first one\n".to_owned();
    }
    let mut out = String::new();
    for run in runs {
        let status = match run.status {
            KeptStatus::Running => "running",
            KeptStatus::Interrupted => "interrupted",
            KeptStatus::Finished(RunStatus::Success) => "success",
            KeptStatus::Finished(RunStatus::Failed) => "failed",
            KeptStatus::Finished(RunStatus::Cancelled) => "cancelled",
            KeptStatus::Finished(RunStatus::Refused) => "refused",
        };
        let on = match &run.target {
            Some(target) => format!(" on {}", escaped(target)),
            None => String::new(),
        };
        out.push_str(&format!(
            "{}  {status:<11}  {}{on}\n",
            run.id,
            escaped(&run.recipe)
        ));
    }
    out
}

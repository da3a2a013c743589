//! The command line of Doppio: one file a subcommand. `view/` shows runs, `report` says the rest.

mod ask;
mod check;
mod dry_run;
mod explain;
mod fmt;
mod graph;
mod host;
mod lsp;
mod render;
mod report;
mod run;
mod runs;
mod scan;
mod schema;
mod secret;
mod signals;
mod source;
mod view;

use std::process::ExitCode;

use clap::Parser;

/// Checks and runs recipes on remote machines, with secrets from the OS keychain.
#[derive(Parser)]
#[command(
    name = "doppio",
    version,
    subcommand_required = true,
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Check recipes and say what is wrong with them.
    Check(check::Check),
    /// Print the page of a check, or list them all.
    Explain(explain::Explain),
    /// Bring recipes into the one style.
    Fmt(fmt::Fmt),
    /// Draw the steps of a recipe and what they wait for.
    Graph(graph::Graph),
    /// Name hosts, test them, and record their keys.
    Host(host::Host),
    /// Serve an editor over standard input and output.
    Lsp(lsp::Lsp),
    /// Run a recipe.
    Run(run::Run),
    /// List the runs that are kept, the newest first.
    Runs(runs::Runs),
    /// Print the masked log of a run.
    Log(runs::Log),
    /// Print the JSON Schema of recipes, for other TOML servers.
    Schema(schema::Schema),
    /// Store, list and delete secrets.
    Secret(secret::Secret),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Check(check) => check.run(),
        Command::Explain(explain) => explain.run(),
        Command::Fmt(fmt) => fmt.run(),
        Command::Graph(graph) => graph.run(),
        Command::Host(host) => host.run(),
        Command::Lsp(lsp) => lsp.run(),
        Command::Run(run) => run.run(),
        Command::Runs(runs) => runs.run(),
        Command::Log(log) => log.run(),
        Command::Schema(schema) => schema.run(),
        Command::Secret(secret) => secret.run(),
    }
}

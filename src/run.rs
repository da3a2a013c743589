//! `doppio run`: from a file to a plan, from a plan to an exit code.

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use recipe::diagnostic::{Diagnostic, Severity};
use recipe::{Analyser, LineIndex, MissingVariable, PlanError, PlanOptions};
use runner::approval::{Approval, Approvals, Given};
use runner::event::{Event, RunStatus, What};
use runner::execute::{Finish, Request, execute};
use runner::hosts::Hosts;
use runner::paths;
use runner::preflight::World;
use runner::problem::{Problem, ProblemKind, only_asks};
use runner::secrets::{Permit, Places, SecretNames, Values};
use runner::ssh::ConnectOptions;
use runner::store::{self, Store};
use tokio_util::sync::CancellationToken;

use crate::ask::Asker;
use crate::render::render;
use crate::report::{self, MISSING, WRONG_USE};
use crate::signals::{CANCELLED, cancel_on_signals};
use crate::view::{self, Format, print, wants_colour};
use crate::{dry_run, runs, source};

#[derive(clap::Args)]
pub(crate) struct Run {
    /// The recipe's file; `-` reads the recipe from standard input.
    file: PathBuf,
    /// Where the recipe is from, if it comes from standard input: relative local paths start there.
    #[arg(long, value_name = "FILE")]
    path: Option<PathBuf>,
    /// The host that `${target}` stands for.
    #[arg(long, value_name = "HOST")]
    target: Option<String>,
    /// Replaces the value of a variable; can be repeated.
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = variable)]
    vars: Vec<(String, String)>,
    /// Runs exactly this step, its dependencies counting as done; can be repeated.
    #[arg(long = "step", value_name = "ID", conflicts_with = "from")]
    steps: Vec<String>,
    /// Runs this step and all that depend on it.
    #[arg(long, value_name = "ID")]
    from: Option<String>,
    /// How many steps may run at once.
    #[arg(long, value_name = "N", default_value = "4")]
    jobs: NonZeroUsize,
    /// Goes on with steps that do not depend on a failed one.
    #[arg(long)]
    keep_going: bool,
    /// Shows what would run, in which order and where; connects to nothing and reads no secret.
    #[arg(long)]
    dry_run: bool,
    /// Runs whatever the recipe does, without showing it first.
    #[arg(long, short, conflicts_with = "approve")]
    yes: bool,
    /// Approves what the recipe does if it has this hash, which a refused run names.
    #[arg(long, value_name = "HASH")]
    approve: Option<String>,
    /// Trusts and records the keys of hosts that have never been seen.
    #[arg(long)]
    accept_new_host_keys: bool,
    /// Trusts and records the key with this fingerprint of a host that has never been seen, and no
    /// other; can be repeated.
    #[arg(long = "accept-host-key", value_name = "SHA256:…")]
    accept_host_keys: Vec<String>,
    /// How to show the run.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// The text of a recipe, and where it is from.
struct Source {
    text: Arc<str>,
    path: Option<PathBuf>,
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it like NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Run {
    pub(crate) fn run(self) -> ExitCode {
        let request = match Source::read(&self) {
            Ok(source) => source
                .request(&self)
                .map(|request| (request, source.folder())),
            Err(message) => Err(refuse_command_line(self.format, message)),
        };
        let (request, folder) = match request {
            Ok(request) => request,
            Err(refused) => return refused,
        };
        if self.dry_run {
            return show_plan(&request, self.format);
        }
        match tokio::runtime::Runtime::new() {
            Ok(runtime) => {
                let code = runtime.block_on(self.execute(&request, folder));
                // A question that nobody answers any more must not hold us up.
                runtime.shutdown_background();
                code
            }
            Err(error) => report::error(error, "", MISSING),
        }
    }

    async fn execute(&self, request: &Request, folder: Option<PathBuf>) -> ExitCode {
        let cancel = CancellationToken::new();
        match cancel_on_signals(cancel.clone()) {
            Ok(watch) => drop(tokio::spawn(watch)),
            Err(error) => {
                report::warning(format!(
                    "Ctrl-C will not wait for the steps to end: {error}"
                ));
            }
        }
        let store = runs::store();
        let keep = |store: &Store| {
            store
                .create(&request.run_id)
                .map_err(|error| error.to_string())
        };
        let kept = store.as_ref().map_err(Clone::clone).and_then(keep);
        if let Err(error) = &kept {
            report::warning(format!("this run will not be recorded: {error}"));
        }
        let (listener, viewer) = view::listen(self.format, kept.ok());
        let finish = execute(request, self.world(folder), listener, cancel).await;
        // When it ends it has shown everything. One that panicked has nothing more to show.
        let _ = viewer.join();
        if let Ok(store) = store
            && only_asks(&finish.problems)
        {
            store.forget(&request.run_id);
        }
        ExitCode::from(exit_code(&finish))
    }

    /// What the run may use: the user's hosts, the keychain, the environment, the person at the
    /// terminal.
    fn world(&self, folder: Option<PathBuf>) -> World {
        // Without a home folder there is no index of names, and nothing else is lost.
        let state = paths::state();
        let places = Places::new(state.as_deref().unwrap_or(Path::new("")));
        let asker = Asker::new(&places, self.format == Format::Text)
            .accepting(self.accept_host_keys.clone());
        let asker = Arc::new(asker);
        let approval = Approval {
            given: self.given(),
            kept: state.map_or_else(|_| Approvals::nowhere(), |state| Approvals::new(&state)),
            approver: asker.clone(),
        };
        let permit = Permit::for_command_line();
        World {
            folder,
            hosts: Hosts::load(),
            connecting: ConnectOptions::new(self.accept_new_host_keys, asker),
            names: SecretNames::new(&places),
            values: Values::new(&permit, &places),
            permit,
            approval,
        }
    }

    /// What the command line says of the effects of the run.
    fn given(&self) -> Given {
        match (&self.approve, self.yes) {
            (_, true) => Given::Everything,
            (Some(hash), false) => Given::Hash(hash.clone()),
            (None, false) => Given::Nothing,
        }
    }
}

/// Prints what a run would do.
fn show_plan(request: &Request, format: Format) -> ExitCode {
    let previews = dry_run::preview(request);
    let shown = match format {
        Format::Text => print(&dry_run::text(&request.plan.name, &previews)),
        Format::Jsonl => previews.iter().try_for_each(|preview| {
            let line = serde_json::to_string(preview)?;
            print(&(line + "\n"))
        }),
    };
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Tells what is wrong with the command line, in the format that was asked for.
fn refuse_command_line(format: Format, message: String) -> ExitCode {
    match format {
        Format::Text => drop(report::error(message, "", WRONG_USE)),
        Format::Jsonl => refuse_as_event(vec![wrong(None, message)]),
    }
    ExitCode::from(WRONG_USE)
}

/// Tells which variables have no value.
fn refuse_variables(missing: &[MissingVariable], format: Format) -> ExitCode {
    let problem = |it: &MissingVariable| Problem {
        kind: ProblemKind::VariableMissing {
            name: it.name.clone(),
        },
        steps: vec![it.step.clone()],
        message: it.to_string(),
    };
    match format {
        Format::Text => missing.iter().for_each(|it| {
            report::error(it, "", WRONG_USE);
        }),
        Format::Jsonl => refuse_as_event(missing.iter().map(problem).collect()),
    }
    ExitCode::from(WRONG_USE)
}

/// A run that never got a name: one `refused` event is all there is to it.
fn refuse_as_event(problems: Vec<Problem>) {
    if let Ok(line) = Event::now(What::Refused { problems }).to_line() {
        // Without a reader the exit code still tells.
        let _ = print(&line);
    }
}

fn wrong(line: Option<usize>, message: String) -> Problem {
    Problem {
        kind: ProblemKind::RecipeWrong { line },
        steps: Vec::new(),
        message,
    }
}

fn exit_code(finish: &Finish) -> u8 {
    match finish.status {
        RunStatus::Success => 0,
        RunStatus::Failed => 1,
        RunStatus::Cancelled => CANCELLED,
        RunStatus::Refused if finish.problems.iter().any(|it| it.kind.is_wrong()) => WRONG_USE,
        RunStatus::Refused => MISSING,
    }
}

/// The path as it is from everywhere, since a list of runs is read elsewhere.
fn whole_path(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    whole.display().to_string()
}

impl Source {
    fn read(args: &Run) -> Result<Self, String> {
        let from_stdin = args.file == Path::new("-");
        let bytes = source::read(&args.file)
            .map_err(|error| format!("cannot read {}: {error}", args.file.display()))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            format!(
                "{} is not UTF-8: the byte at {at} is wrong",
                args.file.display()
            )
        })?;
        let path = match (&args.path, from_stdin) {
            (Some(path), _) => Some(path.clone()),
            (None, true) => None,
            (None, false) => Some(args.file.clone()),
        };
        Ok(Self {
            text: text.into(),
            path,
        })
    }

    /// The folder where relative local paths start.
    fn folder(&self) -> Option<PathBuf> {
        let parent = self.path.as_deref()?.parent()?;
        match parent.as_os_str().is_empty() {
            true => None,
            false => Some(parent.to_owned()),
        }
    }

    /// What to run, or the exit code after the reason was told.
    fn request(&self, args: &Run) -> Result<Request, ExitCode> {
        let file_name = self.path.as_deref().and_then(Path::file_name);
        let file_name = file_name.map(|name| name.to_string_lossy());
        let analysis = Analyser::default().analyse(self.text.clone(), file_name.as_deref());
        let options = PlanOptions {
            vars: args.vars.iter().cloned().collect(),
            only: args.steps.clone(),
            from: args.from.clone(),
        };
        let plan = match recipe::plan(&analysis, &options) {
            Ok(plan) => plan,
            Err(PlanError::CommandLine(message)) => {
                return Err(refuse_command_line(args.format, message));
            }
            Err(PlanError::Variables(missing)) => {
                return Err(refuse_variables(&missing, args.format));
            }
            Err(PlanError::Recipe(diagnostics)) => {
                return Err(self.refuse_recipe(&diagnostics, args.format));
            }
        };
        if args.format == Format::Text {
            let found = analysis.text_diagnostics().iter();
            self.explain(found.filter(|it| it.severity == Severity::Warning));
        }
        Ok(Request {
            plan,
            run_id: store::new_id(),
            path: self.path.as_deref().map(whole_path),
            target: args.target.clone(),
            jobs: args.jobs,
            keep_going: args.keep_going,
            colour: wants_colour(args.format),
        })
    }

    /// Tells what is wrong with the recipe, in the format that was asked for.
    fn refuse_recipe(&self, diagnostics: &[Diagnostic], format: Format) -> ExitCode {
        let lines = LineIndex::new(&self.text);
        let problem = |it: &Diagnostic| {
            let line = lines.line_of(it.span.start) + 1;
            wrong(Some(line), it.message.clone())
        };
        match format {
            Format::Text => {
                self.explain(diagnostics.iter());
                report::error("the recipe cannot run; nothing was run", "", WRONG_USE)
            }
            Format::Jsonl => {
                refuse_as_event(diagnostics.iter().map(problem).collect());
                ExitCode::from(WRONG_USE)
            }
        }
    }

    /// Shows diagnostics to a person, on standard error.
    fn explain<'a>(&self, diagnostics: impl Iterator<Item = &'a Diagnostic>) {
        let name = self.path.as_deref().unwrap_or(Path::new("-"));
        let name = name.display().to_string();
        let shown = recipe::masked(&self.text);
        for diagnostic in diagnostics {
            let text = render(&name, &shown, diagnostic);
            // Where standard error is gone, nobody is there to be told.
            let _ = writeln!(anstream::stderr(), "{text}\n");
        }
    }
}

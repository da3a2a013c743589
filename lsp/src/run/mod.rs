//! Runs that were started from the editor: one at a time for each document.
//!
//! A run is a process of its own, this very program as `doppio run`, so that values, sockets and
//! crashes stay outside of the server, and so that it can outlive the editor. What is known here is
//! what its events tell. `process` starts it and listens, `supply` turns what it misses into
//! commands that supply it.

mod process;
mod supply;

pub(crate) use process::keep;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use recipe::diagnostic::{Diagnostic, Severity};
use runner::approval;
use runner::event::{Event, RunStatus, What};
use runner::problem::{Problem, ProblemKind, only_asks};
use tokio::sync::Notify;

use crate::commands::{Command, RunRequest};
use crate::document::Snapshot;
use crate::outbox::{Level, Message};
use crate::session::Session;

/// The code of the diagnostic on a step that failed. It is none of the checks and has no page.
pub(crate) const FAILED: &str = "run-failed";

/// How many lines of each command a person sees who is to approve it.
const LINES: usize = 8;

/// What is running, and what is left of the last runs.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    /// By document.
    active: BTreeMap<String, Active>,
    /// The steps that failed in the last run of a document, with why.
    failures: BTreeMap<String, Vec<(String, String)>>,
    /// What the last run of a document was, and its steps that failed: it can go on from them, also
    /// after an edit.
    again: BTreeMap<String, (RunRequest, Vec<String>)>,
    /// The log of the last run of a document.
    logs: BTreeMap<String, PathBuf>,
    /// What supplies what the last run of a document missed.
    wants: BTreeMap<String, Vec<Command>>,
    /// How many runs were started: names their progress.
    started: u64,
}

/// A run under way.
#[derive(Debug)]
struct Active {
    request: RunRequest,
    /// The recipe's name, or its file's.
    title: String,
    /// Its id, once it has started.
    id: Option<String>,
    /// Names its progress.
    token: String,
    /// Asks the process to end.
    cancel: Arc<Notify>,
    log: Option<PathBuf>,
    /// The names of its steps by id.
    steps: BTreeMap<String, String>,
    ended: usize,
    problems: Vec<Problem>,
    status: Option<RunStatus>,
}

/// How the process of a run ended.
#[derive(Debug)]
struct Ending {
    /// What it said on standard error, for people.
    words: String,
    /// Where that is which a dry run said, if it succeeded.
    preview: Option<PathBuf>,
}

impl Runs {
    /// Asks the run whose progress has this token to end.
    pub(crate) fn cancel(&self, token: &str) {
        if let Some(run) = self.active.values().find(|run| run.token == token) {
            run.cancel.notify_one();
        }
    }

    /// Asks the run of a document to end.
    pub(crate) fn cancel_of(&self, uri: &str) {
        if let Some(run) = self.active.get(uri) {
            run.cancel.notify_one();
        }
    }

    /// The text was edited, or another run starts: what failed is history.
    pub(crate) fn forget_failure(&mut self, uri: &str) {
        self.failures.remove(uri);
    }

    /// What the last run missed is not offered any more.
    pub(crate) fn forget_wants(&mut self, uri: &str) {
        self.wants.remove(uri);
        self.again.remove(uri);
    }

    /// The steps that failed in the last run of a document, with what runs it again from there.
    pub(crate) fn again(&self, uri: &str) -> Vec<(String, RunRequest)> {
        let again = self
            .again
            .get(uri)
            .filter(|_| !self.active.contains_key(uri));
        let request = |(request, steps): &(RunRequest, Vec<String>)| {
            let one = |step: &String| (step.clone(), request.starting_at(step));
            steps.iter().map(one).collect()
        };
        again.map(request).unwrap_or_default()
    }

    /// What failed in the last run of a document.
    pub(crate) fn failure(&self, snapshot: &Snapshot) -> Vec<Diagnostic> {
        let failures = self.failures.get(&snapshot.uri).into_iter().flatten();
        let place = |(id, message): &(String, String)| {
            let step = snapshot.analysis.recipe.step(id)?;
            let message = format!("this step failed: {message}");
            let span = step.fields.span;
            Some(Diagnostic::new(FAILED, Severity::Error, span, message))
        };
        failures.filter_map(place).collect()
    }

    /// The commands for a document besides those that are always there: what supplies what its last
    /// run missed, or how to end the one that is under way.
    pub(crate) fn commands(&self, uri: &str) -> Vec<Command> {
        match self.active.contains_key(uri) {
            true => vec![Command::cancel(uri)],
            false => {
                let wants = self.wants.get(uri).into_iter().flatten();
                wants.filter(|it| it.is_for_all()).cloned().collect()
            }
        }
    }
}

impl Session {
    /// Starts a run of an open document, or says why not.
    pub(crate) fn run(&mut self, request: RunRequest) {
        let uri = request.uri.clone();
        let Some(snapshot) = self.recipe(&uri) else {
            self.say(
                Level::Error,
                format!("{uri} is not open as a recipe, so it cannot be run."),
            );
            return;
        };
        let title = title(&snapshot);
        if let Some(why) = self.why_not(&snapshot, &request) {
            self.say(Level::Error, format!("'{title}' was not started: {why}"));
            return;
        }
        self.runs.forget_failure(&uri);
        self.runs.forget_wants(&uri);
        self.runs.started += 1;
        let token = format!("doppio-run-{}", self.runs.started);
        let cancel = Arc::new(Notify::new());
        if self.offers.progress {
            self.parts.outbox.say(Message::Begin {
                token: token.clone(),
                title: match request.dry_run {
                    true => format!("Dry run of '{title}'"),
                    false => format!("Running '{title}'"),
                },
            });
        }
        let start = process::Start {
            executable: self.parts.executable.clone(),
            request: request.clone(),
            path: path(&uri),
            folder: self.offers.folders.first().cloned(),
            text: snapshot.text().clone(),
            runs_folder: self.parts.state_folder.join("runs"),
            preview_file: self.parts.state_folder.join("dry-run.txt"),
            cancel: cancel.clone(),
            events: self.offers.run_events.then(|| self.parts.outbox.clone()),
        };
        self.parts
            .tasks
            .spawn(process::follow(start, self.parts.queue.clone()));
        let run = Active {
            request,
            title,
            id: None,
            token,
            cancel,
            log: None,
            steps: BTreeMap::new(),
            ended: 0,
            problems: Vec::new(),
            status: None,
        };
        self.runs.active.insert(uri, run);
        self.look_again();
    }

    /// Why a run does not start.
    fn why_not(&self, snapshot: &Snapshot, request: &RunRequest) -> Option<String> {
        if let Some(why) = self.refusal() {
            return Some(why);
        }
        if self.runs.active.contains_key(&snapshot.uri) {
            return Some("it is running already. Cancel that run or wait for its end.".to_owned());
        }
        if request.step.is_some() && request.from.is_some() {
            return Some("it runs one `step` or `from` one on, not both.".to_owned());
        }
        let step = request.step.as_ref().or(request.from.as_ref());
        if let Some(id) = step.filter(|id| snapshot.analysis.recipe.step(id).is_none()) {
            return Some(format!("it has no step '{id}'."));
        }
        let found = self.diagnostics(snapshot);
        let errors = found.iter();
        let is_error = |it: &&Diagnostic| it.severity == Severity::Error && it.code != FAILED;
        let errors: Vec<&Diagnostic> = errors.filter(is_error).collect();
        let first = errors.first()?;
        let line = snapshot.range(first.span).start.line + 1;
        let more = match errors.len() - 1 {
            0 => String::new(),
            more => format!(" ({more} more)"),
        };
        Some(format!("line {line}: {}{more}", first.message))
    }

    /// Takes in an event of the run of a document.
    fn heard(&mut self, uri: &str, event: Event, log: Option<PathBuf>) {
        let Some(run) = self.runs.active.get_mut(uri) else {
            return;
        };
        run.log = log.or(run.log.take());
        match event.what {
            What::RunStarted { run_id, steps, .. } => {
                self.panels.started(&run_id);
                run.id = Some(run_id);
                run.steps = steps.into_iter().map(|step| (step.id, step.name)).collect();
            }
            What::Refused { problems } => run.problems = problems,
            What::StepStarted { step, .. } => {
                let name = run.steps.get(&step).cloned().unwrap_or(step);
                self.report(uri, &name);
            }
            What::StepFinished {
                step,
                status: runner::event::StepStatus::Failed,
                message,
                ..
            } => {
                run.ended += 1;
                let why = message.unwrap_or_else(|| "see the log".to_owned());
                let again = self.runs.again.entry(uri.to_owned());
                let (_, steps) = again.or_insert_with(|| (run.request.clone(), Vec::new()));
                steps.push(step.clone());
                let failures = self.runs.failures.entry(uri.to_owned()).or_default();
                failures.push((step, why));
                self.look_again();
            }
            What::StepFinished { .. } | What::StepSkipped { .. } => run.ended += 1,
            What::RunFinished { status, .. } => run.status = Some(status),
            What::Output { .. } | What::StepRetrying { .. } | What::Warning { .. } => {}
        }
    }

    fn report(&self, uri: &str, step: &str) {
        if let Some(run) = self.runs.active.get(uri).filter(|_| self.offers.progress) {
            let all = run.steps.len().max(1);
            self.parts.outbox.say(Message::Report {
                token: run.token.clone(),
                message: step.to_owned(),
                percentage: u32::try_from(run.ended * 100 / all).unwrap_or(100).min(100),
            });
        }
    }

    /// The process of a run is over: says how it went and offers what was missing.
    fn ended(&mut self, uri: &str, ending: Ending) {
        let Some(run) = self.runs.active.remove(uri) else {
            return;
        };
        let is_kept = !only_asks(&run.problems);
        if let Some(log) = run.log.clone().filter(|_| is_kept) {
            self.runs.logs.insert(uri.to_owned(), log);
        }
        let hosts = (self.parts.hosts)();
        let wants = supply::commands(&run.request, &run.problems, &hosts);
        // Who shows what is wanted need not hear where else it is offered.
        let told: &[Command] = if self.offers.wants { &[] } else { &wants };
        let (level, words) = outcome(&run, &ending, told);
        if self.offers.progress {
            self.parts.outbox.say(Message::End {
                token: run.token.clone(),
                message: words.clone(),
            });
        }
        if self.offers.wants {
            self.parts.outbox.say(Message::RunWants {
                uri: uri.to_owned(),
                run: run.id.clone().filter(|_| is_kept),
                commands: wants.clone(),
                message: words.clone(),
                approval: run.problems.iter().find_map(to_approve),
            });
        }
        self.tell(&run, ending.preview, level, words);
        if !wants.is_empty() {
            self.runs.wants.insert(uri.to_owned(), wants);
        }
        self.look_again();
    }
}

impl Session {
    /// Shows the log of the last run of a document, or says where it is.
    pub(crate) fn show_log(&self, uri: &str) {
        match self.runs.logs.get(uri) {
            Some(log) if self.offers.show_document => {
                self.parts.outbox.say(Message::Show(log.clone()));
            }
            Some(log) => self.say(Level::Info, format!("The log is {}", log.display())),
            None => self.say(
                Level::Info,
                "It has not run from this editor since the server started. 'doppio runs' lists what ran.",
            ),
        }
    }

    /// Says how a run went, as far as the client does not show that itself.
    fn tell(&self, run: &Active, preview: Option<PathBuf>, level: Level, words: String) {
        let is_shown = match run.status {
            Some(RunStatus::Refused) => self.offers.wants,
            Some(_) => self.offers.run_events,
            None => self.offers.wants && !run.problems.is_empty(),
        };
        if is_shown {
            return;
        }
        let is_worth_a_look = run.request.dry_run || run.status == Some(RunStatus::Failed);
        match run.log.clone().or(preview) {
            Some(file) if is_worth_a_look && self.offers.show_document => {
                self.say(level, words);
                self.parts.outbox.say(Message::Show(file));
            }
            Some(file) if run.problems.is_empty() => {
                self.say(level, format!("{words} See {}", file.display()));
            }
            _ => self.say(level, words),
        }
    }
}

/// How a run went, in words.
fn outcome(run: &Active, ending: &Ending, wants: &[Command]) -> (Level, String) {
    let title = &run.title;
    match run.status {
        None if ending.preview.is_some() => (Level::Info, format!("'{title}': dry run.")),
        None if !run.problems.is_empty() => refused(run, wants),
        Some(RunStatus::Success) => (Level::Info, format!("'{title}' succeeded.")),
        Some(RunStatus::Failed) => (Level::Error, format!("'{title}' failed.")),
        Some(RunStatus::Cancelled) => (Level::Info, format!("'{title}' was cancelled.")),
        Some(RunStatus::Refused) => refused(run, wants),
        None => {
            let why = match ending.words.is_empty() {
                true => "its process ended without a word.".to_owned(),
                false => ending.words.clone(),
            };
            (Level::Error, format!("'{title}' was not run: {why}"))
        }
    }
}

/// What kept a run from starting, and what the user can do about it from here.
fn refused(run: &Active, wants: &[Command]) -> (Level, String) {
    let mut words = format!("'{}' was not started:", run.title);
    for problem in &run.problems {
        let message = to_approve(problem).unwrap_or_else(|| problem.message.clone());
        words.push_str(&format!("\n{message}"));
    }
    let offered = wants.iter().filter(|it| it.is_for_all());
    let titles: Vec<_> = offered.map(|it| format!("'{}'", it.title)).collect();
    if !titles.is_empty() {
        words.push_str(&format!("\nCode actions here: {}.", titles.join(", ")));
    }
    (Level::Warning, words)
}

/// What a user reads who is to approve what a run does.
fn to_approve(problem: &Problem) -> Option<String> {
    match &problem.kind {
        ProblemKind::ApprovalNeeded {
            effects, changes, ..
        } => Some(approval::told(effects, changes.as_deref(), LINES)),
        _ => None,
    }
}

/// What people call a recipe.
pub(crate) fn title(snapshot: &Snapshot) -> String {
    let meta = snapshot.analysis.recipe.meta.as_ref();
    let name = meta
        .and_then(|meta| meta.name("name"))
        .map(|name| snapshot.analysis.mask().hide(&name.value).into_owned());
    let file = || {
        snapshot
            .uri
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    name.filter(|name| !name.trim().is_empty())
        .unwrap_or_else(file)
}

/// The file of a document, if it is one.
pub(crate) fn path(uri: &str) -> Option<PathBuf> {
    let encoded = uri.strip_prefix("file://")?;
    let path = percent_decoded(encoded)?;
    Some(Path::new(&path).to_owned()).filter(|path| path.is_absolute())
}

/// Undoes the `%41` of URIs. None if what comes out is no text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *byte == b'%');
        let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

//! The state of the server: open documents, what the keychain told, runs. One thread owns it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use recipe::checks::Levels;
use recipe::diagnostic::{Diagnostic, Edit};
use recipe::{Analyser, Analysis, Facts, SecretName, Span};
use runner::hosts::Written;
use runner::record::History;
use runner::secrets::SecretNames;
use runner::shellcheck::Shellcheck;
use runner::store::Store;

use crate::document::{Change, Document, Snapshot};
use crate::edge::file_uri;
use crate::features::actions::{Action, Kind};
use crate::features::hints::Wanted;
use crate::features::lenses::Lens;
use crate::features::paths::Base;
use crate::features::rename::in_hosts_file;
use crate::features::{self, Offered, World};
use crate::offers::Offers;
use crate::outbox::{Level, Message, Outbox};
use crate::panels::{self, Panels, Topic};
use crate::queue::Queue;
use crate::run::Runs;
use crate::secrets::{News, Secrets};
use crate::settings::Settings;
use crate::shellcheck::Scripts;

/// The state.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) offers: Offers,
    pub(crate) secrets: Secrets,
    pub(crate) runs: Runs,
    pub(crate) scripts: Scripts,
    pub(crate) panels: Panels,
    /// Secrets that were renamed in recipes: the old and the new name.
    pub(crate) renamed: Vec<(SecretName, SecretName)>,
    pub(crate) parts: Parts,
    /// What the user wants to be told, and how loudly.
    pub(crate) levels: Levels,
    /// What the user wants to see within the text.
    pub(crate) hints: Wanted,
    documents: BTreeMap<String, Open>,
    analyser: Analyser,
    /// How long the last look at all stale documents took.
    cost: Duration,
}

/// What the session works with.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) queue: Queue,
    pub(crate) outbox: Outbox,
    pub(crate) tasks: tokio::runtime::Handle,
    pub(crate) names: SecretNames,
    /// The program that runs recipes: this one.
    pub(crate) executable: PathBuf,
    /// Where runs are recorded.
    pub(crate) state_folder: PathBuf,
    /// The ids of the hosts in the user's hosts file, as it is now.
    pub(crate) hosts: fn() -> Vec<String>,
    /// Where one of them is written down.
    pub(crate) host: fn(&str) -> Option<Written>,
}

/// An open document and what was said of it.
#[derive(Debug)]
struct Open {
    document: Document,
    /// Whether what was said is out of date.
    is_stale: bool,
    /// What was said last; `None` while nothing was ever said.
    said: Option<(i32, Vec<Diagnostic>)>,
}

impl Session {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            offers: Offers::default(),
            secrets: Secrets::new(),
            runs: Runs::default(),
            scripts: Scripts::default(),
            panels: Panels::new(History::of(Store::at(parts.state_folder.join("runs")))),
            renamed: Vec::new(),
            parts,
            levels: Levels::default(),
            hints: Wanted::default(),
            documents: BTreeMap::new(),
            analyser: Analyser::default(),
            cost: Duration::ZERO,
        }
    }

    /// Takes over what the user set.
    pub(crate) fn configure(&mut self, settings: Settings) {
        for complaint in settings.complaints {
            let message = Message::Say(Level::Warning, format!("Doppio: {complaint}"));
            self.parts.outbox.say(message);
        }
        if let Some(levels) = settings.levels.filter(|levels| self.levels != *levels) {
            self.levels = levels;
            self.look_again();
        }
        if let Some(hints) = settings.hints.filter(|hints| self.hints != *hints) {
            self.hints = hints;
            self.parts.outbox.say(Message::RefreshHints);
        }
    }

    /// The client is ready: what is slow begins now.
    pub(crate) fn start(&mut self) {
        if self.offers.panels {
            self.start_watching();
        }
        if self.is_trusted() {
            self.scripts.program = Shellcheck::find();
            self.ask_keychain();
        }
    }

    /// From now on what the keychain holds is known.
    pub(crate) fn ask_keychain(&mut self) {
        let Parts {
            tasks,
            names,
            queue,
            ..
        } = &self.parts;
        self.secrets.watch(tasks, names.clone(), queue.clone());
    }

    pub(crate) fn open(&mut self, uri: String, version: i32, text: &str) {
        let document = Document::new(uri.clone(), version, text, self.offers.encoding);
        let said = self.documents.remove(&uri).and_then(|open| open.said);
        let open = Open {
            document,
            is_stale: true,
            said,
        };
        self.runs.forget_failure(&uri);
        self.documents.insert(uri, open);
    }

    pub(crate) fn change(&mut self, uri: &str, version: i32, changes: &[Change]) {
        let Some(open) = self.documents.get_mut(uri) else {
            return;
        };
        // Edited as a copy, which shares what stays: should this panic, the old text is still there.
        let mut document = open.document.clone();
        if document.change(version, changes) {
            open.document = document;
            open.is_stale = true;
            self.runs.forget_failure(uri);
        }
    }

    /// The version of an open document that comes next, where the client counts them one by one and
    /// does not keep their order.
    pub(crate) fn next_version(&self, uri: &str) -> Option<i32> {
        let open = self.documents.get(uri).filter(|_| self.offers.overtakes)?;
        open.document.version().checked_add(1)
    }

    pub(crate) fn save(&mut self) {
        self.secrets.look_again();
        self.rescan();
    }

    pub(crate) fn close(&mut self, uri: &str) {
        let said = self.documents.remove(uri).and_then(|open| open.said);
        if said.is_some_and(|(_, said)| !said.is_empty()) && !self.offers.pull_diagnostics {
            let uri = uri.to_owned();
            self.parts.outbox.say(Message::NoDiagnostics { uri });
        }
        self.runs.forget_failure(uri);
        self.runs.forget_wants(uri);
        self.use_names();
    }

    /// The current version of a document, unless it is not open.
    pub(crate) fn snapshot(&mut self, uri: &str) -> Option<Arc<Snapshot>> {
        let open = self.documents.get_mut(uri)?;
        Some(open.document.snapshot(&mut self.analyser))
    }

    /// The same, if it is a recipe: of other TOML nothing is said.
    pub(crate) fn recipe(&mut self, uri: &str) -> Option<Arc<Snapshot>> {
        self.snapshot(uri)
            .filter(|snapshot| snapshot.analysis.is_recipe)
    }

    /// Where the paths of a recipe start.
    pub(crate) fn base(&self, uri: &str) -> Base {
        let file = crate::run::path(uri);
        let own = file.as_deref().and_then(std::path::Path::parent);
        Base {
            folder: own
                .map(PathBuf::from)
                .or_else(|| self.offers.folders.first().cloned()),
            home: std::env::home_dir(),
        }
    }

    /// What is wrong with a version of a document, its last run included.
    pub(crate) fn diagnostics(&self, snapshot: &Snapshot) -> Vec<Diagnostic> {
        let facts = Facts {
            remarks: self.scripts.remarks.clone(),
            ..self.secrets.facts()
        };
        let all = snapshot.analysis.diagnostics(&facts);
        let mut all = self.levels.apply(all);
        if snapshot.analysis.is_recipe {
            all.extend(self.runs.failure(snapshot));
        }
        all
    }

    /// The code actions at `span`, of the kinds that are asked for.
    pub(crate) fn actions(
        &self,
        snapshot: &Snapshot,
        span: Span,
        wants: &dyn Fn(Kind) -> bool,
    ) -> Vec<Action> {
        let found = self.diagnostics(snapshot);
        let wanted = self.runs.commands(&snapshot.uri);
        let again = self.runs.again(&snapshot.uri);
        let offered = Offered { wanted, again };
        let is_here = |it: &&Diagnostic| it.span.start <= span.end && span.start <= it.span.end;
        let here: Vec<&Diagnostic> = found.iter().filter(is_here).collect();
        let mut actions = self.moves(snapshot, &here);
        let secret = features::navigate::secret_at(&snapshot.analysis, span.start);
        let rename = secret.and_then(|name| self.secret_rename(&name));
        actions.extend(rename.map(Action::command));
        actions.retain(|action| wants(action.kind));
        actions.extend(features::actions::actions(
            &snapshot.analysis,
            &snapshot.uri,
            span,
            &found,
            offered,
            wants,
        ));
        actions
    }

    /// What a rename of the host at a place changes in the file that says what it is.
    pub(crate) fn renamed_host(
        &mut self,
        analysis: &Analysis,
        offset: usize,
        new: &str,
    ) -> Result<Option<(Arc<Snapshot>, Edit)>, String> {
        let found = in_hosts_file::edit(analysis, offset, new, &self.world())?;
        let Some((written, edit)) = found else {
            return Ok(None);
        };
        let Some(uri) = file_uri(&written.path) else {
            return Ok(None);
        };
        let file = match self.snapshot(&uri) {
            Some(open) if **open.text() != *written.text => {
                return Err("hosts.toml has changes that are not saved: save it first".to_owned());
            }
            Some(open) => open,
            None => Document::closed(uri, &written.text, self.offers.encoding)
                .snapshot(&mut self.analyser),
        };
        Ok(Some((file, edit)))
    }

    /// The code lenses of a document.
    pub(crate) fn lenses(&self, snapshot: &Snapshot) -> Vec<Lens> {
        let wanted = self.runs.commands(&snapshot.uri);
        let again = self.runs.again(&snapshot.uri);
        let offered = Offered { wanted, again };
        features::lenses::lenses(&snapshot.analysis, &snapshot.uri, offered)
    }

    /// The world outside the text, for features.
    pub(crate) fn world(&self) -> World<'_> {
        World {
            secrets: &self.secrets,
            hosts: if self.is_trusted() {
                self.parts.hosts
            } else {
                Vec::new
            },
            host: if self.is_trusted() {
                self.parts.host
            } else {
                |_| None
            },
            listed: if self.is_trusted() {
                panels::listed_hosts
            } else {
                Vec::new
            },
            snippets: self.offers.snippets,
            environment: if self.is_trusted() {
                environment
            } else {
                Vec::new
            },
            is_trusted: self.is_trusted(),
        }
    }

    /// Takes in what the keychain told.
    pub(crate) fn learn(&mut self, news: News) {
        // What was on its way when the user withdrew their trust is not taken in.
        if self.is_trusted() && self.secrets.learn(news) {
            self.changed(Topic::Secrets);
            // A recipe has a warning for each secret that is missing.
            self.changed(Topic::Recipes);
            self.look_again();
        }
    }

    /// What is said of every document may be out of date though nobody edited it.
    pub(crate) fn look_again(&mut self) {
        for open in self.documents.values_mut() {
            open.is_stale = true;
        }
        if self.offers.pull_diagnostics || self.offers.refresh_lenses {
            self.parts.outbox.say(Message::Refresh);
        }
    }

    /// How long [`Self::publish`] will probably take.
    pub(crate) fn cost_of_publishing(&self) -> Duration {
        match self.documents.values().any(|open| open.is_stale) {
            true => self.cost,
            false => Duration::ZERO,
        }
    }

    /// Says what is wrong with the documents that changed, and learns which secrets they use.
    pub(crate) fn publish(&mut self) {
        let stale = self.documents.iter_mut().filter(|(_, open)| open.is_stale);
        let stale: Vec<String> = stale
            .map(|(uri, open)| {
                // Before the look: should that panic, it is not tried for ever.
                open.is_stale = false;
                uri.clone()
            })
            .collect();
        if stale.is_empty() {
            return;
        }
        let started = Instant::now();
        for uri in stale {
            if let Some(snapshot) = self.snapshot(&uri)
                && !self.offers.pull_diagnostics
            {
                self.publish_one(&snapshot);
            }
        }
        self.cost = started.elapsed();
        self.use_names();
        self.look_at_scripts();
    }

    fn publish_one(&mut self, snapshot: &Arc<Snapshot>) {
        let found = self.diagnostics(snapshot);
        let Some(open) = self.documents.get_mut(&snapshot.uri) else {
            return;
        };
        let is_news = match &open.said {
            // Of TOML that is no recipe nothing is said, until there is something to take back.
            None => snapshot.analysis.is_recipe,
            Some((version, said)) => {
                let to_take_back = snapshot.analysis.is_recipe || !said.is_empty();
                *said != found || *version != snapshot.version && to_take_back
            }
        };
        if is_news {
            open.said = Some((snapshot.version, found.clone()));
            let message = Message::Diagnostics(snapshot.places.clone(), found);
            self.parts.outbox.say(message);
        }
    }

    /// The documents that are open.
    pub(crate) fn open_uris(&self) -> impl Iterator<Item = &str> {
        self.documents.keys().map(String::as_str)
    }

    /// Tells the keychain's task which secrets the open recipes and those of the workspace use.
    pub(crate) fn use_names(&mut self) {
        self.look_at_open_recipes();
        let mut names = self.names_in_workspace();
        for open in self.documents.values_mut() {
            let snapshot = open.document.snapshot(&mut self.analyser);
            if snapshot.analysis.is_recipe {
                names.extend(snapshot.analysis.names.secrets.keys().cloned());
            }
        }
        self.secrets.use_names(names);
    }
}

/// The names of this process's environment, which a run would inherit.
fn environment() -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

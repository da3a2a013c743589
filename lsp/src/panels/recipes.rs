//! The recipes of the workspace: those of its folders, and those that are open. A scan reads the folders
//! in a thread of its own, within limits; what it found comes back through the queue. What is open
//! counts for what is in the file.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use recipe::diagnostic::Severity;
use recipe::{Analyser, Mask, SecretName};
use runner::find;
use runner::secrets::Presence;
use serde::Serialize;

use super::Topic;
use super::runs::{Kept, LastRun, real};
use crate::document::{Document, Snapshot};
use crate::edge::file_uri;
use crate::position::{Encoding, Range};
use crate::run::path;
use crate::session::Session;
use crate::workspace::{LIMITS, MOST_RECIPES};

/// What is known of the recipes.
#[derive(Debug, Default)]
pub(crate) struct Recipes {
    /// Whether a client asked: only then are folders read.
    is_wanted: bool,
    scan: Option<Arc<AtomicBool>>,
    /// Whether something changed since the scan began.
    is_stale: bool,
    found: Found,
    /// What was last told of open documents.
    open: BTreeMap<String, Digest>,
}

/// What a scan found.
#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    /// By file; the number tells whether a text has been looked at already.
    files: BTreeMap<PathBuf, (u64, Arc<Digest>)>,
    /// What was not looked at, and why.
    message: Option<String>,
}

/// What is shown of a recipe.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Digest {
    uri: String,
    name: String,
    steps: Vec<StepLine>,
    errors: usize,
    warnings: usize,
    /// Whether the file can be read.
    readable: bool,
    #[serde(skip)]
    pub(super) secrets: BTreeMap<SecretName, Vec<Range>>,
}

/// What is shown of a step.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct StepLine {
    id: Option<String>,
    name: String,
    operation: Option<&'static str>,
    range: Range,
}

/// The answer to `doppio/recipes`.
#[derive(Debug, Serialize)]
pub(crate) struct RecipeList {
    recipes: Vec<Shown>,
    scanning: bool,
    message: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    #[serde(flatten)]
    digest: Digest,
    last_run: Option<LastRun>,
}

/// Where a secret is used.
#[derive(Clone, Debug, Serialize)]
pub(super) struct UsedAt {
    uri: String,
    range: Range,
}

impl RecipeList {
    /// Notes how each recipe ran last. What is open and what ran may be links to one file: they are
    /// followed, so this is nothing for the queue.
    pub(crate) fn note_runs(&mut self, kept: &Kept) {
        let last = kept.last();
        for shown in &mut self.recipes {
            let file = path(&shown.digest.uri).filter(|_| !last.is_empty());
            shown.last_run = file.and_then(|file| last.get(&real(file)).cloned());
        }
    }
}

impl Digest {
    fn of(snapshot: &Snapshot) -> Self {
        let analysis = &snapshot.analysis;
        let found = analysis.text_diagnostics().iter();
        let count = |severity| found.clone().filter(|it| it.severity == severity).count();
        let (names, mask) = (analysis.names.secrets.iter(), analysis.mask());
        Self {
            name: crate::run::title(snapshot),
            steps: analysis
                .recipe
                .steps
                .iter()
                .map(|step| StepLine::of(snapshot, &mask, step))
                .collect(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            readable: true,
            secrets: names
                .map(|(name, uses)| {
                    let ranges = uses.iter().map(|it| snapshot.range(it.span));
                    (name.clone(), ranges.collect())
                })
                .collect(),
            uri: snapshot.uri.clone(),
        }
    }

    /// A file that looks like a recipe and cannot be read.
    fn unreadable(path: &Path) -> Option<(PathBuf, (u64, Arc<Self>))> {
        let name = path.file_name()?.to_str()?;
        let digest = name.ends_with(".recipe.toml").then(|| Self {
            uri: file_uri(path).unwrap_or_default(),
            name: name.to_owned(),
            steps: Vec::new(),
            errors: 0,
            warnings: 0,
            readable: false,
            secrets: BTreeMap::new(),
        });
        digest.map(|digest| (path.to_owned(), (0, Arc::new(digest))))
    }
}

impl StepLine {
    fn of(snapshot: &Snapshot, mask: &Mask, step: &recipe::model::Step) -> Self {
        let id = step.id().map(|id| id.value.clone());
        let named = step.fields.name("name");
        let named = named.map(|name| mask.hide(&name.value).into_owned());
        Self {
            name: named.or_else(|| id.clone()).unwrap_or_default(),
            id,
            operation: step.operation().map(|operation| operation.spec.name),
            range: snapshot.range(step.fields.span),
        }
    }
}

impl Session {
    /// The recipes there are, as far as is known, without their runs.
    pub(crate) fn recipe_list(&mut self) -> RecipeList {
        self.want_recipes();
        let show = |digest: &Digest| {
            let mut digest = digest.clone();
            let missing = digest.secrets.iter().filter(|(name, _)| {
                matches!(self.secrets.presence.get(name), Some(Presence::Missing))
            });
            digest.warnings += missing.map(|(_, uses)| uses.len()).sum::<usize>();
            Shown {
                last_run: None,
                digest,
            }
        };
        let mut recipes: Vec<Shown> = self.each_recipe().map(show).collect();
        recipes.sort_by(|one, other| one.digest.uri.cmp(&other.digest.uri));
        let state = &self.panels.recipes;
        RecipeList {
            recipes,
            scanning: state.scan.is_some(),
            message: state.found.message.clone(),
        }
    }

    /// A client wants to know of recipes: from now on they are kept up to date.
    pub(super) fn want_recipes(&mut self) {
        if !std::mem::replace(&mut self.panels.recipes.is_wanted, true) {
            self.rescan();
            self.look_at_open_recipes();
        }
    }

    /// Each recipe once: what is open counts for what is in the file.
    pub(super) fn each_recipe(&self) -> impl Iterator<Item = &Digest> {
        let state = &self.panels.recipes;
        let open: BTreeSet<PathBuf> = self.open_uris().filter_map(path).collect();
        let files = state.found.files.iter();
        let closed = files.filter(move |(path, _)| !open.contains(*path));
        let closed = closed.map(|(_, (_, digest))| &**digest);
        state.open.values().chain(closed)
    }

    /// The secrets that the recipes of the workspace use.
    pub(crate) fn names_in_workspace(&self) -> BTreeSet<SecretName> {
        let files = self.panels.recipes.found.files.values();
        let names = files.flat_map(|(_, digest)| digest.secrets.keys());
        names.cloned().collect()
    }

    /// Where each secret is used.
    pub(super) fn uses(&self) -> BTreeMap<SecretName, Vec<UsedAt>> {
        let mut uses: BTreeMap<SecretName, Vec<UsedAt>> = BTreeMap::new();
        for digest in self.each_recipe() {
            for (name, ranges) in &digest.secrets {
                let places = ranges.iter().map(|range| UsedAt {
                    uri: digest.uri.clone(),
                    range: *range,
                });
                uses.entry(name.clone()).or_default().extend(places);
            }
        }
        uses
    }

    /// Looks at the open documents, and says so if what is shown of one changed.
    pub(crate) fn look_at_open_recipes(&mut self) {
        if !self.panels.recipes.is_wanted {
            return;
        }
        let uris: Vec<String> = self.open_uris().map(str::to_owned).collect();
        let snapshots = uris.iter().filter_map(|uri| self.recipe(uri));
        let digest = |snapshot: Arc<Snapshot>| (snapshot.uri.clone(), Digest::of(&snapshot));
        let open: BTreeMap<String, Digest> = snapshots.map(digest).collect();
        if open != self.panels.recipes.open {
            self.panels.recipes.open = open;
            self.changed(Topic::Recipes);
            self.changed(Topic::Secrets);
        }
    }

    /// Reads the folders again, or once more after the scan that is under way.
    pub(crate) fn rescan(&mut self) {
        let state = &mut self.panels.recipes;
        if !state.is_wanted {
            return;
        }
        if state.scan.is_some() {
            state.is_stale = true;
            return;
        }
        let cancel = Arc::new(AtomicBool::new(false));
        state.scan = Some(cancel.clone());
        let scan = Scan {
            folders: self.offers.folders.clone(),
            encoding: self.offers.encoding,
            before: state.found.clone(),
            watch: self.panels.watch.clone(),
            cancel,
        };
        let queue = self.parts.queue.clone();
        self.parts.tasks.spawn_blocking(move || {
            let found = scan.run();
            queue.tell(move |session| session.scanned(found));
        });
    }

    /// Other folders: what is being read is of no use any more.
    pub(crate) fn set_folders(&mut self, folders: Vec<PathBuf>) {
        self.offers.folders = folders;
        if let Some(cancel) = &self.panels.recipes.scan {
            cancel.store(true, Ordering::Relaxed);
        }
        self.rescan();
    }

    fn scanned(&mut self, found: Option<Found>) {
        let state = &mut self.panels.recipes;
        state.scan = None;
        if let Some(found) = found {
            state.found = found;
        }
        // Whoever asked meanwhile was told that a scan is under way.
        self.changed(Topic::Recipes);
        self.changed(Topic::Secrets);
        self.use_names();
        if std::mem::take(&mut self.panels.recipes.is_stale) {
            self.rescan();
        }
    }
}

/// A look through the folders.
struct Scan {
    folders: Vec<PathBuf>,
    encoding: Encoding,
    before: Found,
    watch: super::watch::Watch,
    cancel: Arc<AtomicBool>,
}

impl Scan {
    /// What there is; nothing if it was called off.
    fn run(self) -> Option<Found> {
        let mut found = Found::default();
        let mut messages = Vec::new();
        let mut watched = Vec::new();
        let mut analyser = Analyser::default();
        for folder in &self.folders {
            if find::is_too_wide(folder) {
                messages.push(format!(
                    "{} is not searched for recipes, since it holds a home folder: open a folder below it",
                    folder.display()
                ));
                continue;
            }
            let search = find::recipes(folder, LIMITS, |path, text| {
                let entry = self.digest(&path, text, &mut analyser);
                found.files.insert(path, entry);
                match self.is_enough(&found) {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            });
            if self.cancel.load(Ordering::Relaxed) {
                return None;
            }
            if !search.complete {
                messages.push(format!(
                    "{} is too big to be searched whole: recipes beyond {MOST_RECIPES} of them or {} files are not listed",
                    folder.display(),
                    LIMITS.entries
                ));
            }
            let unreadable = search.unreadable.iter();
            let unreadable = unreadable.filter_map(|it| Digest::unreadable(&it.path));
            found.files.extend(unreadable);
            watched.extend(search.folders);
        }
        if !self.watch.set_folders(watched) {
            let message = "changes of files are seen only in a part of the folders";
            messages.push(message.to_owned());
        }
        found.message = (!messages.is_empty()).then(|| messages.join("; "));
        Some(found)
    }

    fn is_enough(&self, found: &Found) -> bool {
        found.files.len() >= MOST_RECIPES || self.cancel.load(Ordering::Relaxed)
    }

    /// What is shown of a file; what was found before, if the text is the same.
    fn digest(&self, path: &Path, text: String, analyser: &mut Analyser) -> (u64, Arc<Digest>) {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let hash = hasher.finish();
        match self.before.files.get(path) {
            Some((before, digest)) if *before == hash => (hash, digest.clone()),
            _ => {
                let uri = file_uri(path).unwrap_or_default();
                let snapshot = Document::new(uri, 0, &text, self.encoding).snapshot(analyser);
                (hash, Arc::new(Digest::of(&snapshot)))
            }
        }
    }
}

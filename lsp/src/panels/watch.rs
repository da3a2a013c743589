//! Hears from the system when files change: the folders that a scan looked into, the kept runs, and the
//! files that name hosts. Nothing else is watched, and never a whole tree that nobody looked through.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

use super::runs::Kept;
use super::{Topic, look_at_runs};
use crate::session::Session;

/// So many folders are watched at most: a system has not many more watches for a user to spend.
const MOST_FOLDERS: usize = 2_000;

/// Changes come in bursts.
const BURST: Duration = Duration::from_millis(150);

/// What is watched. A cheap handle.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch(Arc<Mutex<Option<Watching>>>);

#[derive(Debug)]
struct Watching {
    watcher: RecommendedWatcher,
    /// Folders of the workspace.
    folders: BTreeSet<PathBuf>,
    seen: Arc<Seen>,
}

/// What has been seen and not been looked at yet.
#[derive(Debug, Default)]
struct Seen {
    recipes: AtomicBool,
    runs: AtomicBool,
    hosts: AtomicBool,
    runs_folder: PathBuf,
    host_files: Mutex<BTreeSet<PathBuf>>,
    anything: Notify,
}

impl Session {
    /// Starts to watch, for a client that is told of changes.
    pub(crate) fn start_watching(&mut self) {
        if self.panels.watch.lock().is_some() {
            return;
        }
        let runs_folder = self.parts.state_folder.join("runs");
        let store = runner::store::Store::at(&runs_folder);
        // Where nothing can be kept there are no runs to hear of.
        let folder = store.make().and_then(|folder| folder.canonicalize());
        let seen = Arc::new(Seen {
            runs_folder: folder.unwrap_or(runs_folder),
            ..Seen::default()
        });
        let told = seen.clone();
        let tell = move |event: notify::Result<Event>| told.take_in(event);
        let Ok(mut watcher) = notify::recommended_watcher(tell) else {
            // No system for it, or no watch left: clients still get what they ask for.
            return;
        };
        let _ = watcher.watch(&seen.runs_folder, RecursiveMode::Recursive);
        *self.panels.watch.lock() = Some(Watching {
            watcher,
            folders: BTreeSet::new(),
            seen: seen.clone(),
        });
        let queue = self.parts.queue.clone();
        let history = self.panels.history.clone();
        self.parts.tasks.spawn(async move {
            let mut before = Kept::default();
            loop {
                seen.anything.notified().await;
                tokio::time::sleep(BURST).await;
                if seen.recipes.swap(false, Ordering::Relaxed) {
                    queue.tell(Session::rescan);
                }
                if seen.hosts.swap(false, Ordering::Relaxed) {
                    queue.tell(|session| session.changed(Topic::Hosts));
                }
                if !seen.runs.swap(false, Ordering::Relaxed) {
                    continue;
                }
                let history = history.clone();
                let look = tokio::task::spawn_blocking(move || look_at_runs(&history));
                let now = look.await.unwrap_or_default();
                if !now.is_as(&before) {
                    queue.tell(|session| session.changed(Topic::Runs));
                }
                if now.differs_in_ends(&before) {
                    queue.tell(|session| session.changed(Topic::Recipes));
                }
                before = now;
            }
        });
    }
}

impl Watch {
    /// Watches these folders of the workspace and no others. Whether it can.
    pub(super) fn set_folders(&self, folders: Vec<PathBuf>) -> bool {
        let mut watching = self.lock();
        let Some(Watching {
            watcher,
            folders: watched,
            ..
        }) = watching.as_mut()
        else {
            // Nobody is to be told.
            return true;
        };
        let count = folders.len();
        let wanted: BTreeSet<PathBuf> = folders.into_iter().take(MOST_FOLDERS).collect();
        for gone in watched.difference(&wanted) {
            // A folder that is gone took its watch along.
            let _ = watcher.unwatch(gone);
        }
        let mut all = count <= MOST_FOLDERS;
        for new in wanted.difference(watched) {
            all &= watcher.watch(new, RecursiveMode::NonRecursive).is_ok();
        }
        *watched = wanted;
        all
    }

    /// Watches these files, as far as their folders are there.
    pub(super) fn add_files(&self, files: &[PathBuf]) {
        let mut watching = self.lock();
        let Some(watching) = watching.as_mut() else {
            return;
        };
        for file in files {
            let Some(folder) = file.parent() else {
                continue;
            };
            let is_watched = watching.watcher.watch(folder, RecursiveMode::NonRecursive);
            if is_watched.is_ok() {
                watching.seen.host_files().insert(file.clone());
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Watching>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn host_files(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        self.host_files
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what an event is about. Looking at files is no change: it would never end.
    fn take_in(&self, event: notify::Result<Event>) {
        let Ok(event) = event else {
            return;
        };
        if matches!(event.kind, EventKind::Access(_)) {
            return;
        }
        let mut is_news = false;
        for path in &event.paths {
            if let Some(flag) = self.flag_of(path, event.kind) {
                flag.store(true, Ordering::Relaxed);
                is_news = true;
            }
        }
        if is_news {
            self.anything.notify_one();
        }
    }

    fn flag_of(&self, path: &Path, kind: EventKind) -> Option<&AtomicBool> {
        if path.starts_with(&self.runs_folder) {
            return Some(&self.runs);
        }
        if self.host_files().contains(path) {
            return Some(&self.hosts);
        }
        let is_recipe = path.extension().is_some_and(|it| it == "toml");
        let is_ignore = path
            .file_name()
            .is_some_and(|it| it == ".gitignore" || it == ".ignore");
        // Folders come and go by being made, removed or renamed.
        let may_be_folder = path.extension().is_none()
            && matches!(
                kind,
                EventKind::Create(_)
                    | EventKind::Remove(_)
                    | EventKind::Modify(notify::event::ModifyKind::Name(_))
            );
        (is_recipe || is_ignore || may_be_folder).then_some(&self.recipes)
    }
}

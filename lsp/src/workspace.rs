//! The recipes of the workspace that are not open. Their files are read when somebody asks for a name
//! that several recipes share, and never by the session's own thread. What is open counts for what
//! is in the file.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use recipe::Analyser;
use runner::find::{self, Limits};

use crate::document::{Document, Snapshot};
use crate::edge::file_uri;
use crate::position::Encoding;
use crate::run::path;
use crate::session::Session;

/// More recipes than this nobody looks through.
pub(crate) const MOST_RECIPES: usize = 1000;

/// How much of a folder is looked at.
pub(crate) const LIMITS: Limits = Limits {
    entries: 50_000,
    depth: 24,
    bytes: 1 << 20,
};

/// Where to look for recipes that are not open.
#[derive(Clone, Debug)]
pub(crate) struct Closed {
    folders: Vec<PathBuf>,
    open: BTreeSet<PathBuf>,
    encoding: Encoding,
}

impl Session {
    /// Where to look for the recipes that are not open now.
    pub(crate) fn closed(&self) -> Closed {
        Closed {
            folders: self.offers.folders.clone(),
            open: self.open_uris().filter_map(path).collect(),
            encoding: self.offers.encoding,
        }
    }

    /// Every recipe that is open, that of `uri` first, and those of `closed` that were not opened
    /// meanwhile.
    pub(crate) fn recipes(&mut self, uri: &str, closed: Vec<Arc<Snapshot>>) -> Vec<Arc<Snapshot>> {
        let others = self.open_uris().filter(|other| *other != uri);
        let uris: Vec<String> = others.map(str::to_owned).collect();
        let is_open = |it: &Snapshot| it.uri == uri || uris.contains(&it.uri);
        let closed: Vec<_> = closed.into_iter().filter(|it| !is_open(it)).collect();
        let all = std::iter::once(uri).chain(uris.iter().map(String::as_str));
        let open = all.filter_map(|uri| self.recipe(uri));
        open.chain(closed).collect()
    }
}

impl Closed {
    /// The recipes whose text holds `word`, in order of path. A folder that holds a home is not searched.
    pub(crate) fn read(&self, word: &str) -> Vec<Arc<Snapshot>> {
        let mut analyser = Analyser::default();
        let mut found = Vec::new();
        for folder in self.folders.iter().filter(|it| !find::is_too_wide(it)) {
            find::recipes(folder, LIMITS, |path, text| {
                // A backslash may write any letter in another way.
                if !self.open.contains(&path) && (text.contains(word) || text.contains('\\')) {
                    let uri = file_uri(&path);
                    let document = uri.map(|uri| Document::closed(uri, &text, self.encoding));
                    found.extend(document.map(|mut it| it.snapshot(&mut analyser)));
                }
                match found.len() < MOST_RECIPES {
                    true => ControlFlow::Continue(()),
                    false => ControlFlow::Break(()),
                }
            });
        }
        found
    }
}

//! Asks `shellcheck` about the scripts of open recipes, behind everything else: one process at a time, of
//! what the documents say by then, each script once. No answer to the editor waits for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use recipe::remarks::{Remark, Remarks};
use runner::shellcheck::Shellcheck;

use crate::session::Session;

/// What was said of the scripts that there are.
#[derive(Debug, Default)]
pub(crate) struct Scripts {
    pub(crate) program: Option<Shellcheck>,
    pub(crate) remarks: Arc<Remarks>,
    is_busy: bool,
}

/// So many scripts are looked at before what was said of them is shown.
const AT_ONCE: usize = 8;

/// In a longer recipe nobody reads so many remarks.
const MOST_STEPS: usize = 1_000;

impl Session {
    /// Has scripts looked at that were not looked at before, and forgets those that are gone.
    pub(crate) fn look_at_scripts(&mut self) {
        let Some(program) = self.scripts.program.clone() else {
            return;
        };
        if self.scripts.is_busy || !self.is_trusted() || self.levels.is_off("shellcheck") {
            return;
        }
        let mut scripts = BTreeSet::new();
        let uris: Vec<String> = self.open_uris().map(str::to_owned).collect();
        for snapshot in uris.iter().filter_map(|uri| self.recipe(uri)) {
            if snapshot.analysis.recipe.steps.len() <= MOST_STEPS {
                scripts.extend(snapshot.analysis.scripts());
            }
        }
        if self
            .scripts
            .remarks
            .keys()
            .any(|known| !scripts.contains(known))
        {
            Arc::make_mut(&mut self.scripts.remarks).retain(|known, _| scripts.contains(known));
        }
        let known = &self.scripts.remarks;
        let new = scripts
            .into_iter()
            .filter(|script| !known.contains_key(script));
        let new: Vec<String> = new.take(AT_ONCE).collect();
        if new.is_empty() {
            return;
        }
        self.scripts.is_busy = true;
        let queue = self.parts.queue.clone();
        self.parts.tasks.spawn(async move {
            let mut found = Vec::new();
            for script in new {
                let remarks = program.check(&script).await;
                found.push((script, remarks));
            }
            queue.tell(move |session| session.learn_remarks(found));
        });
    }

    fn learn_remarks(&mut self, found: Vec<(String, Arc<[Remark]>)>) {
        self.scripts.is_busy = false;
        let is_news = found.iter().any(|(_, remarks)| !remarks.is_empty());
        Arc::make_mut(&mut self.scripts.remarks).extend(found);
        match is_news {
            // What is said anew looks for the next ones.
            true => self.look_again(),
            false => self.look_at_scripts(),
        }
    }
}

//! Our own requests: what clients show beside the text. What is slow is done by the handler, in a thread
//! of its own; the owner of the state only answers.

use std::path::PathBuf;

use ls_types::{
    DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, LSPAny, WorkspaceFolder,
};
use serde::{Deserialize, Serialize};
use tower_lsp_server::jsonrpc::{Error, Result};

use super::transport::{Backend, answer};
use crate::panels::{HostList, Kept, look_at_runs, read_hosts};
use crate::session::Session;

/// So many runs are told of unless the client says otherwise: as many as are kept.
const RUNS: usize = runner::store::KEPT;

/// What `doppio/runs` is given.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RunsParams {
    limit: Option<usize>,
}

/// What `doppio/secrets` is given.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SecretsParams {
    /// Whether the keychain is asked once more; what is new is told of by `didChange`.
    #[serde(default)]
    again: bool,
}

/// What requests without parameters are given: whatever it is.
pub(super) type Nothing = LSPAny;

impl Backend {
    pub(super) async fn recipes(&self, _: Nothing) -> Result<LSPAny> {
        let kept = self.kept().await?;
        let mut list = answer(self.queue.ask(Session::recipe_list)).await?;
        let noted = move || {
            list.note_runs(&kept);
            list
        };
        json(aside(noted).await?)
    }

    pub(super) async fn runs(&self, params: RunsParams) -> Result<LSPAny> {
        let kept = self.kept().await?;
        let limit = params.limit.unwrap_or(RUNS);
        let list = self.queue.ask(move |session| session.run_list(kept, limit));
        json(answer(list).await?)
    }

    /// The kept runs; in a folder that is not trusted nothing is read outside of it.
    async fn kept(&self) -> Result<Kept> {
        let history = self.queue.ask(|session| {
            let history = session.panels.history.clone();
            session.is_trusted().then_some(history)
        });
        match answer(history).await? {
            Some(history) => aside(move || look_at_runs(&history)).await,
            None => Ok(Kept::default()),
        }
    }

    pub(super) async fn secrets(&self, params: SecretsParams) -> Result<LSPAny> {
        let list = self.queue.ask(move |session| {
            if params.again {
                session.secrets.look_again();
            }
            session.secret_list()
        });
        json(answer(list).await?)
    }

    pub(super) async fn hosts(&self, _: Nothing) -> Result<LSPAny> {
        let (hosts, files) = match answer(self.queue.ask(|session| session.refusal())).await? {
            Some(why) => (HostList::refused(why), Vec::new()),
            None => aside(read_hosts).await?,
        };
        let list = self.queue.ask(move |session| {
            session.watch_hosts(&files);
            session.host_list(hosts)
        });
        json(answer(list).await?)
    }

    /// The folders of the workspace are others now.
    pub(super) fn folders_changed(&self, params: DidChangeWorkspaceFoldersParams) {
        let event = params.event;
        self.queue.tell(move |session| {
            let removed = folders(&event.removed);
            let mut all = session.offers.folders.clone();
            all.retain(|folder| !removed.contains(folder));
            all.extend(folders(&event.added));
            session.set_folders(all);
        });
    }

    /// A client that watches files itself says that some changed.
    pub(super) fn files_changed(&self, _: DidChangeWatchedFilesParams) {
        self.queue.tell(Session::rescan);
    }
}

/// Where folders of the workspace are, those that are no files left out.
pub(super) fn folders(folders: &[WorkspaceFolder]) -> Vec<PathBuf> {
    let path = |folder: &WorkspaceFolder| Some(folder.uri.to_file_path()?.into_owned());
    folders.iter().filter_map(path).collect()
}

/// Does something slow where nobody waits for it.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Error::internal_error())
}

fn json(answer: impl Serialize) -> Result<LSPAny> {
    serde_json::to_value(answer).map_err(|_| Error::internal_error())
}

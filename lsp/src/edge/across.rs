//! Questions that are about all recipes of the workspace, those in files included.
//!
//! First the session tells where to look, then a thread of its own reads the files, then the session
//! answers with what is open by then.

use std::slice;
use std::sync::Arc;

use ls_types::{Location, TextDocumentPositionParams, WorkspaceEdit, WorkspaceSymbolResponse};
use tower_lsp_server::jsonrpc::{Error, Result};

use super::transport::{Backend, answer, refused};
use super::{convert, navigation, structure};
use crate::document::Snapshot;
use crate::features;
use crate::workspace::Closed;

impl Backend {
    /// Everywhere that a name stands.
    pub(super) async fn references_across(
        &self,
        place: TextDocumentPositionParams,
        with_definitions: bool,
    ) -> Result<Option<Vec<Location>>> {
        let closed = self.closed(place.clone()).await?;
        self.at(place, move |session, snapshot, offset| {
            let recipes = session.recipes(&snapshot.uri, closed);
            let analyses: Vec<_> = recipes.iter().map(|it| &it.analysis).collect();
            let found = features::navigate::references(&analyses, offset, with_definitions);
            let found = found.into_iter();
            found
                .filter_map(|(recipe, it)| navigation::location(&recipes[recipe], it.span))
                .collect()
        })
        .await
    }

    /// The edits of a rename. A secret's leaves something to do in the keychain, of which the user is told.
    pub(super) async fn rename_across(
        &self,
        place: TextDocumentPositionParams,
        new: String,
    ) -> Result<Option<WorkspaceEdit>> {
        let closed = self.closed(place.clone()).await?;
        let edit = self.at(place, move |session, snapshot, offset| {
            let recipes = session.recipes(&snapshot.uri, closed);
            let analyses: Vec<_> = recipes.iter().map(|it| &it.analysis).collect();
            let edited = features::rename::rename(&analyses, offset, &new, &session.world())?;
            if let Some(old) = features::navigate::secret_at(&snapshot.analysis, offset) {
                session.renames_secret(&old, &new);
            }
            let hosts = session.renamed_host(&snapshot.analysis, offset, &new)?;
            let edits = edited
                .iter()
                .map(|it| (&*recipes[it.recipe], it.edits.as_slice()));
            let hosts = hosts
                .iter()
                .map(|(file, edit)| (&**file, slice::from_ref(edit)));
            Ok(convert::workspace_edit(edits.chain(hosts), &session.offers))
        });
        edit.await?
            .transpose()
            .map(Option::flatten)
            .map_err(refused)
    }

    /// What has a name like `query`.
    pub(super) async fn symbols_across(&self, query: String) -> Result<WorkspaceSymbolResponse> {
        let closed = answer(self.queue.ask(|session| session.closed())).await?;
        let closed = read(closed, String::new()).await?;
        let reply = self.queue.ask(move |session| {
            let recipes = session.recipes("", closed);
            let analyses = recipes.iter().map(|it| &it.analysis).enumerate();
            let found = features::outline::search(analyses, &query).into_iter();
            let found = found.filter_map(|(recipe, name, part)| {
                structure::information(&recipes[recipe], part, Some(name))
            });
            WorkspaceSymbolResponse::Flat(found.collect())
        });
        answer(reply).await
    }

    /// The recipes in files that may say something of the name at a place, if it means the same there.
    async fn closed(&self, place: TextDocumentPositionParams) -> Result<Vec<Arc<Snapshot>>> {
        let search = self.at(place, |session, snapshot, offset| {
            let name = features::navigate::shared_name(&snapshot.analysis, offset)?;
            Some((session.closed(), name))
        });
        match search.await?.flatten() {
            Some((closed, name)) => read(closed, name).await,
            None => Ok(Vec::new()),
        }
    }
}

async fn read(closed: Closed, word: String) -> Result<Vec<Arc<Snapshot>>> {
    let read = tokio::task::spawn_blocking(move || closed.read(&word));
    read.await.map_err(|_| Error::internal_error())
}

//! Answers that need a look into folders: what stands there is read by a thread of its own, so that a
//! slow file system keeps nobody else waiting, and only where the folder is trusted.

use ls_types::{CompletionResponse, DocumentLink, TextDocumentPositionParams, Uri};
use tower_lsp_server::jsonrpc::{Error, Result};

use super::convert;
use super::transport::{Backend, answer};
use crate::features;

impl Backend {
    /// The files that can stand at a place, if a path on this machine belongs there and begins plainly.
    pub(super) async fn complete_files(
        &self,
        place: TextDocumentPositionParams,
    ) -> Result<Option<CompletionResponse>> {
        let query = self.at(place.clone(), |session, snapshot, offset| {
            let base = session.base(&snapshot.uri);
            let query = features::completion::query(&snapshot.analysis, offset, &base);
            query.filter(|_| session.is_trusted())
        });
        let Some(query) = query.await?.flatten() else {
            return Ok(None);
        };
        let read = query.clone();
        let names = tokio::task::spawn_blocking(move || read.read()).await;
        let names = names.map_err(|_| Error::internal_error())?;
        let found = self.at(place, move |session, snapshot, offset| {
            // What was typed meanwhile is another question.
            let base = session.base(&snapshot.uri);
            let now = features::completion::query(&snapshot.analysis, offset, &base);
            let items = now.filter(|now| *now == query)?.items(names);
            Some(convert::completion(snapshot, items, &session.offers))
        });
        found.await.map(Option::flatten)
    }

    /// The links of a recipe, those to files that are not there left out.
    pub(super) async fn links_of(&self, uri: &Uri) -> Result<Option<Vec<DocumentLink>>> {
        let reply = self.about(uri, |session, snapshot| {
            let links = features::links::links(&snapshot.analysis);
            convert::links(snapshot, links, &session.base(&snapshot.uri))
        });
        let Some(mut links) = answer(reply).await? else {
            return Ok(None);
        };
        let looked = tokio::task::spawn_blocking(move || {
            links.retain(|link| {
                let target = link.target.as_ref();
                let file = target.filter(|uri| uri.as_str().starts_with("file:"));
                file.and_then(Uri::to_file_path)
                    .is_none_or(|path| path.is_file())
            });
            links
        });
        Ok(looked.await.ok())
    }
}

//! `doppio/text`: a document as the server has it. Where an editor and the server disagree about a place,
//! this tells whether they disagree about the text.

use ls_types::Uri;
use serde::{Deserialize, Serialize};
use tower_lsp_server::jsonrpc::Result;

use super::transport::{Backend, answer};

/// What `doppio/text` is given.
#[derive(Debug, Deserialize)]
pub(super) struct TextParams {
    uri: Uri,
}

/// What it answers, of a document that is open.
#[derive(Debug, Serialize)]
pub(super) struct Text {
    version: i32,
    text: String,
}

impl Backend {
    pub(super) async fn text(&self, params: TextParams) -> Result<Option<Text>> {
        let reply = self.queue.ask(move |session| {
            let snapshot = session.snapshot(params.uri.as_str())?;
            Some(Text {
                version: snapshot.version,
                text: snapshot.analysis.text.to_string(),
            })
        });
        answer(reply).await
    }
}

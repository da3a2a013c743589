//! Semantic tokens, in the words that the client knows. They are worked out by a thread of its own: whoever
//! types does not wait for them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ls_types::{
    Range, SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens,
    SemanticTokensClientCapabilities, SemanticTokensDelta, SemanticTokensEdit,
    SemanticTokensFullDeltaResult, SemanticTokensFullOptions, SemanticTokensLegend,
    SemanticTokensOptions, SemanticTokensRangeResult, SemanticTokensResult,
    SemanticTokensServerCapabilities, TokenFormat, Uri,
};
use recipe::Span;
use tower_lsp_server::jsonrpc::{Error, Result};

use super::convert;
use super::transport::{Backend, answer};
use crate::document::Places;
use crate::features::tokens::{Kind, Memory, Modifier, Token, gather};
use crate::offers::Legend;

/// What clients were told, so that only what changed need be told again.
#[derive(Debug, Default)]
pub(super) struct Told {
    memory: Memory,
    last: Mutex<Last>,
}

/// What was told last of each document, and under which number.
#[derive(Debug, Default)]
struct Last {
    count: u64,
    of: HashMap<String, (String, Vec<SemanticToken>)>,
}

impl Backend {
    /// The tokens of a recipe.
    pub(super) async fn all_tokens(&self, uri: &Uri) -> Result<Option<SemanticTokensResult>> {
        let Some(data) = self.tokens(uri, None).await? else {
            return Ok(None);
        };
        let result_id = Some(self.told.keep(uri, &data).0);
        Ok(Some(SemanticTokens { result_id, data }.into()))
    }

    /// What changed in them since they were told under the name `previous`.
    pub(super) async fn tokens_since(
        &self,
        uri: &Uri,
        previous: &str,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        let Some(data) = self.tokens(uri, None).await? else {
            return Ok(None);
        };
        let (id, before) = self.told.keep(uri, &data);
        let result_id = Some(id);
        Ok(Some(match before.filter(|(id, _)| id == previous) {
            Some((_, before)) => {
                let edits = edit(&before, &data).into_iter().collect();
                SemanticTokensDelta { result_id, edits }.into()
            }
            None => SemanticTokens { result_id, data }.into(),
        }))
    }

    /// The tokens of a part of a recipe.
    pub(super) async fn tokens_in(
        &self,
        uri: &Uri,
        range: Range,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        let data = self.tokens(uri, Some(range)).await?;
        let result_id = None;
        Ok(data.map(|data| SemanticTokens { result_id, data }.into()))
    }

    async fn tokens(&self, uri: &Uri, range: Option<Range>) -> Result<Option<Vec<SemanticToken>>> {
        let seen = self.about(uri, move |session, snapshot| {
            let all = Span::new(0, snapshot.text().len());
            let part = range.map_or(all, |range| snapshot.span(convert::range(range)));
            let gathered = gather(&snapshot.analysis, part);
            (
                gathered,
                snapshot.places.clone(),
                session.offers.tokens.clone(),
            )
        });
        let Some((gathered, places, legend)) = answer(seen).await? else {
            return Ok(None);
        };
        let told = self.told.clone();
        let worked_out = tokio::task::spawn_blocking(move || {
            encode(&gathered.colour(&told.memory), &places, &legend)
        });
        worked_out
            .await
            .map(Some)
            .map_err(|_| Error::internal_error())
    }
}

impl Told {
    /// Remembers what is told of a document now; returns its name, and what was told before.
    fn keep(
        &self,
        uri: &Uri,
        data: &[SemanticToken],
    ) -> (String, Option<(String, Vec<SemanticToken>)>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.count += 1;
        let id = last.count.to_string();
        let told = (id.clone(), data.to_vec());
        (id, last.of.insert(uri.as_str().to_owned(), told))
    }

    /// Nobody will ask again what changed in a document.
    pub(super) fn forget(&self, uri: &str) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.of.remove(uri);
    }
}

/// What makes one list of tokens the other, if they differ. Places are counted in numbers, of which each
/// token has five.
fn edit(before: &[SemanticToken], after: &[SemanticToken]) -> Option<SemanticTokensEdit> {
    let pairs = before.iter().zip(after);
    let same = pairs.take_while(|(one, other)| one == other).count();
    let (old, new) = (&before[same..], &after[same..]);
    let pairs = old.iter().rev().zip(new.iter().rev());
    let same_end = pairs.take_while(|(one, other)| one == other).count();
    let (old, new) = (&old[..old.len() - same_end], &new[..new.len() - same_end]);
    let numbers = |count: usize| u32::try_from(count * 5).unwrap_or(u32::MAX);
    (!old.is_empty() || !new.is_empty()).then(|| SemanticTokensEdit {
        start: numbers(same),
        delete_count: numbers(old.len()),
        data: Some(new.to_vec()),
    })
}

/// Tokens line by line, each by its distance from the one before it. What the client has no word for is
/// left out.
fn encode(tokens: &[Token], places: &Places, legend: &Legend) -> Vec<SemanticToken> {
    let mut encoded = Vec::with_capacity(tokens.len());
    let (mut last_line, mut last_start) = (0, 0);
    for token in tokens {
        let Some(token_type) = legend.kinds.iter().position(|kind| *kind == token.kind) else {
            continue;
        };
        let known = legend.modifiers.iter().enumerate();
        let here = known.filter(|(_, modifier)| token.modifiers.contains(modifier));
        let token_modifiers_bitset = here.map(|(index, _)| 1 << index).sum();
        for (line, start, length) in places.by_line(token.span) {
            if line != last_line {
                last_start = 0;
            }
            encoded.push(SemanticToken {
                delta_line: line - last_line,
                delta_start: start - last_start,
                length,
                token_type: u32::try_from(token_type).unwrap_or_default(),
                token_modifiers_bitset,
            });
            (last_line, last_start) = (line, start);
        }
    }
    encoded
}

/// The words that a client knows of ours, and what it asks for.
pub(super) fn legend(client: &SemanticTokensClientCapabilities) -> Legend {
    let is_known = |name: &str| client.token_types.iter().any(|it| it.as_str() == name);
    let has = |name: &str| client.token_modifiers.iter().any(|it| it.as_str() == name);
    let kinds = Kind::ALL.into_iter().filter(|(_, name)| is_known(name));
    let modifiers = Modifier::ALL.into_iter().filter(|(_, name)| has(name));
    let is_relative = client.formats.contains(&TokenFormat::RELATIVE);
    let full = client.requests.full.as_ref();
    Legend {
        kinds: kinds
            .filter(|_| is_relative)
            .map(|(kind, _)| kind)
            .collect(),
        modifiers: modifiers.map(|(modifier, _)| modifier).collect(),
        range: client.requests.range == Some(true),
        full: full.is_some_and(|it| *it != SemanticTokensFullOptions::Bool(false)),
        delta: matches!(
            full,
            Some(SemanticTokensFullOptions::Delta { delta: Some(true) })
        ),
    }
}

/// What the server does for a client that knows these words.
pub(super) fn provider(legend: &Legend) -> Option<SemanticTokensServerCapabilities> {
    let kinds = Kind::ALL
        .into_iter()
        .filter(|(kind, _)| legend.kinds.contains(kind));
    let modifiers = Modifier::ALL.into_iter();
    let modifiers = modifiers.filter(|(modifier, _)| legend.modifiers.contains(modifier));
    let is_asked = !legend.kinds.is_empty() && (legend.range || legend.full);
    let full = match legend.delta {
        true => SemanticTokensFullOptions::Delta { delta: Some(true) },
        false => SemanticTokensFullOptions::Bool(true),
    };
    is_asked.then(|| {
        SemanticTokensOptions {
            legend: SemanticTokensLegend {
                token_types: kinds
                    .map(|(_, name)| SemanticTokenType::new(name))
                    .collect(),
                token_modifiers: modifiers
                    .map(|(_, name)| SemanticTokenModifier::new(name))
                    .collect(),
            },
            range: legend.range.then_some(true),
            full: legend.full.then_some(full),
            ..SemanticTokensOptions::default()
        }
        .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(delta_start: u32) -> SemanticToken {
        SemanticToken {
            delta_start,
            ..SemanticToken::default()
        }
    }

    #[test]
    fn an_edit_makes_one_list_the_other() {
        let lists: Vec<Vec<SemanticToken>> = [
            vec![],
            vec![1],
            vec![1, 1],
            vec![1, 2, 1],
            vec![2, 1, 2, 1],
            vec![3],
        ]
        .into_iter()
        .map(|list| list.into_iter().map(token).collect())
        .collect();
        for before in &lists {
            for after in &lists {
                let mut made = before.clone();
                match edit(before, after) {
                    None => assert_eq!(before, after),
                    Some(edit) => {
                        let start = edit.start as usize / 5;
                        let end = start + edit.delete_count as usize / 5;
                        made.splice(start..end, edit.data.expect("data"));
                    }
                }
                assert_eq!(&made, after);
            }
        }
    }
}

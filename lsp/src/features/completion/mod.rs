//! Completion: what can stand at the cursor.
//!
//! What stands there is found in the words before the cursor ([`recipe::cursor`]), since the tree is
//! broken just then; the names come from the analysis.

mod files;
mod keys;
mod references;
#[cfg(test)]
mod tests;
mod values;
mod word;

use recipe::Analysis;
use recipe::Span;
use recipe::cursor::{Cursor, Place};

use super::World;

pub(crate) use files::query;

/// Something that can stand at the cursor, the best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// What the user picks.
    pub(crate) label: String,
    pub(crate) kind: ItemKind,
    /// A few words beside the label.
    pub(crate) detail: Option<String>,
    /// More, in our small Markdown.
    pub(crate) documentation: Option<String>,
    /// What it replaces: on one line, around the cursor.
    pub(crate) replace: Span,
    /// What stands there then.
    pub(crate) insert: String,
    /// Whether `insert` holds places to jump to.
    pub(crate) is_snippet: bool,
    /// What the replaced text is compared with.
    pub(crate) filter: String,
}

/// The kinds of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemKind {
    Table,
    Key,
    Operation,
    Variable,
    Secret,
    Step,
    Word,
    Host,
    Session,
    Folder,
    File,
}

/// What can stand at `offset`.
pub(crate) fn complete(analysis: &Analysis, offset: usize, world: &World<'_>) -> Vec<Item> {
    let cursor = Cursor::of(analysis, offset);
    let at = At {
        analysis,
        offset,
        world,
        cursor: &cursor,
    };
    match &cursor.place {
        Place::Nothing => Vec::new(),
        Place::Header { span } => keys::headers(&at, *span),
        Place::Key { .. } => keys::keys(&at),
        Place::Value { .. } => values::values(&at),
        Place::String {
            reference: Some(reference),
            ..
        } => references::references(&at, reference),
        Place::String { .. } => values::values(&at),
    }
}

/// A place to complete at.
#[derive(Clone, Copy, Debug)]
struct At<'a> {
    analysis: &'a Analysis,
    offset: usize,
    world: &'a World<'a>,
    cursor: &'a Cursor,
}

impl At<'_> {
    /// The text of a span.
    fn text(&self, span: Span) -> &str {
        &self.analysis.text[span.range()]
    }
}

impl Item {
    /// An item that is inserted as it is labelled.
    fn new(label: impl Into<String>, kind: ItemKind, replace: Span) -> Self {
        let label = label.into();
        Self {
            kind,
            detail: None,
            documentation: None,
            replace,
            insert: label.clone(),
            is_snippet: false,
            filter: label.clone(),
            label,
        }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        self.detail = Some(detail).filter(|detail| !detail.is_empty());
        self
    }

    fn documentation(mut self, markdown: impl Into<String>) -> Self {
        let markdown = markdown.into();
        self.documentation = Some(markdown).filter(|markdown| !markdown.is_empty());
        self
    }

    fn insert(mut self, text: impl Into<String>) -> Self {
        self.insert = text.into();
        self
    }

    fn filter(mut self, text: impl Into<String>) -> Self {
        self.filter = text.into();
        self
    }
}

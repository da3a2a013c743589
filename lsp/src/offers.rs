//! What the client said it can do, in our words. What it did not offer is never sent to it.

use std::path::PathBuf;

use crate::features::tokens::{Kind, Modifier};
use crate::position::Encoding;

/// The words for tokens that a client knows, and the ways in which it asks for them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Legend {
    pub(crate) kinds: Vec<Kind>,
    pub(crate) modifiers: Vec<Modifier>,
    /// It asks for those of a part of a document.
    pub(crate) range: bool,
    /// It asks for those of a whole document.
    pub(crate) full: bool,
    /// It asks what changed in them.
    pub(crate) delta: bool,
}

/// What the client offers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Offers {
    /// What columns are counted in.
    pub(crate) encoding: Encoding,
    /// Completions may hold places to jump to.
    pub(crate) snippets: bool,
    /// Hover may be Markdown.
    pub(crate) markdown_hover: bool,
    /// A completion may be of the kinds that the protocol did not begin with.
    pub(crate) later_kinds: bool,
    /// The documentation of a completion may be Markdown.
    pub(crate) markdown_completion: bool,
    /// Diagnostics may say which version they are of.
    pub(crate) versioned_diagnostics: bool,
    /// A diagnostic may name other places.
    pub(crate) related_information: bool,
    /// A diagnostic may say that what it is about is not needed.
    pub(crate) unnecessary: bool,
    /// A diagnostic may link to a page.
    pub(crate) code_description: bool,
    /// The client asks for diagnostics and can be told to ask again; then nothing is pushed.
    pub(crate) pull_diagnostics: bool,
    /// The client can be told to ask for code lenses again.
    pub(crate) refresh_lenses: bool,
    /// The client shows hints within the text.
    pub(crate) hints: bool,
    /// It can be told to ask for them again.
    pub(crate) refresh_hints: bool,
    /// Which tokens the client colours.
    pub(crate) tokens: Legend,
    /// Code actions may be more than commands.
    pub(crate) action_literals: bool,
    /// One of several code actions may be marked as the best.
    pub(crate) preferred_actions: bool,
    /// Edits may name the version they are for.
    pub(crate) versioned_edits: bool,
    /// The client changes documents when it is told to.
    pub(crate) apply_edit: bool,
    /// The parts of a recipe may be shown as a tree.
    pub(crate) symbol_tree: bool,
    /// The client asks what can be renamed before it asks for a new name.
    pub(crate) prepare_rename: bool,
    /// Runs may show their progress.
    pub(crate) progress: bool,
    /// Files can be shown to the user.
    pub(crate) show_document: bool,
    /// The client shows the events of runs itself.
    pub(crate) run_events: bool,
    /// The client asks the user for what a run misses.
    pub(crate) wants: bool,
    /// The user trusts the folder of the workspace, as far as the client knows of trust.
    pub(crate) trusted: bool,
    /// The client shows recipes, runs, secrets and hosts, and is told when they change.
    pub(crate) panels: bool,
    /// The folders of the workspace.
    pub(crate) folders: Vec<PathBuf>,
    /// The client may send a change before the one that comes before it.
    pub(crate) overtakes: bool,
    /// The client's process.
    pub(crate) process: Option<u32>,
}

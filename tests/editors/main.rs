//! Real editors, set up as `docs/editors.md` says, down to a file on a host. Each feature that an editor has is
//! driven through its own keys and commands:
//!
//! | | Neovim 0.10 | Helix 25.01 | Emacs 28 and 30 |
//! |---|---|---|---|
//! | mistakes, fixes, completion, hover | ● | ● | ● |
//! | whole steps with places to jump to | | ● | |
//! | definition, declaration, references, highlights, rename | ● | ● | ● |
//! | symbols of a recipe and of all recipes | ● | ● | ● |
//! | steps that need one another (call hierarchy) | ● | | |
//! | code lenses, settings, meanings coloured | ● | | |
//! | hints within the text | ● | ● | 30 |
//! | formatting, of a part too | ● | ● | ● |
//! | changes: extract, rewrite, inline, sort, group | ● | ● | ● |
//! | runs, with their approval | ● | ● | ● |
//! | what the server edits by itself (a credential) | ● | ● | ● |
//! | files that the server opens (logs, dry runs) | ● | | 30 |
//! | other TOML files left alone | ● | ● | ● |
//!
//! None of them asks a server for folds, growing selections, links or linked editing (`tests/lsp/structure.rs`).
//!
//! [`world`] is the machine that all of it happens on.

mod emacs;
mod helix;
mod nvim;
mod world;

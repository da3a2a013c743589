//! What an editor asks of a recipe, one file for each feature: an analysis and a byte offset in, a
//! plain result out. Nothing in here knows the protocol.

pub(crate) mod actions;
pub(crate) mod completion;
#[cfg(test)]
mod everywhere;
pub(crate) mod folding;
pub(crate) mod hierarchy;
pub(crate) mod hints;
pub(crate) mod hover;
pub(crate) mod lenses;
pub(crate) mod linked;
pub(crate) mod links;
#[cfg(test)]
mod names;
pub(crate) mod navigate;
pub(crate) mod outline;
pub(crate) mod paths;
mod places;
mod refactor;
pub(crate) mod rename;
pub(crate) mod resolved;
pub(crate) mod selection;
mod shell_names;
mod shell_places;
#[cfg(test)]
mod testing;
pub(crate) mod tokens;
mod waits;
mod wording;
mod world;

pub(crate) use world::{Offered, World};

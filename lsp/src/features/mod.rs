//! What an editor asks of a recipe, one file for each feature: an analysis and a byte offset in, a
//! plain result out. Nothing in here knows the protocol.

pub(crate) mod actions;
pub(crate) mod completion;
pub(crate) mod hover;
pub(crate) mod lenses;
pub(crate) mod navigate;
pub(crate) mod rename;
#[cfg(test)]
mod testing;
mod wording;
mod world;

pub(crate) use world::{Offered, World};

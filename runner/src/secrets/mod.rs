//! Secrets: their names, for everybody, and their values, for the few who may.
//!
//! * [`Secret`] holds one value in memory and opens by one verb, [`Secret::expose`].

mod secret;

pub use secret::Secret;

//! The Doppio recipe language: text in, analysis and plan out.
//!
//! This crate reads no file, no environment variable and no clock, and knows nothing of the editor
//! protocol. `clippy.toml` beside it forbids the calls.

pub mod diagnostic;
pub mod language;
mod line_index;
pub mod model;
pub mod names;
pub mod nearest;
pub mod plan;
pub mod reference;
mod secret_name;
pub mod shell;
mod span;
pub mod syntax;
pub mod when;

pub use line_index::LineIndex;
pub use secret_name::{BadSecretName, ENVIRONMENT_PREFIX, SecretName, WELL_KNOWN, WellKnown};
pub use span::{Span, Spanned};

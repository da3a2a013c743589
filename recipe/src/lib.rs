//! The Doppio recipe language: text in, analysis and plan out.
//!
//! This crate reads no file, no environment variable and no clock, and knows nothing of the editor
//! protocol. `clippy.toml` beside it forbids the calls.

mod analysis;
pub mod chart;
pub mod checks;
mod credentials;
pub mod cursor;
pub mod diagnostic;
pub mod effects;
mod findings;
pub mod format;
pub mod graph;
mod host_id;
mod hostile;
pub mod language;
mod line_index;
mod lower;
pub mod model;
pub mod names;
pub mod nearest;
pub mod plan;
pub mod reference;
pub mod remarks;
pub mod replace;
mod resolve;
pub mod resolved;
pub mod seconds;
mod secret_name;
mod session_name;
pub mod shell;
mod shift;
mod span;
pub mod symbol;
pub mod syntax;
pub mod visible;
pub mod when;

pub use analysis::{Analyser, Analysis, Facts, Presence};
pub use credentials::{Credential, Mask, masked, masked_words, usual_secret};
pub use effects::Effects;
pub use findings::{ShellFinding, ShellFindingKind};
pub use host_id::{Address, BadHostId};
pub use hostile::is_hostile;
pub use line_index::LineIndex;
pub use plan::{MissingVariable, PlanError, PlanOptions, plan};
pub use resolve::{MAX_EXPANDED, Variables};
pub use secret_name::{BadSecretName, ENVIRONMENT_PREFIX, SecretName, WELL_KNOWN, WellKnown};
pub use session_name::{BadSessionName, session_name_problems};
pub use span::{Span, Spanned};

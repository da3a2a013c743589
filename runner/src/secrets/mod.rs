//! Secrets: their names, for everybody, and their values, for the few who may.
//!
//! * [`SecretNames`] lists names and tests single ones. It never unlocks, never prompts, never reads
//!   a value, and answers within seconds whatever the keychain does. The language server has only
//!   this half.
//! * [`Values`] reads, stores and deletes values. It opens only with a [`Permit`], which only the
//!   command line makes: lints in the other crates forbid it, the compiler holds the rest.
//! * [`Secret`] holds one value in memory and opens by one verb, [`Secret::expose`].
//!
//! Two sources answer, in this order: the environment (`DOPPIO_SECRET_HUGGINGFACE_TOKEN`) and the
//! keychain's entries of service [`SERVICE`], whose account is the name. Where to look is told by
//! [`Places`]. `linux/` speaks to the Secret Service, `native.rs` to the keychains of macOS and
//! Windows, both behind the traits in `store.rs`. `index.rs` remembers names, descriptions and times,
//! never values, so that a locked keychain can still be completed from.

mod buffer;
mod check;
mod environment;
mod error;
mod index;
#[cfg(target_os = "linux")]
mod linux;
mod names;
#[cfg(any(target_os = "macos", windows))]
mod native;
mod places;
mod process;
mod secret;
mod store;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod unsupported;
mod values;

pub(crate) use buffer::Buffer;
pub use check::{BadValue, LONGEST_VALUE, check_value};
pub use environment::Environment;
pub use error::{SecretError, Unavailable};
pub use names::{Changes, Entry, Listing, Presence, SecretNames, Source, Stale};
pub use places::Places;
pub use secret::Secret;
pub use store::{StoreState, StoreStatus};
pub use values::{Interaction, Permit, Stored, Values};

/// The service under which the keychain keeps our entries.
pub const SERVICE: &str = "dev.doppio.secrets";

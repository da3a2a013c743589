//! The Doppio runner: secrets, hosts, SSH, execution. Shared by the command line and the language
//! server, which uses only the names half of [`secrets`].

pub mod approval;
pub mod event;
pub mod execute;
pub mod find;
pub mod hosts;
pub mod machine;
mod machines;
pub mod mask;
pub mod paths;
pub mod preflight;
mod private_file;
pub mod problem;
pub mod record;
pub mod secrets;
pub mod shellcheck;
pub mod ssh;
pub mod store;
pub mod transcript;

pub use recipe::visible;

//! Real parts for the tests of Doppio.
//!
//! Each module brings up one real thing in a folder and a process group of its own and ends it on
//! drop: [`keyring`] keeps secrets, [`Scripted`] and [`tmux`] drive editors, [`sshd`] is a host, behind
//! a [`proxy`] that can be cut. A part that is not on the machine is a panic that says how to get
//! it, never a test that silently tests nothing. The program `testkit-parts` brings up some of them for
//! the tests of the extension for VS Code, which are not in Rust.
//!
//! [`samples`] are the texts of the repository, for what must hold of any.

mod emacs;
pub mod keyring;
pub mod lsp_client;
pub mod mirror;
mod nvim;
mod parts;
mod process;
pub mod proxy;
pub mod samples;
mod scripted;
pub mod sshd;
pub mod tmux;
mod wait;

pub use parts::editor;
pub use process::ProcessGroup;
pub use scripted::{Program, Scripted};
pub use wait::{poll, wait_for, wait_until};

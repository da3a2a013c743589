//! Machines over SSH: one connection a host, shared by all that runs there. The only module that knows russh.
//!
//! * [`connect`] opens a connection: TCP or a jump, the host key against our own [`known_hosts`] rules, then the login
//!   with the agent's keys and identity files.
//! * `machine` runs jobs over it, each in a session of its own, as many as the server allows at once.

mod auth;
mod connect;
mod error;
mod handler;
pub mod known_hosts;
mod machine;
mod session;
mod slots;
mod stream;

pub use connect::{Answers, ConnectOptions, Nobody, connect};
pub use error::{ConnectError, HostKeyProblem, OfferedKey};
pub use machine::SshMachine;

//! The Doppio runner: secrets, hosts, SSH, execution. Shared by the command line and the language
//! server, which uses only the names half of [`secrets`].

pub mod machine;
pub mod mask;
pub mod secrets;

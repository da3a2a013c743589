//! Machines that run jobs, with real processes, a real sshd and a real tmux.

mod client;
mod local;
mod login;
mod ssh;
mod support;
mod tmux;
mod traces;
mod vanishing;

//! Machines that run jobs, with real processes, a real sshd and a real tmux.

mod local;
mod support;

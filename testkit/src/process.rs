//! A child process that cannot outlive its test.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::poll;

/// A child in a process group of its own. Dropping it kills the whole group.
#[derive(Debug)]
pub struct ProcessGroup {
    child: Child,
}

impl ProcessGroup {
    /// Starts `command` at the head of a new process group.
    ///
    /// # Panics
    /// When it cannot be started.
    #[track_caller]
    pub fn spawn(command: &mut Command) -> Self {
        let child = command.process_group(0).spawn();
        let child = child.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        Self { child }
    }

    /// The process id, which is the id of the group too.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The child, to take its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Sends a signal to every process of the group. One that is gone already is no error.
    pub fn signal(&self, signal: Signal) {
        let _ = kill_process_group(self.pid(), signal);
    }

    /// Waits for the child to end, at most for `limit`. `None`: it has not ended by then.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        poll(limit, || {
            self.child.try_wait().expect("a child can be waited for")
        })
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::process::Stdio;

    use super::*;

    #[test]
    fn dropping_it_ends_what_it_left_in_the_background() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 300 & echo started; wait"]);
        let mut group = ProcessGroup::spawn(command.stdout(Stdio::piped()));
        let mut output = group
            .child()
            .stdout
            .take()
            .expect("standard output is a pipe");
        let mut started = [0; 8];
        output
            .read_exact(&mut started)
            .expect("the shell says that it started");
        drop(group);
        // The pipe ends only when nobody is left to write into it.
        let mut rest = String::new();
        output.read_to_string(&mut rest).expect("the pipe ends");
        assert_eq!(rest, "");
    }
}

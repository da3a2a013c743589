//! Ends the server when its client has died without saying so, pipes left open.

use std::time::Duration;

/// How often the client is looked at.
#[cfg(unix)]
const PERIOD: Duration = Duration::from_secs(1);

/// Ends this process when the process `id` has ended. One that cannot be seen at the start (the
/// client lives outside our container) is not watched.
#[cfg(unix)]
pub(crate) fn end_with(id: u32) {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};

    let Some(client) = i32::try_from(id).ok().and_then(Pid::from_raw) else {
        return;
    };
    let is_gone = move || test_kill_process(client) == Err(Errno::SRCH);
    if is_gone() {
        return;
    }
    std::thread::spawn(move || {
        while !is_gone() {
            std::thread::sleep(PERIOD);
        }
        std::process::exit(1);
    });
}

/// Not watched on this system: there the pipe that ends is what tells.
#[cfg(not(unix))]
pub(crate) fn end_with(_id: u32) {}

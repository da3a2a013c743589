//! Waiting for a condition, never for time.

use std::time::{Duration, Instant};

/// Waits until `condition` holds.
///
/// # Panics
/// After `limit`, naming `what` was waited for.
#[track_caller]
pub fn wait_until(limit: Duration, what: &str, mut condition: impl FnMut() -> bool) {
    wait_for(limit, what, || condition().then_some(()));
}

/// Waits until `attempt` gives something, and returns that.
///
/// # Panics
/// After `limit`, naming `what` was waited for.
#[track_caller]
pub fn wait_for<T>(limit: Duration, what: &str, attempt: impl FnMut() -> Option<T>) -> T {
    poll(limit, attempt).unwrap_or_else(|| panic!("waited {limit:?} for {what}"))
}

/// Waits until `attempt` gives something, at most for `limit`.
pub fn poll<T>(limit: Duration, mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    loop {
        let found = attempt();
        if found.is_some() || started.elapsed() >= limit {
            return found;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tries_until_there_is_something() {
        let mut tries = 0;
        let found = wait_for(Duration::from_secs(5), "the third try", || {
            tries += 1;
            (tries == 3).then_some(tries)
        });
        assert_eq!(found, 3);
    }

    #[test]
    #[should_panic(expected = "for what never comes")]
    fn it_gives_up_and_says_on_what() {
        wait_until(Duration::from_millis(1), "what never comes", || false);
    }
}

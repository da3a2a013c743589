//! How long a step may take: the limit of an attempt, and what is tried again after which waits.

use std::time::Duration;

use crate::language;
use crate::model::{Fields, Step};

/// How a failing step is tried again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// How many attempts there are, the first included; at least 1.
    pub max_attempts: u32,
    /// The wait before the second attempt.
    pub delay: Duration,
    /// What each further wait is multiplied by.
    pub backoff_multiplier: f64,
}

impl Retry {
    /// No wait is longer than this.
    pub const MAX_WAIT: Duration = Duration::from_secs(3600);

    /// What the `retry` among the fields of a step says.
    pub fn of(fields: &Fields) -> Option<Self> {
        let fields = fields.fields("retry")?;
        let attempts = fields.integer("max_attempts").unwrap_or(3);
        let delay = fields.number("delay_secs").unwrap_or(5.0);
        Some(Self {
            max_attempts: u32::try_from(attempts).unwrap_or(u32::MAX).max(1),
            delay: Duration::try_from_secs_f64(delay).unwrap_or(Self::MAX_WAIT),
            backoff_multiplier: fields.number("backoff_multiplier").unwrap_or(1.0),
        })
    }

    /// The wait after the `attempt`-th try (counted from 1) has failed.
    pub fn wait_after(&self, attempt: u32) -> Duration {
        let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = self.delay.as_secs_f64() * self.backoff_multiplier.powi(exponent);
        Duration::try_from_secs_f64(seconds).map_or(Self::MAX_WAIT, |wait| wait.min(Self::MAX_WAIT))
    }

    /// How long all waits are together, if every attempt fails.
    pub fn all_waits(&self) -> Duration {
        // After so many the wait is what it stays at, or nobody lives to see it.
        const COUNTED: u32 = 10_000;
        let waits = self.max_attempts - 1;
        let counted: Duration = (1..=waits.min(COUNTED)).map(|it| self.wait_after(it)).sum();
        let rest = self.wait_after(COUNTED);
        counted + rest.saturating_mul(waits.saturating_sub(COUNTED))
    }
}

/// The limit of one attempt: the smaller of the step's and its operation's, which may have one by default.
pub fn attempt_limit(step: &Step) -> Option<Duration> {
    let own = step.fields.integer("timeout_secs");
    let of_operation = step.operation().and_then(|operation| {
        let written = operation.fields.integer("timeout_secs");
        let param = || language::param(operation.spec.params, "timeout_secs");
        written.or_else(|| param()?.default?.parse().ok())
    });
    let limits = [own, of_operation].into_iter().flatten();
    let limits = limits.filter_map(|seconds| u64::try_from(seconds).ok());
    limits.min().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_an_hour() {
        let retry = Retry {
            max_attempts: 4,
            delay: Duration::from_secs(5),
            backoff_multiplier: 2.0,
        };
        assert_eq!(retry.wait_after(1), Duration::from_secs(5));
        assert_eq!(retry.wait_after(3), Duration::from_secs(20));
        assert_eq!(retry.wait_after(60), Retry::MAX_WAIT);
        assert_eq!(retry.wait_after(u32::MAX), Retry::MAX_WAIT);
        assert_eq!(retry.all_waits(), Duration::from_secs(35));
        let most = Retry {
            max_attempts: u32::MAX,
            backoff_multiplier: 1.0,
            ..retry
        };
        let expected = Duration::from_secs(5 * (u64::from(u32::MAX) - 1));
        assert_eq!(most.all_waits(), expected);
        let once = Retry {
            max_attempts: 1,
            ..retry
        };
        assert_eq!(once.all_waits(), Duration::ZERO);
    }
}

//! Retry: which retrier takes a failure, and how long it waits.
//!
//! Spec: `#retrying-after-error`. Units: delays in seconds, as in the source text.
//! Randomness: `jitter` is drawn by the caller, in `0.0..1.0`, so that a replay waits equally long.
//! Not here: Catch (`catch.rs`), and the timer itself (an effect of the machine).

#[cfg(test)]
mod tests;

use crate::failure::ErrorName;

/// One element of `Retry`.
#[derive(Clone, Debug)]
pub struct Retrier {
    /// `ErrorEquals`.
    pub error_equals: Vec<ErrorName>,
    /// `IntervalSeconds`; 1 where absent.
    pub interval_seconds: u32,
    /// `MaxAttempts`; 3 where absent, 0 means never.
    pub attempts_max: u32,
    /// `BackoffRate`; 2.0 where absent, at least 1.0.
    pub backoff_rate: f64,
    /// `MaxDelaySeconds`.
    pub delay_seconds_max: Option<u32>,
    /// `JitterStrategy`: `FULL` draws uniformly from zero to the delay.
    pub jitter_full: bool,
}

impl Retrier {
    /// The seconds before retry number `retry` (the first is 1), or `None` when this retrier is used up.
    pub fn delay_seconds(&self, retry: u32, jitter: f64) -> Option<f64> {
        debug_assert!(retry >= 1, "retries count from 1");
        if retry > self.attempts_max {
            return None;
        }
        let exponent = i32::try_from(retry - 1).unwrap_or(i32::MAX);
        // Bounded before it is multiplied: nothing times infinity is no number.
        let growth = self.backoff_rate.powi(exponent).min(f64::MAX);
        let grown = f64::from(self.interval_seconds) * growth;
        let longest = self.delay_seconds_max.unwrap_or(crate::limits::SECONDS_MAX);
        let capped = grown.min(f64::from(longest));
        Some(if self.jitter_full { capped * jitter } else { capped })
    }
}

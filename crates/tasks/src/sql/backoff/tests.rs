use std::time::Duration;

use super::pause;

#[test]
fn pauses_double_up_to_two_seconds() {
    for retry in 1..=40 {
        let full = Duration::from_millis(1 << (retry - 1).min(20)).min(Duration::from_secs(2));
        let paused = pause(&[7; 32], 1, retry);
        assert!(paused >= full / 2 && paused <= full, "retry {retry}: {paused:?} of {full:?}");
    }
}

#[test]
fn two_attempts_do_not_wait_in_step() {
    assert_ne!(pause(&[7; 32], 1, 12), pause(&[7; 32], 2, 12));
    assert_ne!(pause(&[7; 32], 1, 12), pause(&[8; 32], 1, 12));
}

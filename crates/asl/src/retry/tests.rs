use proptest::prelude::*;

use super::Retrier;

fn retrier() -> Retrier {
    Retrier {
        error_equals: vec!["States.ALL".into()],
        interval_seconds: 3,
        attempts_max: 4,
        backoff_rate: 2.0,
        delay_seconds_max: None,
        jitter_full: false,
    }
}

#[test]
fn every_retry_waits_longer_until_none_is_left() {
    let delays: Vec<_> = (1..=5).map(|retry| retrier().delay_seconds(retry, 0.5)).collect();
    assert_eq!(delays, [Some(3.0), Some(6.0), Some(12.0), Some(24.0), None]);
}

#[test]
fn the_longest_delay_bounds_the_rest() {
    let bounded = Retrier { delay_seconds_max: Some(10), ..retrier() };
    assert_eq!(bounded.delay_seconds(3, 0.5), Some(10.0));
}

#[test]
fn full_jitter_draws_from_zero_to_the_delay() {
    let jittery = Retrier { jitter_full: true, ..retrier() };
    assert_eq!(jittery.delay_seconds(2, 0.0), Some(0.0));
    assert_eq!(jittery.delay_seconds(2, 0.5), Some(3.0));
}

#[test]
fn zero_attempts_never_retry() {
    assert_eq!(Retrier { attempts_max: 0, ..retrier() }.delay_seconds(1, 0.5), None);
}

proptest! {
    #[test]
    fn delays_never_shrink_and_are_finite(
        interval_seconds in 0..=99_999_999_u32,
        backoff_rate in 1.0..1e6_f64,
        retry in 1..99_999_998_u32,
        delay_seconds_max in prop::option::of(1..31_622_400_u32),
    ) {
        let retrier = Retrier { interval_seconds, backoff_rate, delay_seconds_max, attempts_max: 99_999_999, ..retrier() };
        let (this, next) = (retrier.delay_seconds(retry, 1.0), retrier.delay_seconds(retry + 1, 1.0));
        prop_assert!(this.is_some_and(f64::is_finite));
        prop_assert!(this <= next);
    }
}

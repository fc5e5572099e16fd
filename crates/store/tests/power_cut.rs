//! What a power cut leaves: every acknowledged commit, whole. And with a weaker `synchronous` the same test sees losses.
//!
//! A child (this binary again) commits batches on a disk whose cache is volatile (`powercut/platter.c`, preloaded) and
//! says which are acknowledged; it is killed at varied points. Two images are then opened: what had been synced, and that
//! mixed with any subset of the sectors that had not, since a disk may have written some of them in any order.
//! Needs a C compiler; without one the tests say so and pass.

#![cfg(target_os = "linux")]

mod powercut;

use powercut::{Cut, Disk, Verdict};
use store::sqlite::Durability;

const CUTS: u32 = 24;

#[test]
fn a_power_cut_takes_nothing_that_was_acknowledged() {
    let Some(disk) = Disk::build() else { return };
    let mut acknowledged = 0;
    for number in 0..CUTS {
        let cut = Cut::make(&disk, Durability::Full, number);
        acknowledged += cut.acknowledged;
        assert_eq!(cut.examine(None), Verdict::Whole, "cut {number}: what was synced");
        for seed in 1..=3 {
            let verdict = cut.examine(Some(u64::from(number) * 10 + seed));
            assert_eq!(verdict, Verdict::Whole, "cut {number}: with some sectors more, seed {seed}");
        }
    }
    // A run in which nothing ever succeeds would prove nothing.
    assert!(acknowledged >= CUTS * 5, "only {acknowledged} batches were acknowledged");
}

#[test]
fn a_weaker_sync_would_be_noticed() {
    let Some(disk) = Disk::build() else { return };
    let losses = (0..8).filter(|number| {
        let cut = Cut::make(&disk, Durability::Relaxed, *number);
        matches!(cut.examine(None), Verdict::Lost { .. })
    });
    assert!(losses.count() > 0, "`synchronous=NORMAL` lost nothing: the model of the disk does not bite");
}

#[test]
fn kill_takes_nothing_that_was_acknowledged() {
    for number in 0..8 {
        let cut = Cut::plain(number);
        assert_eq!(cut.examine_live(), Verdict::Whole, "kill {number}");
    }
}

#[test]
fn a_failed_sync_is_unknown_and_closes_the_store_until_it_is_opened_again() {
    let Some(disk) = Disk::build() else { return };
    let cut = Cut::of_failing_syncs(&disk);
    assert_eq!(
        cut.examine(None),
        Verdict::Whole,
        "after opening again the disk has everything, whatever was unknown"
    );
}

/// Not a test: what the child does.
#[test]
fn child() {
    powercut::child();
}

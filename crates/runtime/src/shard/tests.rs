mod redrive;

use expect_test::{Expect, expect};
use store::ExecutionKey;

use super::Pace;
use super::arrival::Until;
use crate::testing::fake_store::Outcome;
use crate::testing::hands::Hands;
use crate::testing::{LOOP, MAP, PASS, TASK, WAIT};

const FIRST: ExecutionKey = ExecutionKey(1);

#[track_caller]
fn check(hands: &mut Hands, expect: Expect) {
    expect.assert_eq(&hands.lines());
}

#[test]
fn a_machine_that_never_waits_is_over_in_the_commit_that_started_it() {
    let mut hands = Hands::new(PASS);
    hands.start("a");
    hands.turns();
    check(&mut hands, expect!["started a SUCCEEDED"]);
    assert_eq!((hands.shard.counters().commits, hands.shard.residents()), (1, 0));
}

#[test]
fn everything_that_is_queued_goes_with_one_commit() {
    let mut hands = Hands::new(PASS);
    (0..100).for_each(|at| hands.start(&format!("e{at}")));
    hands.turn();
    assert_eq!(hands.shard.counters().commits, 1);
    assert_eq!(hands.shard.counters().ended, 100);
}

#[test]
fn a_start_that_was_decided_ahead_gets_its_number_with_its_commit() {
    let mut hands = Hands::new(TASK);
    hands.start_ahead("a");
    hands.start("b");
    hands.start_ahead("c");
    hands.turns();
    check(
        &mut hands,
        expect![[r"
            run #1 attempt 1
            started a
            run #2 attempt 1
            started b
            run #3 attempt 1
            started c"]],
    );
}

#[test]
fn a_start_that_was_decided_ahead_and_lost_is_decided_again() {
    let mut hands = Hands::new(TASK);
    hands.store.script([Outcome::DoubtfulLost]);
    hands.start_ahead("a");
    hands.start_ahead("b");
    hands.turns();
    check(
        &mut hands,
        expect![[r"
            reopened
            run #1 attempt 1
            started a
            run #2 attempt 1
            started b"]],
    );
}

#[test]
fn a_task_is_run_and_its_answer_ends_the_execution() {
    let mut hands = Hands::new(TASK);
    hands.start("a");
    hands.wait(FIRST, Until::Ended);
    hands.turns();
    let job = hands.run[0].clone();
    hands.succeed(&job, r#"{"ok":true}"#);
    hands.turns();
    // A second word of the same attempt leads to nothing.
    hands.succeed(&job, r#"{"ok":false}"#);
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        run #1 attempt 1
        started a
        ended SUCCEEDED settled=true"]],
    );
}

#[test]
fn tasks_that_end_together_are_remembered_as_one_activation() {
    let mut hands = Hands::new(MAP);
    hands.start_with("a", "[1,2,3,4,5]");
    hands.turns();
    hands.run.clone().iter().for_each(|job| hands.succeed(job, "1"));
    hands.turns();
    let counters = hands.shard.counters();
    assert_eq!((counters.activations, counters.commits, counters.ended), (2, 2, 1));
}

#[test]
fn what_is_lost_together_is_decided_again_in_its_order() {
    let mut hands = Hands::new(MAP);
    hands.start_with("a", "[1,2,3]");
    hands.turns();
    let jobs = hands.run.clone();
    hands.store.script([Outcome::DoubtfulLost]);
    jobs.iter().for_each(|job| hands.succeed(job, "1"));
    hands.turns();
    assert_eq!(hands.shard.counters().ended, 1);
    assert_eq!(hands.run.len(), 3, "nothing is run twice");
}

#[test]
fn a_stop_stands_alone_before_what_was_queued() {
    let mut hands = Hands::new(MAP);
    hands.start_with("a", "[1,2]");
    hands.turns();
    hands.lines();
    let jobs = hands.run.clone();
    jobs.iter().for_each(|job| hands.succeed(job, "1"));
    hands.stop(FIRST);
    hands.turn();
    check(
        &mut hands,
        expect![[r"
            abandon a attempt 1
            abandon a attempt 1
            stopped ABORTED had_ended=false"]],
    );
}

#[test]
fn nothing_leaves_while_the_store_has_no_room_and_nothing_is_lost() {
    let mut hands = Hands::new(TASK);
    hands.store.script([Outcome::Full, Outcome::Full]);
    hands.start("a");
    hands.start("b");
    assert_eq!(hands.turn().pace, Pace::Blocked);
    check(&mut hands, expect!["blocked"]);
    hands.turn();
    check(&mut hands, expect![""]);
    hands.turns();
    check(
        &mut hands,
        expect![[r"
            run #1 attempt 1
            started a
            unblocked
            run #2 attempt 1
            started b"]],
    );
}

#[test]
fn while_the_store_has_no_room_a_stop_still_fits() {
    let mut hands = Hands::new(TASK);
    hands.start("a");
    hands.turns();
    hands.lines();
    (0..9).for_each(|at| hands.start(&format!("e{at}")));
    hands.stop(FIRST);
    hands.store.script([Outcome::FullBeyond(1), Outcome::FullBeyond(1)]);
    assert_eq!(hands.turn().pace, Pace::Blocked);
    check(
        &mut hands,
        expect![[r"
        blocked
        abandon a attempt 1
        stopped ABORTED had_ended=false"]],
    );
}

#[test]
fn effects_that_leave_before_the_commit_are_caught() {
    let caught = std::panic::catch_unwind(|| {
        let mut hands = Hands::new(TASK);
        hands.shard.releases_early = true;
        hands.store.script([Outcome::Full]);
        hands.start("a");
        hands.turn();
    });
    let words = *caught.expect_err("the planted defect is found").downcast::<String>().expect("words");
    assert!(words.starts_with("released before it was remembered"), "{words}");
}

#[test]
fn a_doubtful_commit_that_is_remembered_is_released_once() {
    let mut hands = Hands::new(TASK);
    hands.store.script([Outcome::DoubtfulDone]);
    hands.start("a");
    hands.start("b");
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        reopened
        run #1 attempt 1
        started a
        run #2 attempt 1
        started b"]],
    );
    assert_eq!((hands.store.count(), hands.store.inner().reopened), (2, 1));
}

#[test]
fn a_doubtful_commit_that_is_lost_is_decided_again() {
    let mut hands = Hands::new(TASK);
    hands.store.script([Outcome::DoubtfulLost, Outcome::Done, Outcome::DoubtfulLost]);
    hands.start("a");
    hands.start("b");
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        reopened
        run #1 attempt 1
        started a
        run #2 attempt 1
        started b"]],
    );
    let job = hands.run[0].clone();
    hands.succeed(&job, "1");
    hands.turns();
    check(&mut hands, expect!["reopened"]);
    assert_eq!(hands.shard.counters().ended, 1);
}

#[test]
fn a_store_that_only_ever_fails_half_way_is_given_up() {
    let mut hands = Hands::new(TASK);
    hands.store.script((0..crate::limits::DOUBTS_MAX).map(|_| Outcome::DoubtfulLost));
    hands.start("a");
    (1..crate::limits::DOUBTS_MAX).for_each(|_| {
        hands.turn();
    });
    assert!(!matches!(hands.pace, Pace::Stopped { .. }), "it is tried again");
    hands.turn();
    let Pace::Stopped { message } = &hands.pace else { panic!("it goes on for ever") };
    assert!(message.starts_with("5 commits in a row failed half-way: "), "{message}");
    assert_eq!(hands.store.count(), 0, "nothing was remembered, and nothing released");
}

#[test]
fn doubts_that_are_not_in_a_row_stop_nothing() {
    let mut hands = Hands::new(TASK);
    for at in 0..2 * crate::limits::DOUBTS_MAX {
        hands.store.script([Outcome::DoubtfulLost]);
        hands.start(&format!("e{at}"));
        hands.turns();
    }
    assert_eq!(hands.shard.counters().started, u64::from(2 * crate::limits::DOUBTS_MAX));
}

#[test]
fn a_store_that_cannot_be_opened_again_stops_everything() {
    let mut hands = Hands::new(TASK);
    hands.store.script([Outcome::DoubtfulDone]);
    hands.store.inner().cannot_reopen = true;
    hands.start("a");
    hands.turn();
    assert_eq!(hands.pace, Pace::Stopped { message: "the disk is gone".into() });
    check(&mut hands, expect![""]);
}

#[test]
fn one_poisonous_member_is_set_aside_and_the_others_commit() {
    let mut hands = Hands::new(TASK);
    (0..8).for_each(|at| hands.start(&format!("e{at}")));
    hands.turns();
    hands.lines();
    hands.store.inner().poison.insert("e5".to_owned());
    let jobs = hands.run.clone();
    jobs.iter().for_each(|job| hands.succeed(job, "1"));
    hands.turns();
    check(&mut hands, expect!["aside e5: poison"]);
    assert_eq!(hands.shard.counters().ended, 7);
    assert!(hands.store.quarantine_of(ExecutionKey(6)).is_some());
    let tried: Vec<_> =
        hands.store.inner().tried.iter().skip(1).map(|(members, went)| format!("{members} {went}")).collect();
    expect!["8 rejected, 4 done, 4 rejected, 2 rejected, 1 done, 1 rejected, 2 done"]
        .assert_eq(&tried.join(", "));
}

#[test]
fn a_poisonous_start_is_refused_alone() {
    let mut hands = Hands::new(PASS);
    hands.store.inner().poison.insert("b".to_owned());
    ["a", "b", "c"].into_iter().for_each(|name| hands.start(name));
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        started a SUCCEEDED
        not started: the start could not be remembered: poison
        started c SUCCEEDED"]],
    );
}

#[test]
fn damaged_records_set_one_execution_aside() {
    let mut hands = Hands::new(TASK);
    hands.start("a");
    hands.start("b");
    hands.turns();
    hands.store.inner().corrupt.insert(FIRST);
    let mut hands = hands.crash();
    assert_eq!(hands.recover().expect("the store works"), (1, 1));
    check(
        &mut hands,
        expect![[r"
        run b attempt 1
        aside a: a record is damaged"]],
    );
    assert!(hands.store.quarantine_of(FIRST).is_some());
    hands.stop(FIRST);
    hands.turns();
    check(&mut hands, expect!["not stopped: execution number 1 is set aside: a record is damaged"]);
}

#[test]
fn an_assertion_of_ours_sets_one_execution_aside() {
    let mut hands = Hands::new(TASK);
    hands.start("a");
    hands.start("b");
    hands.turns();
    hands.lines();
    // An execution is never started twice.
    let input = machine::Input::Started { input: crate::testing::payload("{}") };
    hands.shard.submit(super::Arrival::Deliver { key: FIRST, actor: machine::Actor::Engine, input });
    let job = hands.run[1].clone();
    hands.succeed(&job, "1");
    hands.turns();
    check(&mut hands, expect!["aside a: an assertion of Baton itself failed: an execution starts once"]);
    assert_eq!(hands.shard.counters().ended, 1);
}

#[test]
fn recovery_delivers_the_same_attempt_under_the_same_key() {
    let mut hands = Hands::new(TASK);
    hands.start("a");
    hands.turns();
    let before = hands.run[0].clone();
    let mut hands = hands.crash();
    assert_eq!(hands.recover().expect("the store works"), (1, 1));
    let after = hands.run[0].clone();
    assert_eq!(
        (after.key, after.task, after.request.attempt),
        (before.key, before.task, before.request.attempt)
    );
    assert_eq!(after.request.key, before.request.key);
    assert!(!before.request.is_redelivery && after.request.is_redelivery);
    hands.succeed(&after, "1");
    hands.turns();
    assert_eq!(hands.shard.counters().ended, 1);
}

#[test]
fn an_execution_that_the_budget_cut_goes_on_and_goes_on_after_a_crash() {
    let mut hands = Hands::new(LOOP);
    hands.start("a");
    assert_eq!(hands.turn().pace, Pace::Again);
    hands.turn();
    assert_eq!(hands.shard.counters().activations, 2);
    let mut hands = hands.crash();
    assert_eq!(hands.recover().expect("the store works"), (1, 0));
    hands.turn();
    assert_eq!(hands.shard.counters().activations, 1);
    hands.stop(FIRST);
    hands.turns();
    check(&mut hands, expect!["stopped ABORTED had_ended=false"]);
}

#[test]
fn a_timer_fires_once_and_never_early() {
    let mut hands = Hands::new(WAIT);
    hands.start("a");
    hands.turns();
    check(&mut hands, expect!["started a"]);
    hands.wait(FIRST, Until::Ended);
    let due = hands.now.plus_ms(10_000);
    assert_eq!(hands.pace, Pace::Idle { next_due: Some(due) });
    assert_eq!(hands.later(9_999).turns().pace, Pace::Idle { next_due: Some(due) });
    check(&mut hands, expect![""]);
    assert_eq!(hands.later(1).turns().pace, Pace::Idle { next_due: None });
    check(&mut hands, expect!["ended SUCCEEDED settled=true"]);
    hands.later(100_000).turns();
    assert_eq!(hands.shard.counters().activations, 2);
}

#[test]
fn a_timer_whose_commit_found_no_room_fires_again() {
    let mut hands = Hands::new(WAIT);
    hands.start("a");
    hands.turns();
    hands.store.script([Outcome::Full, Outcome::DoubtfulLost, Outcome::DoubtfulDone]);
    hands.later(10_000).turn();
    hands.turn();
    hands.turns();
    check(
        &mut hands,
        expect![[r"
            started a
            blocked
            reopened
            unblocked
            reopened"]],
    );
    assert_eq!((hands.shard.counters().ended, hands.store.inner().timers.len()), (1, 0));
}

#[test]
fn timers_survive_a_crash_as_rows() {
    let mut hands = Hands::new(WAIT);
    hands.start("a");
    hands.turns();
    let mut hands = hands.crash();
    assert_eq!(hands.recover().expect("the store works"), (1, 0));
    hands.later(10_000).turns();
    assert_eq!(hands.shard.counters().ended, 1);
}

#[test]
fn an_equal_start_is_the_same_execution_and_another_input_is_refused() {
    let mut hands = Hands::new(TASK);
    hands.start_with("a", r#"{"n": 1}"#);
    hands.start_with("a", r#"{"n":1}"#);
    hands.start_with("a", r#"{"n":2}"#);
    hands.turns();
    hands.start_with("a", r#"{"n":1}"#);
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        run #1 attempt 1
        started a
        started a existed
        not started: an execution `a` exists already, with another input; choose another name
        started a existed"]],
    );
    assert_eq!(hands.store.count(), 1);
}

#[test]
fn a_stopped_execution_ends_at_once_and_is_settled_behind_its_end() {
    let mut hands = Hands::new(TASK);
    hands.start("a");
    hands.turns();
    hands.wait(FIRST, Until::Ended);
    hands.wait(FIRST, Until::Settled);
    hands.stop(FIRST);
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        run #1 attempt 1
        started a
        abandon a attempt 1
        stopped ABORTED had_ended=false
        ended ABORTED settled=false"]],
    );
    let job = hands.abandoned[0].clone();
    hands.settle(&job);
    hands.stop(FIRST);
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        stopped ABORTED had_ended=true
        ended ABORTED settled=true"]],
    );
}

#[test]
fn what_does_not_exist_is_said_not_to() {
    let mut hands = Hands::new(TASK);
    hands.stop(ExecutionKey(9));
    hands.wait(ExecutionKey(9), Until::Ended);
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        not stopped: there is no execution number 9
        not ended: there is no execution number 9"]],
    );
}

#[test]
fn executions_that_nobody_has_in_mind_are_forgotten_and_loaded_again() {
    let mut hands = Hands::new(TASK);
    hands.shard.settings.residents_max = 2;
    (0..5).for_each(|at| hands.start(&format!("e{at}")));
    hands.turns();
    assert_eq!(hands.shard.residents(), 2);
    let jobs = hands.run.clone();
    jobs.iter().for_each(|job| hands.succeed(job, "1"));
    hands.turns();
    assert_eq!((hands.shard.counters().ended, hands.shard.residents()), (5, 0));
}

use expect_test::expect;

use super::{FIRST, check};
use crate::shard::Pace;
use crate::shard::arrival::Until;
use crate::testing::fake_store::Outcome;
use crate::testing::hands::Hands;
use crate::testing::{MAP, PASS, TASK};

/// An execution whose only task has failed.
fn failed() -> Hands {
    let mut hands = Hands::new(TASK);
    hands.start("a");
    hands.turns();
    let job = hands.run[0].clone();
    hands.fail(&job);
    hands.turns();
    hands.lines();
    hands
}

#[test]
fn a_redrive_is_answered_when_it_is_remembered_and_the_task_runs_again() {
    let mut hands = failed();
    assert_eq!(hands.shard.residents(), 0, "what is settled is not kept in memory");
    hands.later(60_000).redrive(FIRST);
    hands.wait(FIRST, Until::Ended);
    hands.turns();
    let job = hands.run[1].clone();
    assert_eq!(job.request.key, hands.run[0].request.key, "the claim is the same");
    hands.succeed(&job, "1");
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        run a attempt 2
        redriven 1
        ended SUCCEEDED settled=true"]],
    );
    assert_eq!(hands.shard.counters().ended, 2, "it ended twice");
    let row = hands.store.row(FIRST);
    assert_eq!((row.status.as_str(), row.closed_at), ("SUCCEEDED", Some(hands.now)));
}

#[test]
fn one_that_runs_again_has_no_end() {
    let mut hands = failed();
    assert!(hands.store.row(FIRST).closed_at.is_some());
    hands.redrive(FIRST);
    hands.turns();
    let row = hands.store.row(FIRST);
    assert_eq!((row.status.as_str(), row.settled, row.closed_at), ("RUNNING", false, None));
}

#[test]
fn of_two_redrives_one_succeeds() {
    let mut hands = failed();
    hands.redrive(FIRST);
    hands.redrive(FIRST);
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        run a attempt 2
        redriven 1
        not redriven: the execution cannot be redriven: it still runs"]],
    );
}

#[test]
fn what_cannot_be_redriven_is_said_and_left_alone() {
    let mut hands = Hands::new(PASS);
    hands.start("a");
    hands.turns();
    hands.lines();
    hands.redrive(FIRST);
    hands.redrive(store::ExecutionKey(9));
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        not redriven: the execution cannot be redriven: it has succeeded
        not redriven: there is no execution number 9"]],
    );
    assert_eq!(hands.shard.counters().activations, 1);
}

#[test]
fn what_ran_when_it_was_stopped_is_settled_first() {
    let mut hands = Hands::new(TASK);
    hands.start("a");
    hands.turns();
    hands.stop(FIRST);
    hands.redrive(FIRST);
    hands.turns();
    let abandoned = hands.abandoned[0].clone();
    hands.settle(&abandoned);
    hands.redrive(FIRST);
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        run #1 attempt 1
        started a
        abandon a attempt 1
        stopped ABORTED had_ended=false
        not redriven: the execution cannot be redriven: a task that ran when it ended may still take effect; `baton resume` settles it, then it can be redriven
        run a attempt 2
        redriven 1"]],
    );
}

#[test]
fn a_crash_behind_the_redrive_loses_nothing() {
    let mut hands = Hands::new(MAP);
    hands.start_with("a", "[1,2,3]");
    hands.turns();
    let jobs = hands.run.clone();
    hands.succeed(&jobs[0], "1");
    hands.fail(&jobs[1]);
    hands.turns();
    let abandoned = hands.abandoned[0].clone();
    hands.settle(&abandoned);
    hands.turns();
    hands.redrive(FIRST);
    hands.turns();
    let mut hands = hands.crash();
    assert_eq!(hands.recover().expect("the store can be read"), (1, 2), "the two that did not succeed");
    hands.lines();
    let jobs = hands.run.clone();
    jobs.iter().for_each(|job| hands.succeed(job, "2"));
    hands.wait(FIRST, Until::Settled);
    hands.turns();
    check(&mut hands, expect!["ended SUCCEEDED settled=true"]);
}

#[test]
fn a_redrive_is_decided_again_when_its_commit_is_lost() {
    let mut hands = failed();
    hands.store.script([Outcome::DoubtfulLost, Outcome::DoubtfulDone]);
    hands.redrive(FIRST);
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        reopened
        reopened
        run a attempt 2
        redriven 1"]],
    );
}

#[test]
fn nothing_of_a_redrive_leaves_while_the_store_has_no_room() {
    let mut hands = failed();
    hands.store.script([Outcome::Full]);
    hands.redrive(FIRST);
    assert_eq!(hands.turn().pace, Pace::Blocked);
    check(&mut hands, expect!["blocked"]);
    hands.turns();
    check(
        &mut hands,
        expect![[r"
        run a attempt 2
        redriven 1
        unblocked"]],
    );
}

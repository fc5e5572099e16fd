//! Promises about what comes back.

use super::Subject;
use super::sample::{revision, samples};
use crate::error::StoreError;
use crate::map_run::{MapRunCounts, MapRunRecord, MapRunStatus};
use crate::store::{Committed, ExecutionKey, Lookup, RevisionRecord};

pub(super) fn what_is_acknowledged_survives(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 3);
    let batch: Vec<_> = all.iter().map(|it| it.last(1)).collect();
    assert_eq!(store.commit(&batch).expect("a sound batch is remembered"), vec![Committed::Done; 3]);
    drop(store);
    let mut store = subject.open();
    for sample in &all {
        let loaded = store.load(sample.key).expect("what was acknowledged is there");
        assert_eq!((loaded.row.info, loaded.activations), (sample.info.clone(), 1));
    }
    store.reopen().expect("a healthy store opens again");
    assert!(store.load(all[0].key).is_ok(), "it is there after opening again, too");
}

pub(super) fn events_come_back_as_they_went_in(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 2);
    // Interleaved, so that the order of commits is not the order within an execution.
    let commits: Vec<_> = (1..=40).flat_map(|at| [all[0].commit(at), all[1].commit(at)]).collect();
    for batch in commits.chunks(6) {
        store.commit(batch).expect("a sound batch is remembered");
    }
    for sample in &all {
        let loaded = store.load(sample.key).expect("it loads");
        let events: Vec<_> = (1..=40).flat_map(|at| sample.commit(at).step.events).collect();
        assert_eq!(loaded.activations, 40);
        assert_eq!(loaded.events, events, "the same events in the same order");
        assert!(loaded.events.iter().zip(1..).all(|(event, id)| event.id == id), "numbered without gap");
    }
}

pub(super) fn what_is_done_at_once_is_whole(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 3);
    store.commit(&[all[0].last(1), all[1].commit(1), all[2].last(1)]).expect("a sound batch is remembered");
    store.commit(&[all[0].commit(2)]).expect("one that was done goes on");
    drop(store);
    let mut store = subject.open();
    for (sample, activations) in all.iter().zip([2, 1, 1]) {
        let loaded = store.load(sample.key).expect("it loads");
        let events: Vec<_> = (1..=activations).flat_map(|at| sample.commit(at).step.events).collect();
        assert_eq!((loaded.activations, loaded.events), (activations, events));
    }
    assert!(matches!(store.commit(&[all[2].last(1)]), Err(StoreError::Rejected { .. })), "once");
    drop(store);
    subject.damage_record(all[2].key, 1);
    let mut store = subject.open();
    match store.load(all[2].key) {
        Err(StoreError::Corrupt { message }) => assert!(message.contains("activation 1"), "{message}"),
        other => panic!("a damaged record is `Corrupt`, not {other:?}"),
    }
    assert!(store.load(all[0].key).is_ok(), "its neighbour is not touched");
}

pub(super) fn the_engine_id_never_changes(subject: &mut dyn Subject) {
    let first = subject.open().engine_id();
    assert_eq!(subject.open().engine_id(), first);
}

pub(super) fn a_revision_has_one_key(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let first = revision("shop");
    let key = store.save_revision(&first).expect("it is remembered");
    let later = RevisionRecord { created_at: first.created_at.plus_ms(1), ..first.clone() };
    assert_eq!(store.save_revision(&later).expect("it is known"), key, "when it was created makes no other");
    let other = RevisionRecord { definition: "{}".into(), ..first.clone() };
    assert_ne!(store.save_revision(&other).expect("it is remembered"), key);
    drop(store);
    assert_eq!(subject.open().revision(key).expect("it is there"), first);
}

pub(super) fn a_map_run_is_as_last_remembered(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let (first, second) = (map_run("1", 7), map_run("2", 7));
    for run in [&first, &map_run("3", 8), &second] {
        store.save_map_run(run).expect("it is remembered");
    }
    let counts = MapRunCounts { succeeded: 5, failed: 1, results_written: 5, ..MapRunCounts::default() };
    let stopped_at = Some(first.started_at.plus_ms(9));
    let ended = MapRunRecord { status: MapRunStatus::Failed, stopped_at, items: counts, ..first.clone() };
    store.save_map_run(&ended).expect("it is remembered anew");
    drop(store);
    let mut store = subject.open();
    assert_eq!(store.map_run(&first.arn).expect("it is read"), Some(ended.clone()));
    assert_eq!(store.map_run("arn:none").expect("it is looked for"), None);
    assert_eq!(store.map_runs(ExecutionKey(7)).expect("they are read"), [ended, second], "oldest first");
}

fn map_run(id: &str, execution: i64) -> MapRunRecord {
    MapRunRecord {
        arn: format!("arn:aws:states:us-east-1:000000000000:mapRun:shop/orders:{id}").into(),
        execution: ExecutionKey(execution),
        machine_arn: "arn:aws:states:us-east-1:000000000000:stateMachine:shop/orders".into(),
        status: MapRunStatus::Running,
        started_at: asl::Timestamp::from_unix_ms(1_795_500_000_000),
        stopped_at: None,
        max_concurrency: 40,
        tolerated_failure_count: 3,
        tolerated_failure_percentage: 12.5,
        items: MapRunCounts::default(),
        executions: MapRunCounts { running: 2, ..MapRunCounts::default() },
        redrives: 0,
        checkpoint: "{}".into(),
    }
}

pub(super) fn a_damaged_record_is_named(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 2);
    store.commit(&[all[0].commit(1), all[1].commit(1)]).expect("a sound batch is remembered");
    store.commit(&[all[0].commit(2)]).expect("a sound batch is remembered");
    drop(store);
    subject.damage_record(all[0].key, 2);
    let mut store = subject.open();
    match store.load(all[0].key) {
        Err(StoreError::Corrupt { message }) => assert!(message.contains("activation 2"), "{message}"),
        other => panic!("a damaged record is `Corrupt`, not {other:?}"),
    }
    assert!(store.load(all[1].key).is_ok(), "its neighbour is not touched");
    let row = store.find(&Lookup::Key(all[0].key)).expect("its row is not touched");
    assert_eq!(row.expect("it is there").info, all[0].info);
}

//! Promises about what is found, listed and due.

use machine::{Status, TimerId};

use super::Subject;
use super::sample::{BEGIN, Sample, clear, samples, set, with};
use crate::store::{Commit, DueTimer, ExecutionFilter, ExecutionKey, Lookup, Store};

pub(super) fn an_execution_is_found(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 3);
    let mut odd = all[2].clone().named("shop", "odd");
    odd.info.arn = "arn:of:something/else".into();
    let all = [all[0].clone(), all[1].clone().named("shop", "order-7"), odd];
    store.commit(&all.each_ref().map(|it| it.commit(1))).expect("a sound batch is remembered");
    let machine_arn = super::revision("shop").arn;
    for Sample { key, info, .. } in &all {
        let name = info.name.clone();
        let lookups = [
            Lookup::Key(*key),
            Lookup::Id(info.id),
            Lookup::Arn(info.arn.clone()),
            Lookup::Name(name.clone()),
            Lookup::NameOf { machine_arn: machine_arn.clone(), name },
        ];
        for lookup in lookups {
            let row = store.find(&lookup).expect("it looks").expect("it is there");
            assert_eq!((row.key, &row.info), (*key, info), "{lookup:?}");
            assert_eq!((row.status, row.machine_arn.clone()), (Status::Running, machine_arn.clone()));
        }
    }
    for nobody in ["nobody", "", "arn:aws:states:us-east-1:000000000000:execution:shop:odd"] {
        assert!(store.find(&Lookup::Arn(nobody.into())).expect("it looks").is_none(), "`{nobody}`");
    }
}

pub(super) fn a_list_is_filtered(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 6);
    let bank = store.save_revision(&super::revision("bank")).expect("another machine");
    let last = Sample { revision: bank, ..all[5].clone() }.named("bank", "b");
    let mut unpaid = all[4].last(1);
    unpaid.settled = false;
    let done = all[..3].iter().map(|it| it.last(1));
    let batch: Vec<_> = done.chain([all[3].commit(1), unpaid, last.commit(1)]).collect();
    store.commit(&batch).expect("a sound batch is remembered");
    let keys = |at: &[usize]| at.iter().map(|at| all[*at].key).collect::<Vec<_>>();
    let everything = ExecutionFilter::default();
    assert_eq!(listed(&mut *store, &everything, None, 10), keys(&[5, 4, 3, 2, 1, 0]));
    assert_eq!(listed(&mut *store, &everything, Some(all[4].key), 2), keys(&[3, 2]), "a page");
    let unsettled = ExecutionFilter { unsettled: true, ..ExecutionFilter::default() };
    assert_eq!(listed(&mut *store, &unsettled, None, 10), keys(&[5, 4, 3]));
    let running = ExecutionFilter { status: Some(Status::Running), ..ExecutionFilter::default() };
    assert_eq!(listed(&mut *store, &running, None, 10), keys(&[5, 3]));
    let machine_arn = Some(super::revision("bank").arn);
    let of_bank = ExecutionFilter { machine_arn, ..ExecutionFilter::default() };
    assert_eq!(listed(&mut *store, &of_bank, None, 10), keys(&[5]));
    store.commit(&[all[3].last(2)]).expect("it ends");
    assert_eq!(listed(&mut *store, &unsettled, None, 10), keys(&[5, 4]), "what is settled is left out");
}

pub(super) fn a_timer_is_never_early(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 2);
    let first = with(with(all[0].commit(1), set(1, 20)), set(2, 10));
    store.commit(&[first, with(all[1].commit(1), set(1, 10))]).expect("a sound batch is remembered");
    assert_eq!(store.next_due().expect("it looks"), Some(BEGIN.plus_ms(10)));
    assert_eq!(due(&mut *store, 9, 10), vec![]);
    let at_ten = vec![timer(&all[0], 2, 10), timer(&all[1], 1, 10)];
    assert_eq!(due(&mut *store, 10, 10), at_ten);
    assert_eq!(due(&mut *store, 10, 1), at_ten[..1], "no more than asked for");
    drop(store);
    let mut store = subject.open();
    assert_eq!(due(&mut *store, 20, 10).len(), 3, "they survive, and come again until a commit clears them");
}

pub(super) fn a_timer_goes_when_cleared(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let sample = samples(&mut *store, 1).remove(0);
    let opened = with(with(with(sample.commit(1), set(1, 10)), clear(1)), set(2, 20));
    store.commit(&[opened]).expect("a sound batch is remembered");
    assert_eq!(due(&mut *store, 99, 10), vec![timer(&sample, 2, 20)], "set and cleared in one commit");
    store.commit(&[with(with(sample.commit(2), clear(2)), set(3, 30))]).expect("the next");
    assert_eq!(due(&mut *store, 99, 10), vec![timer(&sample, 3, 30)]);
}

pub(super) fn the_end_clears_timers(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 2);
    let batch: Vec<_> = all.iter().map(|it| with(with(it.commit(1), set(1, 10)), set(2, 20))).collect();
    store.commit(&batch).expect("a sound batch is remembered");
    store.commit(&[all[0].last(2)]).expect("it ends");
    assert_eq!(due(&mut *store, 99, 10), vec![timer(&all[1], 1, 10), timer(&all[1], 2, 20)]);
}

pub(super) fn an_ended_one_runs_again(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 2);
    let sample = &all[0];
    let failed = Commit { status: Status::Failed, ..sample.last(2) };
    store.commit(&[with(sample.commit(1), set(1, 10)), all[1].last(1)]).expect("it begins");
    store.commit(&[failed]).expect("it ends");
    store.commit(&[with(sample.commit(3), set(2, 20))]).expect("it is redriven");
    drop(store);
    let mut store = subject.open();
    let row = store.find(&Lookup::Key(sample.key)).expect("it looks").expect("it is there");
    assert_eq!((row.status, row.settled, row.closed_at), (Status::Running, false, None));
    let unsettled = ExecutionFilter { unsettled: true, ..ExecutionFilter::default() };
    assert_eq!(listed(&mut *store, &unsettled, None, 10), [sample.key], "recovery finds it");
    let due = store.due_timers(BEGIN.plus_ms(99), 9).expect("it looks");
    let expected = DueTimer { key: sample.key, timer: TimerId(2), due_at: BEGIN.plus_ms(20) };
    assert_eq!(due, [expected], "the timers of its first life are gone");
    let loaded = store.load(sample.key).expect("it loads");
    assert_eq!((loaded.activations, loaded.events.len()), (3, 6), "one history");
    store.commit(&[sample.last(4)]).expect("it ends once more");
    let row = store.find(&Lookup::Key(sample.key)).expect("it looks").expect("it is there");
    assert_eq!((row.status, row.settled, row.closed_at), (Status::Succeeded, true, Some(BEGIN.plus_ms(5))));
}

pub(super) fn what_is_set_aside_is_not_fired(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 2);
    let batch = [with(all[0].commit(1), set(1, 10)), with(all[1].commit(1), set(1, 20))];
    store.commit(&batch).expect("a sound batch is remembered");
    store.quarantine(all[0].key, "its record is damaged").expect("it is set aside");
    assert_eq!(due(&mut *store, 99, 10), vec![timer(&all[1], 1, 20)]);
    assert_eq!(store.next_due().expect("it looks"), Some(BEGIN.plus_ms(20)));
    drop(store);
    let mut store = subject.open();
    let row = store.find(&Lookup::Key(all[0].key)).expect("it looks").expect("it is shown");
    assert_eq!(row.quarantine.as_deref(), Some("its record is damaged"));
    assert!(store.commit(&[all[0].commit(2)]).is_err(), "nothing more happens to it");
    assert!(store.quarantine(ExecutionKey(i64::MAX), "nobody").is_err(), "nobody is there");
}

pub(super) fn what_is_taken_up_again_goes_on(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 2);
    let batch = [with(all[0].commit(1), set(1, 10)), with(all[1].commit(1), set(1, 20))];
    store.commit(&batch).expect("a sound batch is remembered");
    store.quarantine(all[0].key, "a bug of ours").expect("it is set aside");
    store.reinstate(all[0].key).expect("it is taken up again");
    store.reinstate(all[1].key).expect("one that is not set aside stays as it is");
    drop(store);
    let mut store = subject.open();
    let row = store.find(&Lookup::Key(all[0].key)).expect("it looks").expect("it is shown");
    assert_eq!(row.quarantine, None, "it survives a restart");
    assert_eq!(due(&mut *store, 99, 10), vec![timer(&all[0], 1, 10), timer(&all[1], 1, 20)]);
    assert_eq!(store.next_due().expect("it looks"), Some(BEGIN.plus_ms(10)));
    assert_eq!(store.load(all[0].key).expect("it is whole").activations, 1);
    store.commit(&[all[0].commit(2)]).expect("it goes on");
    store.quarantine(all[0].key, "again").expect("it may be set aside again");
    assert!(store.commit(&[all[0].commit(3)]).is_err(), "and then nothing happens to it");
    assert!(store.reinstate(ExecutionKey(i64::MAX)).is_err(), "nobody is there");
}

fn listed(
    store: &mut dyn Store,
    filter: &ExecutionFilter,
    before: Option<ExecutionKey>,
    limit: usize,
) -> Vec<ExecutionKey> {
    let rows = store.list(filter, before, limit).expect("it lists");
    rows.into_iter().map(|row| row.key).collect()
}

fn due(store: &mut dyn Store, ms: i64, limit: usize) -> Vec<DueTimer> {
    store.due_timers(BEGIN.plus_ms(ms), limit).expect("it looks")
}

fn timer(sample: &Sample, timer: u32, ms: i64) -> DueTimer {
    DueTimer { key: sample.key, timer: TimerId(timer), due_at: BEGIN.plus_ms(ms) }
}

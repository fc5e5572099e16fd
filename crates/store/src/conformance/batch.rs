//! Promises about a batch.

use super::Subject;
use super::sample::{Sample, samples};
use crate::error::StoreError;
use crate::store::{Committed, ExecutionKey, Lookup};

pub(super) fn a_batch_is_whole(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 3);
    let stray = Sample { key: ExecutionKey(all[2].key.0 + 1_000), ..all[2].clone() };
    let refused = store.commit(&[all[0].commit(1), all[1].last(1), stray.commit(2)]);
    assert!(matches!(refused, Err(StoreError::Rejected { .. })), "an execution never opened: {refused:?}");
    assert_eq!(store.next_key(), all[0].key, "no key was used");
    for sample in &all[..2] {
        assert!(
            store.find(&Lookup::Key(sample.key)).expect("it looks").is_none(),
            "nothing of the batch stays"
        );
    }
    assert_eq!(store.commit(&[]).expect("an empty batch is fine"), vec![]);
    let done = store.commit(&[all[0].commit(1), all[1].last(1)]);
    assert_eq!(done.expect("the sound ones go in"), vec![Committed::Done; 2]);
}

pub(super) fn an_activation_is_remembered_once(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 2);
    let sample = &all[0];
    store.commit(&[sample.commit(1)]).expect("the first");
    store.commit(&[sample.commit(2)]).expect("the second");
    for again in [sample.commit(1), sample.commit(2)] {
        let refused = store.commit(&[again]);
        assert!(matches!(refused, Err(StoreError::Rejected { .. })), "{refused:?}");
    }
    let twice = store.commit(&[all[1].commit(1), all[1].commit(1)]);
    assert!(matches!(twice, Err(StoreError::Rejected { .. })), "twice in one batch: {twice:?}");
    assert_eq!(store.load(sample.key).expect("it loads").activations, 2);
}

pub(super) fn activations_leave_no_gap(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let sample = samples(&mut *store, 1).remove(0);
    store.commit(&[sample.commit(1), sample.commit(2)]).expect("two of one execution in one batch");
    let refused = store.commit(&[sample.commit(4)]);
    assert!(matches!(refused, Err(StoreError::Rejected { .. })), "{refused:?}");
    store.commit(&[sample.commit(3)]).expect("the next");
}

pub(super) fn a_name_is_given_once(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let all = samples(&mut *store, 4);
    let named = |at: usize| all[at].clone().named("shop", "order-7");
    store.commit(&[named(0).commit(1)]).expect("the first of that name");
    let outcome = store.commit(&[named(1).commit(1), all[2].commit(1)]).expect("the batch goes on");
    assert_eq!(outcome, vec![Committed::NameTaken { existing: all[0].key }, Committed::Done]);
    assert!(store.find(&Lookup::Key(all[1].key)).expect("it looks").is_none(), "nothing of it is remembered");
    let other = store.save_revision(&super::revision("bank")).expect("another machine");
    let elsewhere = Sample { revision: other, ..all[3].clone() }.named("bank", "order-7");
    assert_eq!(
        store.commit(&[elsewhere.commit(1)]).expect("names belong to a machine"),
        vec![Committed::Done]
    );
    let newest = store.find(&Lookup::Name("order-7".into())).expect("it looks").expect("it is there");
    assert_eq!(newest.key, all[3].key, "the newest of a name");
}

pub(super) fn keys_ascend(subject: &mut dyn Subject) {
    let mut store = subject.open();
    let first = store.next_key();
    assert_eq!(store.next_key(), first, "asking reserves nothing");
    let all = samples(&mut *store, 5);
    store.commit(&[all[0].commit(1), all[1].last(1)]).expect("a sound batch is remembered");
    assert_eq!(store.next_key(), all[2].key);
    drop(store);
    assert_eq!(subject.open().next_key(), all[2].key, "as before");
}

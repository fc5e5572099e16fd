//! The conformance suite that every store passes.
//!
//! Each promise of [`Store`] is a function of its own, run on fresh ground. A store's tests call [`exercise`] with a way
//! to make that ground; nothing here knows what the store is made of.

mod batch;
mod index;
mod life;
mod sample;

use crate::store::{ExecutionKey, Store};

pub use self::sample::{Sample, revision};

/// Ground on which a store stands: what outlives the process that wrote it.
pub trait Subject {
    /// Opens the store; what was remembered before is there again. The one before is closed.
    fn open(&mut self) -> Box<dyn Store>;

    /// Changes one byte of the record of an activation, behind the store's back. No store is open meanwhile.
    fn damage_record(&mut self, key: ExecutionKey, activation: u64);
}

/// Holds a store to every promise of the trait; `make` gives fresh, empty ground. Panics at the first broken one.
pub fn exercise(make: &mut dyn FnMut() -> Box<dyn Subject>) {
    for (_, promise) in PROMISES {
        promise(&mut *make());
    }
}

/// A promise: its name, and what shows that it is kept.
pub type Promise = (&'static str, fn(&mut dyn Subject));

/// Every promise by its name.
pub const PROMISES: &[Promise] = &[
    ("what is acknowledged survives", life::what_is_acknowledged_survives),
    ("events come back as they went in, in order", life::events_come_back_as_they_went_in),
    ("the engine id never changes", life::the_engine_id_never_changes),
    ("a revision has one key", life::a_revision_has_one_key),
    ("a Map Run is as it was last remembered", life::a_map_run_is_as_last_remembered),
    ("a damaged record is named and the others are read", life::a_damaged_record_is_named),
    ("a batch is remembered as a whole or not at all", batch::a_batch_is_whole),
    ("an activation is remembered once", batch::an_activation_is_remembered_once),
    ("activations leave no gap", batch::activations_leave_no_gap),
    ("a name is given once and its batch goes on", batch::a_name_is_given_once),
    ("keys ascend and are not lost", batch::keys_ascend),
    ("an execution is found by all its names", index::an_execution_is_found),
    ("a list shows what its filter says, newest first", index::a_list_is_filtered),
    ("a timer is due at its instant, never earlier", index::a_timer_is_never_early),
    ("a timer goes with the commit that clears it", index::a_timer_goes_when_cleared),
    ("the end of an execution clears its timers", index::the_end_clears_timers),
    ("an execution that ended may run again", index::an_ended_one_runs_again),
    ("what is done at once is whole, and can go on", life::what_is_done_at_once_is_whole),
    ("what is set aside is shown and not fired", index::what_is_set_aside_is_not_fired),
    ("what is taken up again goes on as before", index::what_is_taken_up_again_goes_on),
];

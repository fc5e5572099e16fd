//! The limit that the store sets: the same activations, decided once and committed over and over, with nobody asking.

use std::path::Path;
use std::time::{Duration, Instant};

use asl::{Entropy, Timestamp};
use machine::{Actor, Execution, ExecutionId, ExecutionInfo, Input, Step};
use store::{Commit, ExecutionKey, Opening, RevisionKey, SqliteStore, Store as _};

use crate::Failure;
use crate::machines::Machine;
use crate::measure::{Measured, cpu_seconds};

pub(crate) fn measure(folder: &Path, batch: usize, patience: Duration) -> Result<Measured, Failure> {
    let folder = tempfile::tempdir_in(folder)?;
    let mut store = SqliteStore::open(folder.path(), [1; 16])?;
    let revision = Machine::Passes.revision()?;
    let actor = Actor::User("bench".into());
    let record = runtime::revision::record_of(&revision, Timestamp::default(), actor.clone());
    let revision_key = store.save_revision(&record)?;
    let mut execution = Execution::new(revision, info(0));
    let input = Input::Started { input: Machine::Passes.input()? };
    let step = execution.advance(Timestamp::default(), actor, input, &mut Entropy::from_seed([1; 32]));
    let (cpu_before, began, mut taken, mut commits) = (cpu_seconds(), Instant::now(), Vec::new(), 0);
    while began.elapsed() < patience {
        let at = Instant::now();
        let first = store.next_key().0;
        let numbers = first..first + i64::try_from(batch)?;
        let members: Vec<_> = numbers.map(|number| commit(number, revision_key, &step)).collect();
        store.commit(&members)?;
        commits += 1;
        taken.extend(std::iter::repeat_n(at.elapsed(), batch));
    }
    Ok(Measured::new(taken, began.elapsed(), cpu_seconds() - cpu_before, commits))
}

fn commit(number: i64, revision: RevisionKey, step: &Step) -> Commit {
    let started_by = Actor::User("bench".into());
    let opening = Opening { info: info(number), revision, started_at: Timestamp::default(), started_by };
    Commit {
        key: ExecutionKey(number),
        activation: 1,
        opening: Some(opening),
        step: step.clone(),
        status: machine::Status::Succeeded,
        settled: true,
        closed_at: Some(Timestamp::default()),
    }
}

/// As the engine makes them: an id that ascends, a name that is the id.
fn info(number: i64) -> ExecutionInfo {
    let mut id = [1; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    let id = ExecutionId(id);
    let arn = format!("arn:aws:states:us-east-1:000000000000:execution:bench:{id}").into();
    ExecutionInfo { id, name: id.to_string().into(), arn }
}

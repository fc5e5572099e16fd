//! Remembering a batch: one transaction, one sync.

use machine::{Effect, Status};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::{During, classify, is_duplicate};
use super::row::{DAMAGED_ROW, Origin, State, StoredRow, actor_text, is_usual_arn, status_code};
use super::{SqliteStore, checkpoint, open, query, timer};
use crate::error::StoreError;
use crate::record;
use crate::store::{Commit, Committed, ExecutionKey, Opening};

const BATCH: &str = "remembering a batch";

impl SqliteStore {
    pub(super) fn commit_batch(&mut self, batch: &[Commit]) -> Result<Vec<Committed>, StoreError> {
        self.writer()?;
        let members = batch.iter().map(|commit| self.prepare(commit)).collect::<Result<Vec<_>, _>>()?;
        let connection = self.writer()?;
        let outcome = in_transaction(connection, BATCH, || {
            members.iter().map(|member| write(connection, member)).collect::<Result<Vec<_>, _>>()
        })?;
        let bytes = members.iter().map(|it| it.record.len()).sum();
        if self.unseen.is_enough_with(bytes) {
            let pages_max = self.options.log_pages_max.unwrap_or(checkpoint::LOG_PAGES_MAX);
            checkpoint::look(self.writer()?, &self.folder.join(open::LOG_FILE), pages_max)?;
        }
        self.count(batch, &outcome);
        Ok(outcome)
    }

    /// Everything that needs no transaction: checks and encoding.
    fn prepare<'a>(&mut self, commit: &'a Commit) -> Result<Member<'a>, StoreError> {
        check_shape(commit)?;
        let record = record::encode(commit.key, commit.activation, &commit.step)
            .map_err(|error| rejected(commit, &format!("cannot be remembered: {error}")))?;
        let origin = commit.opening.as_ref().map(|it| self.origin(commit.key, it)).transpose()?;
        let state = State {
            status: status_code(commit.status),
            settled: commit.settled,
            closed_at: commit.closed_at.map(|at| at.unix_ms),
            quarantine: None,
        };
        Ok(Member { commit, record, origin, state })
    }

    fn origin(&mut self, key: ExecutionKey, opening: &Opening) -> Result<Origin, StoreError> {
        let (machine, machine_arn) = self.machine_of(opening.revision)?;
        let info = &opening.info;
        let is_usual = is_usual_arn(&info.arn, &machine_arn, &info.name);
        Ok(Origin {
            key: key.0,
            machine,
            name: info.name.to_string(),
            id: info.id.0,
            arn: (!is_usual).then(|| info.arn.to_string()),
            revision: opening.revision.0,
            started_at: opening.started_at.unix_ms,
            started_by: actor_text(&opening.started_by),
        })
    }

    /// The next execution lives behind the last that was remembered.
    fn count(&mut self, batch: &[Commit], outcome: &[Committed]) {
        for (commit, committed) in batch.iter().zip(outcome) {
            if commit.opening.is_some() && *committed == Committed::Done {
                self.number_next = self.number_next.max(query::number_of(commit.key) + 1);
            }
        }
    }

    /// Sets an execution aside, for a reason.
    pub(super) fn set_aside(&mut self, key: ExecutionKey, reason: &str) -> Result<(), StoreError> {
        let connection = self.writer()?;
        let what = "setting an execution aside";
        in_transaction(connection, what, || {
            let stored = read_row(connection, key)?.ok_or_else(|| query::missing(key))?;
            // A row that is damaged stays so: a checksum made anew would vouch for what nobody has written.
            let checksum = if stored.is_sound {
                let state = State { quarantine: Some(reason.to_owned()), ..stored.state };
                i64::from(state.checksum(key.0, stored.activations))
            } else {
                stored.state_crc
            };
            write_quarantine(connection, key, Some(reason), checksum)
                .and_then(|()| timer::hold(connection, key, true))
                .map_err(|error| classify(&error, During::Work, what))
        })
    }

    /// The undo of `set_aside`.
    pub(super) fn take_back(&mut self, key: ExecutionKey) -> Result<(), StoreError> {
        let connection = self.writer()?;
        let what = "taking an execution up again";
        in_transaction(connection, what, || {
            let stored = read_row(connection, key)?.ok_or_else(|| query::missing(key))?;
            if !stored.is_sound {
                return Err(query::corrupt(key, DAMAGED_ROW));
            }
            let state = State { quarantine: None, ..stored.state };
            write_quarantine(connection, key, None, state.checksum(key.0, stored.activations).into())
                .and_then(|()| timer::hold(connection, key, false))
                .map_err(|error| classify(&error, During::Work, what))
        })
    }
}

fn write_quarantine(
    connection: &Connection,
    key: ExecutionKey,
    reason: Option<&str>,
    checksum: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE executions SET quarantine = ?2, state_crc = ?3 WHERE key = ?1")?
        .execute(params![key.0, reason, checksum])
        .map(|_| ())
}

/// One member of a batch, ready to be written.
struct Member<'a> {
    commit: &'a Commit,
    record: Vec<u8>,
    origin: Option<Origin>,
    state: State,
}

impl Member<'_> {
    /// Whether the record goes into the execution's own row: rows that come again and again are kept short.
    fn stands_with_its_row(&self) -> bool {
        self.origin.is_some() && self.state.settled
    }
}

/// Runs `work` between BEGIN and COMMIT. Whatever fails before the COMMIT is taken back for certain.
pub(super) fn in_transaction<T>(
    connection: &Connection,
    what: &str,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    run(connection, "BEGIN IMMEDIATE").map_err(|error| classify(&error, During::Work, what))?;
    let done = work().and_then(|value| match run(connection, "COMMIT") {
        Ok(()) => Ok(value),
        Err(error) => Err(classify(&error, During::Commit, what)),
    });
    if done.is_err() && !connection.is_autocommit() {
        // Some errors have rolled back already; where this one fails, nobody knows what stands in the log.
        run(connection, "ROLLBACK").map_err(|error| classify(&error, During::Commit, what))?;
    }
    done
}

fn run(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(|_| ())
}

fn write(connection: &Connection, member: &Member<'_>) -> Result<Committed, StoreError> {
    match &member.origin {
        Some(origin) => {
            if let Some(existing) = insert_row(connection, member, origin)? {
                return Ok(Committed::NameTaken { existing });
            }
        }
        None => update_row(connection, member)?,
    }
    if !member.stands_with_its_row() {
        insert_record(connection, member)?;
    }
    write_timers(connection, member).map_err(|error| classify(&error, During::Work, BATCH))?;
    Ok(Committed::Done)
}

/// Writes the row of a new execution, or finds the one that has its name.
fn insert_row(
    connection: &Connection,
    member: &Member<'_>,
    origin: &Origin,
) -> Result<Option<ExecutionKey>, StoreError> {
    const INSERT: &str = "INSERT INTO executions (key, machine, name, named, id, arn, revision, started_at, started_by, \
                          origin_crc, status, settled, closed_at, activations, quarantine, state_crc, content) \
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1, NULL, ?14, ?15) \
                          ON CONFLICT (machine, name) DO NOTHING";
    let Member { commit, state, .. } = member;
    let is_named = !machine::ExecutionId(origin.id).is_written(&origin.name);
    let written = connection.prepare_cached(INSERT).and_then(|mut insert| {
        insert.execute(params![
            origin.key,
            origin.machine,
            origin.name,
            is_named,
            origin.id,
            origin.arn,
            origin.revision,
            origin.started_at,
            origin.started_by,
            origin.checksum(),
            state.status,
            state.settled,
            state.closed_at,
            state.checksum(origin.key, 1),
            member.stands_with_its_row().then_some(&member.record),
        ])
    });
    match written {
        Ok(1) => Ok(None),
        Ok(_) => name_taken(connection, commit, origin).map(Some),
        Err(error) if is_duplicate(&error) => Err(rejected(commit, "is remembered already")),
        Err(error) => Err(classify(&error, During::Work, BATCH)),
    }
}

fn name_taken(connection: &Connection, commit: &Commit, origin: &Origin) -> Result<ExecutionKey, StoreError> {
    let existing: i64 = connection
        .prepare_cached("SELECT key FROM executions WHERE machine = ?1 AND name = ?2")
        .and_then(|mut select| select.query_row(params![origin.machine, origin.name], |row| row.get(0)))
        .map_err(|error| classify(&error, During::Work, BATCH))?;
    if existing == commit.key.0 {
        return Err(rejected(commit, "is remembered already"));
    }
    Ok(ExecutionKey(existing))
}

fn update_row(connection: &Connection, member: &Member<'_>) -> Result<(), StoreError> {
    const UPDATE: &str = "UPDATE executions SET status = ?3, settled = ?4, closed_at = ?5, activations = ?2, state_crc = ?6 \
                          WHERE key = ?1 AND activations = ?2 - 1 AND quarantine IS NULL";
    let Member { commit, state, .. } = member;
    let Commit { key, activation, .. } = **commit;
    let updated = connection
        .prepare_cached(UPDATE)
        .and_then(|mut update| {
            update.execute(params![
                key.0,
                activation.cast_signed(),
                state.status,
                state.settled,
                state.closed_at,
                state.checksum(key.0, activation),
            ])
        })
        .map_err(|error| classify(&error, During::Work, BATCH))?;
    if updated == 1 { Ok(()) } else { Err(why_not(connection, commit)?) }
}

/// Why no row took an activation.
fn why_not(connection: &Connection, commit: &Commit) -> Result<StoreError, StoreError> {
    Ok(match read_row(connection, commit.key)? {
        None => rejected(commit, "belongs to an execution that was never opened"),
        Some(row) if row.state.quarantine.is_some() => {
            rejected(commit, "belongs to an execution that is set aside")
        }
        Some(row) if row.activations >= commit.activation => rejected(commit, "is remembered already"),
        Some(row) => rejected(commit, &format!("would leave a gap: {} are remembered", row.activations)),
    })
}

fn read_row(connection: &Connection, key: ExecutionKey) -> Result<Option<StoredRow>, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {} FROM executions WHERE key = ?1", super::row::COLUMNS))
        .and_then(|mut select| select.query_row([key.0], StoredRow::read).optional())
        .map_err(|error| classify(&error, During::Work, "reading an execution's row"))
}

fn insert_record(connection: &Connection, member: &Member<'_>) -> Result<(), StoreError> {
    let Member { commit, record, .. } = member;
    let inserted = connection
        .prepare_cached("INSERT INTO records (execution, activation, content) VALUES (?1, ?2, ?3)")
        .and_then(|mut insert| {
            insert.execute(params![commit.key.0, commit.activation.cast_signed(), record])
        });
    match inserted {
        Ok(_) => Ok(()),
        Err(error) if is_duplicate(&error) => Err(rejected(commit, "is remembered already")),
        Err(error) => Err(classify(&error, During::Work, BATCH)),
    }
}

/// The timers that are left when the step is over.
fn write_timers(connection: &Connection, member: &Member<'_>) -> rusqlite::Result<()> {
    let Member { commit, origin, .. } = member;
    if commit.status != Status::Running {
        return if origin.is_some() { Ok(()) } else { timer::clear_all(connection, commit.key) };
    }
    for effect in &commit.step.effects {
        match effect {
            Effect::SetTimer { timer, at } => timer::set(connection, commit.key, *timer, *at)?,
            Effect::ClearTimer { timer } => timer::clear(connection, commit.key, *timer)?,
            Effect::RunTask(_) | Effect::AbandonTask(_) => {}
        }
    }
    Ok(())
}

fn check_shape(commit: &Commit) -> Result<(), StoreError> {
    if commit.activation == 0 || commit.activation.cast_signed() < 0 {
        return Err(rejected(commit, "has no number: activations count from 1"));
    }
    if commit.opening.is_some() != (commit.activation == 1) {
        return Err(rejected(commit, "must open its execution if it is the first, and only then"));
    }
    if commit.settled && commit.status == Status::Running {
        return Err(rejected(commit, "leaves a running execution to which nothing is owed"));
    }
    Ok(())
}

fn rejected(commit: &Commit, why: &str) -> StoreError {
    StoreError::Rejected {
        message: format!("activation {} of execution number {} {why}", commit.activation, commit.key.0),
    }
}

//! Looking: rows of the index, and everything of one execution.

use rusqlite::{Connection, OptionalExtension as _, Params, params};

use super::SqliteStore;
use super::fault::{During, classify};
use super::row::{COLUMNS, DAMAGED_ROW, StoredRow, parts_of_usual_arn, status_code};
use crate::error::StoreError;
use crate::limits::LIST_ROWS_MAX;
use crate::record::Reader;
use crate::store::{ExecutionFilter, ExecutionKey, ExecutionRow, Loaded, Lookup};

const FIND: &str = "looking an execution up";

impl SqliteStore {
    pub(super) fn find_row(&mut self, lookup: &Lookup) -> Result<Option<ExecutionRow>, StoreError> {
        let stored = match lookup {
            Lookup::Key(key) => self.one("key = ?1", [key.0])?,
            Lookup::Id(id) => self.by_id(*id)?,
            Lookup::Arn(arn) => self.by_arn(arn)?,
            Lookup::Name(name) => self.by_name(name)?,
            Lookup::NameOf { machine_arn, name } => self.by_machine_and_name(machine_arn, name)?,
        };
        stored.map(|row| self.restore(row)).transpose()
    }

    pub(super) fn list_rows(
        &mut self,
        filter: &ExecutionFilter,
        before: Option<ExecutionKey>,
        limit: usize,
    ) -> Result<Vec<ExecutionRow>, StoreError> {
        let status = filter.status.map(status_code);
        // What runs is owed something, so both questions go to the index of the unsettled.
        let is_unsettled = filter.unsettled || status == Some(0);
        let is_not_well = status.is_some_and(|status| status >= 2);
        let index = match (is_unsettled, is_not_well) {
            (true, _) => "settled = 0 AND",
            (false, true) => "status >= 2 AND",
            (false, false) => "",
        };
        let select = format!(
            "SELECT {COLUMNS} FROM executions WHERE {index} key < ?1 AND (?2 IS NULL OR status = ?2) \
             AND (?3 IS NULL OR machine = (SELECT key FROM machines WHERE arn = ?3)) \
             AND (?5 = 0 OR machine NOT IN (SELECT key FROM machines WHERE instr(arn, '/') > 0)) \
             ORDER BY key DESC LIMIT ?4"
        );
        let before = before.map_or(i64::MAX, |key| key.0);
        let limit = i64::try_from(limit.min(LIST_ROWS_MAX)).unwrap_or_default();
        let machine = filter.machine_arn.as_deref();
        let stored = rows(
            self.connection()?,
            &select,
            params![before, status, machine, limit, filter.whole_machines],
        )?;
        stored.into_iter().map(|row| self.restore(row)).collect()
    }

    pub(super) fn read_execution(&mut self, key: ExecutionKey) -> Result<Loaded, StoreError> {
        let stored = self.one("key = ?1", [key.0])?.ok_or_else(|| missing(key))?;
        if !stored.is_sound {
            return Err(corrupt(key, DAMAGED_ROW));
        }
        let activations = stored.activations;
        let row = self.restore(stored)?;
        let events = self.read_events(key, activations)?;
        Ok(Loaded { row, activations, events })
    }

    /// The first record may stand with the execution's row; the others, or all, in a table of their own.
    fn read_events(&self, key: ExecutionKey, activations: u64) -> Result<Vec<machine::Event>, StoreError> {
        const SELECT: &str = "SELECT 1 AS activation, content FROM executions WHERE key = ?1 AND content IS NOT NULL \
                              UNION ALL SELECT activation, content FROM records WHERE execution = ?1 ORDER BY activation";
        let fail = |error: rusqlite::Error| classify(&error, During::Work, "reading an execution's records");
        let mut select = self.connection()?.prepare_cached(SELECT).map_err(fail)?;
        let mut records = select.query([key.0]).map_err(fail)?;
        let (mut reader, mut events, mut read) = (Reader::new(key), Vec::new(), 0);
        while let Some(record) = records.next().map_err(fail)? {
            read += 1;
            let activation: i64 = record.get(0).map_err(fail)?;
            if activation.cast_unsigned() != read {
                return Err(corrupt(key, &format!("activation {read} is missing")));
            }
            let content = record.get_ref(1).map_err(fail)?;
            let content = content.as_blob().map_err(|error| fail(error.into()))?;
            reader
                .read(read, content, &mut events)
                .map_err(|error| corrupt(key, &format!("activation {read}: {error}")))?;
        }
        if read == activations {
            return Ok(events);
        }
        Err(corrupt(key, &format!("{read} activations are there, {activations} were remembered")))
    }

    /// A generated name is the id's text and is found by name; all others stand in an index of their own.
    fn by_id(&self, id: machine::ExecutionId) -> Result<Option<StoredRow>, StoreError> {
        if let Some(row) = self.one("named = 1 AND id = ?1", [&id.0[..]])? {
            return Ok(Some(row));
        }
        Ok(self.by_name(&id.to_string())?.filter(|row| row.origin.id == id.0))
    }

    /// A usual ARN says machine and name; all others stand in an index of their own.
    fn by_arn(&self, arn: &str) -> Result<Option<StoredRow>, StoreError> {
        if let Some(row) = self.one("arn IS NOT NULL AND arn = ?1", [arn])? {
            return Ok(Some(row));
        }
        let Some((machine_arn, name)) = parts_of_usual_arn(arn) else { return Ok(None) };
        let found = self.by_machine_and_name(&machine_arn, name)?;
        Ok(found.filter(|row| row.origin.arn.is_none()))
    }

    fn by_name(&self, name: &str) -> Result<Option<StoredRow>, StoreError> {
        // Machines are few: one look into the index of names for each.
        const KEY: &str = "key = (SELECT max(named.key) FROM machines CROSS JOIN executions AS named \
                           ON named.machine = machines.key AND named.name = ?1)";
        self.one(KEY, [name])
    }

    fn by_machine_and_name(&self, machine_arn: &str, name: &str) -> Result<Option<StoredRow>, StoreError> {
        self.one("machine = (SELECT key FROM machines WHERE arn = ?1) AND name = ?2", [machine_arn, name])
    }

    fn one(&self, condition: &str, parameters: impl Params) -> Result<Option<StoredRow>, StoreError> {
        self.connection()?
            .prepare_cached(&format!("SELECT {COLUMNS} FROM executions WHERE {condition}"))
            .and_then(|mut select| select.query_row(parameters, StoredRow::read).optional())
            .map_err(|error| classify(&error, During::Work, FIND))
    }

    fn restore(&mut self, stored: StoredRow) -> Result<ExecutionRow, StoreError> {
        let machine_arn = match self.machine_arn(stored.origin.machine) {
            Ok(arn) => arn,
            // The row is damaged; it is shown, with what can still be read of it.
            Err(StoreError::Corrupt { .. }) if !stored.is_sound => "".into(),
            Err(error) => return Err(error),
        };
        Ok(stored.restore(machine_arn))
    }
}

fn rows(
    connection: &Connection,
    select: &str,
    parameters: impl Params,
) -> Result<Vec<StoredRow>, StoreError> {
    connection
        .prepare_cached(select)
        .and_then(|mut select| select.query_map(parameters, StoredRow::read)?.collect())
        .map_err(|error| classify(&error, During::Work, FIND))
}

/// The number after the last execution's.
pub(super) fn number_next(connection: &Connection) -> Result<u64, StoreError> {
    let last: Option<i64> = connection
        .query_row("SELECT max(key) FROM executions", [], |row| row.get(0))
        .map_err(|error| classify(&error, During::Work, FIND))?;
    Ok(last.map_or(0, |key| number_of(ExecutionKey(key))) + 1)
}

/// An execution's number within its shard.
pub(super) fn number_of(key: ExecutionKey) -> u64 {
    key.0.cast_unsigned() & ((1 << ExecutionKey::NUMBER_BITS) - 1)
}

pub(super) fn missing(key: ExecutionKey) -> StoreError {
    StoreError::Missing { message: format!("there is no execution number {}", key.0) }
}

pub(super) fn corrupt(key: ExecutionKey, what: &str) -> StoreError {
    StoreError::Corrupt {
        message: format!(
            "execution number {} cannot be read: {what}; the others are not touched; restore it from a backup",
            key.0
        ),
    }
}

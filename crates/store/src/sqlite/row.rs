//! One row of `executions`: its columns, its checksums, and back.

use std::sync::Arc;

use asl::Timestamp;
use machine::{Actor, ExecutionId, ExecutionInfo, Status};
use rusqlite::Row;
use rusqlite::types::ValueRef;

use crate::store::{ExecutionKey, ExecutionRow, RevisionKey};

/// The columns, in the order that [`StoredRow::read`] expects.
pub(super) const COLUMNS: &str = "key, machine, name, id, arn, revision, started_at, started_by, origin_crc, \
                                  status, settled, closed_at, activations, quarantine, state_crc";

/// What is said of a row whose checksum does not fit.
pub(super) const DAMAGED_ROW: &str = "its index row is damaged: the checksum differs";

/// A row as it stands in the table.
#[derive(Debug)]
pub(super) struct StoredRow {
    pub(super) origin: Origin,
    pub(super) state: State,
    pub(super) activations: u64,
    /// The checksum over `state` that stands in the row.
    pub(super) state_crc: i64,
    /// Whether both checksums hold.
    pub(super) is_sound: bool,
}

/// What never changes.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) key: i64,
    pub(super) machine: i64,
    pub(super) name: String,
    pub(super) id: [u8; 16],
    /// `None` where machine and name say it.
    pub(super) arn: Option<String>,
    pub(super) revision: i64,
    pub(super) started_at: i64,
    pub(super) started_by: String,
}

/// What changes with every activation, but for their count.
#[derive(Debug)]
pub(super) struct State {
    pub(super) status: i64,
    pub(super) settled: bool,
    pub(super) closed_at: Option<i64>,
    pub(super) quarantine: Option<String>,
}

impl Origin {
    pub(super) fn checksum(&self) -> u32 {
        let mut sum = Checksum::default();
        sum.number(self.key).number(self.machine).text(Some(&self.name)).bytes(&self.id);
        sum.text(self.arn.as_deref())
            .number(self.revision)
            .number(self.started_at)
            .text(Some(&self.started_by));
        sum.0
    }
}

impl State {
    /// Covers the key too, so that no state passes for that of another execution.
    pub(super) fn checksum(&self, key: i64, activations: u64) -> u32 {
        let mut sum = Checksum::default();
        sum.number(key).number(activations.cast_signed()).number(self.status).number(i64::from(self.settled));
        sum.number(i64::from(self.closed_at.is_some())).number(self.closed_at.unwrap_or_default());
        sum.text(self.quarantine.as_deref());
        sum.0
    }
}

impl StoredRow {
    /// Reads a row, a damaged one too: what has not the form of its column is left empty, and the row is not sound.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let mut columns = Columns { row, are_formed: true };
        let origin = Origin {
            key: row.get(0)?,
            machine: columns.number(1)?,
            name: columns.text(2)?.unwrap_or_default(),
            id: columns.id(3)?,
            arn: columns.text(4)?,
            revision: columns.number(5)?,
            started_at: columns.number(6)?,
            started_by: columns.text(7)?.unwrap_or_default(),
        };
        let origin_crc = columns.number(8)?;
        let state = State {
            status: columns.number(9)?,
            settled: columns.number(10)? != 0,
            closed_at: columns.optional_number(11)?,
            quarantine: columns.text(13)?,
        };
        let activations = columns.number(12)?.cast_unsigned();
        let state_crc = columns.number(14)?;
        let is_sound = columns.are_formed
            && origin_crc == i64::from(origin.checksum())
            && state_crc == i64::from(state.checksum(origin.key, activations));
        Ok(Self { origin, state, activations, state_crc, is_sound })
    }

    /// The row in domain terms. A damaged one is shown as set aside, with what can still be read of it.
    pub(super) fn restore(self, machine_arn: Arc<str>) -> ExecutionRow {
        let Self { origin, state, is_sound, .. } = self;
        let status = status_of(state.status);
        let actor = actor_of(&origin.started_by);
        let damage = (!is_sound || status.is_none() || actor.is_none()).then(|| Arc::from(DAMAGED_ROW));
        let arn = origin.arn.unwrap_or_else(|| usual_arn(&machine_arn, &origin.name));
        ExecutionRow {
            key: ExecutionKey(origin.key),
            info: ExecutionInfo { id: ExecutionId(origin.id), name: origin.name.into(), arn: arn.into() },
            revision: RevisionKey(origin.revision),
            machine_arn,
            status: status.unwrap_or(Status::Running),
            settled: state.settled,
            started_at: Timestamp::from_unix_ms(origin.started_at),
            started_by: actor.unwrap_or(Actor::Engine),
            closed_at: state.closed_at.map(Timestamp::from_unix_ms),
            quarantine: damage.or(state.quarantine.map(Arc::from)),
        }
    }
}

/// Whether `arn` is the ARN that execution `name` has by its machine's. Asked for every execution, so nothing is built for it.
pub(super) fn is_usual_arn(arn: &str, machine_arn: &str, name: &str) -> bool {
    let machine = arn.strip_suffix(name).and_then(|rest| rest.strip_suffix(':'));
    let (Some(machine), Some((account, machine_name))) = (machine, machine_arn.split_once(":stateMachine:"))
    else {
        return arn == usual_arn(machine_arn, name);
    };
    machine
        .strip_prefix(account)
        .and_then(|rest| rest.strip_prefix(":execution:"))
        .is_some_and(|found| found == machine_name)
}

/// The ARN of execution `name`, as it follows from that of its machine.
pub(super) fn usual_arn(machine_arn: &str, name: &str) -> String {
    format!("{}:{name}", machine_arn.replacen(":stateMachine:", ":execution:", 1))
}

/// The machine's ARN and the name that a usual ARN was made of.
pub(super) fn parts_of_usual_arn(arn: &str) -> Option<(String, &str)> {
    let (machine, name) = arn.rsplit_once(':')?;
    Some((machine.replacen(":execution:", ":stateMachine:", 1), name))
}

/// A status as it is stored.
pub(super) fn status_code(status: Status) -> i64 {
    match status {
        Status::Running => 0,
        Status::Succeeded => 1,
        Status::Failed => 2,
        Status::TimedOut => 3,
        Status::Aborted => 4,
    }
}

fn status_of(code: i64) -> Option<Status> {
    Some(match code {
        0 => Status::Running,
        1 => Status::Succeeded,
        2 => Status::Failed,
        3 => Status::TimedOut,
        4 => Status::Aborted,
        _ => return None,
    })
}

/// An actor as it is stored in a column: `user ada`, `timer`.
pub(super) fn actor_text(actor: &Actor) -> String {
    match actor {
        Actor::User(name) => format!("user {name}"),
        Actor::Principal(name) => format!("principal {name}"),
        Actor::Worker(name) => format!("worker {name}"),
        Actor::Timer => "timer".to_owned(),
        Actor::Engine => "engine".to_owned(),
    }
}

fn actor_of(text: &str) -> Option<Actor> {
    Some(match text.split_once(' ') {
        Some(("user", name)) => Actor::User(name.into()),
        Some(("principal", name)) => Actor::Principal(name.into()),
        Some(("worker", name)) => Actor::Worker(name.into()),
        None if text == "timer" => Actor::Timer,
        None if text == "engine" => Actor::Engine,
        _ => return None,
    })
}

/// The columns of one row, and whether each had the form that its table gives it.
struct Columns<'a> {
    row: &'a Row<'a>,
    are_formed: bool,
}

impl Columns<'_> {
    fn number(&mut self, at: usize) -> rusqlite::Result<i64> {
        let number = self.optional_number(at)?;
        self.are_formed &= number.is_some();
        Ok(number.unwrap_or_default())
    }

    fn optional_number(&mut self, at: usize) -> rusqlite::Result<Option<i64>> {
        match self.row.get_ref(at)? {
            ValueRef::Integer(number) => Ok(Some(number)),
            ValueRef::Null => Ok(None),
            ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => {
                self.are_formed = false;
                Ok(None)
            }
        }
    }

    fn text(&mut self, at: usize) -> rusqlite::Result<Option<String>> {
        match self.row.get_ref(at)? {
            ValueRef::Text(bytes) => {
                self.are_formed &= std::str::from_utf8(bytes).is_ok();
                Ok(Some(String::from_utf8_lossy(bytes).into_owned()))
            }
            ValueRef::Null => Ok(None),
            ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => {
                self.are_formed = false;
                Ok(None)
            }
        }
    }

    fn id(&mut self, at: usize) -> rusqlite::Result<[u8; 16]> {
        let id = self.row.get_ref(at)?.as_blob().ok().and_then(|bytes| bytes.try_into().ok());
        self.are_formed &= id.is_some();
        Ok(id.unwrap_or_default())
    }
}

/// CRC32C over columns, each told apart from the next.
#[derive(Default)]
struct Checksum(u32);

impl Checksum {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0 = crc32c::crc32c_append(self.0, bytes);
        self
    }

    fn number(&mut self, number: i64) -> &mut Self {
        self.bytes(&number.to_le_bytes())
    }

    fn text(&mut self, text: Option<&str>) -> &mut Self {
        let length = text.map_or(-1, |text| i64::try_from(text.len()).unwrap_or(i64::MAX));
        self.number(length).bytes(text.unwrap_or_default().as_bytes())
    }
}

//! One row of `executions`: its columns, its checksums, and back.

use std::sync::Arc;

use asl::Timestamp;
use machine::{Actor, ExecutionId, ExecutionInfo, Status};
use rusqlite::Row;

use crate::store::{ExecutionKey, ExecutionRow, RevisionKey};

/// The columns, in the order that [`StoredRow::read`] expects.
pub(super) const COLUMNS: &str = "key, machine, name, id, arn, revision, started_at, started_by, origin_crc, \
                                  status, settled, closed_at, activations, quarantine, state_crc";

/// A row as it stands in the table.
#[derive(Debug)]
pub(super) struct StoredRow {
    pub(super) origin: Origin,
    pub(super) state: State,
    pub(super) activations: u64,
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
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let origin = Origin {
            key: row.get(0)?,
            machine: row.get(1)?,
            name: row.get(2)?,
            id: row.get(3)?,
            arn: row.get(4)?,
            revision: row.get(5)?,
            started_at: row.get(6)?,
            started_by: row.get(7)?,
        };
        let origin_crc: i64 = row.get(8)?;
        let state = State {
            status: row.get(9)?,
            settled: row.get(10)?,
            closed_at: row.get(11)?,
            quarantine: row.get(13)?,
        };
        let activations = row.get::<_, i64>(12)?.cast_unsigned();
        let state_crc: i64 = row.get(14)?;
        let is_sound = origin_crc == i64::from(origin.checksum())
            && state_crc == i64::from(state.checksum(origin.key, activations));
        Ok(Self { origin, state, activations, is_sound })
    }

    /// The row in domain terms. A damaged one is shown as set aside, with what can still be read of it.
    pub(super) fn restore(self, machine_arn: Arc<str>) -> ExecutionRow {
        let Self { origin, state, is_sound, .. } = self;
        let status = status_of(state.status);
        let actor = actor_of(&origin.started_by);
        let damage = (!is_sound || status.is_none() || actor.is_none())
            .then(|| Arc::from("its index row is damaged: the checksum differs"));
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

//! The claim: one row of `baton_claim` in the user's database, which makes an effect happen once. Its four statements.
//!
//! Every function but `read` runs inside a transaction that the rule has begun. The texts are those of SQLite and PostgreSQL alike.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::fault::Fault;
use super::session::{Answer, CommitOutcome, Hint, OWN_BYTES_MAX, Parameter, Session, Statement, Value};

const INSERT: &str = "\
INSERT INTO baton_claim (key, attempt, sql_hash, state, outcome, execution_arn, state_name, at)
VALUES (:key, :attempt, :sql_hash, NULL, NULL, :execution_arn, :state_name, :at)
ON CONFLICT (key) DO UPDATE
SET attempt = excluded.attempt, sql_hash = excluded.sql_hash, state = NULL, outcome = NULL, at = excluded.at
WHERE baton_claim.state = 'aborted' AND baton_claim.attempt < excluded.attempt";

const ENTOMB: &str = "\
INSERT INTO baton_claim (key, attempt, sql_hash, state, outcome, execution_arn, state_name, at)
VALUES (:key, :attempt, :sql_hash, 'aborted', NULL, :execution_arn, :state_name, :at)
ON CONFLICT (key) DO UPDATE
SET attempt = excluded.attempt, sql_hash = excluded.sql_hash, at = excluded.at
WHERE baton_claim.state = 'aborted' AND baton_claim.attempt < excluded.attempt";

const RECORD: &str = "\
UPDATE baton_claim SET state = 'committed', outcome = :outcome
WHERE key = :key AND attempt = :attempt AND state IS NULL";

const READ: &str = "SELECT attempt, sql_hash, state, outcome FROM baton_claim WHERE key = :key";

/// Who claims.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) key: [u8; 32],
    pub(crate) attempt: u32,
    pub(crate) sql_hash: [u8; 32],
    pub(crate) execution_arn: Arc<str>,
    pub(crate) state: Arc<str>,
}

/// What a claim row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// There is none.
    Nothing,
    /// The effect has happened, and this was its answer.
    Committed { sql_hash: Vec<u8>, outcome: Arc<str> },
    /// This attempt and those before it are barred.
    Aborted { attempt: u32 },
    /// A row that says neither, which no transaction of ours leaves behind.
    Broken,
}

impl Claim {
    /// Claims the key. Blocks while somebody else is at it; whether it is ours now.
    pub(crate) fn insert(&self, session: &mut dyn Session) -> Result<bool, Fault> {
        Ok(own(session, INSERT, self.columns())?.updated == 1)
    }

    /// Bars this attempt. Blocks while somebody else is at it; whether it is barred now.
    pub(crate) fn entomb(&self, session: &mut dyn Session) -> Result<bool, Fault> {
        Ok(own(session, ENTOMB, self.columns())?.updated == 1)
    }

    /// Writes the outcome into the claim of this transaction and commits; `None` if the claim is not there any more.
    pub(crate) fn conclude(
        &self,
        session: &mut dyn Session,
        outcome: &Arc<str>,
    ) -> Result<Option<CommitOutcome>, Fault> {
        let parameters = vec![
            parameter("key", Value::Blob(self.key.to_vec()), Hint::Blob),
            parameter("attempt", Value::Integer(self.attempt.into()), Hint::Long),
            parameter("outcome", Value::Text(Arc::clone(outcome)), Hint::Text),
        ];
        session.conclude(&Statement { sql: RECORD.into(), parameters })
    }

    /// What the row says, seen outside of any transaction. Settles nothing where it is not there.
    pub(crate) fn read(&self, session: &mut dyn Session) -> Result<Found, Fault> {
        let parameters = vec![parameter("key", Value::Blob(self.key.to_vec()), Hint::Blob)];
        let statement = Statement { sql: READ.into(), parameters };
        let answer = session.execute(&statement, usize::MAX)?;
        let Some(row) = answer.rows.into_iter().next() else { return Ok(Found::Nothing) };
        let Ok([attempt, sql_hash, state, outcome]) = <[Value; 4]>::try_from(row) else {
            return Ok(Found::Broken);
        };
        Ok(match (attempt, sql_hash, state, outcome) {
            (Value::Integer(_), Value::Blob(sql_hash), Value::Text(state), Value::Text(outcome))
                if &*state == "committed" =>
            {
                Found::Committed { sql_hash, outcome }
            }
            (Value::Integer(attempt), _, Value::Text(state), _) if &*state == "aborted" => {
                u32::try_from(attempt).map_or(Found::Broken, |attempt| Found::Aborted { attempt })
            }
            _ => Found::Broken,
        })
    }

    fn columns(&self) -> Vec<Parameter> {
        let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        vec![
            parameter("key", Value::Blob(self.key.to_vec()), Hint::Blob),
            parameter("attempt", Value::Integer(self.attempt.into()), Hint::Long),
            parameter("sql_hash", Value::Blob(self.sql_hash.to_vec()), Hint::Blob),
            parameter("execution_arn", Value::Text(Arc::clone(&self.execution_arn)), Hint::Text),
            parameter("state_name", Value::Text(Arc::clone(&self.state)), Hint::Text),
            parameter("at", Value::Integer(i64::try_from(now_ms).unwrap_or(i64::MAX)), Hint::Long),
        ]
    }
}

fn parameter(name: &'static str, value: Value, hint: Hint) -> Parameter {
    Parameter { name: name.into(), value, hint }
}

fn own(session: &mut dyn Session, sql: &'static str, parameters: Vec<Parameter>) -> Result<Answer, Fault> {
    session.execute(&Statement { sql: sql.into(), parameters }, OWN_BYTES_MAX)
}

//! What an administrator asks of a database: to make the table of claims, to say whether tasks can work with it, and to
//! remove claims that nobody will ask for again.

mod shape;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::claim::Claim;
use super::config::{ConfigError, DatabaseConfig};
use super::dialect::Dialect;
use super::fault::{Class, Fault};
use super::session::{Connector, Hint, Isolation, Parameter, Session, Statement, Value};
use super::{connector_of, postgres};
use crate::limits::CLAIMS_PER_BATCH;

/// Bytes of an answer to one of these questions.
const BYTES_MAX: usize = 1_048_576;
/// How often the way to the server is measured.
const PINGS: usize = 5;
const PAGE: &str = "\
SELECT key, execution_arn FROM baton_claim
WHERE at < :before AND state IS NOT NULL AND key > :after ORDER BY key LIMIT :rows";
const DELETE: &str = "DELETE FROM baton_claim WHERE key = :key AND at < :before AND state IS NOT NULL";

/// One database, seen by whoever looks after it.
pub struct DatabaseAdmin {
    connector: Box<dyn Connector>,
    config: DatabaseConfig,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct AdminError {
    /// The class, as a workflow would see it: `SQL.ConnectionFailed`.
    pub name: String,
    /// The database's own words.
    pub message: String,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub name: &'static str,
    /// How it is.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to do, where something is to be done.
    pub hint: Option<String>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Fine,
    /// Tasks work, but something is weaker than it looks.
    Doubtful,
    /// Tasks do not work.
    Broken,
}

/// How an execution stands that a claim belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimOwner {
    /// It has ended and nothing is owed to it.
    Closed,
    /// It goes on.
    Open,
    /// Nobody knows it here.
    Unknown,
}

/// What became of old claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Removed.
    pub removed: u64,
    /// Kept, because their execution is open.
    pub kept_open: u64,
    /// Kept, because their execution is unknown.
    pub kept_unknown: u64,
}

impl From<Fault> for AdminError {
    fn from(fault: Fault) -> Self {
        Self { name: format!("SQL.{}", fault.class.name()), message: fault.message }
    }
}

impl std::fmt::Debug for DatabaseAdmin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseAdmin").field("name", &self.config.name).finish_non_exhaustive()
    }
}

impl DatabaseAdmin {
    /// Understands the configuration; connects to nobody.
    pub fn new(config: DatabaseConfig) -> Result<Self, ConfigError> {
        super::config::verify(std::slice::from_ref(&config))?;
        Ok(Self { connector: connector_of(&config)?, config })
    }

    /// The statements that make the table of claims, with the rights that tasks need.
    pub fn ddl(&self) -> String {
        let table = self.connector.claim_table();
        match self.connector.dialect() {
            Dialect::Sqlite => table.to_owned(),
            Dialect::Postgres => {
                let user = postgres::quoted_user(&self.config.url);
                format!("{table}\nGRANT SELECT, INSERT, UPDATE, DELETE ON baton_claim TO {user};\n")
            }
        }
    }

    /// Makes the table of claims where it is not there yet; blocks. Whether it was made now.
    pub fn init(&self) -> Result<bool, AdminError> {
        let mut session = self.connector.connect_bare()?;
        let session = &mut *session;
        let was_there = shape::columns(session, self.connector.dialect())?.is_some();
        if !was_there {
            run(session, self.connector.claim_table())?;
        }
        let findings = [shape::finding(session, self.connector.dialect())?];
        match findings.into_iter().find(|finding| finding.verdict == Verdict::Broken) {
            Some(broken) => Err(Fault::new(Class::IntegrityIncident, broken.found).into()),
            None => Ok(!was_there),
        }
    }

    /// Looks at everything that tasks rely on; blocks. What cannot be looked at after something broken is left out.
    pub fn check(&self) -> Vec<Finding> {
        let since = Instant::now();
        let mut session = match self.connector.connect_bare() {
            Ok(session) => session,
            Err(fault) => return vec![broken("connection", &fault)],
        };
        let connected = since.elapsed();
        let mut findings = Vec::new();
        if let Err(fault) = self.look(&mut *session, connected, &mut findings) {
            findings.push(broken("answer", &fault));
        }
        findings
    }

    fn look(
        &self,
        session: &mut dyn Session,
        connected: Duration,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Fault> {
        let dialect = self.connector.dialect();
        findings.push(fine("connection", format!("open after {}", shown(connected))));
        findings.push(fine("latency", format!("{} for one statement", shown(latency(session)?))));
        shape::server(session, dialect, findings)?;
        let table = shape::finding(session, dialect)?;
        let is_usable = table.verdict != Verdict::Broken;
        findings.push(table);
        if is_usable {
            shape::privileges(session, dialect, findings)?;
            findings.push(trial(session));
        }
        Ok(())
    }

    /// Removes claims from before `before_ms` (milliseconds since the Unix epoch), a bounded number at a time; blocks.
    ///
    /// `owner` says how the execution of an ARN stands. Claims of open ones are kept; those of unknown ones too, unless
    /// `with_unknown`: another engine may share the database. A claim without an outcome is somebody's to look at, and kept.
    pub fn collect(
        &self,
        before_ms: i64,
        with_unknown: bool,
        owner: &mut dyn FnMut(&str) -> ClaimOwner,
    ) -> Result<Collected, AdminError> {
        let mut session = self.connector.connect()?;
        let mut collected = Collected::default();
        let mut after = Vec::new();
        let mut known: BTreeMap<Arc<str>, ClaimOwner> = BTreeMap::new();
        loop {
            let page = page(&mut *session, before_ms, &after)?;
            let Some((last, _)) = page.last() else { return Ok(collected) };
            after.clone_from(last);
            let mut removable = Vec::new();
            for (key, arn) in page {
                match *known.entry(arn).or_insert_with_key(|arn| owner(arn)) {
                    ClaimOwner::Closed => removable.push(key),
                    ClaimOwner::Unknown if with_unknown => removable.push(key),
                    ClaimOwner::Open => collected.kept_open += 1,
                    ClaimOwner::Unknown => collected.kept_unknown += 1,
                }
            }
            // One page has few executions, and few pages share one.
            known.clear();
            collected.removed += remove(&mut *session, before_ms, &removable)?;
        }
    }
}

fn page(session: &mut dyn Session, before_ms: i64, after: &[u8]) -> Result<Vec<(Vec<u8>, Arc<str>)>, Fault> {
    let parameters = vec![
        parameter("before", Value::Integer(before_ms), Hint::Long),
        parameter("after", Value::Blob(after.to_vec()), Hint::Blob),
        parameter("rows", Value::Integer(CLAIMS_PER_BATCH.into()), Hint::Long),
    ];
    let answer = session.execute(&Statement { sql: PAGE.into(), parameters }, usize::MAX)?;
    let row = |row: Vec<Value>| match <[Value; 2]>::try_from(row) {
        Ok([Value::Blob(key), Value::Text(arn)]) => Some((key, arn)),
        _ => None,
    };
    Ok(answer.rows.into_iter().filter_map(row).collect())
}

fn remove(session: &mut dyn Session, before_ms: i64, keys: &[Vec<u8>]) -> Result<u64, Fault> {
    if keys.is_empty() {
        return Ok(0);
    }
    session.begin(Isolation::default())?;
    let mut removed = 0;
    for key in keys {
        let parameters = vec![
            parameter("key", Value::Blob(key.clone()), Hint::Blob),
            parameter("before", Value::Integer(before_ms), Hint::Long),
        ];
        match session.execute(&Statement { sql: DELETE.into(), parameters }, BYTES_MAX) {
            Ok(answer) => removed += answer.updated,
            Err(fault) => {
                session.rollback();
                return Err(fault);
            }
        }
    }
    match session.commit() {
        super::session::CommitOutcome::Committed => Ok(removed),
        super::session::CommitOutcome::RolledBack(fault) => Err(fault),
        // Whether they are gone or not, asking again is right.
        super::session::CommitOutcome::Ambiguous => {
            Err(Fault::new(Class::ConnectionFailed, "the connection was lost while claims were removed"))
        }
    }
}

/// A claim that is made and taken back: all that a task does first.
fn trial(session: &mut dyn Session) -> Finding {
    let claim = Claim {
        key: [0; 32],
        attempt: 1,
        sql_hash: [0; 32],
        execution_arn: "baton db check".into(),
        state: "check".into(),
    };
    let claimed = session.begin(Isolation::default()).and_then(|()| claim.insert(session));
    session.rollback();
    match claimed {
        Ok(true) => fine("claim", "made and taken back".into()),
        Ok(false) => Finding {
            name: "claim",
            verdict: Verdict::Broken,
            found: "a new key is taken already".into(),
            hint: Some("a row of `baton_claim` has a key of zeros, which no engine makes; remove it".into()),
        },
        Err(fault) => broken("claim", &fault),
    }
}

fn latency(session: &mut dyn Session) -> Result<Duration, Fault> {
    let mut measured = Vec::with_capacity(PINGS);
    // The first one also prepares the statement.
    run(session, "SELECT 1")?;
    for _ in 0..PINGS {
        let since = Instant::now();
        run(session, "SELECT 1")?;
        measured.push(since.elapsed());
    }
    measured.sort_unstable();
    Ok(measured[PINGS / 2])
}

/// The rows of a question without parameters, as texts.
fn run(session: &mut dyn Session, sql: &str) -> Result<Vec<Vec<String>>, Fault> {
    let answer = session.execute(&Statement { sql: sql.into(), parameters: Vec::new() }, BYTES_MAX)?;
    let text = |value| match super::transaction::json_of(value) {
        asl::Json::String(text) => text.to_string(),
        other => other.to_text(),
    };
    Ok(answer.rows.into_iter().map(|row| row.into_iter().map(text).collect()).collect())
}

fn parameter(name: &'static str, value: Value, hint: Hint) -> Parameter {
    Parameter { name: name.into(), value, hint }
}

fn fine(name: &'static str, found: String) -> Finding {
    Finding { name, verdict: Verdict::Fine, found, hint: None }
}

fn broken(name: &'static str, fault: &Fault) -> Finding {
    let found = match fault.sqlstate() {
        Some(sqlstate) => format!("{} (SQL.{}, {sqlstate})", fault.message, fault.class.name()),
        None => format!("{} (SQL.{})", fault.message, fault.class.name()),
    };
    Finding { name, verdict: Verdict::Broken, found, hint: None }
}

fn shown(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1_000.0)
}

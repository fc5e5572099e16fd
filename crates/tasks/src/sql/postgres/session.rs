//! PostgreSQL as a session: one connection, prepared statements, and no more waiting than the rule asks for.
//!
//! `BEGIN` travels with the claim, whose row count is awaited before anything else is sent. The outcome travels with `COMMIT`:
//! the statement that records it fails if it changes no row or runs in another transaction than the claim did, and after an
//! error the server skips what follows in the same batch, so that `COMMIT` is carried out only if the outcome is recorded.

mod prepared;

use std::sync::Arc;

use fallible_iterator::FallibleIterator as _;
use postgres_protocol::IsNull;
use postgres_protocol::message::backend::{DataRowBody, Message};
use postgres_protocol::message::frontend;

use self::prepared::{Column, Prepared, PreparedStatements};
use super::cancel::PostgresCanceller;
use super::classify::{ServerError, connection_failed};
use super::decode::decode;
use super::encode::encode;
use super::types::{Kind, Oid, Type, Types};
use super::wire::{Lost, Received, Wire};
use crate::limits::{MESSAGE_BYTES_MAX, ROW_BYTES_MAX};
use crate::sql::fault::{Class, Fault};
use crate::sql::session::{
    Answer, Canceller, CommitOutcome, Hint, Isolation, OWN_BYTES_MAX, Parameter, Session, Statement, Value,
};

/// What the catalogue says of a type that is not built in.
const TYPE: &str = "\
SELECT typname::text,
       CASE WHEN typinput::text = 'array_in' AND typdelim = ',' THEN typelem::int8 ELSE 0 END,
       CASE WHEN typtype = 'd' THEN typbasetype::int8 ELSE 0 END
FROM pg_catalog.pg_type WHERE oid = CAST(:oid AS int8)::oid";
/// Types inside each other that are looked up.
const TYPE_DEPTH_MAX: usize = 8;
/// The SQLSTATE of the division by zero that says that no claim was there to record in.
const NO_CLAIM: &str = "22012";

/// One connection.
pub(crate) struct PostgresSession {
    wire: Wire,
    canceller: Arc<PostgresCanceller>,
    prepared: PreparedStatements,
    types: Types,
    /// What the server said of the transaction after the last exchange: `I` idle, `T` in one, `E` in one that failed.
    status: u8,
    /// A `BEGIN` that goes out with the first statement.
    begins: Option<Isolation>,
    is_poisoned: bool,
}

/// What an exchange brought, up to the point where the server was ready again or the connection lost.
#[derive(Default)]
struct Reply {
    parameters: Vec<Oid>,
    columns: Vec<Column>,
    tags: Vec<String>,
    error: Option<ServerError>,
    /// Why the rest is missing.
    lost: Option<Fault>,
}

impl PostgresSession {
    /// A session over a connection that is logged in. Nothing is set on it yet.
    pub(crate) fn new(wire: Wire, canceller: PostgresCanceller) -> Self {
        Self {
            wire,
            canceller: Arc::new(canceller),
            prepared: PreparedStatements::default(),
            types: Types::default(),
            status: b'I',
            begins: None,
            is_poisoned: false,
        }
    }

    /// Runs our own statements without parameters, in one go; the values of the last row.
    pub(crate) fn script(&mut self, sql: &str) -> Result<Vec<Option<String>>, Fault> {
        frontend::query(sql, &mut self.wire.outbox).map_err(unsendable)?;
        let mut last = Vec::new();
        let reply = self.exchange(MESSAGE_BYTES_MAX, &mut |row| {
            last = texts(row)?.into_iter().map(|text| text.map(str::to_owned)).collect();
            Ok(())
        });
        self.fault_of(&reply).map_or(Ok(last), Err)
    }

    /// Prepares `BEGIN` and `COMMIT`, which every transaction needs.
    pub(crate) fn prepare_control(&mut self) -> Result<(), Fault> {
        for isolation in [Isolation::ReadCommitted, Isolation::RepeatableRead, Isolation::Serializable] {
            let (name, sql) = begin_of(isolation);
            frontend::parse(name, sql, [], &mut self.wire.outbox).map_err(unsendable)?;
        }
        frontend::parse("commit", "COMMIT", [], &mut self.wire.outbox).map_err(unsendable)?;
        frontend::sync(&mut self.wire.outbox);
        let reply = self.exchange(MESSAGE_BYTES_MAX, &mut |_| Ok(()));
        self.fault_of(&reply).map_or(Ok(()), Err)
    }

    /// Sends the outbox and reads until the server is ready again.
    fn exchange(
        &mut self,
        bytes_max: usize,
        on_row: &mut dyn FnMut(&DataRowBody) -> Result<(), Fault>,
    ) -> Reply {
        let mut reply = Reply::default();
        self.canceller.begin();
        if let Err(fault) = self.converse(&mut reply, bytes_max, on_row) {
            self.poison();
            reply.lost = Some(fault);
        }
        self.canceller.end();
        if reply.error.as_ref().is_some_and(ServerError::ends_connection) {
            self.poison();
        }
        reply
    }

    fn converse(
        &mut self,
        reply: &mut Reply,
        bytes_max: usize,
        on_row: &mut dyn FnMut(&DataRowBody) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.wire.flush().map_err(|lost| connection_failed(&lost))?;
        // A row of bytes is twice as long in text.
        let message_bytes_max =
            bytes_max.saturating_mul(2).saturating_add(MESSAGE_BYTES_MAX).min(ROW_BYTES_MAX);
        loop {
            match self
                .wire
                .message(message_bytes_max)
                .map_err(|received| not_received(received, bytes_max))?
            {
                Message::DataRow(row) => on_row(&row)?,
                Message::CommandComplete(body) => reply.tags.push(body.tag().map_err(unsendable)?.to_owned()),
                Message::EmptyQueryResponse => reply.tags.push(String::new()),
                Message::ErrorResponse(body) => reply.error = Some(ServerError::read(&body)),
                Message::ParameterDescription(body) => {
                    reply.parameters = body.parameters().collect().map_err(unsendable)?;
                }
                Message::RowDescription(body) => {
                    let column = |field: postgres_protocol::message::backend::Field<'_>| {
                        let (oid, modifier) = (field.type_oid(), field.type_modifier());
                        Ok(Column { name: field.name().into(), oid, modifier })
                    };
                    reply.columns = body.fields().map(column).collect().map_err(unsendable)?;
                }
                Message::ReadyForQuery(body) => {
                    self.status = body.status();
                    return Ok(());
                }
                // What a statement lets the server ask for or send beside rows; the guard lets none through.
                Message::CopyInResponse(_) | Message::CopyOutResponse(_) => {
                    return Err(Fault::new(Class::StatementNotAllowed, "`COPY` is not served"));
                }
                _ => {}
            }
        }
    }

    fn usable(&self) -> Result<(), Fault> {
        if self.is_poisoned {
            return Err(Fault::new(Class::ConnectionFailed, "the connection is given up"));
        }
        Ok(())
    }

    /// What went wrong in an exchange, if anything did.
    fn fault_of(&self, reply: &Reply) -> Option<Fault> {
        match (&reply.error, &reply.lost) {
            (Some(error), _) => Some(self.fault(error)),
            (None, Some(lost)) => Some(lost.clone()),
            (None, None) => None,
        }
    }

    fn fault(&self, error: &ServerError) -> Fault {
        let fault = error.fault();
        // A statement that was stopped by somebody else is one that took too long for somebody.
        if fault.class == Class::Cancelled && !self.canceller.was_asked() {
            return Fault { class: Class::StatementTimeout, ..fault };
        }
        fault
    }

    /// The prepared form of a statement; prepared now, if it is new.
    fn prepare(&mut self, statement: &Statement) -> Result<Arc<Prepared>, Fault> {
        if let Some(prepared) = self.prepared.find(statement) {
            return Ok(prepared);
        }
        self.begin_now()?;
        let (new, evicted) = self.prepared.make(statement);
        if let Some(name) = evicted {
            frontend::close(b'S', &name, &mut self.wire.outbox).map_err(unsendable)?;
        }
        frontend::parse(&new.name, &new.text, new.declared, &mut self.wire.outbox).map_err(unsendable)?;
        frontend::describe(b'S', &new.name, &mut self.wire.outbox).map_err(unsendable)?;
        frontend::sync(&mut self.wire.outbox);
        let reply = self.exchange(OWN_BYTES_MAX, &mut |_| Ok(()));
        if let Some(fault) = self.fault_of(&reply) {
            return Err(fault);
        }
        let prepared = Prepared {
            name: new.name,
            names: new.names,
            parameters: reply.parameters,
            columns: reply.columns,
        };
        let oids = prepared.parameters.iter().copied().chain(prepared.columns.iter().map(|it| it.oid));
        for oid in oids {
            self.meet(oid, TYPE_DEPTH_MAX)?;
        }
        Ok(self.prepared.keep(statement, prepared))
    }

    /// Makes sure that a type is known, and what it is made of. Recursion ends with `depth`: a domain over an array of a
    /// domain is about what there is.
    fn meet(&mut self, oid: Oid, depth: usize) -> Result<(), Fault> {
        if depth == 0 || self.types.get(oid).is_some() {
            return Ok(());
        }
        let (mut met, base) = self.look_up(oid)?;
        if let Some(base) = base {
            self.meet(base, depth - 1)?;
            if met.kind == Kind::Text {
                met.kind = self.types.kind(base);
            }
        }
        self.types.meet(oid, met);
        Ok(())
    }

    /// A type of the catalogue, and the type of its elements or below its domain.
    fn look_up(&mut self, oid: Oid) -> Result<(Type, Option<Oid>), Fault> {
        let parameters =
            vec![Parameter { name: "oid".into(), value: Value::Integer(oid.into()), hint: Hint::Long }];
        let answer = self.execute(&Statement { sql: TYPE.into(), parameters }, OWN_BYTES_MAX)?;
        let Some([Value::Text(name), Value::Integer(element), Value::Integer(base)]) =
            answer.rows.into_iter().next().and_then(|row| <[Value; 3]>::try_from(row).ok())
        else {
            return Ok((Type { name: "unknown".into(), kind: Kind::Text }, None));
        };
        let number = |number: i64| Oid::try_from(number).ok().filter(|number| *number != 0);
        Ok(match (number(element), number(base)) {
            (Some(element), _) => (Type { name, kind: Kind::Array(element) }, Some(element)),
            (None, base) => (Type { name, kind: Kind::Text }, base),
        })
    }

    /// Puts the `BEGIN` that is owed before what follows, in the same batch: if it fails, the rest is skipped.
    fn begin_now(&mut self) -> Result<(), Fault> {
        let Some(isolation) = self.begins.take() else { return Ok(()) };
        self.run_control(begin_of(isolation).0)
    }

    fn run_control(&mut self, name: &str) -> Result<(), Fault> {
        let nothing = |(): (), _: &mut bytes::BytesMut| Ok(IsNull::Yes);
        frontend::bind("", name, [], [(); 0], nothing, [], &mut self.wire.outbox).map_err(bind_failed)?;
        frontend::execute("", 0, &mut self.wire.outbox).map_err(unsendable)
    }

    /// Puts the execution of a statement into the outbox, without the end of the batch.
    fn run_prepared(&mut self, prepared: &Prepared, statement: &Statement) -> Result<(), Fault> {
        let mut values = Vec::with_capacity(prepared.names.len());
        for (at, name) in prepared.names.iter().enumerate() {
            let oid = prepared.parameters.get(at).copied().unwrap_or(0);
            let parameter = statement.parameters.iter().find(|it| it.name == *name);
            let parameter = parameter.ok_or_else(|| {
                Fault::new(Class::BadRequest, format!("the parameter `:{name}` is in the SQL, but not given"))
            })?;
            values.push(encode(parameter, oid, &self.types)?);
        }
        let write = |value: Option<String>, out: &mut bytes::BytesMut| match value {
            Some(text) => {
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
            None => Ok(IsNull::Yes),
        };
        self.begin_now()?;
        frontend::bind("", &prepared.name, [], values, write, [], &mut self.wire.outbox).map_err(
            |error| {
                // Half a batch is in the outbox.
                self.poison();
                bind_failed(error)
            },
        )?;
        frontend::execute("", 0, &mut self.wire.outbox).map_err(unsendable)
    }

    fn rows_of(&mut self, prepared: &Prepared, bytes_max: usize) -> (Reply, Vec<Vec<Value>>) {
        let types = std::mem::take(&mut self.types);
        let (mut rows, mut bytes) = (Vec::new(), 0_usize);
        let reply = self.exchange(bytes_max, &mut |row| {
            let texts = texts(row)?;
            // Column names are not counted: some answers do not repeat them in each row.
            bytes += 2 + texts.iter().map(|text| text.map_or(1, str::len)).sum::<usize>();
            if bytes > bytes_max {
                return Err(too_large(bytes_max));
            }
            let values = texts
                .into_iter()
                .zip(&prepared.columns)
                .map(|(text, column)| text.map_or(Ok(Value::Null), |text| decode(text, column.oid, &types)));
            rows.push(values.collect::<Result<_, _>>()?);
            Ok(())
        });
        self.types = types;
        (reply, rows)
    }

    /// A plan that the server will not use any more: another connection makes a new one.
    fn is_stale(error: &ServerError) -> bool {
        error.sqlstate == "26000" || (error.sqlstate == "0A000" && error.message.contains("cached plan"))
    }

    /// What is known of a COMMIT that was the statement number `at` of its batch.
    fn outcome_of(&mut self, reply: &Reply, at: usize) -> CommitOutcome {
        match (reply.tags.get(at).map(String::as_str), &reply.error) {
            (Some("COMMIT"), _) => CommitOutcome::Committed,
            // PostgreSQL says so, and says no error, when the transaction had failed before.
            (Some("ROLLBACK"), _) => CommitOutcome::RolledBack(Fault::new(
                Class::SerializationFailure,
                "the database answered COMMIT with ROLLBACK",
            )),
            (None, Some(error)) if !error.leaves_commit_open() && reply.lost.is_none() => {
                CommitOutcome::RolledBack(self.fault(error))
            }
            _ => {
                self.poison();
                CommitOutcome::Ambiguous
            }
        }
    }
}

impl Session for PostgresSession {
    fn begin(&mut self, isolation: Isolation) -> Result<(), Fault> {
        if self.is_poisoned || self.status != b'I' {
            self.poison();
            return Err(Fault::new(Class::ConnectionFailed, "the connection is not ready for a transaction"));
        }
        self.begins = Some(isolation);
        Ok(())
    }

    fn execute(&mut self, statement: &Statement, bytes_max: usize) -> Result<Answer, Fault> {
        self.usable()?;
        let prepared = self.prepare(statement)?;
        self.run_prepared(&prepared, statement)?;
        frontend::sync(&mut self.wire.outbox);
        let (reply, rows) = self.rows_of(&prepared, bytes_max);
        if let Some(error) = reply.error.as_ref().filter(|error| Self::is_stale(error)) {
            self.poison();
            return Err(Fault::new(Class::SerializationFailure, error.message.as_str()));
        }
        if let Some(fault) = self.fault_of(&reply) {
            return Err(fault);
        }
        Ok(Answer {
            columns: prepared.columns.iter().map(|it| Arc::clone(&it.name)).collect(),
            types: prepared.columns.iter().map(|it| self.types.column(it.oid, it.modifier)).collect(),
            rows,
            updated: reply.tags.last().map_or(0, |tag| updated(tag)),
        })
    }

    fn in_transaction(&mut self) -> bool {
        !self.is_poisoned && self.status == b'T'
    }

    fn commit(&mut self) -> CommitOutcome {
        if frontend::query("COMMIT", &mut self.wire.outbox).is_err() {
            self.poison();
            return CommitOutcome::Ambiguous;
        }
        let reply = self.exchange(MESSAGE_BYTES_MAX, &mut |_| Ok(()));
        self.outcome_of(&reply, 0)
    }

    fn conclude(&mut self, record: &Statement) -> Result<Option<CommitOutcome>, Fault> {
        self.usable()?;
        // `xmin` is the transaction that wrote the claim: a statement that escaped into another one is found out here.
        let sql = format!(
            "WITH recorded AS ({} AND xmin = pg_current_xact_id()::xid RETURNING 1) SELECT 1 / count(*) FROM recorded",
            record.sql
        );
        let record = Statement { sql: sql.into(), parameters: record.parameters.clone() };
        let prepared = self.prepare(&record)?;
        self.run_prepared(&prepared, &record)?;
        self.run_control("commit")?;
        frontend::sync(&mut self.wire.outbox);
        // From here on COMMIT may have been sent.
        let reply = self.exchange(MESSAGE_BYTES_MAX, &mut |_| Ok(()));
        match &reply.error {
            Some(error) if reply.tags.is_empty() && !error.ends_connection() && reply.lost.is_none() => {
                if error.sqlstate == NO_CLAIM {
                    Ok(None)
                } else {
                    Err(self.fault(error))
                }
            }
            _ => Ok(Some(self.outcome_of(&reply, 1))),
        }
    }

    fn rollback(&mut self) {
        self.begins = None;
        if self.is_poisoned || self.status == b'I' {
            return;
        }
        if self.script("ROLLBACK").is_err() || self.status != b'I' {
            self.poison();
        }
    }

    fn poison(&mut self) {
        if !self.is_poisoned {
            self.is_poisoned = true;
            self.canceller.cut();
        }
    }

    fn is_poisoned(&self) -> bool {
        // A request to cancel may still be on its way.
        self.is_poisoned || self.canceller.was_asked()
    }

    fn is_alive(&mut self) -> bool {
        !self.is_poisoned() && !self.wire.has_unread() && self.wire.stream().is_quiet()
    }

    fn canceller(&self) -> Arc<dyn Canceller> {
        Arc::clone(&self.canceller) as Arc<dyn Canceller>
    }
}

impl Drop for PostgresSession {
    fn drop(&mut self) {
        // The handle that cancels keeps the socket open otherwise.
        if !self.is_poisoned {
            frontend::terminate(&mut self.wire.outbox);
            let _ = self.wire.flush();
        }
        self.canceller.cut();
    }
}

fn begin_of(isolation: Isolation) -> (&'static str, &'static str) {
    // Not `READ WRITE`: a server whose owner made it read-only stays so.
    match isolation {
        Isolation::ReadCommitted => ("begin_rc", "BEGIN ISOLATION LEVEL READ COMMITTED"),
        Isolation::RepeatableRead => ("begin_rr", "BEGIN ISOLATION LEVEL REPEATABLE READ"),
        Isolation::Serializable => ("begin_s", "BEGIN ISOLATION LEVEL SERIALIZABLE"),
    }
}

/// The values of a row as texts.
fn texts(row: &DataRowBody) -> Result<Vec<Option<&str>>, Fault> {
    let buffer = row.buffer();
    let text = |range: Option<std::ops::Range<usize>>| match range {
        Some(range) => std::str::from_utf8(&buffer[range]).map(Some).map_err(std::io::Error::other),
        None => Ok(None),
    };
    row.ranges().map(text).collect().map_err(unsendable)
}

/// `INSERT 0 3`, `UPDATE 3`; what only reads or makes changes no row.
fn updated(tag: &str) -> u64 {
    let is_change = ["INSERT ", "UPDATE ", "DELETE ", "MERGE "].iter().any(|verb| tag.starts_with(verb));
    let count = tag.rsplit(' ').next().and_then(|count| count.parse().ok());
    count.filter(|_| is_change).unwrap_or(0)
}

fn not_received(received: Received, bytes_max: usize) -> Fault {
    match received {
        Received::Lost(lost) => connection_failed(&lost),
        Received::TooLarge => too_large(bytes_max),
    }
}

fn too_large(bytes_max: usize) -> Fault {
    Fault::new(Class::TooLarge, format!("the rows have more than {bytes_max} bytes"))
}

fn bind_failed(error: frontend::BindError) -> Fault {
    match error {
        frontend::BindError::Conversion(error) => unsendable(error),
        frontend::BindError::Serialization(error) => unsendable(error),
    }
}

/// What cannot be put into a message, or taken out of one.
fn unsendable(error: impl std::fmt::Display) -> Fault {
    connection_failed(&Lost(format!("a message of the protocol cannot be made or read: {error}")))
}

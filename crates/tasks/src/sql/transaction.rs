//! `baton:sql:transaction`: its arguments, its answer, its errors.

use std::sync::Arc;

use asl::{ErrorName, Failure, Json, JsonLimits, Number, json};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::fault::{Class, Fault};
use super::guard::guard;
use super::parameters::verify;
use super::session::{Answer, Connector, Hint, Isolation, Parameter, Statement, Value};
use super::work::{Form, Step, Work};
use crate::arguments::{Fields, Refused, object_of, shown};
use crate::limits::{PARAMETERS_MAX, STATEMENTS_MAX};

/// Why arguments are not acceptable: a fault, and the statement it is about, counted from 1.
pub(crate) type Rejected = (Fault, Option<usize>);

/// The name of the database that the arguments ask for.
pub(crate) fn database(arguments: &Json) -> Option<Arc<str>> {
    arguments.get("Database").and_then(Json::as_str).map(Arc::from)
}

/// Reads the arguments.
pub(crate) fn read(arguments: &Json, connector: &dyn Connector) -> Result<Work, Rejected> {
    let fields = Fields::of(arguments, "$", &["Database", "Isolation", "Statements"]).map_err(bad)?;
    let database = fields.required_text("Database").map_err(bad)?.into();
    let isolation = isolation(&fields).map_err(bad)?;
    let items =
        fields.items("Statements").and_then(|items| items.ok_or_else(|| fields.missing("Statements")));
    let items = items.map_err(bad)?;
    if items.is_empty() || items.len() > STATEMENTS_MAX {
        let problem = format!("has {} statements, expected 1 to {STATEMENTS_MAX}", items.len());
        return Err(bad(Refused::new(fields.place("Statements"), problem)));
    }
    let statements = items.iter().enumerate().map(|(at, item)| {
        step(item, &format!("$.Statements[{at}]"), connector).map_err(|fault| (fault, Some(at + 1)))
    });
    let statements = statements.collect::<Result<_, _>>()?;
    Ok(Work { database, isolation, statements, form: Form::Transaction })
}

fn bad(refused: Refused) -> Rejected {
    (refused.into(), None)
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        Self::new(Class::BadRequest, refused.to_string())
    }
}

fn isolation(fields: &Fields<'_>) -> Result<Isolation, Refused> {
    let Some(text) = fields.text("Isolation")? else { return Ok(Isolation::default()) };
    match text.to_ascii_uppercase().as_str() {
        "READ COMMITTED" => Ok(Isolation::ReadCommitted),
        "REPEATABLE READ" => Ok(Isolation::RepeatableRead),
        "SERIALIZABLE" => Ok(Isolation::Serializable),
        _ => Err(Refused::new(
            fields.place("Isolation"),
            format!("`{}` is not one of `READ COMMITTED`, `REPEATABLE READ`, `SERIALIZABLE`", shown(text)),
        )),
    }
}

fn step(item: &Json, at: &str, connector: &dyn Connector) -> Result<Step, Fault> {
    let fields = Fields::of(item, at, &["Sql", "Parameters", "ExpectRows"])?;
    let sql = fields.required_text("Sql")?;
    guard(sql, connector.dialect())?;
    let parameters = match fields.value("Parameters") {
        None => Vec::new(),
        Some(Json::Object(object)) if object.len() > PARAMETERS_MAX => {
            let problem = format!("has {} parameters, at most {PARAMETERS_MAX} are accepted", object.len());
            return Err(Refused::new(fields.place("Parameters"), problem).into());
        }
        Some(Json::Object(object)) => object.iter().map(|(name, value)| parameter(name, value)).collect(),
        Some(other) => {
            let problem = format!("expected an object, found {}", other.kind());
            return Err(Refused::new(fields.place("Parameters"), problem).into());
        }
    };
    verify(sql, &parameters, connector.dialect())?;
    let expect_rows = fields.count("ExpectRows")?;
    Ok(Step { statement: Statement { sql: sql.into(), parameters }, expect_rows })
}

fn parameter(name: &Arc<str>, value: &Json) -> Parameter {
    Parameter { name: Arc::clone(name), value: value_of(value), hint: Hint::Plain }
}

/// A JSON value as a database takes it. Nothing is rounded: what 64 bits do not hold exactly keeps its text.
fn value_of(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) if number.is_integer_text() => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Number(number.to_string().into()),
        },
        Json::Number(number) => Value::Number(number.to_string().into()),
        Json::String(text) => Value::Text(Arc::clone(text)),
        Json::Array(_) | Json::Object(_) => Value::Json(value.clone()),
    }
}

/// `[{ "rows": [{…}], "updated": n }]`, one entry for each statement.
pub(crate) fn output(answers: Vec<Answer>) -> Result<Json, Fault> {
    let entries = answers.into_iter().map(|answer| {
        let updated = Json::from(answer.updated);
        Ok(Json::object([("rows", rows(answer)?), ("updated", updated)]))
    });
    Ok(Json::array(entries.collect::<Result<Vec<_>, Fault>>()?))
}

/// The rows as objects, named by their columns.
pub(super) fn rows(answer: Answer) -> Result<Json, Fault> {
    let columns = answer.columns;
    let mut sorted: Vec<&Arc<str>> = columns.iter().collect();
    sorted.sort_unstable();
    if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        let name = shown(twice[0]);
        let problem = format!("two columns are called `{name}`; give each a name of its own with `AS`");
        return Err(Fault::new(Class::BadRequest, problem));
    }
    let rows = answer
        .rows
        .into_iter()
        .map(|row| Json::object(columns.iter().map(Arc::clone).zip(row.into_iter().map(json_of))));
    Ok(Json::array(rows.collect::<Vec<_>>()))
}

/// A database's value as JSON.
pub(super) fn json_of(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(value),
        Value::Integer(integer) => Json::from(integer),
        Value::Real(real) => match Number::from_f64(real) {
            Some(number) => Json::Number(number),
            None if real.is_nan() => Json::from("NaN"),
            None if real.is_sign_negative() => Json::from("-Infinity"),
            None => Json::from("Infinity"),
        },
        Value::Number(text) => json::parse(&text, JsonLimits::PAYLOAD).unwrap_or(Json::String(text)),
        Value::Text(text) | Value::Timestamp(text) => Json::String(text),
        Value::Blob(bytes) => Json::from(BASE64_STANDARD.encode(bytes)),
        Value::Array(values) => Json::array(values.into_iter().map(json_of)),
        Value::Json(json) => json,
    }
}

/// `SQL.<Class>`, with a cause that is one JSON object. It never holds a parameter's value.
pub(crate) fn failure(fault: &Fault, database: &str, statement: Option<usize>) -> Failure {
    if fault.class == Class::TooLarge {
        return Failure::new(ErrorName::DATA_LIMIT_EXCEEDED, fault.message.clone());
    }
    let cause = object_of([
        ("message", Some(Json::from(fault.message.as_str()))),
        ("class", Some(Json::from(fault.class.name()))),
        ("sqlstate", fault.sqlstate().map(Json::from)),
        ("database", Some(Json::from(database))),
        ("statement", statement.map(|number| Json::from(number as u64))),
    ]);
    Failure::new(format!("SQL.{}", fault.class.name()).as_str(), cause.to_text())
}

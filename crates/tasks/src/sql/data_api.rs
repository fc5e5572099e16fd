//! `aws-sdk:rdsdata:executeStatement`: its arguments, its answer, its errors, as the SDK integration of AWS gives them.

use std::sync::Arc;

use asl::{ErrorName, Failure, Json, Number};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::fault::{Class, Fault};
use super::parameters::verify;
use super::session::{Answer, Connector, Isolation, Statement, Value};
use super::transaction::{json_of, rows};
use super::work::{Form, Step, Work};
use crate::arguments::{Fields, Refused, object_of, shown};
use crate::limits::PARAMETERS_MAX;

const FIELDS: [&str; 11] = [
    "ResourceArn",
    "SecretArn",
    "Database",
    "Schema",
    "Sql",
    "Parameters",
    "TransactionId",
    "IncludeResultMetadata",
    "ContinueAfterTimeout",
    "ResultSetOptions",
    "FormatRecordsAs",
];
const VALUES: [&str; 7] =
    ["StringValue", "LongValue", "DoubleValue", "BooleanValue", "BlobValue", "IsNull", "ArrayValue"];
const TYPE_HINTS: [&str; 6] = ["JSON", "UUID", "TIMESTAMP", "DATE", "TIME", "DECIMAL"];

/// How the answer is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DataApi {
    has_metadata: bool,
    is_formatted: bool,
    are_longs_text: bool,
}

/// The ARN that the arguments name.
pub(crate) fn resource_arn(arguments: &Json) -> Option<&str> {
    arguments.get("ResourceArn").and_then(Json::as_str)
}

/// Reads the arguments, for the database called `database`.
pub(crate) fn read(arguments: &Json, database: &str, connector: &dyn Connector) -> Result<Work, Fault> {
    let fields = Fields::of(arguments, "$", &FIELDS)?;
    fields.required_text("ResourceArn")?;
    fields.required_text("SecretArn")?;
    not_served(&fields)?;
    if let Some(wanted) = fields.text("Database")?.filter(|wanted| *wanted != database) {
        let problem = format!("the ARN means the database `{database}`, not `{}`", shown(wanted));
        return Err(Fault::new(Class::UnknownDatabase, problem));
    }
    let sql = fields.required_text("Sql")?;
    connector.guard(sql)?;
    let parameters = parameters(&fields)?;
    verify(sql, &parameters)?;
    let step = Step { statement: Statement { sql: sql.into(), parameters }, expect_rows: None };
    Ok(Work {
        database: database.into(),
        isolation: Isolation::default(),
        statements: vec![step],
        form: Form::DataApi(options(&fields)?),
    })
}

fn not_served(fields: &Fields<'_>) -> Result<(), Refused> {
    if fields.value("TransactionId").is_some() {
        return Err(Refused::new(
            fields.place("TransactionId"),
            "transactions across states are not served yet; put the statements into one `baton:sql:transaction`",
        ));
    }
    if fields.value("Schema").is_some() {
        return Err(Refused::new(fields.place("Schema"), "is not supported, by AWS neither"));
    }
    if fields.boolean("ContinueAfterTimeout")? == Some(true) {
        return Err(Refused::new(
            fields.place("ContinueAfterTimeout"),
            "a statement that goes on after its timeout cannot be settled; leave it out",
        ));
    }
    Ok(())
}

fn options(fields: &Fields<'_>) -> Result<DataApi, Refused> {
    let set = match fields.value("ResultSetOptions") {
        Some(value) => {
            let known = ["DecimalReturnType", "LongReturnType"];
            Some(Fields::of(value, fields.place("ResultSetOptions"), &known)?)
        }
        None => None,
    };
    let mut are_longs_text = false;
    if let Some(set) = &set {
        one_of(set, "DecimalReturnType", &["STRING", "DOUBLE_OR_LONG"])?;
        are_longs_text = one_of(set, "LongReturnType", &["STRING", "LONG"])? == Some("STRING");
    }
    Ok(DataApi {
        has_metadata: fields.boolean("IncludeResultMetadata")?.unwrap_or(false),
        is_formatted: one_of(fields, "FormatRecordsAs", &["NONE", "JSON"])? == Some("JSON"),
        are_longs_text,
    })
}

fn one_of<'a>(fields: &Fields<'a>, name: &str, known: &[&str]) -> Result<Option<&'a str>, Refused> {
    match fields.text(name)? {
        Some(text) if !known.contains(&text) => {
            let known = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            Err(Refused::new(fields.place(name), format!("`{}` is not one of {known}", shown(text))))
        }
        other => Ok(other),
    }
}

fn parameters(fields: &Fields<'_>) -> Result<Vec<(Arc<str>, Value)>, Refused> {
    let items = fields.items("Parameters")?.unwrap_or_default();
    if items.len() > PARAMETERS_MAX {
        let problem = format!("has {} parameters, at most {PARAMETERS_MAX} are accepted", items.len());
        return Err(Refused::new(fields.place("Parameters"), problem));
    }
    let read = items.iter().enumerate().map(|(at, item)| {
        let fields = Fields::of(item, format!("$.Parameters[{at}]"), &["Name", "Value", "TypeHint"])?;
        one_of(&fields, "TypeHint", &TYPE_HINTS)?;
        let name = fields.required_text("Name")?.into();
        let value = fields.value("Value").ok_or_else(|| fields.missing("Value"))?;
        Ok((name, value_of(value, fields.place("Value"))?))
    });
    read.collect()
}

fn value_of(value: &Json, at: String) -> Result<Value, Refused> {
    let fields = Fields::of(value, at.as_str(), &VALUES)?;
    let mut set = VALUES.iter().filter(|name| fields.value(name).is_some());
    let (Some(kind), None) = (set.next(), set.next()) else {
        return Err(Refused::new(at, "expected exactly one of `StringValue`, `LongValue`, … `IsNull`"));
    };
    let number = || fields.value(kind).and_then(Json::as_number);
    let read = match *kind {
        "StringValue" => fields.text(kind)?.map(|text| Value::Text(text.into())),
        "LongValue" => number().and_then(Number::as_i64).map(Value::Integer),
        "DoubleValue" => number().map(Number::as_f64).filter(|real| real.is_finite()).map(Value::Real),
        "BooleanValue" => fields.boolean(kind)?.map(Value::Bool),
        "BlobValue" => fields.text(kind)?.and_then(|text| BASE64_STANDARD.decode(text).ok()).map(Value::Blob),
        "IsNull" => fields.boolean(kind)?.filter(|is_null| *is_null).map(|_| Value::Null),
        _ => {
            return Err(Refused::new(
                fields.place(kind),
                "array parameters are not supported, by AWS neither",
            ));
        }
    };
    read.ok_or_else(|| Refused::new(fields.place(kind), "has not the form that its name asks for"))
}

impl DataApi {
    /// The answer of `ExecuteStatement`, its fields in Pascal case.
    pub(crate) fn output(self, answers: Vec<Answer>) -> Result<Json, Fault> {
        let answer = answers.into_iter().next().unwrap_or_default();
        let returns_rows = !answer.columns.is_empty();
        let metadata = (self.has_metadata && returns_rows).then(|| metadata(&answer));
        let updated = Json::from(answer.updated);
        let (records, formatted, generated) = match (returns_rows, self.is_formatted) {
            (true, true) => (None, Some(Json::from(rows(answer)?.to_text())), None),
            (true, false) => (Some(self.records(answer)), None, None),
            (false, _) => (None, None, Some(Json::array([]))),
        };
        Ok(object_of([
            ("ColumnMetadata", metadata),
            ("FormattedRecords", formatted),
            ("GeneratedFields", generated),
            ("NumberOfRecordsUpdated", Some(updated)),
            ("Records", records),
        ]))
    }

    fn records(self, answer: Answer) -> Json {
        let row = |row: Vec<Value>| Json::array(row.into_iter().map(|value| self.field(value)));
        Json::array(answer.rows.into_iter().map(row))
    }

    fn field(self, value: Value) -> Json {
        let (kind, value) = match value {
            Value::Null => ("IsNull", Json::Bool(true)),
            Value::Integer(integer) if self.are_longs_text => {
                ("StringValue", Json::from(integer.to_string()))
            }
            Value::Bool(_) => ("BooleanValue", json_of(value)),
            Value::Integer(_) => ("LongValue", json_of(value)),
            Value::Real(real) if !real.is_finite() => ("StringValue", json_of(value)),
            Value::Real(_) => ("DoubleValue", json_of(value)),
            Value::Text(_) => ("StringValue", json_of(value)),
            Value::Blob(_) => ("BlobValue", json_of(value)),
        };
        Json::object([(kind, value)])
    }
}

/// The columns, typed by their first value that is not null, for SQLite types values and not columns.
fn metadata(answer: &Answer) -> Json {
    let columns = answer.columns.iter().enumerate().map(|(at, name)| {
        let first = answer.rows.iter().filter_map(|row| row.get(at)).find(|value| **value != Value::Null);
        // Numbers of `java.sql.Types`, as AWS gives them.
        let (code, type_name) = match first {
            Some(Value::Integer(_)) => (-5, "INTEGER"),
            Some(Value::Real(_)) => (8, "REAL"),
            Some(Value::Blob(_)) => (-2, "BLOB"),
            Some(Value::Bool(_)) => (16, "BOOLEAN"),
            Some(Value::Text(_)) => (12, "TEXT"),
            Some(Value::Null) | None => (0, "NULL"),
        };
        let is_signed = matches!(first, Some(Value::Integer(_) | Value::Real(_)));
        Json::object([
            ("ArrayBaseColumnType", Json::from(0_i64)),
            ("IsAutoIncrement", Json::Bool(false)),
            ("IsCaseSensitive", Json::Bool(matches!(first, Some(Value::Text(_))))),
            ("IsCurrency", Json::Bool(false)),
            ("IsSigned", Json::Bool(is_signed)),
            ("Label", Json::String(Arc::clone(name))),
            ("Name", Json::String(Arc::clone(name))),
            ("Nullable", Json::from(2_i64)),
            ("Precision", Json::from(0_i64)),
            ("Scale", Json::from(0_i64)),
            ("SchemaName", Json::from("")),
            ("TableName", Json::from("")),
            ("Type", Json::from(i64::from(code))),
            ("TypeName", Json::from(type_name)),
        ])
    });
    Json::array(columns)
}

/// The AWS name of a fault, with the database's words, the SQLSTATE and the class.
pub(crate) fn failure(fault: &Fault) -> Failure {
    let (error, status) = match fault.class {
        Class::TooLarge => return Failure::new(ErrorName::DATA_LIMIT_EXCEEDED, fault.message.clone()),
        // No AWS name says it, and it must not hide behind one.
        Class::IntegrityIncident => ("SQL.IntegrityIncident", 500),
        Class::StatementTimeout => ("RdsData.StatementTimeoutException", 400),
        Class::ConnectionFailed => ("RdsData.DatabaseUnavailableException", 504),
        Class::UnknownDatabase => ("RdsData.DatabaseNotFoundException", 404),
        Class::AccessDenied => ("RdsData.AccessDeniedException", 403),
        Class::BadRequest
        | Class::MultipleStatements
        | Class::TransactionControlNotAllowed
        | Class::StatementNotAllowed => ("RdsData.BadRequestException", 400),
        Class::UniqueViolation
        | Class::ForeignKeyViolation
        | Class::NotNullViolation
        | Class::CheckViolation
        | Class::InvalidValue
        | Class::SyntaxError
        | Class::UndefinedTable
        | Class::UndefinedColumn
        | Class::SerializationFailure
        | Class::LockTimeout
        | Class::DiskFull
        | Class::ReadOnlyDatabase
        | Class::CorruptDatabase
        | Class::UnexpectedRowCount
        | Class::DatabaseError
        | Class::Cancelled => ("RdsData.DatabaseErrorException", 400),
    };
    let state = fault.class.sqlstate().map(|state| format!("; SQLState: {state}")).unwrap_or_default();
    let class = fault.class.name();
    let cause =
        format!("ERROR: {}{state} ({class}) (Service: RdsData, Status Code: {status})", fault.message);
    Failure::new(error, cause)
}

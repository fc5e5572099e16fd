//! `aws-sdk:rdsdata:executeStatement` and `batchExecuteStatement`: arguments and errors, as the SDK integration of AWS has
//! them. Their answers: `data_api/answer.rs`.

mod answer;

use std::collections::BTreeSet;
use std::sync::Arc;

use asl::{ErrorName, Failure, Json, Number};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

pub(crate) use self::answer::{DataApi, batch_output};

use super::fault::{Class, Fault};
use super::guard::guard;
use super::parameters::{fit, wanted};
use super::session::{Connector, Hint, Isolation, Parameter, Statement, Value};
use super::work::{Form, Step, Work};
use crate::arguments::{Fields, Refused, shown};
use crate::limits::{PARAMETER_SETS_MAX, PARAMETERS_MAX};

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
const BATCH_FIELDS: [&str; 7] =
    ["ResourceArn", "SecretArn", "Database", "Schema", "Sql", "ParameterSets", "TransactionId"];
const VALUES: [&str; 7] =
    ["StringValue", "LongValue", "DoubleValue", "BooleanValue", "BlobValue", "IsNull", "ArrayValue"];
const TYPE_HINTS: [&str; 6] = ["JSON", "UUID", "TIMESTAMP", "DATE", "TIME", "DECIMAL"];

/// The ARN that the arguments name.
pub(crate) fn resource_arn(arguments: &Json) -> Option<&str> {
    arguments.get("ResourceArn").and_then(Json::as_str)
}

/// Reads the arguments of `executeStatement`, for the database called `database`.
pub(crate) fn read(arguments: &Json, database: &str, connector: &dyn Connector) -> Result<Work, Fault> {
    let fields = Fields::of(arguments, "$", &FIELDS)?;
    let sql = common(&fields, database, connector)?;
    let parameters = parameters(fields.items("Parameters")?, &fields.place("Parameters"))?;
    let step = step(&sql, &wanted(&sql, connector.dialect())?, parameters)?;
    Ok(work(database, vec![step], Form::DataApi(options(&fields)?)))
}

/// Reads the arguments of `batchExecuteStatement`: one statement, once for each set of parameters, in one transaction.
pub(crate) fn read_batch(arguments: &Json, database: &str, connector: &dyn Connector) -> Result<Work, Fault> {
    let fields = Fields::of(arguments, "$", &BATCH_FIELDS)?;
    let sql = common(&fields, database, connector)?;
    let at = fields.place("ParameterSets");
    let sets = fields.items("ParameterSets")?.unwrap_or_default();
    if sets.len() > PARAMETER_SETS_MAX {
        let problem = format!("has {} sets, at most {PARAMETER_SETS_MAX} are accepted", sets.len());
        return Err(Refused::new(at, problem).into());
    }
    let wanted = wanted(&sql, connector.dialect())?;
    let read = |(number, set): (usize, &Json)| {
        let place = format!("{at}[{number}]");
        let items = set.as_array().ok_or_else(|| {
            Refused::new(place.as_str(), format!("expected an array, found {}", set.kind()))
        })?;
        step(&sql, &wanted, parameters(Some(items), &place)?)
    };
    let steps = match sets {
        [] => vec![step(&sql, &wanted, Vec::new())?],
        sets => sets.iter().enumerate().map(read).collect::<Result<_, Fault>>()?,
    };
    Ok(work(database, steps, Form::Batch))
}

fn work(database: &str, statements: Vec<Step>, form: Form) -> Work {
    Work { database: database.into(), isolation: Isolation::default(), statements, form }
}

/// What both actions have in common; the SQL, which has passed the guard.
fn common(fields: &Fields<'_>, database: &str, connector: &dyn Connector) -> Result<Arc<str>, Fault> {
    fields.required_text("ResourceArn")?;
    fields.required_text("SecretArn")?;
    not_served(fields)?;
    if let Some(wanted) = fields.text("Database")?.filter(|wanted| *wanted != database) {
        let problem = format!("the ARN means the database `{database}`, not `{}`", shown(wanted));
        return Err(Fault::new(Class::UnknownDatabase, problem));
    }
    let sql = fields.required_text("Sql")?;
    guard(sql, connector.dialect())?;
    Ok(sql.into())
}

fn step(sql: &Arc<str>, wanted: &BTreeSet<&str>, parameters: Vec<Parameter>) -> Result<Step, Fault> {
    fit(wanted, &parameters)?;
    let statement = Statement { sql: Arc::clone(sql), parameters };
    Ok(Step { statement, expect_rows: None })
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
    let (mut are_longs_text, mut are_decimals_text) = (false, true);
    if let Some(set) = &set {
        are_decimals_text =
            one_of(set, "DecimalReturnType", &["STRING", "DOUBLE_OR_LONG"])? != Some("DOUBLE_OR_LONG");
        are_longs_text = one_of(set, "LongReturnType", &["STRING", "LONG"])? == Some("STRING");
    }
    Ok(DataApi {
        has_metadata: fields.boolean("IncludeResultMetadata")?.unwrap_or(false),
        is_formatted: one_of(fields, "FormatRecordsAs", &["NONE", "JSON"])? == Some("JSON"),
        are_longs_text,
        are_decimals_text,
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

fn parameters(items: Option<&[Json]>, place: &str) -> Result<Vec<Parameter>, Refused> {
    let items = items.unwrap_or_default();
    if items.len() > PARAMETERS_MAX {
        let problem = format!("has {} parameters, at most {PARAMETERS_MAX} are accepted", items.len());
        return Err(Refused::new(place, problem));
    }
    let read = items.iter().enumerate().map(|(at, item)| {
        let fields = Fields::of(item, format!("{place}[{at}]"), &["Name", "Value", "TypeHint"])?;
        let type_hint = one_of(&fields, "TypeHint", &TYPE_HINTS)?;
        let name = fields.required_text("Name")?.into();
        let value = fields.value("Value").ok_or_else(|| fields.missing("Value"))?;
        let (value, kind) = value_of(value, fields.place("Value"))?;
        Ok(Parameter { name, value, hint: hint_of(kind, type_hint) })
    });
    read.collect()
}

/// What AWS's driver would say about the type; a text without a hint is left to the statement, which is kinder than AWS.
fn hint_of(kind: &str, type_hint: Option<&str>) -> Hint {
    match (type_hint, kind) {
        (Some("DECIMAL"), _) => Hint::Decimal,
        (Some("TIMESTAMP"), _) => Hint::Timestamp,
        (Some("DATE"), _) => Hint::Date,
        (Some("TIME"), _) => Hint::Time,
        (Some("UUID"), _) => Hint::Uuid,
        (Some("JSON"), _) => Hint::Json,
        (_, "LongValue") => Hint::Long,
        (_, "DoubleValue") => Hint::Double,
        (_, "BooleanValue") => Hint::Boolean,
        (_, "BlobValue") => Hint::Blob,
        _ => Hint::Text,
    }
}

fn value_of(value: &Json, at: String) -> Result<(Value, &'static str), Refused> {
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
    let read = read.map(|value| (value, *kind));
    read.ok_or_else(|| Refused::new(fields.place(kind), "has not the form that its name asks for"))
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
    let state = fault.sqlstate().map(|state| format!("; SQLState: {state}")).unwrap_or_default();
    let class = fault.class.name();
    let cause =
        format!("ERROR: {}{state} ({class}) (Service: RdsData, Status Code: {status})", fault.message);
    Failure::new(error, cause)
}

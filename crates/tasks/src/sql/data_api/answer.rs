//! What the two actions of the Data API answer, their fields in Pascal case, as Step Functions gives them.

use std::sync::Arc;

use asl::Json;

use crate::arguments::object_of;
use crate::sql::fault::{Class, Fault};
use crate::sql::session::{Answer, ColumnType, Value};
use crate::sql::transaction::{json_of, rows};

/// How the answer is wanted.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four answers to four questions that have nothing to do with each other"
)]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DataApi {
    pub(super) has_metadata: bool,
    pub(super) is_formatted: bool,
    pub(super) are_longs_text: bool,
    pub(super) are_decimals_text: bool,
}

impl DataApi {
    /// The answer of `ExecuteStatement`.
    pub(crate) fn output(self, answers: Vec<Answer>) -> Result<Json, Fault> {
        let answer = answers.into_iter().next().unwrap_or_default();
        let returns_rows = !answer.columns.is_empty();
        let metadata = (self.has_metadata && returns_rows).then(|| metadata(&answer));
        let updated = Json::from(answer.updated);
        let (records, formatted, generated) = match (returns_rows, self.is_formatted) {
            (true, true) => (None, Some(Json::from(rows(answer)?.to_text())), None),
            (true, false) => (Some(self.records(answer)?), None, None),
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

    fn records(self, answer: Answer) -> Result<Json, Fault> {
        let row = |row: Vec<Value>| {
            row.into_iter().map(|value| self.field(value)).collect::<Result<Vec<_>, _>>().map(Json::array)
        };
        answer.rows.into_iter().map(row).collect::<Result<Vec<_>, _>>().map(Json::array)
    }

    fn field(self, value: Value) -> Result<Json, Fault> {
        let (kind, value) = match value {
            Value::Null => ("IsNull", Json::Bool(true)),
            Value::Integer(integer) if self.are_longs_text => {
                ("StringValue", Json::from(integer.to_string()))
            }
            Value::Number(text) => match json_of(Value::Number(Arc::clone(&text))) {
                Json::Number(number) if !self.are_decimals_text => match number.as_i64() {
                    Some(integer) => ("LongValue", Json::from(integer)),
                    None => ("DoubleValue", json_of(Value::Real(number.as_f64()))),
                },
                _ => ("StringValue", Json::String(text)),
            },
            Value::Bool(_) => ("BooleanValue", json_of(value)),
            Value::Integer(_) => ("LongValue", json_of(value)),
            Value::Real(real) if !real.is_finite() => ("StringValue", json_of(value)),
            Value::Real(_) => ("DoubleValue", json_of(value)),
            Value::Text(_) => ("StringValue", json_of(value)),
            Value::Timestamp(text) => ("StringValue", Json::from(aws_timestamp(&text))),
            Value::Json(json) => ("StringValue", Json::from(json.to_text())),
            Value::Blob(_) => ("BlobValue", json_of(value)),
            Value::Array(values) => ("ArrayValue", self.array(values)?),
        };
        Ok(Json::object([(kind, value)]))
    }

    /// One list, named after what it holds; AWS's form has no place for a NULL in it.
    fn array(self, values: Vec<Value>) -> Result<Json, Fault> {
        let mut kind = None;
        let mut items = Vec::with_capacity(values.len());
        for value in values {
            let field = self.field(value)?;
            let (name, item) = field.as_object().and_then(|field| field.iter().next()).expect("a field");
            let list = match &**name {
                "BooleanValue" => "BooleanValues",
                "LongValue" => "LongValues",
                "DoubleValue" => "DoubleValues",
                "ArrayValue" => "ArrayValues",
                "StringValue" => "StringValues",
                _ => {
                    let problem = "an array holds NULL or bytes, which the form of AWS has no place for; use \
                                   `baton:sql:transaction`, or turn it into text";
                    return Err(Fault::new(Class::InvalidValue, problem));
                }
            };
            if *kind.get_or_insert(list) != list {
                let problem = "an array mixes kinds of values, which the form of AWS has no place for";
                return Err(Fault::new(Class::InvalidValue, problem));
            }
            items.push(item.clone());
        }
        Ok(Json::object([(kind.unwrap_or("StringValues"), Json::array(items))]))
    }
}

/// The answer of `BatchExecuteStatement`: as with Aurora PostgreSQL, no fields are generated; `RETURNING` is for one statement.
pub(crate) fn batch_output(answers: &[Answer]) -> Json {
    let result = || Json::object([("GeneratedFields", Json::array([]))]);
    Json::object([("UpdateResults", Json::array(answers.iter().map(|_| result())))])
}

/// `2026-11-03 10:00:00.5`, in UTC: the Data API has neither `T` nor `Z`.
fn aws_timestamp(text: &str) -> String {
    text.trim_end_matches('Z').replacen('T', " ", 1)
}

fn metadata(answer: &Answer) -> Json {
    let columns = answer.columns.iter().enumerate().map(|(at, name)| {
        let of_column = answer.types.get(at).cloned();
        column(name, &of_column.unwrap_or_else(|| type_of_values(answer, at)))
    });
    Json::array(columns)
}

fn column(name: &Arc<str>, of_type: &ColumnType) -> Json {
    let number = |number: i32| Json::from(i64::from(number));
    Json::object([
        ("ArrayBaseColumnType", number(of_type.element_code)),
        ("IsAutoIncrement", Json::Bool(false)),
        ("IsCaseSensitive", Json::Bool(of_type.is_case_sensitive)),
        ("IsCurrency", Json::Bool(&*of_type.name == "money")),
        ("IsSigned", Json::Bool(of_type.is_signed)),
        ("Label", Json::String(Arc::clone(name))),
        ("Name", Json::String(Arc::clone(name))),
        ("Nullable", number(2)),
        ("Precision", number(of_type.precision)),
        ("Scale", number(of_type.scale)),
        ("SchemaName", Json::from("")),
        ("TableName", Json::from("")),
        ("Type", number(of_type.code)),
        ("TypeName", Json::String(Arc::clone(&of_type.name))),
    ])
}

/// The type of the first value that is not null, for SQLite types values and not columns.
fn type_of_values(answer: &Answer, at: usize) -> ColumnType {
    let first = answer.rows.iter().filter_map(|row| row.get(at)).find(|value| **value != Value::Null);
    // Numbers of `java.sql.Types`, as AWS gives them.
    let (code, name) = match first {
        Some(Value::Integer(_)) => (-5, "INTEGER"),
        Some(Value::Real(_) | Value::Number(_)) => (8, "REAL"),
        Some(Value::Blob(_)) => (-2, "BLOB"),
        Some(Value::Bool(_)) => (16, "BOOLEAN"),
        Some(Value::Text(_) | Value::Timestamp(_) | Value::Array(_) | Value::Json(_)) => (12, "TEXT"),
        Some(Value::Null) | None => (0, "NULL"),
    };
    ColumnType {
        name: name.into(),
        code,
        element_code: 0,
        precision: 0,
        scale: 0,
        is_signed: matches!(first, Some(Value::Integer(_) | Value::Real(_))),
        is_case_sensitive: matches!(first, Some(Value::Text(_))),
    }
}

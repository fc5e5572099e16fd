//! A parameter as text, in the form that PostgreSQL's type takes. Nothing is rounded on the way.

#[cfg(test)]
mod tests;

use asl::Json;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::types::{Kind, Oid, Types};
use crate::arguments::shown;
use crate::sql::fault::{Class, Fault};
use crate::sql::session::{Hint, Parameter, Value};
use crate::sql::transaction::json_of;

/// The text of a parameter for a type; `None` is NULL.
pub(crate) fn encode(parameter: &Parameter, oid: Oid, types: &Types) -> Result<Option<String>, Fault> {
    let kind = types.kind(oid);
    // Plain JSON means itself where JSON is wanted; a text of the Data API is JSON's text already.
    if kind == Kind::Json && parameter.hint == Hint::Plain && parameter.value != Value::Null {
        return Ok(Some(json_of(parameter.value.clone()).to_text()));
    }
    let text = match (&parameter.value, kind) {
        (Value::Null, _) => return Ok(None),
        (Value::Json(Json::Array(_)), Kind::Array(element)) => {
            let mut out = String::new();
            let Value::Json(json) = &parameter.value else { unreachable!("it was matched") };
            array(json, element, types, &mut out).map_err(|problem| invalid(parameter, problem))?;
            out
        }
        (Value::Text(text), Kind::Bytes) if parameter.hint == Hint::Plain => {
            bytes_of(text).map_err(|problem| invalid(parameter, problem))?
        }
        (value, _) => plain(value),
    };
    if text.contains('\0') {
        return Err(invalid(parameter, "has a NUL character, which no text of PostgreSQL can hold"));
    }
    Ok(Some(text))
}

fn invalid(parameter: &Parameter, problem: &str) -> Fault {
    Fault::new(Class::InvalidValue, format!("the parameter `:{}` {problem}", shown(&parameter.name)))
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(integer) => integer.to_string(),
        Value::Real(real) => real.to_string(),
        Value::Number(text) | Value::Text(text) | Value::Timestamp(text) => text.to_string(),
        Value::Blob(bytes) => hex(bytes),
        Value::Json(json) => json.to_text(),
        Value::Array(_) => json_of(value.clone()).to_text(),
    }
}

/// `{1,NULL,"a \"b\""}`. Recursion is bounded by the depth of a payload.
fn array(json: &Json, element: Oid, types: &Types, out: &mut String) -> Result<(), &'static str> {
    let items = json.as_array().unwrap_or_default();
    out.push('{');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let kind = types.kind(element);
        match item {
            Json::Null => out.push_str("NULL"),
            Json::Array(_) if kind != Kind::Json => array(item, element, types, out)?,
            Json::String(text) if kind == Kind::Bytes => quoted(&bytes_of(text)?, out),
            Json::String(text) if kind != Kind::Json => quoted(text, out),
            _ => quoted(&item.to_text(), out),
        }
    }
    out.push('}');
    Ok(())
}

fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

fn bytes_of(text: &str) -> Result<String, &'static str> {
    let bytes = BASE64_STANDARD.decode(text).map_err(|_| "is not base64, which `bytea` is given in")?;
    Ok(hex(&bytes))
}

/// `\x00ff`
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(2 + 2 * bytes.len());
    out.push_str("\\x");
    for byte in bytes {
        write!(out, "{byte:02x}").expect("writing to a string cannot fail");
    }
    out
}

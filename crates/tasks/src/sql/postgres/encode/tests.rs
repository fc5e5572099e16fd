use asl::{JsonLimits, json};

use super::encode;
use crate::sql::postgres::types::Types;
use crate::sql::session::{Hint, Parameter, Value};

#[track_caller]
fn check(oid: u32, value: Value, hint: Hint, expected: Option<&str>) {
    let parameter = Parameter { name: "p".into(), value, hint };
    let found = encode(&parameter, oid, &Types::default()).unwrap_or_else(|fault| Some(fault.message));
    assert_eq!(found.as_deref(), expected, "{oid}");
}

fn parsed(text: &str) -> Value {
    Value::Json(json::parse(text, JsonLimits::PAYLOAD).expect("valid JSON"))
}

#[test]
fn plain_json_takes_the_form_of_the_type() {
    check(
        1700,
        Value::Number("1.230000000000000000001".into()),
        Hint::Plain,
        Some("1.230000000000000000001"),
    );
    check(23, Value::Null, Hint::Plain, None);
    check(25, parsed(r#"[1,{"a":2}]"#), Hint::Plain, Some(r#"[1,{"a":2}]"#));
    check(3802, Value::Text("a".into()), Hint::Plain, Some(r#""a""#));
    check(3802, Value::Text(r#"{"a":1}"#.into()), Hint::Json, Some(r#"{"a":1}"#));
    check(17, Value::Text("AP8=".into()), Hint::Plain, Some("\\x00ff"));
    check(
        17,
        Value::Text("?".into()),
        Hint::Plain,
        Some("the parameter `:p` is not base64, which `bytea` is given in"),
    );
    check(
        25,
        Value::Text("a\0".into()),
        Hint::Plain,
        Some("the parameter `:p` has a NUL character, which no text of PostgreSQL can hold"),
    );
}

#[test]
fn arrays_are_quoted() {
    check(1007, parsed("[1,null,[2]]"), Hint::Plain, Some(r#"{"1",NULL,{"2"}}"#));
    check(1009, parsed(r#"["a \"b\" \\", "NULL", ""]"#), Hint::Plain, Some(r#"{"a \"b\" \\","NULL",""}"#));
    check(3807, parsed(r#"[[1],"a"]"#), Hint::Plain, Some(r#"{"[1]","\"a\""}"#));
    check(1001, parsed(r#"["AP8="]"#), Hint::Plain, Some(r#"{"\\x00ff"}"#));
}

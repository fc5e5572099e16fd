use asl::{Json, JsonLimits, json};

use super::Fields;

fn read(text: &str) -> Json {
    json::parse(text, JsonLimits::PAYLOAD).expect("the test's JSON is valid")
}

#[test]
fn an_unknown_field_is_refused_with_its_place() {
    let refused = Fields::of(&read(r#"{"Sqll":1}"#), "$.Statements[0]", &["Sql"]).expect_err("unknown");
    assert_eq!(refused.to_string(), "$.Statements[0].Sqll: unknown field; known are `Sql`");
}

#[test]
fn a_wrong_type_is_refused_with_its_place() {
    let value = read(r#"{"Sql":1,"N":-1,"Gone":null}"#);
    let fields = Fields::of(&value, "$", &["Sql", "N", "Gone"]).expect("known fields");
    assert_eq!(
        fields.text("Sql").expect_err("a number").to_string(),
        "$.Sql: expected a string, found number"
    );
    assert_eq!(
        fields.count("N").expect_err("negative").to_string(),
        "$.N: expected a whole number, at least 0, found number"
    );
    assert_eq!(fields.text("Gone"), Ok(None));
    assert_eq!(fields.required_text("Gone").expect_err("null").to_string(), "$.Gone: is missing");
}

#[test]
fn a_scalar_is_no_object() {
    assert_eq!(
        Fields::of(&Json::Null, "$", &[]).expect_err("null").to_string(),
        "$: expected an object, found null"
    );
}

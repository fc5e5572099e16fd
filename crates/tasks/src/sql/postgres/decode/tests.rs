use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::decode;
use crate::sql::postgres::types::Types;
use crate::sql::transaction::json_of;

#[track_caller]
fn check(oid: u32, text: &str, expect: &Expect) {
    let found = decode(text, oid, &Types::default()).map(|value| json_of(value).to_text());
    expect.assert_eq(&found.unwrap_or_else(|fault| fault.message));
}

#[test]
fn every_kind_becomes_json_without_a_loss() {
    check(16, "t", &expect!["true"]);
    check(20, "-9223372036854775808", &expect!["-9223372036854775808"]);
    check(1700, "12345678901234567890.1200", &expect!["12345678901234567890.1200"]);
    check(1700, "NaN", &expect![[r#""NaN""#]]);
    check(701, "0.1", &expect!["0.1"]);
    check(701, "NaN", &expect![[r#""NaN""#]]);
    check(701, "-Infinity", &expect![[r#""-Infinity""#]]);
    check(17, "\\x00ff", &expect![[r#""AP8=""#]]);
    check(
        3802,
        r#"{"b": 9007199254740993.10, "a": [1, null]}"#,
        &expect![[r#"{"b":9007199254740993.10,"a":[1,null]}"#]],
    );
    check(1184, "2026-11-03 10:00:00.123456+00", &expect![[r#""2026-11-03T10:00:00.123456Z""#]]);
    check(1114, "2026-11-03 10:00:00", &expect![[r#""2026-11-03T10:00:00""#]]);
    check(1114, "infinity", &expect![[r#""infinity""#]]);
    check(1184, "0044-03-15 00:00:00+00 BC", &expect![[r#""0044-03-15 00:00:00+00 BC""#]]);
    check(
        2950,
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        &expect![[r#""a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11""#]],
    );
    check(99_999, "(1,2)", &expect![[r#""(1,2)""#]]);
}

#[test]
fn arrays_keep_their_shape() {
    check(1007, "{1,NULL,3}", &expect!["[1,null,3]"]);
    check(1007, "{}", &expect!["[]"]);
    check(1007, "[0:1]={1,2}", &expect!["[1,2]"]);
    check(1007, "{{1,2},{3,4}}", &expect!["[[1,2],[3,4]]"]);
    check(1009, r#"{a,"b,c","d\"e\\","NULL",""}"#, &expect![[r#"["a","b,c","d\"e\\","NULL",""]"#]]);
    check(1001, r#"{"\\x00ff"}"#, &expect![[r#"["AP8="]"#]]);
    check(1007, "{1,2", &expect!["the server prints a `array` in a way that is not known"]);
    check(1007, "{{{{{{{1}}}}}}}", &expect!["the server prints a `array` in a way that is not known"]);
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in "[\\[\\]{}\",\\\\=:0-9a-zNUL \u{e9}.+-]{0,40}", oid in 0_u32..4_000) {
        let _ = decode(&text, oid, &Types::default());
    }
}

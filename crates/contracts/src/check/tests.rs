use std::sync::Arc;

use asl::contract::{Mode, Unknown};
use asl::{Json, JsonLimits, json};
use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::Contract;
use crate::schema::Schema;

fn contract(schema: &str, unknown: Unknown) -> Contract {
    let schema = Schema::parse(schema).expect("the test's schema is one");
    Contract { schema: Arc::new(schema), unknown, mode: Mode::Enforce }
}

fn value(text: &str) -> Json {
    json::parse(text, JsonLimits::PAYLOAD).expect("the test's value is JSON")
}

#[track_caller]
fn fits(schema: &str, fitting: &[&str], others: &[&str]) {
    let contract = contract(schema, Unknown::Reject);
    for text in fitting {
        assert_eq!(contract.check(&value(text)), Ok(()), "{text} fits {schema}");
    }
    for text in others {
        assert!(contract.check(&value(text)).is_err(), "{text} does not fit {schema}");
    }
}

#[track_caller]
fn violations(schema: &str, text: &str, expected: &Expect) {
    let found = contract(schema, Unknown::Reject).check(&value(text)).expect_err("it does not fit");
    let lines: Vec<String> = found
        .list
        .iter()
        .map(|it| format!("{}: expected {}, found {}", it.path, it.expected, it.found))
        .collect();
    let more = if found.more > 0 { format!("\nand {} more", found.more) } else { String::new() };
    expected.assert_eq(&(lines.join("\n") + &more));
}

#[test]
fn primitive_types_take_what_the_table_says() {
    fits("\"null\"", &["null"], &["0", "false", "\"\"", "{}"]);
    fits("\"boolean\"", &["true"], &["0", "\"true\"", "null"]);
    fits(
        "\"int\"",
        &["0", "-2147483648", "2147483647", "5.0", "5e2"],
        &["2147483648", "1.5", "\"1\"", "null"],
    );
    fits(
        "\"long\"",
        &["9223372036854775807", "-9223372036854775808", "1e3"],
        &["9223372036854775808", "0.1", "\"1\""],
    );
    fits("\"float\"", &["0.1", "1", "16777217", "3.4e38"], &["3.5e38", "1e400", "\"1\""]);
    fits("\"double\"", &["0.1", "1e308"], &["1e400", "\"1\""]);
    fits("\"string\"", &["\"\"", "\"x\""], &["1", "null"]);
    fits("\"bytes\"", &["\"\"", "\"aGk=\"", "\"aGkx\""], &["\"a\"", "\"a===\"", "\"a-b_\"", "1"]);
    fits(r#"{"type":"fixed","name":"F","size":2}"#, &["\"aGk=\""], &["\"aGkx\"", "\"\""]);
    fits(r#"{"type":"enum","name":"E","symbols":["A","B"]}"#, &["\"A\""], &["\"C\"", "\"a\"", "1"]);
}

#[test]
fn logical_types_take_text_or_number() {
    let decimal = r#"{"type":"bytes","logicalType":"decimal","precision":6,"scale":2}"#;
    fits(
        decimal,
        &["\"1234.56\"", "12.30", "1234", "\"-0.5\"", "\"1.100\"", "0", "1e3"],
        &["\"12345.6\"", "\"1.234\"", "12345", "\"x\"", "\"1.\"", "\"\"", "1e4"],
    );
    fits(
        r#"{"type":"int","logicalType":"date"}"#,
        &["\"2026-11-24\"", "20000"],
        &["\"2026-13-01\"", "\"2026-11-24T00:00:00Z\"", "\"x\""],
    );
    fits(
        r#"{"type":"int","logicalType":"time-millis"}"#,
        &["\"10:15:30.123\"", "1"],
        &["\"25:00:00\"", "\"10\""],
    );
    fits(
        r#"{"type":"long","logicalType":"timestamp-millis"}"#,
        &["\"2026-11-24T10:15:30Z\"", "\"2026-11-24T10:15:30.5+01:00\"", "1790000000123"],
        &["\"2026-11-24\"", "\"2026-11-24T10:15:30\"", "1.5"],
    );
    fits(
        r#"{"type":"long","logicalType":"local-timestamp-micros"}"#,
        &["\"2026-11-24T10:15:30.123456\"", "1"],
        &["\"2026-11-24T10:15:30Z\""],
    );
    fits(
        r#"{"type":"string","logicalType":"uuid"}"#,
        &["\"0199a1b2-0000-7000-8000-00000000abCD\""],
        &["\"0199a1b2\"", "\"0199a1b2-0000-7000-8000-00000000abCG\""],
    );
    fits(
        r#"{"type":"fixed","name":"D","size":12,"logicalType":"duration"}"#,
        &["\"P1Y2M3DT4H5M6.789S\"", "\"PT0S\"", "\"P2W\""],
        &["\"P\"", "\"PT\"", "\"1D\"", "\"P1D1Y\"", "\"P99999999999D\""],
    );
    fits(r#"{"type":"string","logicalType":"no-such"}"#, &["\"x\""], &[]);
}

const ORDER: &str = r#"{"type":"record","name":"Order","namespace":"o","fields":[
  {"name":"id","type":"string"}, {"name":"note","type":["null","string"],"default":null},
  {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
     {"name":"sku","type":"string"},{"name":"quantity","type":"int"}]}}},
  {"name":"tags","type":{"type":"map","values":"int"},"default":{}}]}"#;

#[test]
fn every_violation_is_reported_with_its_path() {
    violations(
        ORDER,
        r#"{"id":1,"lines":[{"sku":"a","quantity":2},{"sku":"b"},{"sku":"c","quantity":"two"}],"odd key":1,"tags":{"x y":"z"},"note":5}"#,
        &expect![[r#"
            $.id: expected string, found number 1
            $.lines[1].quantity: expected int, found nothing
            $.lines[2].quantity: expected int, found string "two"
            $['odd key']: expected no such field in record o.Order, found number 1
            $.tags['x y']: expected int, found string "z"
            $.note: expected null or string, found number 5"#]],
    );
    violations(ORDER, "[]", &expect!["$: expected record o.Order, found array of 0 items"]);
    let many = format!(r#"{{"id":"x","lines":[{}]}}"#, vec!["1"; 25].join(","));
    assert_eq!(contract(ORDER, Unknown::Reject).check(&value(&many)).expect_err("25 are wrong").more, 5);
    let long = format!("\"{}\"", "é".repeat(500));
    let found = contract("\"int\"", Unknown::Reject).check(&value(&long)).expect_err("a text is no int");
    assert!(found.list[0].found.ends_with('…') && found.list[0].found.chars().count() < 100);
}

#[test]
fn defaults_may_be_absent_and_unknown_fields_may_be_allowed() {
    let fine = value(r#"{"lines":[],"id":"x"}"#);
    assert_eq!(contract(ORDER, Unknown::Reject).check(&fine), Ok(()));
    let strange = value(r#"{"id":"x","lines":[],"more":true}"#);
    assert!(contract(ORDER, Unknown::Reject).check(&strange).is_err());
    assert_eq!(contract(ORDER, Unknown::Allow).check(&strange), Ok(()));
}

#[test]
fn unions_take_what_one_branch_takes_and_explain_the_likely_one() {
    fits(
        r#"["null","int",{"type":"array","items":"string"}]"#,
        &["null", "1", "[\"a\"]"],
        &["\"a\"", "1.5", "[1]"],
    );
    let union = format!(r#"["null",{ORDER}]"#);
    violations(&union, r#"{"id":"x"}"#, &expect!["$.lines: expected array, found nothing"]);
    violations(r#"["null","int"]"#, "true", &expect!["$: expected null or int, found boolean true"]);
}

#[test]
fn recursive_schemas_and_hostile_values_are_bounded() {
    let tree = r#"{"type":"record","name":"T","fields":[{"name":"c","type":{"type":"array","items":"T"}}]}"#;
    fits(tree, &[r#"{"c":[{"c":[]},{"c":[{"c":[]}]}]}"#], &[r#"{"c":[{"c":[1]}]}"#]);
    let branch = |name: &str| {
        format!(
            r#"{{"type":"record","name":"{name}","fields":[{{"name":"n","type":["null","A","B","C"]}}]}}"#
        )
    };
    let ambiguous = format!(
        r#"{{"type":"record","name":"R","fields":[{{"name":"n","type":[{},{},{}]}}]}}"#,
        branch("A").replace("\"A\",\"B\",\"C\"", "\"A\""),
        branch("B").replace("\"A\",\"B\",\"C\"", "\"A\",\"B\""),
        branch("C")
    );
    let deep = format!("{}5{}", "{\"n\":".repeat(60), "}".repeat(60));
    assert!(contract(&ambiguous, Unknown::Reject).check(&value(&deep)).is_err());
}

proptest! {
    #[test]
    fn one_broken_leaf_is_one_violation_at_its_path(lines in prop::collection::vec(("[a-z]{1,5}", any::<i32>()), 1..20), at in any::<prop::sample::Index>()) {
        let at = at.index(lines.len());
        let line = |broken: bool, (index, (sku, quantity)): (usize, &(String, i32))| {
            if broken && index == at { format!(r#"{{"sku":"{sku}","quantity":"{quantity}"}}"#) } else { format!(r#"{{"sku":"{sku}","quantity":{quantity}}}"#) }
        };
        let order = |broken: bool| format!(r#"{{"id":"x","lines":[{}]}}"#, lines.iter().enumerate().map(|it| line(broken, it)).collect::<Vec<_>>().join(","));
        prop_assert_eq!(contract(ORDER, Unknown::Reject).check(&value(&order(false))), Ok(()));
        let found = contract(ORDER, Unknown::Reject).check(&value(&order(true))).expect_err("one is broken");
        prop_assert_eq!(found.list.len(), 1);
        prop_assert_eq!(&found.list[0].path, &format!("$.lines[{at}].quantity"));
    }
}

#[test]
fn fields_may_come_in_any_order() {
    let shuffled = r#"{"tags":{"a":1},"lines":[{"quantity":1,"sku":"a"}],"note":"n","id":"x"}"#;
    fits(ORDER, &[shuffled], &[]);
    let missing_and_strange = r#"{"tags":{},"x":1,"lines":[]}"#;
    violations(
        ORDER,
        missing_and_strange,
        &expect![[r"
            $.x: expected no such field in record o.Order, found number 1
            $.id: expected string, found nothing"]],
    );
}

#[test]
fn unions_of_records_name_the_closest_one() {
    let union = r#"[{"type":"record","name":"Card","fields":[{"name":"number","type":"string"},{"name":"cvc","type":"int"}]},
        {"type":"record","name":"Iban","fields":[{"name":"iban","type":"string"}]}]"#;
    fits(union, &[r#"{"iban":"x"}"#, r#"{"cvc":1,"number":"4"}"#], &["{}", "1"]);
    violations(
        union,
        r#"{"number":"4","cvc":"one"}"#,
        &expect![
            "$: expected Card or Iban; closest is Card, which has int at $.cvc, found object of 2 fields"
        ],
    );
}

#[test]
fn unions_try_every_branch_of_a_shape() {
    fits(r#"["int","double","string"]"#, &["1", "1.5", "1e300", "\"x\""], &["1e400", "null"]);
    fits(
        r#"["null",{"type":"int","logicalType":"date"},{"type":"long","logicalType":"timestamp-millis"}]"#,
        &["\"2026-11-24\"", "\"2026-11-24T00:00:00Z\"", "1", "1790000000123"],
        &["\"noon\"", "0.5"],
    );
    fits("[]", &[], &["null", "1"]);
}

#[test]
fn what_is_shown_of_a_value_is_cut_between_characters() {
    for length in 70..90 {
        let text = format!("\"{}\\\"\\n{}\"", "a".repeat(length), "語".repeat(50));
        let found = contract("\"int\"", Unknown::Reject).check(&value(&text)).expect_err("a text is no int");
        assert!(found.list[0].found.chars().count() <= crate::limits::FOUND_CHARS_MAX + 12);
    }
    let key = format!(r#"{{"{}":1}}"#, "k\\u0000'".repeat(10_000));
    let found = contract(r#"{"type":"map","values":"string"}"#, Unknown::Reject).check(&value(&key));
    assert!(found.expect_err("1 is no string").list[0].path.chars().count() < 500);
}

#[test]
fn values_deeper_than_the_limit_are_a_violation() {
    let tree = r#"{"type":"record","name":"T","fields":[{"name":"c","type":["null","T"]}]}"#;
    let nested = |levels: usize| (0..levels).fold(Json::Null, |inner, _| Json::object([("c", inner)]));
    let contract = contract(tree, Unknown::Reject);
    assert_eq!(contract.check(&nested(128)), Ok(()));
    let found = contract.check(&nested(129)).expect_err("one level too many");
    assert_eq!(found.list[0].expected, "at most 128 levels of arrays and objects");
}

#[test]
fn a_union_that_would_be_tried_for_ever_is_given_up() {
    let branch = |name: &str| {
        format!(
            r#"{{"type":"record","name":"{name}","fields":[{{"name":"n","type":["null","A","B","C"]}}]}}"#
        )
    };
    let ambiguous = format!("[{},{},{}]", branch("A"), branch("B"), branch("C"));
    let deep = (0..100).fold(Json::from(5_i64), |inner, _| Json::object([("n", inner)]));
    let found = contract(&ambiguous, Unknown::Reject).check(&deep).expect_err("5 is no branch");
    assert!(!found.list.is_empty());
}

#[test]
fn ten_thousand_fields_and_branches_are_checked_quickly() {
    let fields: Vec<String> = (0..10_000).map(|at| format!(r#"{{"name":"f{at}","type":"int"}}"#)).collect();
    let wide = format!(r#"{{"type":"record","name":"W","fields":[{}]}}"#, fields.join(","));
    let wide = contract(&wide, Unknown::Reject);
    let object = |order: &mut dyn Iterator<Item = i64>| {
        Json::object(order.map(|at| (format!("f{at}"), Json::from(at))).collect::<Vec<_>>())
    };
    assert_eq!(wide.check(&object(&mut (0..10_000))), Ok(()));
    assert_eq!(wide.check(&object(&mut (0..10_000).rev())), Ok(()));
    let found = wide.check(&Json::empty_object()).expect_err("everything is missing");
    assert_eq!((found.list.len(), found.more), (20, 9_980));
    let branches: Vec<String> = (0..10_000)
        .map(|at| format!(r#"{{"type":"record","name":"B{at}","fields":[{{"name":"b{at}","type":"int"}}]}}"#))
        .collect();
    let many = contract(&format!("[{}]", branches.join(",")), Unknown::Reject);
    assert_eq!(many.check(&value(r#"{"b9999":1}"#)), Ok(()));
    assert!(many.check(&value(r#"{"b9999":""}"#)).is_err());
}

/// A schema, a value that fits it, and how many names were used for it.
type Pair = (String, Json);

fn pair() -> impl Strategy<Value = Pair> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(|it| ("\"boolean\"".to_owned(), Json::from(it))),
        any::<i32>().prop_map(|it| ("\"int\"".to_owned(), Json::from(i64::from(it)))),
        any::<i64>().prop_map(|it| ("\"long\"".to_owned(), Json::from(it))),
        any::<i32>().prop_map(|it| ("\"double\"".to_owned(), Json::from(i64::from(it)))),
        "\\PC{0,8}".prop_map(|it| ("\"string\"".to_owned(), Json::from(it))),
        any::<i32>().prop_map(|it| (r#"["null","int"]"#.to_owned(), Json::from(i64::from(it)))),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            (inner.clone(), 1..4_usize).prop_map(|((schema, value), count)| {
                (
                    format!(r#"{{"type":"array","items":{schema}}}"#),
                    Json::array(std::iter::repeat_n(value, count)),
                )
            }),
            (inner.clone(), prop::collection::vec("\\PC{1,5}", 1..4)).prop_map(|((schema, value), keys)| {
                let entries = keys.into_iter().map(|key| (key, value.clone()));
                (format!(r#"{{"type":"map","values":{schema}}}"#), Json::object(entries))
            }),
            prop::collection::vec(inner, 1..4).prop_map(record_of),
        ]
    })
}

/// A record with a field for each pair; its name is made of its text, so that no two records share one by chance.
fn record_of(pairs: Vec<Pair>) -> Pair {
    let fields =
        pairs.iter().enumerate().map(|(at, (schema, _))| format!(r#"{{"name":"f{at}","type":{schema}}}"#));
    let fields = fields.collect::<Vec<_>>().join(",");
    let entries = pairs.into_iter().enumerate().map(|(at, (_, value))| (format!("f{at}"), value));
    (format!(r#"{{"type":"record","name":"R@","fields":[{fields}]}}"#), Json::object(entries))
}

/// Gives every record a name of its own.
fn named_apart(schema: &str) -> String {
    let mut parts = schema.split("R@");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.enumerate().fold(first, |text, (at, part)| format!("{text}R{at}{part}"))
}

/// The value with its first leaf replaced by one that fits nothing above, and the way there.
fn broken(value: &Json) -> (Json, String) {
    match value {
        Json::Array(items) => {
            let (first, path) = broken(&items[0]);
            let rest = items[1..].iter().cloned();
            (Json::array(std::iter::once(first).chain(rest)), format!("[0]{path}"))
        }
        Json::Object(object) => {
            let (key, first) = object.iter().next().expect("objects of a test have entries");
            let (first, path) = broken(first);
            let step = if crate::schema::name::is_name(key) { format!(".{key}") } else { "[…]".to_owned() };
            (Json::Object(Arc::new(object.with(key, first))), step + &path)
        }
        _ => (Json::array([Json::Null]), String::new()),
    }
}

proptest! {
    #[test]
    fn what_was_made_to_fit_fits_and_a_broken_leaf_is_found((schema, value) in pair()) {
        let contract = contract(&named_apart(&schema), Unknown::Reject);
        prop_assert_eq!(contract.check(&value), Ok(()));
        let (broken, path) = broken(&value);
        let found = contract.check(&broken).expect_err("one leaf is broken");
        prop_assert_eq!(found.list.len(), 1);
        if !path.contains("[…]") {
            prop_assert_eq!(&found.list[0].path, &format!("${path}"));
        }
    }
}

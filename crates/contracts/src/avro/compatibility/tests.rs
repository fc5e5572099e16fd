use expect_test::{Expect, expect};

use super::compatibility;
use crate::Schema;

#[track_caller]
fn check(writer: &str, reader: &str, expected: &Expect) {
    let (writer, reader) =
        (Schema::parse(writer).expect("a schema"), Schema::parse(reader).expect("a schema"));
    let reasons = compatibility(&writer, &reader).expect("small schemas");
    let lines: Vec<String> =
        reasons.iter().map(|it| format!("{} {} {}", it.kind.name(), it.location, it.message)).collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn each_rule_is_named_with_its_place() {
    check("\"int\"", "\"long\"", &expect![""]);
    check(
        "\"long\"",
        "\"int\"",
        &expect!["TYPE_MISMATCH / reader type: INT not compatible with writer type: LONG"],
    );
    let record =
        |name: &str, fields: &str| format!(r#"{{"type":"record","name":"{name}","fields":[{fields}]}}"#);
    check(
        &record("A", r#"{"name":"e","type":{"type":"enum","name":"E","symbols":["X","Y"]}}"#),
        &record(
            "B",
            r#"{"name":"e","type":{"type":"enum","name":"E","symbols":["Y"]}},{"name":"f","type":"int"}"#,
        ),
        &expect![[r"
            NAME_MISMATCH /name expected: A
            MISSING_ENUM_SYMBOLS /fields/0/type/symbols [X]
            READER_FIELD_MISSING_DEFAULT_VALUE /fields/1 f"]],
    );
    check(
        r#"["int","string"]"#,
        r#"["long","boolean"]"#,
        &expect!["MISSING_UNION_BRANCH /1 reader union lacking writer type: STRING"],
    );
    check(
        r#"{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}"#,
        r#"{"type":"bytes","logicalType":"decimal","precision":8,"scale":2}"#,
        &expect![
            "TYPE_MISMATCH / reader decimal does not take writer decimal: decimal of precision 8 and scale 2, decimal of precision 9 and scale 2"
        ],
    );
}

#[test]
fn types_that_contain_themselves_are_compared_once() {
    let list = |value: &str| {
        format!(
            r#"{{"type":"record","name":"L","fields":[{{"name":"v","type":"{value}"}},{{"name":"n","type":["null","L"]}}]}}"#
        )
    };
    check(&list("int"), &list("long"), &expect![""]);
    check(
        &list("long"),
        &list("int"),
        &expect!["TYPE_MISMATCH /fields/0/type reader type: INT not compatible with writer type: LONG"],
    );
}

#[test]
fn what_a_failed_branch_took_for_granted_proves_nothing() {
    let writer = r#"{"type":"record","name":"n.A","fields":[{"name":"b","type":{"type":"record","name":"n.B","fields":[{"name":"a","type":"n.A"}]}},{"name":"x","type":"int"}]}"#;
    // `q.P` was once called `n.A` and cannot read `x`; `m.A` can, and needs `n.B`, whose `a` is a `q.P`.
    let reader = r#"[
        {"type":"record","name":"q.P","aliases":["n.A"],"fields":[{"name":"b","type":{"type":"record","name":"n.B","fields":[{"name":"a","type":"q.P"}]}},{"name":"x","type":"string"}]},
        {"type":"record","name":"m.A","fields":[{"name":"b","type":"n.B"},{"name":"x","type":"int"}]}]"#;
    check(writer, reader, &expect!["MISSING_UNION_BRANCH / reader union lacking writer type: RECORD"]);
}

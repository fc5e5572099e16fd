use std::sync::Arc;

use asl::{Json, JsonLimits, StateMachine, json, parse_definition};
use expect_test::{Expect, expect};

use super::{Contracts, bind};
use crate::Schema;
use crate::source::{SchemaSource, SchemaText, SourceError};

/// Schemas in memory: subject, version, text.
struct Shelf(&'static [(&'static str, u32, &'static str)]);

impl SchemaSource for Shelf {
    fn schema(&self, subject: &str, version: Option<u32>) -> Result<Option<SchemaText>, SourceError> {
        let of_subject = self
            .0
            .iter()
            .filter(|(name, number, _)| *name == subject && version.is_none_or(|it| it == *number));
        Ok(of_subject.max_by_key(|(_, number, _)| *number).map(|(name, number, text)| SchemaText {
            subject: (*name).into(),
            version: *number,
            text: (*text).into(),
            origin: format!("schemas/{name}/{number}.avsc").into(),
            commit: None,
        }))
    }

    fn subjects(&self) -> Vec<Arc<str>> {
        self.0.iter().map(|(name, ..)| (*name).into()).collect()
    }
}

const SHELF: Shelf = Shelf(&[
    ("o.Money", 1, r#"{"type":"record","name":"o.Money","fields":[{"name":"cents","type":"long"}]}"#),
    ("o.Order", 1, r#"{"type":"record","name":"o.Order","fields":[]}"#),
    (
        "o.Order",
        2,
        r#"{"type":"record","name":"o.Order","fields":[{"name":"total","type":"o.Money"},{"name":"tip","type":"o.Money"}]}"#,
    ),
    ("o.Bad", 1, r#"{"type":"record"}"#),
    ("o.Loop", 1, r#"{"type":"record","name":"o.Loop","fields":[{"name":"l","type":"o.Pool"}]}"#),
    ("o.Pool", 1, r#"{"type":"record","name":"o.Pool","fields":[{"name":"p","type":"o.Loop"}]}"#),
    (
        "o.Two",
        1,
        r#"[{"type":"record","name":"A","fields":[{"name":"x","type":"int"}]},{"type":"record","name":"B","fields":[{"name":"x","type":"long"}]}]"#,
    ),
]);

fn machine(contract: &str) -> StateMachine {
    let text =
        format!(r#"{{"StartAt":"P","States":{{"P":{{"Type":"Pass","Contract":{contract},"End":true}}}}}}"#);
    parse_definition(&text).machine.expect("the test's definition is valid")
}

#[track_caller]
fn reports(contract: &str, expected: &Expect) {
    let (_, diagnostics) = bind(&machine(contract), None, &SHELF);
    let lines: Vec<String> = diagnostics
        .iter()
        .map(|it| {
            format!(
                "{} {}: {} ({})",
                it.code,
                it.place.pointer,
                it.message,
                it.hint.as_deref().unwrap_or("-")
            )
        })
        .collect();
    expected.assert_eq(&lines.join("\n"));
}

fn value(text: &str) -> Json {
    json::parse(text, JsonLimits::PAYLOAD).expect("JSON")
}

#[test]
fn a_subject_without_version_is_pinned_to_the_latest() {
    let machine = machine(r#"{"Input":"o.Order","Output":"o.Order@1"}"#);
    let (contracts, diagnostics) = bind(&machine, None, &SHELF);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let binding = contracts.state(machine.states[0].id);
    let version = |id: Option<super::ContractId>| contracts.get(id.expect("bound")).schema.version;
    assert_eq!((version(binding.input), version(binding.output)), (Some(2), Some(1)));
}

#[test]
fn types_of_other_subjects_are_found() {
    let machine = machine(r#"{"Input":"o.Order@2"}"#);
    let (contracts, _) = bind(&machine, None, &SHELF);
    let contract = contracts.get(contracts.state(machine.states[0].id).input.expect("bound"));
    assert_eq!(contract.check(&value(r#"{"total":{"cents":1},"tip":{"cents":2}}"#)), Ok(()));
    assert_eq!(
        contract.check(&value(r#"{"total":{"cents":"1"},"tip":{"cents":2}}"#)).expect_err("no long").list[0]
            .path,
        "$.total.cents"
    );
}

#[test]
fn what_cannot_be_bound_is_located_and_says_what_to_do() {
    reports(
        r#"{"Input":"o.order"}"#,
        &expect![[r"
            CONTRACT_SCHEMA_NOT_FOUND /States/P/Contract/Input: there is no subject `o.order` (did you mean `o.Order`?)"]],
    );
    reports(
        r#"{"Input":"x.Y"}"#,
        &expect![[r"
            CONTRACT_SCHEMA_NOT_FOUND /States/P/Contract/Input: there is no subject `x.Y` (known subjects: o.Money, o.Order, o.Order, o.Bad, o.Loop, o.Pool, o.Two)"]],
    );
    reports(
        r#"{"Input":"o.Order@9"}"#,
        &expect![
            "CONTRACT_SCHEMA_NOT_FOUND /States/P/Contract/Input: the subject `o.Order` has no version 9 (add `o.Order/9.avsc` to the schema folder, or name a version that is there (`o.Order` alone is the latest))"
        ],
    );
    reports(
        r#"{"Input":"o.Bad","Output":{"type":"enum"}}"#,
        &expect![[r"
            CONTRACT_SCHEMA_INVALID /States/P/Contract/Input: schemas/o.Bad/1.avsc is not usable as an Avro schema: a named type without a text `name`, expected a `name` (-)
            CONTRACT_SCHEMA_INVALID /States/P/Contract/Output: the schema written in place is not usable as an Avro schema: a named type without a text `name`, expected a `name` (-)"]],
    );
    reports(
        r#"{"Input":"o.Loop"}"#,
        &expect![
            "CONTRACT_SUBJECT_REFERENCE /States/P/Contract/Input: schemas/o.Loop/1.avsc is not usable as an Avro schema: subject `o.Pool`: `/fields/0/type`: subject `o.Loop` refers back to this schema; references must not form a circle (-)"
        ],
    );
    reports(
        r#"{"Input":"o.Two"}"#,
        &expect![[
            r#"CONTRACT_UNION_AMBIGUOUS /States/P/Contract/Input: the records `A` and `B` of a union overlap: `{"x":1}` fits both (the first that fits in the order written is taken; give one of them a required field of its own)"#
        ]],
    );
}

#[test]
fn what_is_pinned_is_read_back_and_proved() {
    let machine =
        machine(r#"{"Input":{"Schema":"o.Order","Mode":"warn","Unknown":"allow"},"Output":["null","int"]}"#);
    let (contracts, _) = bind(&machine, None, &SHELF);
    let pinned = contracts.to_pinned(&machine);
    let back = Contracts::from_pinned(&machine, &pinned).expect("what was written is read");
    assert_eq!(back.to_pinned(&machine), pinned);
    let forged = pinned.to_text().replace("cents", "euros");
    assert!(Contracts::from_pinned(&machine, &value(&forged)).is_err());
}

#[test]
fn types_of_other_subjects_are_written_out_in_the_fingerprint() {
    let machine = machine(
        r#"{"Input":"o.Order@2","Output":{"type":"record","name":"o.Order","fields":[
        {"name":"total","type":{"type":"record","name":"Money","fields":[{"name":"cents","type":"long"}]}},
        {"name":"tip","type":"Money"}]}}"#,
    );
    let (contracts, diagnostics) = bind(&machine, None, &SHELF);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let prints: Vec<_> = contracts.iter().map(|(_, _, contract)| contract.schema.fingerprint).collect();
    assert_eq!(prints[0], prints[1]);
}

#[test]
fn an_ambiguous_union_is_told_once_and_only_where_it_is_certain() {
    reports(
        r#"{"Input":[{"type":"record","name":"A","fields":[{"name":"kind","type":{"type":"enum","name":"KA","symbols":["a"]}}]},
        {"type":"record","name":"B","fields":[{"name":"kind","type":{"type":"enum","name":"KB","symbols":["b"]}}]}]}"#,
        &expect![""],
    );
    reports(
        r#"{"Input":"o.Two","Output":"o.Two"}"#,
        &expect![[
            r#"CONTRACT_UNION_AMBIGUOUS /States/P/Contract/Input: the records `A` and `B` of a union overlap: `{"x":1}` fits both (the first that fits in the order written is taken; give one of them a required field of its own)"#
        ]],
    );
}

#[test]
fn the_search_for_ambiguity_ends() {
    // Each record holds 200 of the next, seven levels deep: an example would have 200^4 values and more.
    let mut inner = r#"{"type":"record","name":"R0","fields":[{"name":"x","type":"int"}]}"#.to_owned();
    for level in 1..7 {
        let more: Vec<String> =
            (1..200).map(|at| format!(r#"{{"name":"f{at}","type":"R{}"}}"#, level - 1)).collect();
        inner = format!(
            r#"{{"type":"record","name":"R{level}","fields":[{{"name":"f0","type":{inner}}},{}]}}"#,
            more.join(",")
        );
    }
    let twin = r#"{"type":"record","name":"Twin","fields":[{"name":"f0","type":"R5"}]}"#;
    let schema = Schema::parse(&format!("[{inner},{twin}]")).expect("a schema");
    assert_eq!(super::ambiguity::unions(&schema, asl::contract::Unknown::Allow), Vec::<String>::new());
}

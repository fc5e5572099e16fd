use super::*;
use crate::json::parse;
use crate::limits::JsonLimits;
use crate::{parse_definition, parse_test_file};

fn json(text: &str) -> Json {
    parse(text, JsonLimits::PAYLOAD).expect("it is JSON")
}

/// Every diagnostic as `code pointer: message`.
fn problems(text: &str) -> Vec<String> {
    let parsed = parse_test_file(text);
    assert_eq!(parsed.test_file.is_none(), !parsed.diagnostics.is_empty());
    parsed.diagnostics.iter().map(|it| format!("{} {}: {}", it.code, it.place.pointer, it.message)).collect()
}

#[test]
fn a_file_is_read_with_its_answers_and_expectations() {
    let text = "
Cases:
  - Name: busy
    Input: { n: 1 }
    Tasks:
      Pay:
        - { Error: Busy, Times: 2 }
        - { When: { n: 1 }, AfterSeconds: 3, Result: 7 }
        - { Silent: true }
    Expect: { Status: TIMED_OUT, Path: [Pay], Seconds: 9 }
";
    let file = parse_test_file(text).test_file.expect("it is right");
    let [case] = &*file.cases else { panic!("there is one case") };
    let [script] = &*case.tasks else { panic!("one state has answers") };
    assert_eq!((&*script.state, script.answers.len()), ("Pay", 3));
    assert_eq!(script.answers[0].times, Some(2));
    assert_eq!((script.answers[1].after_seconds, &script.answers[1].when), (3, &Some(json(r#"{"n":1}"#))));
    assert_eq!(script.answers[2].outcome, ScriptedOutcome::Silence);
    assert_eq!((case.expect.status.as_deref(), case.expect.seconds), (Some("TIMED_OUT"), Some(9)));
}

#[test]
fn every_mistake_is_found_at_its_place() {
    let text = r#"{"Cases":[
        {"Name":"a","Tasks":{"Pay":{"Result":1,"Error":"E"}},"Expekt":{}},
        {"Name":"a","Expect":{"Status":"GOOD","Violations":[{"Point":"Outputs"}]}},
        {"Input":1,"InputFile":"x","Tasks":[]}]}"#;
    assert_eq!(
        problems(text),
        [
            "CONFLICTING_FIELDS /Cases/0/Tasks/Pay: an answer has exactly one of `Result`, `Error` and `Silent: true`",
            "UNKNOWN_FIELD /Cases/0/Expekt: a case has no field `Expekt`",
            "CONFLICTING_FIELDS /Cases/1: two cases are called `a`",
            "SCHEMA_VALIDATION_FAILED /Cases/1/Expect/Status: `Status` is one of SUCCEEDED, FAILED, TIMED_OUT, RUNNING, REFUSED, found `GOOD`",
            "SCHEMA_VALIDATION_FAILED /Cases/1/Expect/Violations/0/Point: `Point` is one of Input, Arguments, Result, Items, Output, found `Outputs`",
            "MISSING_FIELD /Cases/2: a case needs the field `Name`",
            "CONFLICTING_FIELDS /Cases/2/InputFile: `Input` and `InputFile` exclude each other",
            "SCHEMA_VALIDATION_FAILED /Cases/2/Tasks: `Tasks` is an object of states, found an array",
        ]
    );
    assert_eq!(problems("Cases: []"), ["OUT_OF_RANGE /Cases: `Cases` may not be empty"]);
}

#[test]
fn states_that_are_not_there_are_found() {
    let machine = r#"{"StartAt":"Pay","States":{"Pay":{"Type":"Pass","End":true}}}"#;
    let machine = parse_definition(machine).machine.expect("it is right");
    let text = "Cases: [{ Name: a, Tasks: { Pya: { Result: 1 } }, Expect: { Path: [Pay, Ship] } }]";
    let file = parse_test_file(text).test_file.expect("it is right");
    let found: Vec<_> =
        file.unknown_states(&machine).into_iter().map(|it| (it.place.pointer, it.message, it.hint)).collect();
    assert_eq!(
        found,
        [
            (
                "/Cases/0/Tasks/Pya".into(),
                "`Pya` is not a state of the definition".to_owned(),
                Some("did you mean `Pay`?".to_owned())
            ),
            ("/Cases/0/Expect/Path/1".into(), "`Ship` is not a state of the definition".to_owned(), None),
        ]
    );
}

#[test]
fn a_part_leaves_open_what_it_does_not_name() {
    let value = json(r#"{"a":{"b":1,"c":[1,{"d":2,"e":3}]},"f":null}"#);
    for part in [r"{}", r#"{"f":null}"#, r#"{"a":{"b":1.0}}"#, r#"{"a":{"c":[1,{"e":3}]}}"#] {
        assert!(holds(&value, &json(part)), "{part}");
    }
    for part in [r"[]", r#"{"g":null}"#, r#"{"a":{"c":[1]}}"#, r#"{"a":{"b":"1"}}"#] {
        assert!(!holds(&value, &json(part)), "{part}");
    }
}

#[test]
fn equal_values_may_be_written_in_two_ways() {
    assert!(is_equal(&json(r#"{"a":1,"b":[1e2]}"#), &json(r#"{"b":[100],"a":1.0}"#)));
    assert!(!is_equal(&json(r#"{"a":1,"b":2}"#), &json(r#"{"a":1}"#)));
    assert!(!is_equal(&json("9007199254740993"), &json("9007199254740992")));
}

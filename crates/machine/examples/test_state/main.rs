//! Runs recorded calls of AWS's `TestState` against the library.
//!
//! `cargo run -p baton-machine --example test_state -- DIR [--show N]`: DIR holds `*.jsonl` cases; those whose last call is
//! `TestState` are run. A Task without a mock calls a service, which no library can: those are counted apart, and so are those that
//! botocore refuses before it asks AWS. Levels: **a** status, or the name of the exception; **b** output, error, cause, next state,
//! or the exception's message; **d** the whole answer without what the recordings' own tests skip; **e** nothing skipped.

#![expect(clippy::disallowed_methods, reason = "an example stands outside its pure room")]

#[path = "../conformance/compare.rs"]
mod compare;
#[path = "../conformance/skip.rs"]
mod skip;

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{Entropy, Json, JsonLimits, Timestamp, json};
use compare::{Comparer, Difference};
use contracts::Contracts;
use machine::test_state::{Call, Refusal};
use machine::{ExecutionId, ExecutionInfo, Limits, Revision, test_state};
use serde_json::Value;
use skip::{parsed_texts, without};

/// 2026-01-01T00:00:00Z
const NOW: Timestamp = Timestamp::from_unix_ms(1_767_225_600_000);
const MACHINE: &str = "0199d0c1-0000-7000-8000-000000000001";
const EXECUTION: &str = "0199d0c1-0000-7000-8000-000000000002";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = arguments.first() else {
        eprintln!("usage: test_state DIR [--show N]");
        return;
    };
    let show = arguments.iter().skip_while(|it| *it != "--show").nth(1).and_then(|it| it.parse().ok());
    let mut totals: BTreeMap<char, (u32, u32)> = BTreeMap::new();
    let (mut apart, mut misses) = (BTreeMap::<&str, u32>::new(), 0);
    for case in cases(folder) {
        for (step, expected) in calls(&case) {
            if let Some(why) = apart_because(step, expected) {
                *apart.entry(why).or_default() += 1;
                continue;
            }
            let (levels, why) = judge(&case, step, expected);
            let failed: String =
                levels.iter().filter(|(_, passed)| !passed).map(|(level, _)| *level).collect();
            for (level, passed) in levels {
                let total = totals.entry(level).or_default();
                total.1 += 1;
                total.0 += u32::from(passed);
            }
            if failed.chars().any(|level| level != 'e') {
                misses += 1;
                if misses <= show.unwrap_or(0) {
                    println!("misses {failed}: {}", case["id"].as_str().unwrap_or(""));
                    why.iter().take(4).for_each(|why| println!("{}", shown(why)));
                }
            }
        }
    }
    for (level, (passed, all)) in totals {
        println!("level {level}: {passed} of {all} ({:.1} %)", f64::from(passed) / f64::from(all) * 100.0);
    }
    apart.iter().for_each(|(why, count)| println!("not run: {count} that {why}"));
}

/// The cases whose calls are `TestState`.
fn cases(folder: &str) -> Vec<Value> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("DIR is a folder").flatten().map(|it| it.path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).expect("a case file is text");
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a case is JSON"));
        cases.extend(lines.filter(|case| !calls(case).is_empty()));
    }
    cases
}

/// The calls of a case, each with what AWS answered.
fn calls(case: &Value) -> Vec<(&Value, &Value)> {
    let steps = || case["steps"].as_array().into_iter().flatten();
    let answered = |expected: &Value| format!("s{}", expected["of"]["step"]);
    let expected = case["expected"].as_array().into_iter().flatten();
    expected
        .filter_map(|expected| {
            let id = answered(expected);
            let step = steps().find(|step| step["id"] == id.as_str() && step["op"] == "TestState")?;
            Some((&step["params"], &expected["value"]))
        })
        .collect()
}

fn apart_because(parameters: &Value, expected: &Value) -> Option<&'static str> {
    if expected["exception_typename"] == "ParamValidationError" {
        return Some("botocore refuses by itself");
    }
    let definition = parameters["definition"].as_str().unwrap_or_default();
    let calls_a_service = definition.contains("\"Task\"")
        && !definition.contains("\"Map\"")
        && parameters.get("mock").is_none()
        && parameters.get("roleArn").is_some();
    calls_a_service.then_some("call a service without a mock")
}

fn judge(case: &Value, parameters: &Value, expected: &Value) -> (Vec<(char, bool)>, Vec<Difference>) {
    let got = match answer(&resolved(&parameters.to_string())) {
        Ok(answer) => serde_json::from_str(&answer.to_text()).expect("an answer is JSON"),
        Err(refusal) => refused(&refusal, expected),
    };
    let comparer = Comparer::new(&case["masks"], BTreeMap::new());
    let mut want = expected.clone();
    if let Some(members) = want.as_object_mut() {
        members.remove("ResponseMetadata");
    }
    let name = |value: &Value| match &value["Error"]["Code"] {
        Value::Null if value["exception_typename"].is_null() => value["status"].clone(),
        Value::Null => value["exception_typename"].clone(),
        code => code.clone(),
    };
    let core = |value: &Value| without(value, &["$.inspectionData"]);
    let skip: Vec<&str> =
        case["skip_paths"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let skipped = |value: &Value| without(&parsed_texts(value), &skip);
    let difference = |want: &Value, got: &Value| comparer.differences(want, got, 4);
    let all = difference(&skipped(&want), &skipped(&got));
    let levels = vec![
        ('a', name(&want) == name(&got)),
        ('b', difference(&skipped(&core(&want)), &skipped(&core(&got))).is_empty()),
        ('d', all.is_empty()),
        ('e', difference(&want, &got).is_empty()),
    ];
    (levels, all)
}

/// As botocore shows an exception, in the form of the recording.
fn refused(refusal: &Refusal, expected: &Value) -> Value {
    let (code, message) = (refusal.kind.as_str(), refusal.message.as_str());
    if expected.get("exception_typename").is_some() {
        let value = format!("An error occurred ({code}) when calling the TestState operation: {message}");
        return serde_json::json!({"exception_typename": code, "exception_value": value});
    }
    serde_json::json!({"Error": {"Code": code, "Message": message}, "message": message})
}

fn answer(parameters: &str) -> Result<Json, Refusal> {
    let parameters = json::parse(parameters, JsonLimits::DEFINITION).expect("a call is JSON");
    let Call { definition, machine, state, request, level } = Call::read(&parameters)?;
    let prefix = "arn:aws:states:us-east-1:000000000000";
    let revision = Revision {
        scope: asl::StateMachine::ROOT,
        name: MACHINE.into(),
        arn: format!("{prefix}:stateMachine:{MACHINE}").into(),
        role_arn: "arn:aws:iam::000000000000:role/conformance".into(),
        definition,
        machine,
        contracts: Contracts::default(),
        limits: Limits::default(),
    };
    let info = ExecutionInfo {
        id: ExecutionId([1; 16]),
        name: EXECUTION.into(),
        arn: format!("{prefix}:express:{MACHINE}:{EXECUTION}").into(),
    };
    let tested =
        test_state(Arc::new(revision), state, info, &request, NOW, &mut Entropy::from_seed([7; 32]))?;
    Ok(tested.to_json(level))
}

/// `{{…}}` stands for something that was made before; only names and ARNs occur.
fn resolved(text: &str) -> String {
    let mut parts = text.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or((part, ""));
        let is_arn = name.ends_with("Arn");
        out += if is_arn { "arn:aws:lambda:us-east-1:000000000000:function:made" } else { "made" };
        out += rest;
    }
    out
}

fn shown(it: &Difference) -> String {
    let cut = |value: &Value| value.to_string().chars().take(600).collect::<String>();
    format!("   {}\n     AWS: {}\n     got: {}", it.path, cut(&it.want), cut(&it.got))
}

//! What a Map Run is to whoever drives it.

use std::sync::Arc;

use asl::{Entropy, Json, JsonLimits, Payload, StateId, Timestamp};
use contracts::Contracts;

use super::{ItemCheck, MapItem, MapRun, Place, Plan, label};
use crate::actor::Actor;
use crate::effect::Effect;
use crate::execution::{Execution, ExecutionInfo};
use crate::ids::ExecutionId;
use crate::input::Input;
use crate::limits::Limits;
use crate::revision::Revision;

const PROCESSOR: &str = r#""ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
    "StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#;

/// A machine of Maps after each other: name, and label if it has one. The processor's state has its Map's number in its name.
fn machine(maps: &[(&str, Option<&str>)]) -> asl::StateMachine {
    let processor = |at: usize| PROCESSOR.replace("\"P\"", &format!("\"P{at}\""));
    let last = maps.len() - 1;
    let states: Vec<String> = maps
        .iter()
        .enumerate()
        .map(|(at, (name, label))| {
            let label = label.map(|label| format!(r#""Label":"{label}","#)).unwrap_or_default();
            let end = if at == last {
                r#""End":true"#.to_owned()
            } else {
                format!(r#""Next":"{}""#, maps[at + 1].0)
            };
            format!(r#""{name}":{{"Type":"Map",{label}{},{end}}}"#, processor(at))
        })
        .collect();
    let text = format!(r#"{{"StartAt":"{}","States":{{{}}}}}"#, maps[0].0, states.join(","));
    let parsed = asl::parse_definition(&text);
    parsed.machine.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics))
}

#[track_caller]
fn check_labels(maps: &[(&str, Option<&str>)], expected: &[&str]) {
    let machine = machine(maps);
    let of = |name: &str| {
        let at = machine.states.iter().position(|state| &*state.name == name).expect("it is there");
        label(&machine, StateId(u32::try_from(at).expect("few")))
    };
    let labels: Vec<String> = maps.iter().map(|(name, _)| of(name)).collect();
    assert_eq!(labels, expected);
}

#[test]
fn a_label_is_what_the_author_says_or_what_of_the_name_may_stand_in_an_arn() {
    check_labels(&[("Load all", Some("rows")), ("Größe/ß", None)], &["rows", "Gr--e--"]);
}

#[test]
fn labels_are_cut_to_forty_characters_even_where_they_are_numbered() {
    let (first, second) = ("x".repeat(50), "x".repeat(51));
    check_labels(&[(&first, None), (&second, None)], &[&"x".repeat(40), &format!("{}-2", "x".repeat(38))]);
}

#[test]
fn no_two_maps_have_one_label_whatever_they_are_called() {
    check_labels(&[("a b", None), ("a-b", None), ("a-b-2", None)], &["a-b", "a-b-2", "a-b-2-2"]);
    check_labels(&[("a b", None), ("later", Some("a-b"))], &["a-b-2", "a-b"]);
}

#[test]
fn a_plan_is_remembered_as_it_was() {
    let json = |text: &str| asl::json::parse(text, JsonLimits::PAYLOAD).expect("JSON");
    let full = Plan {
        max_concurrency: 7,
        tolerated_failure_count: Some(0),
        tolerated_failure_percentage: Some(12.5),
        reader: Some(json(r#"{"Bucket":"b","Key":"k"}"#)),
        max_items: Some(-1),
        max_items_per_batch: Some(10),
        max_input_bytes_per_batch: Some(1_000),
        batch_input: Some(Json::Null),
        writer: Some(Place { bucket: "b".into(), prefix: "".into() }),
    };
    for plan in [full, Plan::default()] {
        let text = plan.to_json().to_text();
        assert_eq!(Plan::from_json(&json(&text)), plan, "{text}");
    }
}

#[test]
fn failures_are_counted_against_each_bound_that_there_is() {
    let plan = |count, percentage| Plan {
        tolerated_failure_count: count,
        tolerated_failure_percentage: percentage,
        ..Plan::default()
    };
    let checks = [
        (plan(None, None), 0, Some(0), false),
        (plan(None, None), 1, None, true),
        (plan(Some(2), None), 2, Some(2), false),
        (plan(Some(2), None), 3, None, true),
        (plan(None, Some(20.0)), 1, Some(5), false),
        (plan(None, Some(20.0)), 2, Some(5), true),
        // How large a share is, nobody knows yet.
        (plan(None, Some(0.0)), 5, None, false),
        (plan(None, Some(0.0)), 0, Some(0), false),
        (plan(None, Some(100.0)), 5, Some(5), false),
        (plan(Some(9), Some(10.0)), 2, Some(10), true),
        (plan(Some(1), Some(90.0)), 2, Some(10), true),
    ];
    for (plan, failed, total, expected) in checks {
        assert_eq!(plan.is_exceeded(failed, total), expected, "{plan:?}: {failed} of {total:?}");
    }
}

/// The Map Run that an execution of one state orders.
fn run(fields: &str, input: &str) -> Arc<MapRun> {
    let text =
        format!(r#"{{"StartAt":"M","States":{{"M":{{"Type":"Map",{fields}{PROCESSOR},"End":true}}}}}}"#);
    let parsed = asl::parse_definition(&text);
    let revision = Revision {
        scope: asl::StateMachine::ROOT,
        name: "m".into(),
        arn: "arn:aws:states:eu:1:stateMachine:m".into(),
        role_arn: "arn:role".into(),
        definition: text.into(),
        machine: parsed.machine.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics)),
        contracts: Contracts::default(),
        limits: Limits::default(),
    };
    let info = ExecutionInfo { id: ExecutionId([7; 16]), name: "x".into(), arn: "arn:execution".into() };
    let mut execution = Execution::new(Arc::new(revision), info);
    let input = Payload::parse(input, JsonLimits::PAYLOAD).expect("JSON");
    let entropy = &mut Entropy::from_seed([3; 32]);
    let step = execution.advance(Timestamp::default(), Actor::Engine, Input::Started { input }, entropy);
    let order = step.effects.into_iter().find_map(|effect| match effect {
        Effect::RunTask(order) => order.map_run,
        Effect::AbandonTask(_) | Effect::SetTimer { .. } | Effect::ClearTimer { .. } => None,
    });
    order.expect("a Map Run is ordered")
}

#[track_caller]
fn check_selected(fields: &str, item: &MapItem, expected: &str) {
    let run = run(fields, r#"{"of":"all","list":[1]}"#);
    let entropy = &mut Entropy::from_seed([4; 32]);
    let selector = run.item_selector(entropy).expect("an input");
    let selected = selector.select(item, || Entropy::from_seed([5; 32])).expect("it can be evaluated");
    assert_eq!(selected.to_text(), expected);
    assert_eq!(selector.check(&selected), ItemCheck::Fits, "nothing is asked of it");
}

#[test]
fn a_selector_sees_the_item_and_the_state() {
    let item =
        MapItem { index: 3, value: Json::from("v"), key: Some("k".into()), source: Some("s3://b/k".into()) };
    check_selected(r#""ItemsPath":"$.list","#, &item, r#"{"Key":"k","Value":"v"}"#);
    check_selected(r#""ItemsPath":"$.list","#, &MapItem { key: None, ..item.clone() }, r#""v""#);
    let fields = r#""ItemsPath":"$.list","ItemSelector":{"i.$":"$$.Map.Item.Index","v.$":"$$.Map.Item.Value",
        "k.$":"$$.Map.Item.Key","s.$":"$$.Map.Item.Source","of.$":"$.of","by.$":"$$.State.Name"},"#;
    check_selected(fields, &item, r#"{"i":3,"v":"v","k":"k","s":"s3://b/k","of":"all","by":"M"}"#);
    let fields = r#""QueryLanguage":"JSONata","Items":"{% $states.input.list %}",
        "ItemSelector":"{% [$states.context.Map.Item.Index, $states.input.of] %}","#;
    check_selected(fields, &item, r#"[3,"all"]"#);
}

#[test]
fn children_run_the_processor_as_a_machine_of_its_own() {
    let run = run(r#""Label":"rows","#, "[1]");
    let revision = run.child_revision();
    assert_eq!((&*revision.name, &*revision.arn), ("m/rows", "arn:aws:states:eu:1:stateMachine:m/rows"));
    assert!(run.arn.starts_with("arn:aws:states:eu:1:mapRun:m/rows:"), "{}", run.arn);
}

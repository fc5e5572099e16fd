//! Runs recorded AWS answers against the interpreter, with a virtual clock and no service.
//!
//! `cargo run -p baton-machine --example conformance -- DIR [--show N]`: DIR holds `*.jsonl` cases. Levels: a status,
//! b output or error and cause, c sequence of event types, d the whole history with JSON texts compared as JSON.

#![expect(clippy::disallowed_methods, reason = "an example stands outside its pure room")]

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{Entropy, JsonLimits, Payload, Timestamp, parse_definition};
use contracts::Contracts;
use machine::{
    Actor, Effect, Event, Execution, ExecutionInfo, Input, Limits, Revision, Status, TimerId, history,
};
use serde_json::{Value, json};

const START_MS: i64 = 1_764_000_000_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: conformance DIR [--show N]");
        return;
    };
    let show = arguments.nth(1).and_then(|count| count.parse().ok()).unwrap_or(0);
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("DIR is a folder").flatten().map(|it| it.path()).collect();
    files.sort();
    let mut totals: BTreeMap<char, (u32, u32)> = BTreeMap::new();
    let mut shown = 0;
    for file in files {
        for line in std::fs::read_to_string(&file).expect("a case file is text").lines() {
            let case: Value = serde_json::from_str(line).expect("a case is JSON");
            let needs_none = case["needs"] == json!(["none"]);
            let distributed = case["definition"].as_str().is_some_and(|text| text.contains("DISTRIBUTED"));
            if case["kind"] != "execution"
                || case["query_language"] != "JSONPath"
                || !needs_none
                || distributed
            {
                continue;
            }
            for (level, passed, why) in judge(&case) {
                let total = totals.entry(level).or_default();
                total.1 += 1;
                total.0 += u32::from(passed);
                if !passed && shown < show {
                    shown += 1;
                    println!("{level} {}\n   {why}", case["id"].as_str().unwrap_or(""));
                }
            }
        }
    }
    for (level, (passed, all)) in totals {
        println!("level {level}: {passed} of {all}");
    }
}

fn judge(case: &Value) -> Vec<(char, bool, String)> {
    let definition = case["definition"].as_str().unwrap_or("");
    let date = |days: i64| Timestamp::from_unix_ms(START_MS + days * 86_400_000).to_string();
    let input = case["input"].as_str().unwrap_or("{}");
    let input = input.replace("{{now+24855d}}", &date(24_855)).replace("{{now+24856d}}", &date(24_856));
    let parsed = parse_definition(definition);
    let Some(machine) = parsed.machine else {
        return vec![('a', false, format!("refused: {:?}", parsed.diagnostics.first()))];
    };
    let revision = Arc::new(Revision {
        name: "machine".into(),
        arn: "arn:aws:states:us-east-1:111111111111:stateMachine:machine".into(),
        role_arn: "snf_role_arn".into(),
        definition: definition.into(),
        machine,
        contracts: Contracts::default(),
        limits: Limits::default(),
    });
    let (execution, events) = run(&revision, &input);
    let got: Vec<Value> = history(&revision, "us-east-1", &events).map(|event| shown(&event)).collect();
    let expected = &case["expected"];
    let Some(want) = expected["history"]["events"].as_array() else {
        let status = expected["status"].as_str().unwrap_or("");
        let output = execution.output().map(|output| parse_text(output.text()));
        let fits = expected.get("output").is_none_or(|want| output.as_ref() == Some(&parsed_value(want)));
        let why = format!(
            "want {expected} got {} {output:?} {:?}",
            execution.status().as_str(),
            execution.failure()
        );
        return vec![('a', execution.status().as_str() == status, why.clone()), ('b', fits, why)];
    };
    let masks: Vec<&str> =
        case["masks"]["whole"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let parts: Vec<&str> =
        case["masks"]["part"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let known: Vec<String> =
        case["masks"]["known"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    let masks = Masks { whole: masks, part: parts, known };
    let concurrent = definition.contains("\"Parallel\"") || definition.contains("\"Map\"");
    let (mut want, mut got) = (want.iter().map(parsed_value).collect::<Vec<_>>(), got);
    let types = |events: &[Value]| {
        events.iter().map(|it| it["type"].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    let (mut want_types, mut got_types) = (types(&want), types(&got));
    let last = |events: &[Value]| events.last().cloned().unwrap_or_default();
    let (want_last, got_last) = (last(&want), last(&got));
    if concurrent {
        want_types.sort();
        got_types.sort();
        for event in want.iter_mut().chain(got.iter_mut()) {
            event
                .as_object_mut()
                .expect("an event is an object")
                .retain(|key, _| key != "id" && key != "previousEventId");
        }
        want.sort_by_key(sort_key);
        got.sort_by_key(sort_key);
    }
    let types_why = format!("want {want_types:?}\n   got  {got_types:?}");
    let difference = want.iter().zip(&got).find(|(want, got)| !masks.same(want, got));
    let history_fits = want.len() == got.len() && difference.is_none();
    let history_why =
        difference.map_or_else(|| types_why.clone(), |(want, got)| format!("want {want}\n   got  {got}"));
    vec![
        ('a', want_last["type"] == got_last["type"], format!("want {want_last} got {got_last}")),
        (
            'b',
            masks.same(&want_last, &strip_ids(&got_last, &want_last)),
            format!("want {want_last}\n   got  {got_last}"),
        ),
        ('c', want_types == got_types, types_why),
        ('d', history_fits, history_why),
    ]
}

fn strip_ids(got: &Value, want: &Value) -> Value {
    let mut got = got.clone();
    got["id"] = want["id"].clone();
    got["previousEventId"] = want["previousEventId"].clone();
    got
}

fn sort_key(event: &Value) -> String {
    let mut details: Vec<String> = event
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}{}", sorted(value)))
        .collect();
    details.sort();
    format!("{}{}", event["type"], details.join(","))
}

/// The text of a value with its keys in order.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().map(|(key, value)| (key, sorted(value))).collect();
            format!("{members:?}")
        }
        Value::Array(items) => items.iter().map(sorted).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// Runs to the end; time jumps to the next timer whenever nothing else can happen.
fn run(revision: &Arc<Revision>, input: &str) -> (Execution, Vec<Event>) {
    let info = ExecutionInfo {
        id: machine::ExecutionId([7; 16]),
        name: "name".into(),
        arn: "arn:aws:states:us-east-1:111111111111:execution:machine:name".into(),
    };
    let mut execution = Execution::new(revision.clone(), info);
    let mut entropy = Entropy::from_seed([1; 32]);
    let mut now = Timestamp::from_unix_ms(START_MS);
    let mut timers: BTreeMap<TimerId, Timestamp> = BTreeMap::new();
    let mut events = Vec::new();
    let payload = Payload::parse(input, JsonLimits::PAYLOAD).expect("the case's input is JSON");
    let mut next = Some((Actor::Engine, Input::Started { input: payload }));
    while let Some((actor, input)) = next.take() {
        let step = execution.advance(now, actor, input, &mut entropy);
        events.extend(step.events);
        for effect in step.effects {
            match effect {
                Effect::SetTimer { timer, at } => _ = timers.insert(timer, at),
                Effect::ClearTimer { timer } => _ = timers.remove(&timer),
                Effect::RunTask(_) | Effect::AbandonTask(_) => {}
            }
        }
        if step.more {
            next = Some((Actor::Engine, Input::Continue));
        } else if execution.status() == Status::Running
            && let Some((&timer, &at)) = timers.iter().min_by_key(|(_, at)| **at)
        {
            now = now.max(at);
            next = Some((Actor::Timer, Input::TimerFired { timer }));
        }
    }
    (execution, events)
}

fn shown(event: &machine::HistoryEvent) -> Value {
    let mut out = json!({"id": event.id, "previousEventId": event.previous_event_id, "timestamp": "timestamp", "type": event.event_type});
    if let Some((name, details)) = &event.details {
        out[*name] = parsed_value(&serde_json::from_str(&details.to_text()).expect("details are JSON"));
    }
    out
}

/// Every text that is JSON, as JSON: AWS's snapshots hold some parsed and some not.
fn parsed_value(value: &Value) -> Value {
    match value {
        Value::String(text) => parse_text(text),
        Value::Array(items) => items.iter().map(parsed_value).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), parsed_value(value))).collect()
        }
        other => other.clone(),
    }
}

fn parse_text(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => parsed_value(&value),
        Err(_) => Value::from(text),
    }
}

/// Words of a recording that stand for something else.
struct Masks<'a> {
    whole: Vec<&'a str>,
    part: Vec<&'a str>,
    known: Vec<String>,
}

impl Masks<'_> {
    fn same(&self, want: &Value, got: &Value) -> bool {
        match (want, got) {
            (Value::String(text), _) if self.whole.contains(&text.as_str()) || text == "date" => true,
            (Value::String(text), Value::String(_)) if self.is_masked(text) => true,
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same(a, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| self.same(a, b)))
            }
            (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
            _ => want == got,
        }
    }

    fn is_masked(&self, text: &str) -> bool {
        let stands_for = ["<region>", "<partition>", "111111111111", "<uuid"];
        self.part.iter().any(|mask| text.contains(mask))
            || self.known.iter().any(|mask| text.contains(mask.as_str()))
            || stands_for.iter().any(|mask| text.contains(mask))
    }
}

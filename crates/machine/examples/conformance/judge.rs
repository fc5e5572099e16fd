//! Judging cases at the levels a to e, and counting. Shared by the driver that plays recordings and the one that calls functions.

use std::collections::BTreeMap;

use asl::{Timestamp, parse_definition};
use machine::Status;
use serde_json::{Value, json};

use crate::compare::{Comparer, Difference};
use crate::outside::Outside;
use crate::skip::{parsed_texts, without};
use crate::world::{NAMES, ROLE, Run, START_MS, run};

/// Runs cases, each in the world that `outside` gives it, and prints the counts; `arguments` are the command line's.
pub(crate) fn tally(arguments: &[String], cases: Vec<Value>, outside: impl Fn(&Value) -> Outside) {
    let is_strict = arguments.iter().any(|it| it == "--strict");
    let after = |name: &str| option(arguments, name);
    let show = after("--show").and_then(|count| count.parse().ok()).unwrap_or(0);
    let mut out = String::new();
    let mut totals: BTreeMap<char, (u32, u32)> = BTreeMap::new();
    let mut misses = 0;
    for case in cases {
        let judged = judge(&case, outside(&case));
        let levels: BTreeMap<String, bool> =
            judged.levels.iter().map(|(it, ok)| (it.to_string(), *ok)).collect();
        out += &json!({"id": case["id"], "levels": levels, "history": judged.history}).to_string();
        out.push('\n');
        let failed = judged.levels.iter().filter(|(level, passed)| !passed && (is_strict || *level != 'e'));
        let failed: String = failed.map(|(level, _)| *level).collect();
        for (level, passed) in &judged.levels {
            let total = totals.entry(*level).or_default();
            total.1 += 1;
            total.0 += u32::from(*passed);
        }
        if failed.is_empty() {
            continue;
        }
        misses += 1;
        if misses <= show {
            println!("misses {failed}: {}", case["id"].as_str().unwrap_or(""));
            judged.why.iter().take(4).for_each(|why| println!("{why}"));
        }
    }
    if let Some(file) = after("--out") {
        std::fs::write(file, out).expect("FILE can be written");
    }
    for (level, (passed, all)) in totals {
        println!("level {level}: {passed} of {all} ({:.1} %)", f64::from(passed) / f64::from(all) * 100.0);
    }
}

/// The value of an option of the command line.
pub(crate) fn option<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    arguments.iter().skip_while(|it| *it != name).nth(1).map(String::as_str)
}

/// The cases in a folder for which `is_ours` holds.
pub(crate) fn cases(folder: &str, is_ours: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("DIR is a folder").flatten().map(|it| it.path()).collect();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).expect("a case file is text"));
    let lines: Vec<Value> = texts
        .flat_map(|text| {
            text.lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect::<Vec<_>>()
        })
        .collect();
    lines.into_iter().filter(is_ours).collect()
}

/// How a case went.
struct Judged {
    levels: Vec<(char, bool)>,
    /// What the interpreter made, for whoever wants to compare it by other means.
    history: Vec<Value>,
    why: Vec<String>,
}

/// Runs a case in a world whose tasks `outside` answers, and compares.
fn judge(case: &Value, outside: Outside) -> Judged {
    let definition = &resolved(case["definition"].as_str().unwrap_or(""));
    let events = case["expected"]["history"]["events"].as_array();
    let parsed = parse_definition(definition);
    let Some(machine) = parsed.machine else {
        let why = vec![format!("   refused: {:?}", parsed.diagnostics.first())];
        let levels = if events.is_some() { "abcde" } else { "ab" };
        return Judged {
            levels: levels.chars().map(|level| (level, false)).collect(),
            history: Vec::new(),
            why,
        };
    };
    let date = |days: i64| Timestamp::from_unix_ms(START_MS + days * 86_400_000).to_string();
    let input = case["input"].as_str().unwrap_or("{}");
    let input = input.replace("{{now+24855d}}", &date(24_855)).replace("{{now+24856d}}", &date(24_856));
    let input = resolved(&input);
    let last = events.and_then(|events| events.last()).map_or("", kind);
    let run = run(definition, machine, &input, outside, events.is_none() || status_after(last) != "RUNNING");
    let comparer = Comparer::new(&case["masks"], known(case));
    match events {
        Some(events) => compare_history(case, &comparer, events, &run),
        None => compare_outcome(case, &comparer, &run),
    }
}

/// `{{…}}` stands for something that was made before: the ARN of a function, or a name.
pub(crate) fn resolved(text: &str) -> String {
    let mut parts = text.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or((part, ""));
        out += match name.rsplit([':', '.']).next().unwrap_or_default() {
            "TopicArn" => "arn:aws:sns:us-east-1:000000000000:made",
            "stateMachineArn" => "arn:aws:states:us-east-1:000000000000:stateMachine:made",
            arn if arn.ends_with("Arn") => "arn:aws:lambda:us-east-1:000000000000:function:made",
            _ => "made",
        };
        out += rest;
    }
    out
}

/// Masks whose values are ours to know.
fn known(case: &Value) -> BTreeMap<String, String> {
    let value = |token: &str| match token {
        "snf_role_arn" => Some(ROLE),
        _ if token.starts_with("<ArnPart_") => Some(NAMES.0),
        _ if token.starts_with("<ExecArnPart_") => Some(NAMES.1),
        _ => None,
    };
    let tokens = case["masks"]["known"].as_object().into_iter().flatten();
    tokens.filter_map(|(token, _)| Some((token.clone(), value(token)?.to_owned()))).collect()
}

/// Cases that record no history: status and output.
fn compare_outcome(case: &Value, comparer: &Comparer, run: &Run) -> Judged {
    let expected = &case["expected"];
    let status = expected["status"].as_str() == Some(run.status.as_str());
    let output = run.output.as_deref().map_or(Value::Null, Value::from);
    let mut differences = comparer.differences(&expected["output"], &output, 4);
    let parsed = |text: &Value| text.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    if parsed(&expected["output"]).is_some_and(|want| Some(want) == parsed(&output)) {
        differences.clear();
    }
    let mut why: Vec<String> = differences.iter().map(shown).collect();
    why.push(format!("   want {} got {}", expected["status"], run.status.as_str()));
    Judged {
        levels: vec![('a', status), ('b', status && differences.is_empty())],
        history: run.history.clone(),
        why,
    }
}

fn compare_history(case: &Value, comparer: &Comparer, want: &[Value], run: &Run) -> Judged {
    // The snapshot's transformer lost how the Parallel ended where it sorted.
    let is_sorted = case["sorted_parallel"] == true;
    let is_kept = |event: &&Value| {
        !(is_sorted && matches!(kind(event), "ParallelStateSucceeded" | "ParallelStateFailed"))
    };
    let want: Vec<Value> = want.iter().filter(is_kept).cloned().collect();
    let got: Vec<Value> = run.history.iter().filter(is_kept).cloned().collect();
    let (want_kinds, got_kinds) = (kinds(&want), kinds(&got));
    let is_concurrent = want
        .iter()
        .any(|event| matches!(kind(event), "ParallelStateStarted" | "MapStateStarted" | "MapRunStarted"));
    let (last_want, last_got) = (want.last().unwrap_or(&Value::Null), got.last().unwrap_or(&Value::Null));
    let status = kind(last_want) == kind(last_got) && status_after(kind(last_want)) == run.status.as_str();
    let outcome = comparer.differences(&outcome(last_want), &outcome(last_got), 4);
    let types =
        if is_concurrent { sorted(&want_kinds) == sorted(&got_kinds) } else { want_kinds == got_kinds };
    let strict = comparer.differences(&json!({"events": want}), &json!({"events": got}), 4);
    let full = differences_in_full(case, comparer, &want, &got, is_concurrent);
    let mut why = Vec::new();
    if !types {
        why.push(format!("   want {}\n   got  {}", want_kinds.join(" "), got_kinds.join(" ")));
    }
    why.extend(outcome.iter().chain(if full.is_empty() { &strict } else { &full }).map(shown));
    let e = if is_sorted { full.is_empty() } else { strict.is_empty() };
    let levels = vec![
        ('a', status),
        ('b', status && outcome.is_empty()),
        ('c', types),
        ('d', full.is_empty()),
        ('e', e),
    ];
    Judged { levels, history: run.history.clone(), why }
}

/// Level d: in order and with ids; where states run at once, also as a multiset without ids.
fn differences_in_full(
    case: &Value,
    comparer: &Comparer,
    want: &[Value],
    got: &[Value],
    is_concurrent: bool,
) -> Vec<Difference> {
    let skip: Vec<&str> =
        case["skip_paths"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let (mut left, mut right) = (json!({"events": want}), json!({"events": got}));
    if !skip.is_empty() {
        left = without(&left, &skip);
        right = without(&parsed_texts(&right), &skip);
    }
    let ordered = comparer.differences(&left, &right, 4);
    if ordered.is_empty() || !is_concurrent {
        return ordered;
    }
    unordered(comparer, events(&left), events(&right))
}

/// Events as a multiset, without ids: what is left over is the difference.
fn unordered(comparer: &Comparer, want: &[Value], got: &[Value]) -> Vec<Difference> {
    let mut rest: Vec<Value> = got.iter().map(without_ids).collect();
    let mut out = Vec::new();
    for event in want.iter().map(without_ids) {
        let is_it = |candidate: &Value| {
            kind(candidate) == kind(&event) && comparer.differences(&event, candidate, 1).is_empty()
        };
        match rest.iter().position(is_it) {
            Some(at) => _ = rest.remove(at),
            None => out.push(Difference { path: "unordered".into(), want: event, got: "<no match>".into() }),
        }
    }
    let left_over = |got| Difference { path: "unordered".into(), want: "<absent>".into(), got };
    out.into_iter().chain(rest.into_iter().map(left_over)).collect()
}

fn without_ids(event: &Value) -> Value {
    let members = event.as_object().into_iter().flatten();
    let kept = members.filter(|(key, _)| !matches!(key.as_str(), "id" | "previousEventId"));
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Output, or error and cause, of a last event.
fn outcome(event: &Value) -> Value {
    let name = match kind(event) {
        "ExecutionSucceeded" => "executionSucceededEventDetails",
        "ExecutionFailed" => "executionFailedEventDetails",
        "ExecutionAborted" => "executionAbortedEventDetails",
        "ExecutionTimedOut" => "executionTimedOutEventDetails",
        _ => return Value::Null,
    };
    let members = event[name].as_object().into_iter().flatten();
    let kept = members.filter(|(key, _)| matches!(key.as_str(), "output" | "error" | "cause"));
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The status after a last event of this type; a recording may stop while the execution still runs.
fn status_after(kind: &str) -> &'static str {
    match kind {
        "ExecutionSucceeded" => Status::Succeeded.as_str(),
        "ExecutionFailed" => Status::Failed.as_str(),
        "ExecutionAborted" => Status::Aborted.as_str(),
        "ExecutionTimedOut" => Status::TimedOut.as_str(),
        _ => Status::Running.as_str(),
    }
}

fn events(history: &Value) -> &[Value] {
    history["events"].as_array().map_or(&[], Vec::as_slice)
}

fn kind(event: &Value) -> &str {
    event["type"].as_str().unwrap_or("")
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(kind).collect()
}

fn sorted<'a>(kinds: &[&'a str]) -> Vec<&'a str> {
    let mut kinds = kinds.to_vec();
    kinds.sort_unstable();
    kinds
}

fn shown(it: &Difference) -> String {
    let cut = |value: &Value| value.to_string().chars().take(600).collect::<String>();
    format!("   {}\n     AWS: {}\n     got: {}", it.path, cut(&it.want), cut(&it.got))
}

//! Runs the cases of the JSONata judge: `cargo run -p baton-jsonata --example judge -- PATH [-v]`.
//!
//! `PATH` has `cases.jsonl` and `datasets.json`. Prints each miss with its reason, then how many passed.

#![expect(clippy::disallowed_methods, reason = "a tool reads its own arguments and files")]

use std::collections::BTreeMap;
use std::process::ExitCode;

use jsonata::{Environment, Error, Expression, Functions, Limits, ParseLimits, Value};

/// What a case is to come to.
#[derive(Debug)]
enum Expected {
    Value(Value),
    Nothing,
    Code(String),
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: judge PATH");
        return ExitCode::from(2);
    };
    let only = arguments.next();
    let datasets = Value::from_json(&read(&folder, "datasets.json")).expect("datasets.json is JSON");
    let (mut passed, mut total) = (0, 0);
    for line in read(&folder, "cases.jsonl").lines().filter(|it| !it.trim().is_empty()) {
        total += 1;
        let verdict = match Value::from_json(line) {
            Ok(case) if only.as_ref().is_some_and(|it| !text(&case, "id").contains(it.as_str())) => continue,
            Ok(case) => judge(&case, &datasets).map_err(|why| format!("{}: {why}", text(&case, "id"))),
            Err(error) => Err(format!("{}: {error}", &line[..line.len().min(60)])),
        };
        match verdict {
            Ok(()) => passed += 1,
            Err(why) => println!("miss {why}"),
        }
    }
    println!("{passed}/{total}");
    ExitCode::SUCCESS
}

fn read(folder: &str, name: &str) -> String {
    std::fs::read_to_string(format!("{folder}/{name}")).expect("the folder has the file")
}

fn text(case: &Value, key: &str) -> String {
    case.get(key).and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default()
}

fn judge(case: &Value, datasets: &Value) -> Result<(), String> {
    let found = evaluate(case, datasets);
    let is_unordered = case.get("unordered").is_some();
    match (expected(case), found) {
        (Expected::Value(wanted), Ok(Some(found))) if is_equal(&wanted, &found, is_unordered) => Ok(()),
        (Expected::Nothing, Ok(None)) => Ok(()),
        (Expected::Code(code), Err(error)) if error.code() == code => Ok(()),
        (wanted, found) => {
            let found = found.map(|it| it.map(|it| it.to_json(2_000).unwrap_or_else(|it| it.to_string())));
            let wanted = match wanted {
                Expected::Value(it) => it.to_json(2_000).unwrap_or_else(|it| it.to_string()),
                other => format!("{other:?}"),
            };
            Err(format!("`{}`\n     wanted {wanted}\n     found  {found:?}", text(case, "expr")))
        }
    }
}

fn expected(case: &Value) -> Expected {
    let code = case.get("code").or_else(|| case.get("error").and_then(|it| it.get("code")));
    match (code, case.get("result")) {
        (Some(code), _) => Expected::Code(code.as_str().unwrap_or_default().to_owned()),
        (None, Some(value)) => Expected::Value(value),
        (None, None) => Expected::Nothing,
    }
}

fn evaluate(case: &Value, datasets: &Value) -> Result<Option<Value>, Error> {
    let expression = Expression::parse(&text(case, "expr"), &ParseLimits::default())?;
    let input = match case.get("dataset").as_ref().and_then(Value::as_str) {
        Some(name) => datasets.get(name),
        None => case.get("data"),
    };
    let mut bindings = BTreeMap::new();
    let given = case.get("bindings");
    for (key, value) in given.iter().flat_map(|it| (0..it.len().unwrap_or(0)).filter_map(|at| it.entry(at))) {
        bindings.insert(key.to_string(), value);
    }
    let mut seed = 1_u64;
    let mut entropy = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed
    };
    let functions = Functions::none();
    let mut environment = Environment {
        input,
        bindings: &bindings,
        functions: &functions,
        now_unix_ms: 1_700_000_000_000,
        entropy: &mut entropy,
        limits: limits(case),
    };
    expression.evaluate(&mut environment)
}

/// The bounds of the judge: ten million items of a range, and its own depths.
fn limits(case: &Value) -> Limits {
    let mut limits =
        Limits { steps: 50_000_000, sequence_items: 10_000_000, memory_bytes: 4 << 30, ..Limits::default() };
    if let Some(depth) = case.get("depth").and_then(|it| it.as_f64()) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count of the judge"
        )]
        let depth = depth as u32;
        limits.depth = depth;
    }
    limits
}

fn is_equal(wanted: &Value, found: &Value, is_unordered: bool) -> bool {
    if !is_unordered {
        // As JSON, in which a function is an empty string.
        let text = found.to_json(1 << 30).ok();
        return text.and_then(|it| Value::from_json(&it).ok()).is_some_and(|it| it == *wanted);
    }
    let items = |it: &Value| -> Vec<String> {
        let items = (0..it.len().unwrap_or(0)).filter_map(|at| it.item(at));
        let mut texts: Vec<String> = items.filter_map(|it| it.to_json(100_000).ok()).collect();
        texts.sort();
        texts
    };
    items(wanted) == items(found)
}

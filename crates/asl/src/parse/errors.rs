//! `Retry` and `Catch`. Spec: `#errors`.

use super::Reading;
use super::contract::{Owner, contract};
use super::data;
use super::fields::Fields;
use super::scope::Names;
use crate::catch::Catcher;
use crate::failure::ErrorName;
use crate::limits::{MAX_DELAY_SECONDS_LIMIT, SECONDS_MAX};
use crate::retry::Retrier;
use crate::source::{Node, NodeValue};

/// `Retry`, in order.
pub(super) fn retry(reading: &mut Reading, fields: &mut Fields<'_>) -> Vec<Retrier> {
    let Some((_, items)) = fields.list(reading, "Retry") else { return Vec::new() };
    let pointer = fields.child("Retry");
    items
        .iter()
        .enumerate()
        .filter_map(|(at, item)| retrier(reading, &format!("{pointer}/{at}"), item, at + 1 == items.len()))
        .collect()
}

fn retrier(reading: &mut Reading, pointer: &str, node: &Node, is_last: bool) -> Option<Retrier> {
    let mut fields = Fields::of(reading, node, pointer, "a retrier")?;
    fields.text(reading, "Comment");
    let error_equals = error_equals(reading, &mut fields, is_last);
    let interval_seconds = fields.count(reading, "IntervalSeconds", 1, SECONDS_MAX).unwrap_or(1);
    let attempts_max = fields.count(reading, "MaxAttempts", 0, SECONDS_MAX).unwrap_or(3);
    let backoff_rate = backoff_rate(reading, &mut fields);
    let delay_seconds_max = fields.count(reading, "MaxDelaySeconds", 1, MAX_DELAY_SECONDS_LIMIT - 1);
    let jitter_full = jitter(reading, &mut fields);
    if let Some(max) = delay_seconds_max
        && max <= interval_seconds
        && fields.has("IntervalSeconds")
    {
        let message = format!(
            "`MaxDelaySeconds` is {max}, expected more than `IntervalSeconds`, which is {interval_seconds}"
        );
        reading.error("OUT_OF_RANGE", fields.own_place(), message);
    }
    fields.finish(reading, &[]);
    Some(Retrier {
        error_equals: error_equals?,
        interval_seconds,
        attempts_max,
        backoff_rate,
        delay_seconds_max,
        jitter_full,
    })
}

fn backoff_rate(reading: &mut Reading, fields: &mut Fields<'_>) -> f64 {
    let Some((node, number)) = fields.number(reading, "BackoffRate") else { return 2.0 };
    let rate = number.as_f64();
    if !(1.0..=f64::from(SECONDS_MAX)).contains(&rate) {
        let message = format!("`BackoffRate` is {number}, expected at least 1.0");
        reading.error("OUT_OF_RANGE", fields.place("BackoffRate", node), message);
    }
    rate
}

fn jitter(reading: &mut Reading, fields: &mut Fields<'_>) -> bool {
    let Some(node) = fields.take("JitterStrategy") else { return false };
    match &node.value {
        NodeValue::String(text) if &**text == "FULL" => true,
        NodeValue::String(text) if &**text == "NONE" => false,
        _ => {
            let place = fields.place("JitterStrategy", node);
            reading.error("SCHEMA_VALIDATION_FAILED", place, "`JitterStrategy` is `FULL` or `NONE`");
            false
        }
    }
}

/// `Catch`, in order.
pub(super) fn catch(reading: &mut Reading, fields: &mut Fields<'_>, names: &Names) -> Vec<Catcher> {
    let Some((_, items)) = fields.list(reading, "Catch") else { return Vec::new() };
    let pointer = fields.child("Catch");
    items
        .iter()
        .enumerate()
        .filter_map(|(at, item)| {
            catcher(reading, &format!("{pointer}/{at}"), item, names, at + 1 == items.len())
        })
        .collect()
}

fn catcher(
    reading: &mut Reading,
    pointer: &str,
    node: &Node,
    names: &Names,
    is_last: bool,
) -> Option<Catcher> {
    let mut fields = Fields::of(reading, node, pointer, "a catcher")?;
    fields.text(reading, "Comment");
    let error_equals = error_equals(reading, &mut fields, is_last);
    let next = fields.required(reading, "Next").and_then(|node| match &node.value {
        NodeValue::String(name) => names.target(reading, name, fields.place("Next", node)),
        _ => fields.wrong_type(reading, "Next", node, "the name of a state"),
    });
    let result_path = data::result_path(reading, &mut fields);
    let assign = data::assign(reading, &mut fields);
    let contract = contract(reading, &mut fields, Owner::Catcher);
    fields.finish(
        reading,
        &[("Output", "`Output` belongs to JSONata states; a JSONPath catcher has `ResultPath`")],
    );
    Some(Catcher { error_equals: error_equals?, next: next?, result_path, assign, contract })
}

/// `ErrorEquals`: at least one name; `States.ALL` alone, and in the last element.
fn error_equals(reading: &mut Reading, fields: &mut Fields<'_>, is_last: bool) -> Option<Vec<ErrorName>> {
    if !fields.has("ErrorEquals") {
        fields.required(reading, "ErrorEquals")?;
    }
    let (node, items) = fields.list(reading, "ErrorEquals")?;
    let place = fields.place("ErrorEquals", node);
    let mut names = Vec::with_capacity(items.len());
    for item in items {
        match &item.value {
            NodeValue::String(name) => names.push(ErrorName::new(name.clone())),
            _ => return fields.wrong_type(reading, "ErrorEquals", item, "an array of error names"),
        }
    }
    if names.is_empty() {
        reading.error("SCHEMA_VALIDATION_FAILED", place, "`ErrorEquals` needs at least one error name");
        return None;
    }
    if names.iter().any(|name| name.as_str() == ErrorName::ALL) && (names.len() > 1 || !is_last) {
        let message = "`States.ALL` stands alone in its `ErrorEquals`, and in the last element";
        reading.error("SCHEMA_VALIDATION_FAILED", place, message);
        return None;
    }
    Some(names)
}

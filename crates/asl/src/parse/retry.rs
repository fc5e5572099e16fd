//! Retry: its rules of validity. Spec: `#retrying-after-error`. When it retries: `../retry.rs`.

use super::code;
use super::fields::{Fields, array, choice, items, text, whole, wrong_type};
use super::report::Report;
use crate::failure::ErrorName;
use crate::limits::{MAX_DELAY_SECONDS_LIMIT, SECONDS_MAX};
use crate::retry::Retrier;
use crate::source::{Member, Node, Value};

/// `Retry`, in order.
pub(super) fn read(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Vec<Retrier>> {
    let Some(member) = fields.take("Retry") else { return Some(Vec::new()) };
    let nodes = array(&member.value, "Retry", report)?;
    let read: Vec<_> =
        nodes.iter().enumerate().map(|(at, node)| retrier(node, at + 1 == nodes.len(), report)).collect();
    read.into_iter().collect()
}

fn retrier(node: &Node, is_last: bool, report: &mut Report<'_>) -> Option<Retrier> {
    let mut fields = Fields::new(node, node.span, "a retrier", report)?;
    fields.comment(report);
    let error_equals = error_equals(&mut fields, is_last, report);
    let interval = bounded(&mut fields, "IntervalSeconds", (1, SECONDS_MAX), report);
    let attempts = bounded(&mut fields, "MaxAttempts", (0, SECONDS_MAX), report);
    let delay = bounded(&mut fields, "MaxDelaySeconds", (1, MAX_DELAY_SECONDS_LIMIT - 1), report);
    let backoff_rate = fields.take("BackoffRate").map_or(Some(2.0), |member| backoff_rate(member, report));
    let jitter = fields
        .take("JitterStrategy")
        .map_or(Some(1), |member| choice(&member.value, "JitterStrategy", &["FULL", "NONE"], report));
    interval_fits(&fields, interval, delay, report);
    fields.finish(report);
    Some(Retrier {
        error_equals: error_equals?,
        interval_seconds: interval.unwrap_or(1),
        attempts_max: attempts.unwrap_or(3),
        backoff_rate: backoff_rate?,
        delay_seconds_max: delay,
        jitter_full: jitter? == 0,
    })
}

/// `ErrorEquals`, of Retry and of Catch: names, at least one; `States.ALL` alone and in the last element.
pub(super) fn error_equals(
    fields: &mut Fields<'_>,
    is_last: bool,
    report: &mut Report<'_>,
) -> Option<Vec<ErrorName>> {
    let member = fields.require("ErrorEquals", report)?;
    let nodes = items(&member.value, "ErrorEquals", report)?;
    let names: Vec<_> = nodes.iter().map(|node| text(node, "ErrorEquals", report)).collect();
    for (node, name) in nodes.iter().zip(&names) {
        match name.as_deref() {
            Some(ErrorName::ALL) if nodes.len() > 1 => {
                report.error(node.span, code::SCHEMA, "`States.ALL` stands alone in its `ErrorEquals`");
            }
            Some(ErrorName::ALL) if !is_last => {
                report
                    .error(
                        node.span,
                        code::SCHEMA,
                        format!("{} of `States.ALL` must be the last", fields.owner),
                    )
                    .hint("it takes every error, so what follows it would never be asked");
            }
            _ => {}
        }
    }
    names.into_iter().map(|name| name.map(ErrorName::new)).collect()
}

fn bounded(
    fields: &mut Fields<'_>,
    name: &'static str,
    (min, max): (u32, u32),
    report: &mut Report<'_>,
) -> Option<u32> {
    let member = fields.take(name)?;
    whole(&member.value, name, min, max, report)
}

fn backoff_rate(member: &Member, report: &mut Report<'_>) -> Option<f64> {
    let Value::Number(number) = &member.value.value else {
        return wrong_type(&member.value, "BackoffRate", "a number", report);
    };
    let rate = number.as_f64();
    if rate >= 1.0 && rate.is_finite() {
        return Some(rate);
    }
    report.error(member.value.span, code::RANGE, format!("`BackoffRate` is at least 1.0, found `{number}`"));
    None
}

/// AWS wants the cap above the first delay.
fn interval_fits(fields: &Fields<'_>, interval: Option<u32>, delay: Option<u32>, report: &mut Report<'_>) {
    let (interval, Some(delay)) = (interval.unwrap_or(1), delay) else { return };
    if delay <= interval
        && let Some(member) = fields.get("MaxDelaySeconds")
    {
        let message =
            format!("`MaxDelaySeconds` ({delay}) must be greater than `IntervalSeconds` ({interval})");
        report.error(member.value.span, code::RANGE, message);
    }
}

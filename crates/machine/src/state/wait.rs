//! Wait: waits for a delay or an instant. Spec: `#wait-state`. The timer never fires early; it may fire late.

use asl::jsonata::Location;
use asl::limits::SECONDS_MAX;
use asl::path::Path;
use asl::state::wait::{Delay, Wait};
use asl::{Failure, Fault, Json, Timestamp};

use crate::activation::Activation;
use crate::dataflow::{Sight, arguments, effective_input};
use crate::event::Fact;
use crate::failing::{StateRef, fail_evaluation};
use crate::ids::FrameId;
use crate::leaving::{OutputFields, finish};
use crate::limits::WAIT_MS_MAX;

/// Begins to wait; an instant that has passed is not waited for.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId, it: &Wait) {
    match until(activation, frame, it) {
        Ok(at) if at <= activation.now => out(activation, frame, it),
        Ok(at) => {
            let due = activation.due(at);
            activation.record_in(frame, Fact::WaitScheduled { frame, due });
        }
        Err(fault) => fail_evaluation(activation, frame, fault),
    }
}

/// The instant has come.
pub(crate) fn waited(activation: &mut Activation<'_>, frame: FrameId) {
    let state = StateRef::of(activation, frame);
    if let asl::state::StateKind::Wait(it) = &state.kind {
        out(activation, frame, it);
    }
}

fn out(activation: &mut Activation<'_>, frame: FrameId, it: &Wait) {
    match arguments(activation, frame, &it.arguments) {
        Ok(input) => {
            let fields = OutputFields {
                output: &it.output,
                has_result: false,
                assign: it.assign.as_ref(),
                then: it.then,
            };
            finish(activation, frame, input, &fields);
        }
        Err(fault) => fail_evaluation(activation, frame, fault),
    }
}

fn until(activation: &mut Activation<'_>, frame: FrameId, it: &Wait) -> Result<Timestamp, Fault> {
    let at = match &it.delay {
        Delay::Seconds(seconds) => activation.now.plus_seconds(f64::from(*seconds)),
        Delay::Until(at) => *at,
        Delay::SecondsFrom(path) => {
            let seconds = seconds_from(path, &read(activation, frame, it, path, "SecondsPath")?)?;
            activation.now.plus_ms(seconds.saturating_mul(1_000))
        }
        Delay::SecondsBy(expression) => {
            let (at, range) = (Location::field("Seconds"), 0..=SECONDS_MAX);
            let seconds =
                activation.jsonata(frame, Sight::default(), |env| expression.whole(&at, range, env))?;
            activation.now.plus_seconds(f64::from(seconds))
        }
        Delay::UntilBy(expression) => {
            let at = Location::field("Timestamp");
            activation.jsonata(frame, Sight::default(), |env| expression.timestamp(&at, env))?
        }
        Delay::UntilFrom(path) => timestamp_from(path, &read(activation, frame, it, path, "TimestampPath")?)?,
    };
    if at.unix_ms.saturating_sub(activation.now.unix_ms) > WAIT_MS_MAX {
        return Err(Failure::runtime("Wait state delay is too long.").into());
    }
    Ok(at)
}

fn read(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &Wait,
    path: &Path,
    field: &str,
) -> Result<Json, Failure> {
    let input = effective_input(activation, frame, &it.arguments)?.value().clone();
    activation.query(frame, &input, |env| path.look(env))?.ok_or_else(|| {
        Failure::runtime(format!("The {field} parameter does not reference an input value: {}", path.text()))
    })
}

fn seconds_from(path: &Path, value: &Json) -> Result<i64, Failure> {
    let seconds = value.as_number().and_then(asl::Number::as_i64);
    seconds.filter(|seconds| *seconds >= 0).ok_or_else(|| {
        Failure::runtime(format!(
            "The SecondsPath parameter does not reference a non-negative integer: {} == {}",
            path.text(),
            shown(value)
        ))
    })
}

fn timestamp_from(path: &Path, value: &Json) -> Result<Timestamp, Failure> {
    value.as_str().and_then(Timestamp::parse).ok_or_else(|| {
        Failure::runtime(format!(
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format \
             string: {} == {}",
            path.text(),
            shown(value)
        ))
    })
}

/// As AWS shows a value in a cause: a string without its quotes.
fn shown(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_text(), str::to_owned)
}

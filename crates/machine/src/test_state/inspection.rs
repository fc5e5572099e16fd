//! What a state was seen to do: AWS's `InspectionData`, as far as it shows it of each kind of state.

use asl::definition::QueryLanguage;
use asl::state::StateKind;
use asl::{Json, State, Timestamp, Variables};

use super::{Examined, Request, Stage, Tested};
use crate::event::{Event, Fact};

/// How much is shown. AWS: `inspectionLevel`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Status, output, error.
    #[default]
    Info,
    /// And what the state did with its data.
    Debug,
    /// And HTTP requests. Nothing here makes any, so it is the same.
    Trace,
}

/// What a state was seen to do; what AWS does not show of such a state is missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inspection {
    /// What was seen of the data, by AWS's name, in AWS's order.
    pub data: Vec<(&'static str, Json)>,
    /// What was done about a failure.
    pub error_details: Option<ErrorDetails>,
    /// `MaxConcurrency` of a Map.
    pub max_concurrency: Option<u32>,
    /// `ToleratedFailureCount` of a Map.
    pub tolerated_failure_count: Option<u32>,
    /// `ToleratedFailurePercentage` of a Map.
    pub tolerated_failure_percentage: Option<f64>,
}

/// What was done about a failure. AWS: `InspectionErrorDetails`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ErrorDetails {
    /// The catcher that took it, from 0.
    pub catch_index: Option<usize>,
    /// The retrier that took it, from 0.
    pub retry_index: Option<u32>,
    /// Seconds until the retry.
    pub retry_backoff_interval_seconds: Option<f64>,
}

/// The stages that AWS shows of a state, by its names.
fn stages(state: &State) -> &'static [(&'static str, Stage)] {
    const INPUT: (&str, Stage) = ("afterInputPath", Stage::AfterInputPath);
    const PARAMETERS: (&str, Stage) = ("afterParameters", Stage::AfterParameters);
    const ARGUMENTS: (&str, Stage) = ("afterArguments", Stage::AfterArguments);
    const ITEMS: (&str, Stage) = ("afterItemsPath", Stage::AfterItemsPath);
    const SELECTED: (&str, Stage) = ("afterItemSelector", Stage::AfterItemSelector);
    const RESULT: (&str, Stage) = ("result", Stage::Result);
    const SELECTOR: (&str, Stage) = ("afterResultSelector", Stage::AfterResultSelector);
    const PATH: (&str, Stage) = ("afterResultPath", Stage::AfterResultPath);
    let is_jsonata = state.query_language == QueryLanguage::Jsonata;
    let kind = &state.kind;
    match (kind, is_jsonata) {
        (StateKind::Task(_), false) => &[INPUT, PARAMETERS, RESULT, SELECTOR, PATH],
        (StateKind::Task(_), true) => &[ARGUMENTS, RESULT],
        // AWS looks at neither `InputPath` nor `Parameters` of a Pass that has its result.
        (StateKind::Pass(it), false) if it.result.is_some() => &[RESULT, SELECTOR, PATH],
        (StateKind::Pass(_), false) => &[INPUT, PARAMETERS, SELECTOR, PATH],
        (StateKind::Map(_), false) => &[INPUT, ITEMS, SELECTED, SELECTOR, PATH],
        (StateKind::Map(_), true) => &[SELECTED],
        (StateKind::Parallel(_), false) => &[SELECTOR, PATH],
        (StateKind::Parallel(_), true) => &[ARGUMENTS],
        (StateKind::Choice(_) | StateKind::Wait(_) | StateKind::Succeed(_) | StateKind::Fail(_), false) => {
            &[INPUT]
        }
        (_, true) => &[],
    }
}

pub(super) fn of(
    state: &State,
    request: &Request,
    examined: &Examined,
    events: &[Event],
    now: Timestamp,
) -> Inspection {
    let mut data = vec![("input", request.input.value().clone())];
    let seen = |(name, stage): &(&'static str, Stage)| Some((*name, examined.at(*stage)?.clone()));
    data.extend(stages(state).iter().filter_map(seen));
    data.extend(variables(request, events).map(|variables| ("variables", variables)));
    Inspection {
        data,
        error_details: error_details(examined, events, now),
        max_concurrency: examined.max_concurrency,
        tolerated_failure_count: examined.tolerated_failure_count,
        tolerated_failure_percentage: examined.tolerated_failure_percentage,
    }
}

/// The variables after the state: those that it found, and what it assigned.
fn variables(request: &Request, events: &[Event]) -> Option<Json> {
    let mut variables = Variables::default();
    let given = request.variables.iter().filter_map(Json::as_object).flat_map(asl::Object::iter);
    given.for_each(|(name, value)| variables.set(name.clone(), value.clone()));
    let exited = events.iter().find_map(|event| match &event.fact {
        Fact::StateExited { assigned, .. } => Some(assigned),
        _ => None,
    });
    exited.into_iter().flatten().for_each(|(name, value)| variables.set(name.clone(), value.clone()));
    let members: Vec<_> = variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    (!members.is_empty()).then(|| Json::object(members))
}

fn error_details(examined: &Examined, events: &[Event], now: Timestamp) -> Option<ErrorDetails> {
    let retry = events.iter().find_map(|event| match &event.fact {
        Fact::RetryScheduled { retrier, due, .. } => Some((*retrier, due.at)),
        _ => None,
    });
    if let Some((retrier, at)) = retry {
        #[expect(clippy::cast_precision_loss, reason = "a delay in seconds is far below 2^52 milliseconds")]
        let seconds = (at.unix_ms - now.unix_ms) as f64 / 1_000.0;
        return Some(ErrorDetails {
            catch_index: None,
            retry_index: Some(retrier),
            retry_backoff_interval_seconds: Some(seconds),
        });
    }
    examined.catcher.map(|index| ErrorDetails { catch_index: Some(index), ..ErrorDetails::default() })
}

impl Tested {
    /// The answer as AWS gives it: data as JSON texts.
    pub fn to_json(&self, level: Level) -> Json {
        let outcome = &self.outcome;
        let output = outcome.output().map(|output| ("output", Json::String(output.text().clone())));
        let failure = outcome.failure();
        let error =
            failure.and_then(|it| it.error.as_ref()).map(|error| ("error", Json::from(error.as_str())));
        let cause = failure.and_then(|it| it.cause.clone()).map(|cause| ("cause", Json::String(cause)));
        let inspection = (level != Level::Info).then(|| ("inspectionData", self.inspection.to_json()));
        let next = outcome.next().map(|next| ("nextState", Json::String(next.clone())));
        let status = ("status", Json::from(outcome.status()));
        let members = [output, error, cause, inspection, next].into_iter().flatten();
        Json::object(members.chain([status]))
    }
}

impl Inspection {
    /// `InspectionData`: data as JSON texts.
    pub fn to_json(&self) -> Json {
        let data = self.data.iter().map(|(name, value)| (*name, Json::from(value.to_text())));
        let details = self.error_details.map(|details| ("errorDetails", details.to_json()));
        let count = |name, count: Option<u32>| count.map(|count| (name, Json::from(count)));
        let percentage =
            self.tolerated_failure_percentage.map(|it| ("toleratedFailurePercentage", number(it)));
        let bounds = [
            details,
            count("toleratedFailureCount", self.tolerated_failure_count),
            percentage,
            count("maxConcurrency", self.max_concurrency),
        ];
        Json::object(data.chain(bounds.into_iter().flatten()))
    }
}

impl ErrorDetails {
    fn to_json(self) -> Json {
        let index = self.catch_index.map(|index| ("catchIndex", Json::from(index as u64)));
        let retry = self.retry_index.map(|index| ("retryIndex", Json::from(index)));
        let seconds =
            self.retry_backoff_interval_seconds.map(|it| ("retryBackoffIntervalSeconds", number(it)));
        Json::object([index, retry, seconds].into_iter().flatten())
    }
}

/// A number without a needless fraction.
fn number(value: f64) -> Json {
    let whole = asl::Number::from_f64(value);
    whole.map_or(Json::Null, Json::Number)
}

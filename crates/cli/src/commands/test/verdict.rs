//! What came of a case, held against what was expected.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::test_file::{Expectation, ExpectedViolation, holds, is_equal};
use asl::{Failure, Json, TestCase, Timestamp};
use machine::event::Verdict as CheckVerdict;
use machine::rehearsal::Rehearsed;
use machine::{Fact, FrameId, Revision};

use super::show::cut;
use crate::render::events::checks_of;

/// What came of a case.
pub(crate) struct Outcome {
    status: &'static str,
    output: Option<Json>,
    failure: Option<Failure>,
    path: Vec<Arc<str>>,
    attempts: BTreeMap<Arc<str>, u32>,
    violations: Vec<ExpectedViolation>,
    milliseconds: i64,
    unanswered: Vec<String>,
    is_cut: bool,
}

/// How a case went.
pub(crate) struct Verdict {
    pub(crate) name: Arc<str>,
    pub(crate) status: &'static str,
    pub(crate) path: Vec<Arc<str>>,
    /// How long it took on its own clock.
    pub(crate) milliseconds: i64,
    /// What is not as expected; empty for a case that passes.
    pub(crate) findings: Vec<Finding>,
}

/// One thing that is not as expected.
pub(crate) struct Finding {
    /// What: a field of `Expect`, or `Tasks`.
    pub(crate) field: &'static str,
    pub(crate) expected: String,
    pub(crate) found: String,
}

impl Outcome {
    /// The door did not let the input in.
    pub(crate) fn refused(failure: Failure) -> Self {
        let is_contract = failure
            .error
            .as_ref()
            .is_some_and(|it| it.as_str() == contracts::point::Point::Input.error_name());
        let violation = ExpectedViolation { state: None, point: "Input".into() };
        Self {
            status: "REFUSED",
            output: None,
            failure: Some(failure),
            path: Vec::new(),
            attempts: BTreeMap::new(),
            violations: if is_contract { vec![violation] } else { Vec::new() },
            milliseconds: 0,
            unanswered: Vec::new(),
            is_cut: false,
        }
    }

    /// What the events of a rehearsal say.
    pub(crate) fn rehearsed(
        revision: &Revision,
        rehearsed: &Rehearsed,
        start: Timestamp,
        unanswered: Vec<String>,
    ) -> Self {
        let execution = &rehearsed.execution;
        let mut outcome = Self {
            status: execution.status().as_str(),
            output: execution.output().map(|it| it.value().clone()),
            failure: execution.failure().cloned(),
            path: Vec::new(),
            attempts: BTreeMap::new(),
            violations: Vec::new(),
            milliseconds: rehearsed.ended_at.unix_ms - start.unix_ms,
            unanswered,
            is_cut: rehearsed.is_cut,
        };
        let mut states: BTreeMap<FrameId, Arc<str>> = BTreeMap::new();
        for event in &rehearsed.events {
            outcome.event(revision, &event.fact, &mut states);
        }
        outcome
    }

    fn event(&mut self, revision: &Revision, fact: &Fact, states: &mut BTreeMap<FrameId, Arc<str>>) {
        if let Fact::StateEntered { frame, state, .. } = fact {
            let name = revision.machine.state(*state).name.clone();
            self.path.push(name.clone());
            states.insert(*frame, name);
        }
        let state = crate::render::events::frame_of(fact).and_then(|frame| states.get(&frame)).cloned();
        if let (Fact::TaskScheduled { .. }, Some(state)) = (fact, &state) {
            *self.attempts.entry(state.clone()).or_default() += 1;
        }
        for check in checks_of(fact).iter().filter(|it| !matches!(it.verdict, CheckVerdict::Fits)) {
            let point = revision.contracts.point(check.contract).as_str().into();
            self.violations.push(ExpectedViolation { state: state.clone(), point });
        }
    }
}

impl Verdict {
    /// Holds what came of a case against what was expected.
    pub(crate) fn of(case: &TestCase, outcome: &Outcome) -> Self {
        let mut findings = Vec::new();
        for attempt in &outcome.unanswered {
            findings.push(Finding {
                field: "Tasks",
                expected: "an answer for every attempt".into(),
                found: format!("none left for {attempt}"),
            });
        }
        if outcome.is_cut {
            let expected = "an execution that ends or waits".into();
            findings.push(Finding { field: "Status", expected, found: "one that goes on and on".into() });
        }
        judge_end(&case.expect, outcome, &mut findings);
        judge_way(&case.expect, outcome, &mut findings);
        Self {
            name: case.name.clone(),
            status: outcome.status,
            path: outcome.path.clone(),
            milliseconds: outcome.milliseconds,
            findings,
        }
    }
}

/// Status, output, failure.
fn judge_end(expect: &Expectation, outcome: &Outcome, findings: &mut Vec<Finding>) {
    let mut find = |field, expected: String, found: String| findings.push(Finding { field, expected, found });
    let fails = expect.error.is_some() || expect.cause.is_some();
    match &expect.status {
        Some(status) if **status != *outcome.status => find("Status", status.to_string(), how(outcome)),
        None if fails && outcome.failure.is_none() => find("Status", "a failure".into(), how(outcome)),
        None if !fails && outcome.status != "SUCCEEDED" => find("Status", "SUCCEEDED".into(), how(outcome)),
        _ => {}
    }
    let output = outcome.output.as_ref();
    let shown = || output.map_or("none".to_owned(), |it| cut(&it.to_text()));
    if let Some(expected) = &expect.output
        && !output.is_some_and(|found| is_equal(found, expected))
    {
        find("Output", cut(&expected.to_text()), shown());
    }
    if let Some(expected) = &expect.output_has
        && !output.is_some_and(|found| holds(found, expected))
    {
        find("OutputHas", cut(&expected.to_text()), shown());
    }
    let failure = outcome.failure.as_ref();
    let error = failure.and_then(|it| it.error.as_ref()).map_or("", |it| it.as_str());
    if let Some(expected) = expect.error.as_deref().filter(|it| *it != error) {
        find("Error", expected.to_owned(), if error.is_empty() { "none".into() } else { error.to_owned() });
    }
    let cause = failure.and_then(|it| it.cause.as_deref()).unwrap_or("");
    if let Some(expected) = expect.cause.as_deref().filter(|it| !cause.contains(it)) {
        find("Cause", format!("one with `{expected}`"), cut(cause));
    }
}

/// Path, attempts, violations, time.
fn judge_way(expect: &Expectation, outcome: &Outcome, findings: &mut Vec<Finding>) {
    let mut find = |field, expected: String, found: String| findings.push(Finding { field, expected, found });
    if let Some(path) = expect.path.as_ref().filter(|it| **it != outcome.path) {
        find("Path", path.join(" → "), outcome.path.join(" → "));
    }
    for (state, expected) in &expect.attempts {
        let found = outcome.attempts.get(state).copied().unwrap_or(0);
        if found != *expected {
            find("Attempts", format!("{expected} of `{state}`"), found.to_string());
        }
    }
    if let Some(violations) = expect.violations.as_ref().filter(|it| **it != outcome.violations) {
        find("Violations", places(violations), places(&outcome.violations));
    }
    if let Some(seconds) = expect.seconds.filter(|it| i64::from(*it) != outcome.milliseconds / 1_000) {
        find("Seconds", seconds.to_string(), (outcome.milliseconds / 1_000).to_string());
    }
}

/// How it ended, with the failure that made it end so.
fn how(outcome: &Outcome) -> String {
    match &outcome.failure {
        Some(failure) => {
            let error = failure.error.as_ref().map_or("no error", |it| it.as_str());
            format!("{}, {error}: {}", outcome.status, cut(failure.cause.as_deref().unwrap_or("no cause")))
        }
        None => outcome.status.to_owned(),
    }
}

fn places(violations: &[ExpectedViolation]) -> String {
    let place = |it: &ExpectedViolation| match &it.state {
        Some(state) => format!("{} of `{state}`", it.point),
        None => format!("{} of the machine", it.point),
    };
    if violations.is_empty() {
        return "none".to_owned();
    }
    violations.iter().map(place).collect::<Vec<_>>().join(", ")
}

//! One case, performed: its tasks answer as the file says.

use std::collections::BTreeMap;

use asl::test_file::{ScriptedAnswer, ScriptedOutcome, TestInput, holds};
use asl::{Entropy, ErrorName, Failure, Payload, TestCase, Timestamp};
use machine::rehearsal::{Answer, Rehearsed};
use machine::{Actor, ExecutionId, ExecutionInfo, Revision, TaskOrder};
use runtime::{StartError, StartRequest};
use store::RevisionKey;

use super::Script;
use super::verdict::{Outcome, Verdict};
use crate::error::CliError;
use crate::wiring;

/// 2026-01-01T00:00:00Z, when every case begins: what is tested must not depend on today.
const START: Timestamp = Timestamp::from_unix_ms(1_767_225_600_000);
/// The error of an attempt that no answer fits.
const NO_ANSWER: &str = "Test.NoAnswer";

/// Performs a case and judges it.
pub(crate) fn perform(script: &Script, case: &TestCase) -> Result<Verdict, CliError> {
    let input = match &case.input {
        TestInput::Value(value) => Payload::new(value.clone()),
        TestInput::File(file) => {
            let folder = script.path.parent().unwrap_or(std::path::Path::new(""));
            wiring::read_input(&script.setup, Some(&crate::files::joined(folder, file)))?
        }
    };
    let outcome = match refusal(script, &input) {
        Some(failure) => Outcome::refused(failure),
        None => rehearse(script, case, input),
    };
    Ok(Verdict::of(case, &outcome))
}

/// What the door says to the input, if it does not let it in.
fn refusal(script: &Script, input: &Payload) -> Option<Failure> {
    let request = StartRequest {
        revision: script.revision.clone(),
        revision_key: RevisionKey(0),
        name: None,
        input: input.clone(),
        actor: Actor::Engine,
    };
    match runtime::admit(request) {
        Err(StartError::InvalidExecutionInput { error, cause }) => {
            Some(Failure::new(ErrorName::new(error), cause))
        }
        _ => None,
    }
}

fn rehearse(script: &Script, case: &TestCase, input: Payload) -> Outcome {
    let mut cast = Cast::new(script, case);
    let name = "test";
    let arn = script.revision.arn.replacen(":stateMachine:", ":execution:", 1);
    let info =
        ExecutionInfo { id: ExecutionId([0; 16]), name: name.into(), arn: format!("{arn}:{name}").into() };
    let rehearsed: Rehearsed = machine::rehearse(
        script.revision.clone(),
        info,
        input,
        START,
        // The same numbers every time.
        &mut Entropy::from_seed([0; 32]),
        &mut |order, _| cast.answer(order),
    );
    Outcome::rehearsed(&script.revision, &rehearsed, START, cast.unanswered)
}

/// Who answers. Each answer knows how often it may.
struct Cast<'a> {
    revision: &'a Revision,
    answers: BTreeMap<&'a str, Vec<(&'a ScriptedAnswer, u32)>>,
    /// Attempts that nobody had an answer to, as sentences.
    unanswered: Vec<String>,
}

impl<'a> Cast<'a> {
    /// The case's own answers, and behind them those that the file has for all cases.
    fn new(script: &'a Script, case: &'a TestCase) -> Self {
        let mut answers: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for it in case.tasks.iter().chain(&script.file.tasks) {
            let of_state = it.answers.iter().map(|answer| (answer, answer.times.unwrap_or(u32::MAX)));
            answers.entry(&it.state).or_default().extend(of_state);
        }
        Self { revision: &script.revision, answers, unanswered: Vec::new() }
    }

    fn answer(&mut self, order: &TaskOrder) -> Option<Answer> {
        let state = &*self.revision.machine.state(order.state).name;
        let arguments = order.arguments.value();
        let fits = |(answer, left): &&mut (&ScriptedAnswer, u32)| {
            *left > 0 && answer.when.as_ref().is_none_or(|when| holds(arguments, when))
        };
        let found = self.answers.get_mut(state).and_then(|answers| answers.iter_mut().find(fits));
        let Some((answer, left)) = found else {
            let text = super::show::cut(order.arguments.text());
            self.unanswered.push(format!("`{state}`, attempt {}, which is asked with {text}", order.attempt));
            let failure = Failure {
                error: Some(ErrorName::new(NO_ANSWER)),
                cause: Some("the test file has no answer left".into()),
            };
            return Some(Answer { after_seconds: 0, outcome: Err(failure) });
        };
        // An answer without `Times` is never used up.
        if answer.times.is_some() {
            *left -= 1;
        }
        let outcome = match &answer.outcome {
            ScriptedOutcome::Result(value) => Ok(Payload::new(value.clone())),
            ScriptedOutcome::Failure(failure) => Err(failure.clone()),
            ScriptedOutcome::Silence => return None,
        };
        Some(Answer { after_seconds: answer.after_seconds, outcome })
    }
}

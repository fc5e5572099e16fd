//! `NAME.test.yaml`: what a machine is to do, case by case, when its tasks answer as the file says.
//!
//! The format is ours (`docs/reference/test-files.md`); it is read where definitions are, so that mistakes are located. Not
//! here: running the cases.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::definition::StateMachine;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::failure::Failure;
use crate::json::Json;
use crate::parse::TEST_UNKNOWN_STATE;

/// A file of test cases.
#[derive(Clone, Debug, PartialEq)]
pub struct TestFile {
    /// The definition's file, as it is written, from the test file's folder; `None` for the one of the same name.
    pub definition: Option<Arc<str>>,
    /// Who answers what in every case, where the case itself has no answer.
    pub tasks: Vec<TaskScript>,
    /// At least one; names are unique.
    pub cases: Vec<TestCase>,
}

/// One execution, and what is to come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct TestCase {
    /// What it shows.
    pub name: Arc<str>,
    /// Where the case stands.
    pub place: Place,
    /// The execution's input.
    pub input: TestInput,
    /// Who answers what.
    pub tasks: Vec<TaskScript>,
    /// What is to come of it.
    pub expect: Expectation,
}

/// The input of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum TestInput {
    /// It stands in the file.
    Value(Json),
    /// It is a file of JSON, from the test file's folder.
    File(Arc<str>),
}

/// What the tasks of one state answer.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskScript {
    /// The state's name.
    pub state: Arc<str>,
    /// Where it is named.
    pub place: Place,
    /// The first that fits and is not used up answers an attempt.
    pub answers: Vec<ScriptedAnswer>,
}

/// An answer to attempts of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptedAnswer {
    /// What the task's arguments must hold ([`holds`]); `None` fits every attempt.
    pub when: Option<Json>,
    /// How many attempts it answers; `None` for all.
    pub times: Option<u32>,
    /// Seconds of the virtual clock before it comes.
    pub after_seconds: u32,
    /// What comes.
    pub outcome: ScriptedOutcome,
}

/// What a task comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum ScriptedOutcome {
    /// It answers.
    Result(Json),
    /// It fails.
    Failure(Failure),
    /// It never says a word.
    Silence,
}

/// What is to come of an execution. What is `None` may be anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expectation {
    /// Where it stands.
    pub place: Place,
    /// How it ends, as AWS writes it: `SUCCEEDED`, `FAILED`, `TIMED_OUT`; `RUNNING` for one that waits for ever, `REFUSED` for
    /// one whose input is not let in.
    pub status: Option<Arc<str>>,
    /// Its output.
    pub output: Option<Json>,
    /// What its output holds, among other things.
    pub output_has: Option<Json>,
    /// Its error.
    pub error: Option<Arc<str>>,
    /// A part of its cause.
    pub cause: Option<Arc<str>>,
    /// The states that are entered, in order.
    pub path: Option<Vec<Arc<str>>>,
    /// Attempts of the tasks of a state.
    pub attempts: Vec<(Arc<str>, u32)>,
    /// The contracts that are violated, in order.
    pub violations: Option<Vec<ExpectedViolation>>,
    /// How long it takes, in seconds of the virtual clock.
    pub seconds: Option<u32>,
    /// Every state that is named here, with its place.
    pub named: Vec<(Arc<str>, Place)>,
}

/// A contract that is to be violated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedViolation {
    /// At which state; `None` for the machine's own contract.
    pub state: Option<Arc<str>>,
    /// At which point: `Input`, `Arguments`, `Result`, `Items`, `Output`.
    pub point: Arc<str>,
}

impl TestFile {
    /// Every state that is named here and is none of `machine`.
    pub fn unknown_states(&self, machine: &StateMachine) -> Vec<Diagnostic> {
        let known: BTreeSet<&str> = machine.states.iter().map(|state| &*state.name).collect();
        let scripts = self.tasks.iter().chain(self.cases.iter().flat_map(|it| &it.tasks));
        let scripted = scripts.map(|it| (&it.state, &it.place));
        let expected = self.cases.iter().flat_map(|it| &it.expect.named).map(|(name, place)| (name, place));
        let unknown = scripted.chain(expected).filter(|(name, _)| !known.contains(&***name));
        unknown.map(|(name, place)| unknown_state(name, place, &known)).collect()
    }
}

fn unknown_state(name: &str, place: &Place, known: &BTreeSet<&str>) -> Diagnostic {
    let names: Vec<&str> = known.iter().copied().collect();
    Diagnostic {
        code: TEST_UNKNOWN_STATE,
        severity: Severity::Error,
        place: place.clone(),
        message: format!("`{name}` is not a state of the definition"),
        hint: crate::parse::closest(name, &names).map(|close| format!("did you mean `{close}`?")),
    }
}

/// Whether `value` holds `part`: every member of an object is there and holds its part, arrays are as long and hold item by
/// item, anything else is equal. Numbers are equal by value, however they are written.
pub fn holds(value: &Json, part: &Json) -> bool {
    match (value, part) {
        (Json::Object(value), Json::Object(part)) => {
            part.iter().all(|(key, part)| value.get(key).is_some_and(|value| holds(value, part)))
        }
        (Json::Array(values), Json::Array(parts)) => {
            values.len() == parts.len() && values.iter().zip(&**parts).all(|(value, part)| holds(value, part))
        }
        _ => is_equal(value, part),
    }
}

/// Whether both are equal, numbers by value and objects whatever the order of their members.
pub fn is_equal(this: &Json, other: &Json) -> bool {
    match (this, other) {
        (Json::Number(this), Json::Number(other)) => {
            crate::rule::order_of_numbers(this, other).is_some_and(std::cmp::Ordering::is_eq)
        }
        (Json::Object(object), Json::Object(others)) => {
            object.len() == others.len()
                && object
                    .iter()
                    .all(|(key, value)| others.get(key).is_some_and(|other| is_equal(value, other)))
        }
        (Json::Array(items), Json::Array(others)) => {
            items.len() == others.len() && items.iter().zip(&**others).all(|(it, other)| is_equal(it, other))
        }
        _ => this == other,
    }
}

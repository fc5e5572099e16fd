//! `NAME.test.yaml`: cases, the answers of their tasks, what is expected of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::code;
use super::fields::{Fields, array, choice, items, text, whole, wrong_type};
use super::report::Report;
use crate::failure::{ErrorName, Failure};
use crate::json::Json;
use crate::limits::SECONDS_MAX;
use crate::source::{Member, Node, Value};
use crate::test_file::{
    Expectation, ExpectedViolation, ScriptedAnswer, ScriptedOutcome, TaskScript, TestCase, TestFile,
    TestInput,
};

const STATUSES: [&str; 5] = ["SUCCEEDED", "FAILED", "TIMED_OUT", "RUNNING", "REFUSED"];
const POINTS: [&str; 5] = ["Input", "Arguments", "Result", "Items", "Output"];

/// Reads `Definition`, `Tasks` and `Cases`.
pub(super) fn read(root: &Node, report: &mut Report<'_>) -> Option<TestFile> {
    let mut fields = Fields::new(root, root.span, "a test file", report)?;
    let definition = fields.text("Definition", report);
    let tasks = fields.take("Tasks").map(|it| tasks(it, report)).unwrap_or_default();
    let cases = fields.require("Cases", report).and_then(|it| items(&it.value, "Cases", report));
    fields.finish(report);
    let cases: Vec<TestCase> = cases?.iter().filter_map(|it| case(it, report)).collect();
    let mut names = BTreeSet::new();
    for case in &cases {
        if !names.insert(&case.name) {
            let message = format!("two cases are called `{}`", case.name);
            report.error(case.place.span, code::CONFLICT, message);
        }
    }
    Some(TestFile { definition, tasks, cases })
}

fn case(node: &Node, report: &mut Report<'_>) -> Option<TestCase> {
    let mut fields = Fields::new(node, node.span, "a case", report)?;
    let name = fields.require("Name", report).and_then(|it| text(&it.value, "Name", report));
    let input = input(&mut fields, report);
    let tasks = fields.take("Tasks").map(|it| tasks(it, report)).unwrap_or_default();
    let expect = fields.take("Expect").and_then(|it| expectation(it, report)).unwrap_or_default();
    fields.finish(report);
    Some(TestCase { name: name?, place: report.place(node.span), input, tasks, expect })
}

fn input(fields: &mut Fields<'_>, report: &mut Report<'_>) -> TestInput {
    let is_file = fields.get("InputFile").is_some();
    match fields.one_of("Input", "InputFile", report) {
        Some(member) if is_file => {
            TestInput::File(text(&member.value, "InputFile", report).unwrap_or_default())
        }
        Some(member) => TestInput::Value(member.value.to_json()),
        None => TestInput::Value(Json::empty_object()),
    }
}

/// By state: an answer, or a list of answers.
fn tasks(member: &Member, report: &mut Report<'_>) -> Vec<TaskScript> {
    let Value::Object(members) = &member.value.value else {
        return wrong_type(&member.value, "Tasks", "an object of states", report).unwrap_or_default();
    };
    members
        .iter()
        .map(|member| {
            let nodes = match &member.value.value {
                Value::Array(nodes) => nodes.as_slice(),
                _ => std::slice::from_ref(&member.value),
            };
            let answers = nodes.iter().filter_map(|it| answer(it, report)).collect();
            TaskScript { state: member.key.clone(), place: report.place(member.key_span), answers }
        })
        .collect()
}

fn answer(node: &Node, report: &mut Report<'_>) -> Option<ScriptedAnswer> {
    let mut fields = Fields::new(node, node.span, "an answer", report)?;
    let when = fields.take("When").map(|it| it.value.to_json());
    let times = fields.take("Times").and_then(|it| whole(&it.value, "Times", 1, u32::MAX, report));
    let after_seconds =
        fields.take("AfterSeconds").and_then(|it| whole(&it.value, "AfterSeconds", 0, SECONDS_MAX, report));
    let outcome = outcome(node, &mut fields, report);
    fields.finish(report);
    Some(ScriptedAnswer { when, times, after_seconds: after_seconds.unwrap_or(0), outcome: outcome? })
}

fn outcome(node: &Node, fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<ScriptedOutcome> {
    let result = fields.take("Result").map(|it| ScriptedOutcome::Result(it.value.to_json()));
    let error = fields.text("Error", report);
    let cause = fields.text("Cause", report);
    let silence = fields.take("Silent").and_then(|it| super::fields::flag(&it.value, "Silent", report));
    let failure = error.map(|error| {
        ScriptedOutcome::Failure(Failure { error: Some(ErrorName::new(error)), cause: cause.clone() })
    });
    let silence = silence.filter(|it| *it).map(|_| ScriptedOutcome::Silence);
    let mut outcomes = [result, failure, silence].into_iter().flatten();
    let outcome = outcomes.next();
    if outcome.is_none() || outcomes.next().is_some() {
        let message = "an answer has exactly one of `Result`, `Error` and `Silent: true`";
        report.error(node.span, code::CONFLICT, message);
    } else if cause.is_some() && !matches!(outcome, Some(ScriptedOutcome::Failure(_))) {
        report.error(node.span, code::CONFLICT, "`Cause` goes with `Error`");
    }
    outcome
}

fn expectation(member: &Member, report: &mut Report<'_>) -> Option<Expectation> {
    let mut fields = Fields::new(&member.value, member.key_span, "an expectation", report)?;
    let mut named = Vec::new();
    let status = fields.take("Status").and_then(|it| choice(&it.value, "Status", &STATUSES, report));
    let output = fields.take("Output").map(|it| it.value.to_json());
    let output_has = fields.take("OutputHas").map(|it| it.value.to_json());
    let error = fields.text("Error", report);
    let cause = fields.text("Cause", report);
    let path = fields.take("Path").and_then(|it| path(&it.value, &mut named, report));
    let attempts = fields.take("Attempts").map(|it| attempts(&it.value, &mut named, report));
    let violations = fields.take("Violations").and_then(|it| violations(&it.value, &mut named, report));
    let seconds = fields.take("Seconds").and_then(|it| whole(&it.value, "Seconds", 0, u32::MAX, report));
    fields.finish(report);
    Some(Expectation {
        place: report.place(member.key_span),
        status: status.map(|at| STATUSES[at].into()),
        output,
        output_has,
        error,
        cause,
        path,
        attempts: attempts.unwrap_or_default(),
        violations,
        seconds,
        named,
    })
}

type Named = Vec<(Arc<str>, crate::diagnostic::Place)>;

fn path(node: &Node, named: &mut Named, report: &mut Report<'_>) -> Option<Vec<Arc<str>>> {
    let nodes = array(node, "Path", report)?;
    let names = nodes.iter().filter_map(|it| state(it, named, report)).collect();
    Some(names)
}

fn state(node: &Node, named: &mut Named, report: &mut Report<'_>) -> Option<Arc<str>> {
    let name = text(node, "the name of a state", report)?;
    named.push((name.clone(), report.place(node.span)));
    Some(name)
}

fn attempts(node: &Node, named: &mut Named, report: &mut Report<'_>) -> Vec<(Arc<str>, u32)> {
    let Value::Object(members) = &node.value else {
        return wrong_type(node, "Attempts", "an object of states", report).unwrap_or_default();
    };
    let mut attempts = Vec::new();
    for member in members {
        named.push((member.key.clone(), report.place(member.key_span)));
        let count = whole(&member.value, "Attempts", 0, u32::MAX, report);
        attempts.extend(count.map(|count| (member.key.clone(), count)));
    }
    attempts
}

fn violations(node: &Node, named: &mut Named, report: &mut Report<'_>) -> Option<Vec<ExpectedViolation>> {
    let nodes = array(node, "Violations", report)?;
    Some(nodes.iter().filter_map(|it| violation(it, named, report)).collect())
}

fn violation(node: &Node, named: &mut Named, report: &mut Report<'_>) -> Option<ExpectedViolation> {
    let mut fields = Fields::new(node, node.span, "a violation", report)?;
    let state = fields.take("State").and_then(|it| state(&it.value, named, report));
    let point = fields.require("Point", report).and_then(|it| choice(&it.value, "Point", &POINTS, report));
    fields.finish(report);
    Some(ExpectedViolation { state, point: POINTS[point?].into() })
}

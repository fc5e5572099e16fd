//! How cases went, for people and for programs.

use asl::Json;

use super::verdict::{Finding, Verdict};
use crate::error::CliError;
use crate::render::{self, BOLD, DIM, GREEN, RED};

/// Characters of a value in a finding.
const VALUE_CHARS: usize = 300;

/// The cases of each file.
pub(crate) type Results = [(String, Vec<Verdict>)];

/// Every file with its cases, and a last line that counts them.
pub(crate) fn text(results: &Results) -> Result<(), CliError> {
    let mut answer = render::Answer::new();
    for (file, verdicts) in results {
        answer.text(&format!("{BOLD}{file}{BOLD:#}\n"))?;
        for verdict in verdicts {
            answer.text(&case(verdict))?;
        }
    }
    let (passed, failed) = counts(results);
    let count = render::plural(passed + failed, "case");
    let style = if failed == 0 { GREEN } else { RED };
    answer.line(&format!("\n{style}{count}: {passed} passed, {failed} failed{style:#}"))
}

fn case(verdict: &Verdict) -> String {
    let states = render::plural(verdict.path.len(), "state");
    let seconds = verdict.milliseconds / 1_000;
    let took = format!("{DIM}{}, {states}, {seconds} s{DIM:#}", verdict.status);
    if verdict.findings.is_empty() {
        return format!("  {GREEN}✓{GREEN:#} {}  {took}\n", verdict.name);
    }
    let lines = verdict.findings.iter().map(finding).collect::<String>();
    format!("  {RED}✗ {}{RED:#}  {took}\n{lines}", verdict.name)
}

fn finding(it: &Finding) -> String {
    format!("      {}\n        expected  {}\n        found     {}\n", it.field, it.expected, it.found)
}

/// One object with every case.
pub(crate) fn to_json(results: &Results) -> Json {
    let (passed, failed) = counts(results);
    let files = results.iter().map(|(file, verdicts)| {
        Json::object([
            ("file", Json::from(file.as_str())),
            ("cases", Json::array(verdicts.iter().map(case_json))),
        ])
    });
    Json::object([
        ("passed", Json::from(passed as u64)),
        ("failed", Json::from(failed as u64)),
        ("files", Json::array(files)),
    ])
}

fn case_json(verdict: &Verdict) -> Json {
    let findings = verdict.findings.iter().map(|it| {
        Json::object([
            ("field", Json::from(it.field)),
            ("expected", Json::from(it.expected.as_str())),
            ("found", Json::from(it.found.as_str())),
        ])
    });
    Json::object([
        ("name", Json::from(&*verdict.name)),
        ("result", Json::from(if verdict.findings.is_empty() { "PASSED" } else { "FAILED" })),
        ("status", Json::from(verdict.status)),
        ("milliseconds", Json::from(verdict.milliseconds)),
        ("path", Json::array(verdict.path.iter().map(|it| Json::from(&**it)))),
        ("findings", Json::array(findings)),
    ])
}

fn counts(results: &Results) -> (usize, usize) {
    let all = results.iter().flat_map(|(_, verdicts)| verdicts);
    let (passed, failed): (Vec<_>, Vec<_>) = all.partition(|it| it.findings.is_empty());
    (passed.len(), failed.len())
}

/// A value as text, cut where it is long.
pub(crate) fn cut(text: &str) -> String {
    render::short(text, VALUE_CHARS)
}

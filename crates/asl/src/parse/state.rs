//! One state: what all kinds share, and which kind it is. Kinds with more than paths have files of their names.

use super::contract::{self, Points};
use super::data::{After, Before};
use super::fields::{Fields, choice, flag};
use super::jsonata::{Moment, check_language};
use super::report::Report;
use super::scope::Builder;
use super::{code, data};
use crate::Payload;
use crate::definition::{QueryLanguage, State, StateId, Transition};
use crate::source::Member;
use crate::state::{Fail, Pass, StateKind, Succeed};

/// Names of the kinds, as AWS lists them.
const TYPES: [&str; 8] = ["Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map"];
/// The same with an article, for messages.
const OWNERS: [&str; 8] = [
    "a Task state",
    "a Wait state",
    "a Pass state",
    "a Succeed state",
    "a Fail state",
    "a Choice state",
    "a Parallel state",
    "a Map state",
];

impl Builder {
    /// Reads the state that `member` names and holds.
    pub(super) fn state(&mut self, member: &Member, id: StateId, report: &mut Report<'_>) -> Option<State> {
        let Some(mut fields) = Fields::new(&member.value, member.key_span, "a state", report) else {
            self.ends(id);
            return None;
        };
        let kind = fields.require("Type", report).and_then(|it| choice(&it.value, "Type", &TYPES, report));
        let language = fields.query_language(report);
        let language = self.spoken(&fields, language, report);
        let (Some(kind), Some(language)) = (kind, language) else {
            self.follow_blindly(id, &member.value);
            self.ends(id);
            return None;
        };
        fields.owner = OWNERS[kind];
        let comment = fields.comment(report);
        let points = contract::POINTS[kind];
        let contract = contract::read(&mut fields, points, report);
        let outer = std::mem::replace(&mut self.language, language);
        check_language(&mut fields, language, report);
        let kind = self.kind(kind, &mut fields, id, report);
        self.language = outer;
        fields.finish(report);
        Some(State {
            name: self.name_of(id),
            id,
            scope: self.here,
            comment,
            query_language: language,
            contract,
            place: report.place(member.key_span),
            kind: kind?,
        })
    }

    /// The language of the state's queries, if it may have it: a JSONata machine cannot go back to JSONPath.
    fn spoken(
        &self,
        fields: &Fields<'_>,
        language: Option<QueryLanguage>,
        report: &mut Report<'_>,
    ) -> Option<QueryLanguage> {
        let spoken = language.unwrap_or(self.query_language);
        if (self.query_language, spoken) != (QueryLanguage::Jsonata, QueryLanguage::JsonPath) {
            return Some(spoken);
        }
        let span = fields.get("QueryLanguage").map_or(fields.span, |it| it.value.span);
        report
            .error(span, code::QUERY_LANGUAGE, "a JSONata machine cannot hold JSONPath states")
            .hint("a JSONPath machine can hold states of both languages");
        report.in_aws_words_of_parent(
            "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
        );
        None
    }

    fn kind(
        &mut self,
        kind: usize,
        fields: &mut Fields<'_>,
        id: StateId,
        report: &mut Report<'_>,
    ) -> Option<StateKind> {
        match TYPES[kind] {
            "Task" => self.task(fields, id, report).map(StateKind::Task),
            "Wait" => self.wait(fields, id, report).map(StateKind::Wait),
            "Pass" => self.pass(fields, id, report).map(StateKind::Pass),
            "Succeed" => self.succeed(fields, id, report).map(StateKind::Succeed),
            "Fail" => Some(StateKind::Fail(self.fail(fields, id, report))),
            "Choice" => self.choice(fields, id, report).map(StateKind::Choice),
            "Parallel" => self.parallel(fields, id, report).map(StateKind::Parallel),
            _ => self.map(fields, id, report).map(StateKind::Map),
        }
    }

    /// `Next` or `End`: never both, never neither.
    pub(super) fn transition(
        &mut self,
        fields: &mut Fields<'_>,
        id: StateId,
        report: &mut Report<'_>,
    ) -> Option<Transition> {
        let (next, end) = (fields.take("Next"), fields.take("End"));
        let target = next.map(|member| self.lead(id, member, report));
        let ends = match end {
            Some(member) => flag(&member.value, "End", report),
            None => Some(false),
        };
        if end.is_some() {
            self.ends(id);
        }
        match (target, ends?) {
            (Some(target), false) => {
                if let Some(member) = end {
                    report.warning(
                        member.key_span,
                        code::SCHEMA,
                        "`\"End\": false` says nothing beside `Next`",
                    );
                }
                target.map(Transition::Next)
            }
            (None, true) => Some(Transition::End),
            (Some(_), true) => {
                let span = end.map_or(fields.span, |member| member.key_span);
                report.error(span, code::CONFLICT, "`Next` and `End` exclude each other");
                None
            }
            (None, false) => {
                // Reported here; that nothing ends the scope would be said twice.
                self.ends(id);
                let message = format!("{} needs either `Next` or `\"End\": true`", fields.owner);
                report
                    .error(fields.span, code::TRANSITION, message)
                    .hint("name the next state, or write `\"End\": true` where the scope ends");
                None
            }
        }
    }

    fn pass(&mut self, fields: &mut Fields<'_>, id: StateId, report: &mut Report<'_>) -> Option<Pass> {
        let arguments = self.arguments(fields, Before::Parameters, report);
        let result = match self.language {
            QueryLanguage::JsonPath => fields.take("Result"),
            QueryLanguage::Jsonata => None,
        };
        if let Some(member) = result.filter(|member| data::holds_queries(&member.value)) {
            report
                .warning(
                    member.value.span,
                    code::STATIC_RESULT,
                    "`Result` looks as if it held paths, and is passed on as it is",
                )
                .hint("`Parameters` reads paths, in fields whose names end in `.$`");
        }
        let result = result.map(|member| Payload::new(member.value.to_json()));
        let output = self.output(fields, After::Result, report);
        let assign = self.assign(fields, Moment::Before, report);
        let then = self.transition(fields, id, report);
        Some(Pass { arguments: arguments?, result, output: output?, assign, then: then? })
    }

    fn succeed(&mut self, fields: &mut Fields<'_>, id: StateId, report: &mut Report<'_>) -> Option<Succeed> {
        self.ends(id);
        let arguments = self.arguments(fields, Before::Input, report);
        let output = self.output(fields, After::Input, report);
        Some(Succeed { arguments: arguments?, output: output? })
    }

    fn fail(&mut self, fields: &mut Fields<'_>, id: StateId, report: &mut Report<'_>) -> Fail {
        self.ends(id);
        let error = self.text_or_query(fields, ["Error", "ErrorPath"], report);
        let cause = self.text_or_query(fields, ["Cause", "CausePath"], report);
        Fail { error, cause }
    }
}

/// The points that each kind of [`TYPES`] has.
pub(super) const KIND_POINTS: [Points; 8] = [
    &["Input", "Arguments", "Result", "Output"],
    &["Input", "Output"],
    &["Input", "Output"],
    &["Input", "Output"],
    &["Input"],
    &["Input", "Output"],
    &["Input", "Result", "Output"],
    &["Input", "Result", "Output", "Items"],
];

/// How messages call a state of this kind, and the points that it has.
pub(super) fn owner_and_points(kind: &StateKind) -> (&'static str, Points) {
    let name = kind.type_name();
    let at = TYPES.iter().position(|it| *it == name).expect("every kind is among the types");
    (OWNERS[at], KIND_POINTS[at])
}

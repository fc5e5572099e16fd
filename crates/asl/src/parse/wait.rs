//! Wait: its rules of validity. Spec: `#wait-state`.

use super::code;
use super::data::{After, Before};
use super::fields::{Fields, text, whole};
use super::jsonata::Moment;
use super::report::Report;
use super::scope::Builder;
use crate::definition::{QueryLanguage, StateId};
use crate::limits::SECONDS_MAX;
use crate::source::Member;
use crate::state::Wait;
use crate::state::wait::Delay;
use crate::timestamp::Timestamp;

const DELAYS: [&str; 4] = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];
const JSONATA_DELAYS: [&str; 2] = ["Seconds", "Timestamp"];

impl Builder {
    /// Reads a Wait state.
    pub(super) fn wait(
        &mut self,
        fields: &mut Fields<'_>,
        id: StateId,
        report: &mut Report<'_>,
    ) -> Option<Wait> {
        let arguments = self.arguments(fields, Before::Input, report);
        let delay = self.delay(fields, report);
        let output = self.output(fields, After::Input, report);
        let assign = self.assign(fields, Moment::Before, report);
        let then = self.transition(fields, id, report);
        Some(Wait { arguments: arguments?, delay: delay?, output: output?, assign, then: then? })
    }

    /// Exactly one of them.
    fn delay(&mut self, fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Delay> {
        let delays: &[&str] = match self.language {
            QueryLanguage::JsonPath => &DELAYS,
            QueryLanguage::Jsonata => &JSONATA_DELAYS,
        };
        let given: Vec<&Member> = delays.iter().filter_map(|name| fields.take(name)).collect();
        let member = match *given {
            [member] => member,
            // One by a path has been reported as such.
            [] if DELAYS.iter().any(|name| fields.get(name).is_some()) => return None,
            [] => {
                report.error(
                    fields.span,
                    code::MISSING_FIELD,
                    format!("a Wait state needs one of {}", delays.join(", ")),
                );
                return None;
            }
            [first, second, ..] => {
                let message = format!("`{}` and `{}` exclude each other", first.key, second.key);
                report.error(second.key_span, code::CONFLICT, message);
                report.in_aws_words(
                    "There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]",
                );
                return None;
            }
        };
        match &*member.key {
            "Seconds" if self.may_be_expression(member) => {
                self.required_expression(member, "a number", Moment::Before, report).map(Delay::SecondsBy)
            }
            "Timestamp" if self.may_be_expression(member) => {
                match self.expression(&member.value, Moment::Before, report).ok()? {
                    Some(expression) => Some(Delay::UntilBy(expression)),
                    None => timestamp(member, report).map(Delay::Until),
                }
            }
            "Seconds" => whole(&member.value, "Seconds", 0, SECONDS_MAX, report).map(Delay::Seconds),
            "SecondsPath" => self.definite_path(member, report).map(Delay::SecondsFrom),
            "Timestamp" => timestamp(member, report).map(Delay::Until),
            _ => self.definite_path(member, report).map(Delay::UntilFrom),
        }
    }
}

/// A timestamp given in place.
pub(super) fn timestamp(member: &Member, report: &mut Report<'_>) -> Option<Timestamp> {
    let source = text(&member.value, &member.key, report)?;
    let found = Timestamp::parse(&source);
    if found.is_none() {
        let message = format!("`{}` is not an RFC 3339 timestamp, found `{source}`", member.key);
        report.error(member.value.span, code::SCHEMA, message).hint("for example `2026-11-24T09:30:00Z`");
        report.in_aws_words("String does not match RFC3339 timestamp");
    }
    found
}

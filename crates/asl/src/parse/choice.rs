//! Choice: its rules of validity. Spec: `#choice-state`. The rules themselves: `rule.rs`.

use super::contract;
use super::data::{After, Before};
use super::fields::{Fields, items};
use super::jsonata::{Moment, foreign};
use super::report::Report;
use super::rule::is_operator;
use super::scope::Builder;
use crate::definition::{QueryLanguage, StateId};
use crate::source::{Node, Value};
use crate::state::Choice;
use crate::state::choice::{ChoiceRule, Condition};

/// Fields of a rule that only JSONata has.
const JSONATA_FIELDS: [&str; 2] = ["Condition", "Output"];

impl Builder {
    /// Reads a Choice state.
    pub(super) fn choice(
        &mut self,
        fields: &mut Fields<'_>,
        id: StateId,
        report: &mut Report<'_>,
    ) -> Option<Choice> {
        let arguments = self.arguments(fields, Before::Input, report);
        let choices =
            fields.require("Choices", report).and_then(|member| items(&member.value, "Choices", report));
        let choices = choices.and_then(|rules| self.choices(rules, id, report));
        let default = match fields.take("Default") {
            Some(member) => self.lead(id, member, report).map(Some),
            None => Some(None),
        };
        let output = self.output(fields, After::Input, report);
        let assign = self.assign(fields, Moment::Before, report);
        Some(Choice { arguments: arguments?, choices: choices?, default: default?, output: output?, assign })
    }

    /// Every rule is read before the first wrong one gives up.
    fn choices(&mut self, rules: &[Node], id: StateId, report: &mut Report<'_>) -> Option<Vec<ChoiceRule>> {
        let read: Vec<_> = rules.iter().map(|node| self.choice_rule(node, id, report)).collect();
        read.into_iter().collect()
    }

    fn choice_rule(&mut self, node: &Node, id: StateId, report: &mut Report<'_>) -> Option<ChoiceRule> {
        let mut fields = Fields::new(node, node.span, "a choice rule", report)?;
        fields.comment(report);
        let next = fields.require("Next", report).and_then(|member| self.lead(id, member, report));
        let assign = self.assign(&mut fields, Moment::Before, report);
        let contract = contract::read(&mut fields, contract::OUTPUT_ONLY, report);
        let (condition, output) = match self.language {
            QueryLanguage::JsonPath => {
                let is_refused = foreign(&mut fields, &JSONATA_FIELDS, self.language, report);
                let rule = if is_refused { None } else { self.rule(&mut fields, 0, report) };
                (rule.map(Condition::Rule), None)
            }
            QueryLanguage::Jsonata => {
                let output = self.jsonata_field(&mut fields, "Output", Moment::Before, report);
                (self.condition(&mut fields, report), output)
            }
        };
        fields.finish(report);
        Some(ChoiceRule { condition: condition?, next: next?, assign, output, contract })
    }

    /// `Condition`: an expression, or a boolean given in place.
    fn condition(&mut self, fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Condition> {
        let operators: Vec<&str> = fields.rest().map(|it| &*it.key).filter(|key| is_operator(key)).collect();
        if foreign(fields, &["Variable", "And", "Or", "Not"], self.language, report) {
            // What has been reported is the whole rule.
            operators.iter().for_each(|key| fields.mark(key));
            return None;
        }
        foreign(fields, &operators, self.language, report);
        let member = fields.require("Condition", report)?;
        if let Value::Bool(value) = member.value.value {
            return Some(Condition::Literal(value));
        }
        self.required_expression(member, "a boolean", Moment::Before, report).map(Condition::Jsonata)
    }
}

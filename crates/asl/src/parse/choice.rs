//! Choice: its rules of validity. Spec: `#choice-state`. The rules themselves: `rule.rs`.

use super::contract;
use super::fields::{Fields, items};
use super::report::Report;
use super::scope::Builder;
use crate::definition::StateId;
use crate::source::Node;
use crate::state::Choice;
use crate::state::choice::ChoiceRule;

impl Builder {
    /// Reads a Choice state.
    pub(super) fn choice(
        &mut self,
        fields: &mut Fields<'_>,
        id: StateId,
        report: &mut Report<'_>,
    ) -> Option<Choice> {
        let input_path = self.selection(fields, "InputPath", report);
        let choices =
            fields.require("Choices", report).and_then(|member| items(&member.value, "Choices", report));
        let choices = choices.and_then(|rules| self.choices(rules, id, report));
        let default = match fields.take("Default") {
            Some(member) => self.lead(id, member, report).map(Some),
            None => Some(None),
        };
        let output_path = self.selection(fields, "OutputPath", report);
        let assign = self.assign(fields, report);
        Some(Choice {
            input_path: input_path?,
            choices: choices?,
            default: default?,
            output_path: output_path?,
            assign,
        })
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
        let assign = self.assign(&mut fields, report);
        let contract = contract::read(&mut fields, contract::OUTPUT_ONLY, report);
        let rule = self.rule(&mut fields, 0, report);
        fields.finish(report);
        Some(ChoiceRule { rule: rule?, next: next?, assign, contract })
    }
}

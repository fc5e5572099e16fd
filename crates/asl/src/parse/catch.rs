//! Catch: its rules of validity. Spec: `#fallback-states`.

use super::fields::{Fields, array};
use super::jsonata::{Moment, check_language};
use super::report::Report;
use super::retry::error_equals;
use super::scope::Builder;
use super::{contract, data};
use crate::catch::{Catcher, CatcherOutput};
use crate::definition::{QueryLanguage, StateId};
use crate::source::Node;

impl Builder {
    /// `Catch`, in order.
    pub(super) fn catch(
        &mut self,
        fields: &mut Fields<'_>,
        id: StateId,
        report: &mut Report<'_>,
    ) -> Option<Vec<Catcher>> {
        let Some(member) = fields.take("Catch") else { return Some(Vec::new()) };
        let nodes = array(&member.value, "Catch", report)?;
        let read =
            nodes.iter().enumerate().map(|(at, node)| self.catcher(node, id, at + 1 == nodes.len(), report));
        let read: Vec<_> = read.collect();
        read.into_iter().collect()
    }

    fn catcher(
        &mut self,
        node: &Node,
        id: StateId,
        is_last: bool,
        report: &mut Report<'_>,
    ) -> Option<Catcher> {
        let mut fields = Fields::new(node, node.span, "a catcher", report)?;
        fields.comment(report);
        let error_equals = error_equals(&mut fields, is_last, report);
        let next = fields.require("Next", report).and_then(|member| self.lead(id, member, report));
        check_language(&mut fields, self.language, report);
        let output = match self.language {
            QueryLanguage::JsonPath => data::result_path(&mut fields, report).map(CatcherOutput::Path),
            QueryLanguage::Jsonata => {
                let template = self.jsonata_field(&mut fields, "Output", Moment::Caught, report);
                Some(CatcherOutput::Jsonata(template))
            }
        };
        self.catching = Some(id);
        let assign = self.assign(&mut fields, Moment::Caught, report);
        self.catching = None;
        let contract = contract::read(&mut fields, contract::OUTPUT_ONLY, report);
        fields.finish(report);
        Some(Catcher { error_equals: error_equals?, next: next?, output: output?, assign, contract })
    }
}

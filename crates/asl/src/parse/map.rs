//! Map and Parallel: their rules of validity, and the scopes inside them. Spec: `#map-state`, `#parallel-state`.

mod distributed;
mod mode;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

use super::data::{After, Before};
use super::fields::{Fields, items, wrong_type};
use super::jsonata::Moment;
use super::report::Report;
use super::scope::Builder;
use super::{code, retry};
use crate::definition::{QueryLanguage, ScopeId, StateId};
use crate::jsonata::Expression;
use crate::path::Path;
use crate::source::{Node, Value};
use crate::state::map::Items;
use crate::state::{AnyTemplate, Count, Map, Parallel};

pub(super) use self::mode::Mode;

impl Builder {
    /// Reads a Map state.
    pub(super) fn map(
        &mut self,
        fields: &mut Fields<'_>,
        id: StateId,
        report: &mut Report<'_>,
    ) -> Option<Map> {
        let (mode, processor) = self.processor(fields, id, report);
        let items = self.items(fields, mode, report);
        let mode = self.map_mode(fields, mode, report);
        let item_selector = self.item_selector(fields, report);
        let max_concurrency = self.count(fields, ["MaxConcurrency", "MaxConcurrencyPath"], report);
        let output = self.output(fields, After::Work, report);
        let assign = self.assign(fields, Moment::Done, report);
        let retry = retry::read(fields, report);
        let catch = self.catch(fields, id, report);
        let then = self.transition(fields, id, report);
        Some(Map {
            mode: mode?,
            processor: processor?,
            items: items?,
            item_selector,
            max_concurrency: max_concurrency.unwrap_or(Count::Literal(0)),
            output: output?,
            assign,
            retry: retry?,
            catch: catch?,
            then: then?,
        })
    }

    /// Reads a Parallel state.
    pub(super) fn parallel(
        &mut self,
        fields: &mut Fields<'_>,
        id: StateId,
        report: &mut Report<'_>,
    ) -> Option<Parallel> {
        let branches =
            fields.require("Branches", report).and_then(|member| items(&member.value, "Branches", report));
        let branches = branches.and_then(|nodes| self.branches(nodes, id, report));
        let arguments = self.arguments(fields, Before::Arguments, report);
        let output = self.output(fields, After::Work, report);
        let assign = self.assign(fields, Moment::Done, report);
        let retry = retry::read(fields, report);
        let catch = self.catch(fields, id, report);
        let then = self.transition(fields, id, report);
        Some(Parallel {
            branches: branches?,
            arguments: arguments?,
            output: output?,
            assign,
            retry: retry?,
            catch: catch?,
            then: then?,
        })
    }

    fn branches(&mut self, nodes: &[Node], id: StateId, report: &mut Report<'_>) -> Option<Vec<ScopeId>> {
        let read: Vec<_> = nodes.iter().map(|node| self.branch(node, id, report)).collect();
        read.into_iter().collect()
    }

    /// `ItemProcessor`, or the older `Iterator`, and how it runs, as far as that can be told.
    fn processor(
        &mut self,
        fields: &mut Fields<'_>,
        id: StateId,
        report: &mut Report<'_>,
    ) -> (Option<Mode>, Option<ScopeId>) {
        let old = fields.get("Iterator").is_some() && fields.get("ItemProcessor").is_none();
        let member = if old { fields.take("Iterator") } else { fields.require("ItemProcessor", report) };
        if !old && let Some(both) = fields.take("Iterator") {
            report.error(both.key_span, code::CONFLICT, "`ItemProcessor` and `Iterator` exclude each other");
        }
        let inner = member
            .and_then(|member| Fields::new(&member.value, member.value.span, "an item processor", report));
        let Some(mut inner) = inner else { return (None, None) };
        inner.comment(report);
        let mode = mode::read(&mut inner, report);
        self.mode_fits(mode, &inner, report);
        let outer = self.enter_mode(mode);
        let scope = self.scope(&mut inner, Some(id), report);
        self.is_in_express = outer;
        inner.finish(report);
        if let (Some(Mode::Distributed(_)), Some(scope)) = (mode, scope) {
            self.scopes[scope.0 as usize].is_child = true;
        }
        (mode, scope)
    }

    /// A branch.
    fn branch(&mut self, node: &Node, id: StateId, report: &mut Report<'_>) -> Option<ScopeId> {
        let mut fields = Fields::new(node, node.span, "a branch", report)?;
        fields.comment(report);
        let scope = self.scope(&mut fields, Some(id), report);
        fields.finish(report);
        scope
    }

    /// `InputPath` and `ItemsPath`, or `Items`.
    fn items(
        &mut self,
        fields: &mut Fields<'_>,
        mode: Option<Mode>,
        report: &mut Report<'_>,
    ) -> Option<Items> {
        if self.language == QueryLanguage::JsonPath {
            let input_path = self.selection(fields, "InputPath", report);
            let items_path = self.items_path(fields, report);
            return Some(Items::Path { input_path: input_path?, items_path });
        }
        let Some(member) = fields.take("Items") else { return Some(Items::Jsonata(None)) };
        let may_be_items = match &member.value.value {
            Value::Array(_) => true,
            Value::String(text) => Expression::body(text).is_some(),
            Value::Object(_) => mode != Some(Mode::Inline),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        };
        if !may_be_items {
            let expected = match mode {
                Some(Mode::Inline) => "an array or an expression `{% … %}`",
                Some(Mode::Distributed(_)) | None => "an array, an object or an expression `{% … %}`",
            };
            return wrong_type(&member.value, "Items", expected, report);
        }
        self.jsonata_template(&member.value, Moment::Before, report).map(|it| Items::Jsonata(Some(it)))
    }

    fn items_path(&mut self, fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Path> {
        let member = fields.take("ItemsPath").filter(|member| !matches!(member.value.value, Value::Null))?;
        self.definite_path(member, report)
    }

    /// `ItemSelector`, or the older `Parameters`.
    fn item_selector(&mut self, fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<AnyTemplate> {
        let member = self.given(fields, ["ItemSelector", "Parameters"], report)?;
        match &member.value.value {
            Value::Null => None,
            _ => self.any_template(member, Moment::Before, report),
        }
    }
}

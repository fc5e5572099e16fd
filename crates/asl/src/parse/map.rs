//! Map and Parallel: their rules of validity, and the scopes inside them. Spec: `#map-state`, `#parallel-state`.

#[cfg(test)]
mod tests;

use super::data::{After, Before};
use super::fields::{Fields, choice, items, whole, wrong_type};
use super::jsonata::Moment;
use super::report::Report;
use super::scope::Builder;
use super::{code, retry};
use crate::definition::{QueryLanguage, ScopeId, StateId};
use crate::jsonata::Expression;
use crate::path::Path;
use crate::source::{Member, Node, Value};
use crate::state::map::{Items, MapMode};
use crate::state::{AnyTemplate, Count, Map, Parallel};

/// Fields that only a distributed Map has.
const DISTRIBUTED: [&str; 4] = ["ItemReader", "ItemBatcher", "ResultWriter", "Label"];

impl Builder {
    /// Reads a Map state.
    pub(super) fn map(
        &mut self,
        fields: &mut Fields<'_>,
        id: StateId,
        report: &mut Report<'_>,
    ) -> Option<Map> {
        refuse_distributed(fields, report);
        self.tolerated(fields, report);
        let processor = self.processor(fields, id, report);
        let items = self.items(fields, report);
        let item_selector = self.item_selector(fields, report);
        let max_concurrency = self.count(fields, ["MaxConcurrency", "MaxConcurrencyPath"], report);
        let output = self.output(fields, After::Work, report);
        let assign = self.assign(fields, Moment::Done, report);
        let retry = retry::read(fields, report);
        let catch = self.catch(fields, id, report);
        let then = self.transition(fields, id, report);
        Some(Map {
            mode: MapMode::Inline,
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
        let read: Vec<_> = nodes.iter().map(|node| self.inner(node, "a branch", id, report)).collect();
        read.into_iter().collect()
    }

    /// `ItemProcessor`, or the older `Iterator`.
    fn processor(
        &mut self,
        fields: &mut Fields<'_>,
        id: StateId,
        report: &mut Report<'_>,
    ) -> Option<ScopeId> {
        let old = fields.get("Iterator").is_some() && fields.get("ItemProcessor").is_none();
        let member = if old { fields.take("Iterator") } else { fields.require("ItemProcessor", report) }?;
        if !old && let Some(both) = fields.take("Iterator") {
            report.error(both.key_span, code::CONFLICT, "`ItemProcessor` and `Iterator` exclude each other");
        }
        self.inner(&member.value, "an item processor", id, report)
    }

    /// A machine inside a state.
    fn inner(
        &mut self,
        node: &Node,
        owner: &'static str,
        id: StateId,
        report: &mut Report<'_>,
    ) -> Option<ScopeId> {
        let mut fields = Fields::new(node, node.span, owner, report)?;
        fields.comment(report);
        if owner == "an item processor" {
            processor_config(&mut fields, report);
        }
        let scope = self.scope(&mut fields, Some(id), report);
        fields.finish(report);
        scope
    }

    /// `InputPath` and `ItemsPath`, or `Items`.
    fn items(&mut self, fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Items> {
        if self.language == QueryLanguage::JsonPath {
            let input_path = self.selection(fields, "InputPath", report);
            let items_path = self.items_path(fields, report);
            return Some(Items::Path { input_path: input_path?, items_path });
        }
        let Some(member) = fields.take("Items") else { return Some(Items::Jsonata(None)) };
        let may_be_items = match &member.value.value {
            Value::Array(_) => true,
            Value::String(text) => Expression::body(text).is_some(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
        };
        if !may_be_items {
            return wrong_type(&member.value, "Items", "an array or an expression `{% … %}`", report);
        }
        self.jsonata_template(&member.value, Moment::Before, report).map(|it| Items::Jsonata(Some(it)))
    }

    fn items_path(&mut self, fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Path> {
        let member = fields.take("ItemsPath").filter(|member| !matches!(member.value.value, Value::Null))?;
        self.definite_path(member, report)
    }

    /// `ToleratedFailure…`: read, held to their ranges, and of no effect on items that run inside the execution.
    fn tolerated(&mut self, fields: &mut Fields<'_>, report: &mut Report<'_>) {
        for names in [
            ["ToleratedFailureCount", "ToleratedFailureCountPath"],
            ["ToleratedFailurePercentage", "ToleratedFailurePercentagePath"],
        ] {
            let Some(member) = self.given(fields, names, report) else { continue };
            if &*member.key == names[1] {
                self.definite_path(member, report);
            } else if self.may_be_expression(member) {
                self.required_expression(member, "a number", Moment::Before, report);
            } else if names[0].ends_with("Count") {
                whole(&member.value, names[0], 0, i32::MAX.unsigned_abs(), report);
            } else {
                percentage(member, report);
            }
            let message = format!(
                "`{}` counts in a distributed Map only; an inline one fails with its first item that does",
                member.key
            );
            report.warning(member.key_span, code::MAP_MODE, message);
        }
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

fn percentage(member: &Member, report: &mut Report<'_>) {
    let Value::Number(number) = &member.value.value else {
        return wrong_type(&member.value, &member.key, "a number", report).unwrap_or(());
    };
    if !(0.0..=100.0).contains(&number.as_f64()) {
        let message = format!("`{}` is a number from 0 to 100, found `{number}`", member.key);
        report.error(member.value.span, code::RANGE, message);
    }
}

fn refuse_distributed(fields: &mut Fields<'_>, report: &mut Report<'_>) {
    for name in DISTRIBUTED {
        // Marked, not taken: a field that is refused is not one to suggest.
        if let Some(member) = fields.get(name) {
            fields.mark(name);
            let message = format!("`{name}` belongs to a distributed Map, which is not supported yet");
            report
                .error(member.key_span, code::MAP_MODE, message)
                .hint("leave it out; an inline Map takes its items from `ItemsPath` (JSONPath) or `Items` (JSONata)");
        }
    }
}

/// `ProcessorConfig`, of which only the inline mode can be run.
fn processor_config(fields: &mut Fields<'_>, report: &mut Report<'_>) {
    let Some(member) = fields.take("ProcessorConfig") else { return };
    if !matches!(member.value.value, Value::Object(_)) {
        let _: Option<()> = wrong_type(&member.value, "ProcessorConfig", "an object", report);
        return;
    }
    let Some(mut config) = Fields::new(&member.value, member.key_span, "`ProcessorConfig`", report) else {
        return;
    };
    let execution_type = config.take("ExecutionType");
    if let Some(execution_type) = execution_type {
        choice(&execution_type.value, "ExecutionType", &["STANDARD", "EXPRESS"], report);
    }
    if let Some(mode) = config.take("Mode")
        && choice(&mode.value, "Mode", &["INLINE", "DISTRIBUTED"], report) == Some(1)
    {
        report
            .error(mode.value.span, code::MAP_MODE, "the mode `DISTRIBUTED` is not supported yet")
            .hint("`INLINE` runs the items inside the execution");
    }
    config.finish(report);
}

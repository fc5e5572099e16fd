//! The fields of a distributed Map, and what becomes of them in an inline one. Source: AWS, "Using Map state in Distributed
//! mode"; the reader and the writer stand beside.

use std::sync::Arc;

use super::super::code;
use super::super::fields::{Fields, text, wrong_type};
use super::super::jsonata::{Moment, foreign};
use super::super::report::Report;
use super::super::scope::Builder;
use super::Mode;
use crate::definition::QueryLanguage;
use crate::limits::{BATCH_BYTES_MAX, LABEL_CHARS_MAX};
use crate::source::{Member, Value};
use crate::state::Count;
use crate::state::map::{Distributed, ExecutionType, ItemBatcher, MapMode, Percentage};

/// Fields that an inline Map refuses.
const FIELDS: [&str; 4] = ["ItemReader", "ItemBatcher", "ResultWriter", "Label"];
/// Fields that it reads, and does not need.
const TOLERATED: [[&str; 2]; 2] = [
    ["ToleratedFailureCount", "ToleratedFailureCountPath"],
    ["ToleratedFailurePercentage", "ToleratedFailurePercentagePath"],
];

impl Builder {
    /// The fields of `mode`; of one that is not known, none is judged.
    pub(super) fn map_mode(
        &mut self,
        fields: &mut Fields<'_>,
        mode: Option<Mode>,
        report: &mut Report<'_>,
    ) -> Option<MapMode> {
        match mode {
            Some(Mode::Inline) => {
                refuse(fields, report);
                self.tolerated_inline(fields, report);
                Some(MapMode::Inline)
            }
            Some(Mode::Distributed(execution_type)) => {
                let read = self.distributed(fields, execution_type, report);
                Some(MapMode::Distributed(Box::new(read)))
            }
            None => {
                for name in FIELDS.into_iter().chain(TOLERATED.into_iter().flatten()) {
                    fields.mark(name);
                }
                None
            }
        }
    }

    fn distributed(
        &mut self,
        fields: &mut Fields<'_>,
        execution_type: ExecutionType,
        report: &mut Report<'_>,
    ) -> Distributed {
        Distributed {
            execution_type,
            label: self.label(fields, report),
            item_reader: self.item_reader(fields, report),
            item_batcher: self.item_batcher(fields, report),
            result_writer: self.result_writer(fields, report),
            tolerated_failure_count: self.count(fields, TOLERATED[0], report),
            tolerated_failure_percentage: self.percentage(fields, TOLERATED[1], report),
        }
    }

    fn label(&mut self, fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Arc<str>> {
        let member = fields.take("Label")?;
        let label = text(&member.value, "Label", report)?;
        let span = member.value.span;
        let length = label.chars().count();
        if length == 0 || length > LABEL_CHARS_MAX {
            let message = format!("`Label` has 1 to {LABEL_CHARS_MAX} characters, found {length}");
            report.error(span, code::RANGE, message);
        } else if let Some(char) = label.chars().find(|char| !fits_a_label(*char)) {
            let message = format!("`Label` may not contain {char:?}, found `{label}`");
            report
                .error(span, code::SCHEMA, message)
                .hint("no white space, no brackets, no control characters, and none of ? * \" # % \\ ^ | ~ ` $ & , ; :");
        }
        if let Some(first) = self.labels.get(&label) {
            let pointer = report.place(*first).pointer;
            report
                .error(span, code::CONFLICT, format!("another Map has the label `{label}` too"))
                .hint(format!("labels are unique in the whole definition; the other one is `{pointer}`"));
        } else {
            self.labels.insert(label.clone(), span);
        }
        Some(label)
    }

    fn item_batcher(&mut self, fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<ItemBatcher> {
        const ITEMS: [&str; 2] = ["MaxItemsPerBatch", "MaxItemsPerBatchPath"];
        const BYTES: [&str; 2] = ["MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"];
        let member = fields.take("ItemBatcher")?;
        let mut batcher = Fields::new(&member.value, member.key_span, "`ItemBatcher`", report)?;
        let is_bounded = ITEMS.into_iter().chain(BYTES).any(|name| batcher.get(name).is_some());
        if self.language == QueryLanguage::Jsonata {
            foreign(&mut batcher, &[ITEMS[1], BYTES[1]], self.language, report);
        }
        let batch_input = match batcher.take("BatchInput") {
            Some(input) if !matches!(input.value.value, Value::Null) => {
                self.any_template(input, Moment::Before, report)
            }
            Some(_) | None => None,
        };
        let max_items = self.count_in(&mut batcher, ITEMS, 1..=i32::MAX.unsigned_abs(), report);
        let max_bytes = self.count_in(&mut batcher, BYTES, 1..=BATCH_BYTES_MAX, report);
        batcher.finish(report);
        if !is_bounded {
            report
                .error(
                    member.key_span,
                    code::MISSING_FIELD,
                    "`ItemBatcher` needs `MaxItemsPerBatch`, `MaxInputBytesPerBatch` or both",
                )
                .hint("for example `\"MaxItemsPerBatch\": 100`");
        }
        Some(ItemBatcher {
            batch_input,
            max_items_per_batch: max_items,
            max_input_bytes_per_batch: max_bytes,
        })
    }

    fn percentage(
        &mut self,
        fields: &mut Fields<'_>,
        names: [&'static str; 2],
        report: &mut Report<'_>,
    ) -> Option<Percentage> {
        let member = self.given(fields, names, report)?;
        if &*member.key == names[1] {
            return self.definite_path(member, report).map(Percentage::Path);
        }
        if self.may_be_expression(member) {
            let expression = self.required_expression(member, "a number", Moment::Before, report);
            return expression.map(Percentage::Jsonata);
        }
        percentage(member, report).map(Percentage::Literal)
    }

    /// `ToleratedFailure…`: read, held to their ranges, and of no effect on items that run inside the execution.
    fn tolerated_inline(&mut self, fields: &mut Fields<'_>, report: &mut Report<'_>) {
        for names in TOLERATED {
            let known = if self.language == QueryLanguage::Jsonata { &names[..1] } else { &names[..] };
            let Some(key) = known.iter().find_map(|name| fields.get(name)) else { continue };
            let _: Option<Count> = match names {
                ["ToleratedFailureCount", _] => self.count(fields, names, report),
                _ => self.percentage(fields, names, report).and(None),
            };
            let message = format!(
                "`{}` counts in a distributed Map only; an inline one fails with its first item that does",
                key.key
            );
            report.warning(key.key_span, code::MAP_MODE, message);
        }
    }
}

fn percentage(member: &Member, report: &mut Report<'_>) -> Option<f64> {
    let Value::Number(number) = &member.value.value else {
        return wrong_type(&member.value, &member.key, "a number", report);
    };
    let found = number.as_f64();
    if !(0.0..=100.0).contains(&found) {
        let message = format!("`{}` is a number from 0 to 100, found `{number}`", member.key);
        report.error(member.value.span, code::RANGE, message);
        return None;
    }
    Some(found)
}

fn refuse(fields: &mut Fields<'_>, report: &mut Report<'_>) {
    for name in FIELDS {
        // Marked, not taken: a field that is refused is not one to suggest.
        if let Some(member) = fields.get(name) {
            fields.mark(name);
            let message = format!("`{name}` belongs to a distributed Map, and this one is inline");
            report
                .error(member.key_span, code::MAP_MODE, message)
                .hint("give the processor `\"ProcessorConfig\": {\"Mode\": \"DISTRIBUTED\", \"ExecutionType\": \"STANDARD\"}`");
        }
    }
}

/// It becomes part of an ARN.
fn fits_a_label(char: char) -> bool {
    !char.is_whitespace() && !char.is_control() && !"<>{}[]?*\"#%\\^|~`$&,;:".contains(char)
}

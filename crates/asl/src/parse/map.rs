//! Map: items, processor, concurrency. Spec: `#map-state`.

use super::fields::Fields;
use super::scope::{Names, scope};
use super::{Reading, data, errors, state};
use crate::definition::{ScopeId, StateId};
use crate::limits::SECONDS_MAX;
use crate::source::NodeValue;
use crate::state::map::MapMode;
use crate::state::{Count, Map};

/// Fields of a distributed Map; refused with their places until it can be run.
const DISTRIBUTED_FIELDS: [&str; 8] = [
    "ItemReader",
    "ItemBatcher",
    "ResultWriter",
    "Label",
    "ToleratedFailureCount",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentage",
    "ToleratedFailurePercentagePath",
];

/// Reads a Map state.
pub(super) fn map(reading: &mut Reading, fields: &mut Fields<'_>, id: StateId, names: &Names) -> Option<Map> {
    distributed_fields(reading, fields);
    let processor = processor(reading, fields, id);
    let input_path = data::selection(reading, fields, "InputPath");
    let items_path = state::path(reading, fields, "ItemsPath");
    let item_selector = item_selector(reading, fields);
    let max_concurrency = max_concurrency(reading, fields);
    let result_selector = data::template(reading, fields, "ResultSelector");
    let result_path = data::result_path(reading, fields);
    let output_path = data::selection(reading, fields, "OutputPath");
    let assign = data::assign(reading, fields);
    let retry = errors::retry(reading, fields);
    let catch = errors::catch(reading, fields, names);
    let then = state::transition(reading, fields, names);
    Some(Map {
        mode: MapMode::Inline,
        processor: processor?,
        input_path,
        items_path,
        item_selector,
        max_concurrency,
        result_selector,
        result_path,
        output_path,
        assign,
        retry,
        catch,
        then: then?,
    })
}

fn distributed_fields(reading: &mut Reading, fields: &mut Fields<'_>) {
    for name in DISTRIBUTED_FIELDS {
        if let Some(node) = fields.take(name) {
            let message = format!("`{name}` belongs to a distributed Map, which cannot be run yet");
            reading.error("UNSUPPORTED_MAP_MODE", fields.place(name, node), message);
        }
    }
}

/// `ItemProcessor`, or the older `Iterator`.
fn processor(reading: &mut Reading, fields: &mut Fields<'_>, id: StateId) -> Option<ScopeId> {
    fields.exclusive(reading, "ItemProcessor", "Iterator");
    let name = if fields.has("Iterator") { "Iterator" } else { "ItemProcessor" };
    let node = fields.required(reading, name)?;
    let pointer = fields.child(name);
    let mut inner = Fields::of(reading, node, &pointer, "an item processor")?;
    inner.text(reading, "Comment");
    if let Some(config) = inner.take("ProcessorConfig") {
        let pointer = inner.child("ProcessorConfig");
        let mut config = Fields::of(reading, config, &pointer, "`ProcessorConfig`")?;
        mode(reading, &mut config);
        config.finish(reading, &[]);
    }
    let scope = scope(reading, &mut inner, Some(id));
    inner.finish(reading, &[]);
    scope
}

fn mode(reading: &mut Reading, config: &mut Fields<'_>) {
    let execution_type = config.take("ExecutionType");
    let Some(node) = config.take("Mode") else { return };
    let place = config.place("Mode", node);
    match &node.value {
        NodeValue::String(text) if &**text == "INLINE" => {
            if let Some(node) = execution_type {
                let message = "`ExecutionType` belongs to a distributed Map";
                reading.error("SCHEMA_VALIDATION_FAILED", config.place("ExecutionType", node), message);
            }
        }
        NodeValue::String(text) if &**text == "DISTRIBUTED" => {
            let hint = "run it inline (`\"Mode\": \"INLINE\"`), in parts if the items are many";
            reading.error_with_hint(
                "UNSUPPORTED_MAP_MODE",
                place,
                "a distributed Map cannot be run yet",
                hint,
            );
        }
        _ => reading.error("SCHEMA_VALIDATION_FAILED", place, "`Mode` is `INLINE` or `DISTRIBUTED`"),
    }
}

/// `ItemSelector`, or the older `Parameters`.
fn item_selector(reading: &mut Reading, fields: &mut Fields<'_>) -> Option<crate::template::Template> {
    fields.exclusive(reading, "ItemSelector", "Parameters");
    let name = if fields.has("Parameters") { "Parameters" } else { "ItemSelector" };
    data::template(reading, fields, name)
}

fn max_concurrency(reading: &mut Reading, fields: &mut Fields<'_>) -> Count {
    fields.exclusive(reading, "MaxConcurrency", "MaxConcurrencyPath");
    if let Some(path) = state::path(reading, fields, "MaxConcurrencyPath") {
        return Count::Path(path);
    }
    Count::Literal(fields.count(reading, "MaxConcurrency", 0, SECONDS_MAX).unwrap_or(0))
}

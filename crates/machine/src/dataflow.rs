//! The data of a JSONPath state: `InputPath` → `Parameters` → work → `ResultSelector` → `ResultPath` → `OutputPath`.
//!
//! Spec: `#filters`, `#payload-template`. A field that is absent costs nothing and copies nothing.

use std::sync::Arc;

use asl::limits::{ASSIGN_BYTES_MAX, VARIABLES_BYTES_MAX};
use asl::measure::measure;
use asl::state::{Assign, ResultPath, Selection};
use asl::template::Template;
use asl::{ErrorName, Failure, Json, JsonLimits};

use crate::activation::Activation;
use crate::flow::Flow;
use crate::ids::FrameId;

/// What `InputPath` or `OutputPath` keeps.
pub(crate) fn select(
    activation: &mut Activation<'_>,
    frame: FrameId,
    selection: &Selection,
    data: Flow,
) -> Result<Flow, Failure> {
    match selection {
        Selection::All => Ok(data),
        Selection::Nothing => Ok(Flow::Made(Json::empty_object())),
        Selection::Path(path) => {
            let value = data.value().clone();
            activation.query(frame, &value, |env| path.select(env)).map(Flow::Made)
        }
    }
}

/// What `Parameters` or `ResultSelector` makes.
pub(crate) fn reshape(
    activation: &mut Activation<'_>,
    frame: FrameId,
    template: Option<&Template>,
    data: Flow,
) -> Result<Flow, Failure> {
    let Some(template) = template else { return Ok(data) };
    let value = data.value().clone();
    activation.query(frame, &value, |env| template.render(env)).map(Flow::Made)
}

/// Where `ResultPath` puts the result.
pub(crate) fn place(result_path: &ResultPath, input: Flow, result: Flow) -> Result<Flow, Failure> {
    match result_path {
        ResultPath::Replace => Ok(result),
        ResultPath::Discard => Ok(input),
        ResultPath::At(path) => path.insert(input.value(), result.value().clone()).map(Flow::Made),
    }
}

/// What `Assign` sets; every right-hand side sees the values from before.
pub(crate) fn assign(
    activation: &mut Activation<'_>,
    frame: FrameId,
    assign: Option<&Assign>,
    data: &Json,
) -> Result<Vec<(Arc<str>, Json)>, Failure> {
    let Some(assign) = assign else { return Ok(Vec::new()) };
    let values = activation.query(frame, data, |env| assign.template.render(env))?;
    within_limits(activation, frame, &values)?;
    let members = values.as_object().map(asl::Object::iter);
    Ok(members.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// AWS bounds what one `Assign` sets, and all variables together (here: of one scope, the outer ones included).
fn within_limits(activation: &Activation<'_>, frame: FrameId, values: &Json) -> Result<(), Failure> {
    let too_large = |what: &str, limit: usize| {
        let cause = format!("{what} have a size exceeding the maximum of {limit} bytes.");
        Err(Failure::new(ErrorName::DATA_LIMIT_EXCEEDED, cause))
    };
    if measure(values, ASSIGN_BYTES_MAX, JsonLimits::PAYLOAD.depth_max).is_err() {
        return too_large("The variables of one Assign", ASSIGN_BYTES_MAX);
    }
    let members = values.as_object().into_iter().flat_map(asl::Object::iter);
    let members = members.map(|(name, value)| (&**name, value));
    if activation.execution.frame(frame).variables.bytes_with(members) > VARIABLES_BYTES_MAX {
        return too_large("All variables together", VARIABLES_BYTES_MAX);
    }
    Ok(())
}

//! The data of a state. JSONPath: `InputPath` → `Parameters` → work → `ResultSelector` → `ResultPath` → `OutputPath`.
//! JSONata: `Arguments` → work → `Output`.
//!
//! Spec: `#filters`, `#payload-template`. A field that is absent costs nothing and copies nothing.

use std::sync::Arc;

use asl::jsonata::{self, Location};
use asl::limits::{ASSIGN_BYTES_MAX, VARIABLES_BYTES_MAX};
use asl::measure::measure;
use asl::state::{AnyTemplate, Arguments, Assign, Output, ResultPath, Selection};
use asl::template::Template;
use asl::{ErrorName, Failure, Fault, Json, JsonLimits};

use crate::activation::Activation;
use crate::flow::Flow;
use crate::frame::Item;
use crate::ids::FrameId;
use crate::state::raw_input;
use crate::test_state::Stage;

/// What an expression sees besides the input, the context object and the variables.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sight<'a> {
    /// `$states.result`.
    pub(crate) result: Option<&'a Json>,
    /// `$states.errorOutput`.
    pub(crate) error_output: Option<&'a Json>,
    /// The item of an iteration that has no frame yet.
    pub(crate) item: Option<&'a Item>,
}

/// What a state makes of its raw input before it works.
pub(crate) fn arguments(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &Arguments,
) -> Result<Flow, Fault> {
    let raw = raw_input(activation, frame);
    match it {
        Arguments::Path { input_path, parameters } => {
            let input = select(activation, frame, input_path, raw)?;
            activation.see(Stage::AfterInputPath, input.value());
            let reshaped = reshape(activation, frame, parameters.as_ref(), input)?;
            activation.see(Stage::AfterParameters, reshaped.value());
            Ok(reshaped)
        }
        Arguments::Jsonata(template) => {
            let at = Location::field("Arguments");
            let made = render(activation, frame, template.as_ref(), &at, Sight::default(), raw)?;
            if template.is_some() {
                activation.see(Stage::AfterArguments, made.value());
            }
            Ok(made)
        }
    }
}

/// What `InputPath` keeps, which is what the paths of other fields are read in; the raw input in JSONata.
pub(crate) fn effective_input(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &Arguments,
) -> Result<Flow, Failure> {
    let raw = raw_input(activation, frame);
    match it {
        Arguments::Path { input_path, .. } => select(activation, frame, input_path, raw),
        Arguments::Jsonata(_) => Ok(raw),
    }
}

/// What a template of JSONata makes; `data` where there is none.
pub(crate) fn render(
    activation: &mut Activation<'_>,
    frame: FrameId,
    template: Option<&jsonata::Template>,
    at: &Location<'_>,
    sight: Sight<'_>,
    data: Flow,
) -> Result<Flow, Fault> {
    let Some(template) = template else { return Ok(data) };
    let value = activation.jsonata(frame, sight, |env| template.render(at, env))?;
    // `{% $states.input %}` is the input, and `{% $states.result %}` the answer: neither is copied nor stored again.
    Ok(match [raw_input(activation, frame), data].into_iter().find(|it| it.value().is_same(&value)) {
        Some(Flow::Kept(payload)) => Flow::Kept(payload),
        Some(Flow::Made(_)) | None => Flow::Made(value),
    })
}

/// What a result becomes on its way out: by `ResultPath` and `OutputPath`, or by `Output`, whose expressions see `sight`.
pub(crate) fn output(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &Output,
    sight: Sight<'_>,
    result: Flow,
) -> Result<Flow, Fault> {
    match it {
        Output::Path { result_path, output_path, .. } => {
            // The result is put into the raw input, whatever `InputPath` kept of it.
            let placed = place(result_path, raw_input(activation, frame), result)?;
            activation.see(Stage::AfterResultPath, placed.value());
            Ok(select(activation, frame, output_path, placed)?)
        }
        Output::Jsonata(template) => {
            render(activation, frame, template.as_ref(), &Location::field("Output"), sight, result)
        }
    }
}

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
///
/// `data` is `$` of a JSONPath state; `at` and `sight` are those of a JSONata state.
pub(crate) fn assign(
    activation: &mut Activation<'_>,
    frame: FrameId,
    assign: Option<&Assign>,
    at: &Location<'_>,
    sight: Sight<'_>,
    data: &Json,
) -> Result<Vec<(Arc<str>, Json)>, Fault> {
    let Some(assign) = assign else { return Ok(Vec::new()) };
    let values = any(activation, frame, &assign.template, at, sight, data)?;
    within_limits(activation, frame, &values)?;
    let members = values.as_object().map(asl::Object::iter);
    Ok(members.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// What a template in either language makes.
pub(crate) fn any(
    activation: &mut Activation<'_>,
    frame: FrameId,
    template: &AnyTemplate,
    at: &Location<'_>,
    sight: Sight<'_>,
    data: &Json,
) -> Result<Json, Fault> {
    match template {
        AnyTemplate::Path(template) => {
            Ok(activation.query_item(frame, sight.item, data, |env| template.render(env))?)
        }
        AnyTemplate::Jsonata(template) => activation.jsonata(frame, sight, |env| template.render(at, env)),
    }
}

/// AWS bounds what one `Assign` sets, and all variables together (here: of one scope, the outer ones included).
fn within_limits(activation: &Activation<'_>, frame: FrameId, values: &Json) -> Result<(), Failure> {
    let too_large = |what: &str, limit: usize| {
        let cause = format!("{what} have a size exceeding the maximum of {limit} bytes.");
        Err(Failure::new(ErrorName::DATA_LIMIT_EXCEEDED, cause))
    };
    let Ok(bytes) = measure(values, ASSIGN_BYTES_MAX, JsonLimits::PAYLOAD.depth_max) else {
        return too_large("The variables of one Assign", ASSIGN_BYTES_MAX);
    };
    let variables = &activation.execution.frame(frame).variables;
    // The values are no longer than the object around them, which mostly says enough.
    if variables.bytes() + bytes <= VARIABLES_BYTES_MAX {
        return Ok(());
    }
    let members = values.as_object().into_iter().flat_map(asl::Object::iter);
    if variables.bytes_with(members.map(|(name, value)| (&**name, value))) > VARIABLES_BYTES_MAX {
        return too_large("All variables together", VARIABLES_BYTES_MAX);
    }
    Ok(())
}

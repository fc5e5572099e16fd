//! Pass: passes its input on, perhaps reshaped. Spec: `#pass-state`.

use asl::Failure;
use asl::state::Pass;

use crate::activation::Activation;
use crate::dataflow::{reshape, select};
use crate::failing::fail_evaluation;
use crate::flow::Flow;
use crate::ids::FrameId;
use crate::leaving::{OutputFields, finish};
use crate::state::raw_input;

/// Does the whole of a Pass state.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId, it: &Pass) {
    match result(activation, frame, it) {
        Ok(result) => {
            let fields = OutputFields {
                result_selector: None,
                result_path: &it.result_path,
                output_path: &it.output_path,
                assign: it.assign.as_ref(),
                then: it.then,
            };
            finish(activation, frame, result, &fields);
        }
        Err(failure) => fail_evaluation(activation, frame, failure),
    }
}

fn result(activation: &mut Activation<'_>, frame: FrameId, it: &Pass) -> Result<Flow, Failure> {
    let raw = raw_input(activation, frame);
    let input = select(activation, frame, &it.input_path, raw)?;
    let reshaped = reshape(activation, frame, it.parameters.as_ref(), input)?;
    Ok(it.result.as_ref().map_or(reshaped, |fixed| Flow::Made(fixed.value().clone())))
}

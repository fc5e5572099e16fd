//! Pass: passes its input on, perhaps reshaped. Spec: `#pass-state`.

use asl::Fault;
use asl::state::Pass;

use crate::activation::Activation;
use crate::dataflow::arguments;
use crate::failing::fail_evaluation;
use crate::flow::Flow;
use crate::ids::FrameId;
use crate::leaving::{OutputFields, finish};

/// Does the whole of a Pass state.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId, it: &Pass) {
    match result(activation, frame, it) {
        Ok(result) => {
            let fields = OutputFields {
                output: &it.output,
                has_result: false,
                assign: it.assign.as_ref(),
                then: it.then,
            };
            finish(activation, frame, result, &fields);
        }
        Err(fault) => fail_evaluation(activation, frame, fault),
    }
}

fn result(activation: &mut Activation<'_>, frame: FrameId, it: &Pass) -> Result<Flow, Fault> {
    let reshaped = arguments(activation, frame, &it.arguments)?;
    Ok(it.result.as_ref().map_or(reshaped, |fixed| Flow::Made(fixed.value().clone())))
}

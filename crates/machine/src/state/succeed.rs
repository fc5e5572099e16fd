//! Succeed: ends its scope well. Spec: `#succeed-state`.

use asl::Transition;
use asl::state::Succeed;

use crate::activation::Activation;
use crate::dataflow::arguments;
use crate::failing::fail_evaluation;
use crate::ids::FrameId;
use crate::leaving::{OutputFields, finish};

/// Does the whole of a Succeed state.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId, it: &Succeed) {
    match arguments(activation, frame, &it.arguments) {
        Ok(input) => {
            let fields =
                OutputFields { output: &it.output, has_result: false, assign: None, then: Transition::End };
            finish(activation, frame, input, &fields);
        }
        Err(fault) => fail_evaluation(activation, frame, fault),
    }
}

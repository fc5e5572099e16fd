//! Succeed: ends its scope well. Spec: `#succeed-state`.

use asl::state::{ResultPath, Succeed};
use asl::{Failure, Transition};

use crate::activation::Activation;
use crate::dataflow::select;
use crate::failing::fail_evaluation;
use crate::flow::Flow;
use crate::ids::FrameId;
use crate::leaving::{OutputFields, finish};
use crate::state::raw_input;

/// Does the whole of a Succeed state.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId, it: &Succeed) {
    match input(activation, frame, it) {
        Ok(input) => {
            let fields = OutputFields {
                result_selector: None,
                result_path: &ResultPath::Replace,
                output_path: &it.output_path,
                assign: None,
                then: Transition::End,
            };
            finish(activation, frame, input, &fields);
        }
        Err(failure) => fail_evaluation(activation, frame, failure),
    }
}

fn input(activation: &mut Activation<'_>, frame: FrameId, it: &Succeed) -> Result<Flow, Failure> {
    let raw = raw_input(activation, frame);
    select(activation, frame, &it.input_path, raw)
}

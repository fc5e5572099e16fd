//! Fail: ends its scope badly, with an error and a cause of its own. Spec: `#fail-state`.

use std::sync::Arc;

use asl::jsonata::Location;
use asl::state::{Fail, Text};
use asl::{ErrorName, Failure, Fault, Json};

use crate::activation::Activation;
use crate::dataflow::Sight;
use crate::failing::fail_evaluation;
use crate::ids::FrameId;
use crate::scope;

/// Does the whole of a Fail state. It has neither Retry nor Catch: the failure goes to the scope.
pub(crate) fn enter(activation: &mut Activation<'_>, frame: FrameId, it: &Fail) {
    match failure(activation, frame, it) {
        Ok(failure) => scope::failed(activation, frame, failure),
        Err(fault) => fail_evaluation(activation, frame, fault),
    }
}

fn failure(activation: &mut Activation<'_>, frame: FrameId, it: &Fail) -> Result<Failure, Fault> {
    let error = text(activation, frame, it.error.as_ref(), ["Error", "ErrorPath"])?;
    let cause = text(activation, frame, it.cause.as_ref(), ["Cause", "CausePath"])?;
    Ok(Failure { error: error.map(ErrorName::new), cause })
}

fn text(
    activation: &mut Activation<'_>,
    frame: FrameId,
    text: Option<&Text>,
    [plain, field]: [&str; 2],
) -> Result<Option<Arc<str>>, Fault> {
    let query = match text {
        None => return Ok(None),
        Some(Text::Literal(text)) => return Ok(Some(text.clone())),
        Some(Text::Query(query)) => query,
        Some(Text::Jsonata(expression)) => {
            let at = Location::field(plain);
            let text = activation.jsonata(frame, Sight::default(), |env| expression.string(&at, env))?;
            return Ok(Some(text));
        }
    };
    let input = activation.execution.visit(frame).input.payload.value().clone();
    match activation.query(frame, &input, |env| query.evaluate_for(field, env))? {
        Json::String(text) => Ok(Some(text)),
        other => {
            let what =
                format!("The {field} parameter does not reference a string value: {}", other.to_text());
            Err(Failure::runtime(what).into())
        }
    }
}

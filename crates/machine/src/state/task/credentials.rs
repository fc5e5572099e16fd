//! `Credentials` of a Task: the role that the work is to be done under. It is evaluated and recorded, and nothing is done with it:
//! what a runner may do is said in the configuration. Source: AWS, "Accessing resources in other AWS accounts".

#[cfg(test)]
mod tests;

use std::sync::Arc;

use asl::jsonata::Location;
use asl::state::{AnyTemplate, Task};
use asl::{ErrorName, Failure, Fault, Json};

use crate::activation::Activation;
use crate::dataflow::{Sight, any, effective_input};
use crate::ids::FrameId;
use crate::limits::ROLE_ARN_CHARS_MAX;

/// The role that the next attempt names; `None` without `Credentials`.
pub(super) fn role_arn(
    activation: &mut Activation<'_>,
    frame: FrameId,
    it: &Task,
) -> Result<Option<Arc<str>>, Fault> {
    let Some(template) = &it.credentials else { return Ok(None) };
    let input = effective_input(activation, frame, &it.arguments)?.value().clone();
    let at = Location::field("Credentials");
    let credentials = any(activation, frame, template, &at, Sight::default(), &input)?;
    match credentials.get("RoleArn") {
        Some(Json::String(role_arn)) if role_arn.chars().count() <= ROLE_ARN_CHARS_MAX => {
            Ok(Some(role_arn.clone()))
        }
        Some(Json::String(_)) => {
            Err(wrong(template, &format!("has more than {ROLE_ARN_CHARS_MAX} characters")))
        }
        found => {
            Err(wrong(template, &format!("must be a string, found {}", found.map_or("nothing", Json::kind))))
        }
    }
}

fn wrong(template: &AnyTemplate, what: &str) -> Fault {
    let cause = format!("The field 'RoleArn' of 'Credentials' {what}");
    match template {
        AnyTemplate::Path(_) => Failure::runtime(cause).into(),
        AnyTemplate::Jsonata(_) => Fault {
            failure: Failure::new(ErrorName::QUERY_EVALUATION_ERROR, cause),
            location: Some("Credentials/RoleArn".into()),
        },
    }
}

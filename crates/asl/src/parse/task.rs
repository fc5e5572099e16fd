//! Task: its rules of validity. Spec: `#task-state`.

use super::data::{After, Before};
use super::fields::{Fields, text, wrong_type};
use super::jsonata::Moment;
use super::report::Report;
use super::scope::Builder;
use super::{code, retry};
use crate::definition::{QueryLanguage, StateId};
use crate::resource::{Resource, ResourceKind};
use crate::source::{Member, Value};
use crate::state::{AnyTemplate, Seconds, Task};

impl Builder {
    /// Reads a Task state.
    pub(super) fn task(
        &mut self,
        fields: &mut Fields<'_>,
        id: StateId,
        report: &mut Report<'_>,
    ) -> Option<Task> {
        let resource = fields.require("Resource", report).and_then(|member| {
            let resource = resource(member, report)?;
            self.type_fits(&resource, member, report);
            Some(resource)
        });
        let arguments = self.arguments(fields, Before::Arguments, report);
        let credentials = self.credentials(fields, report);
        let timeout = self.timeout(fields, ["TimeoutSeconds", "TimeoutSecondsPath"], report);
        let heartbeat = self.timeout(fields, ["HeartbeatSeconds", "HeartbeatSecondsPath"], report);
        heartbeat_fits(fields, timeout.as_ref(), heartbeat.as_ref(), report);
        let output = self.output(fields, After::Work, report);
        let assign = self.assign(fields, Moment::Done, report);
        let retry = retry::read(fields, report);
        let catch = self.catch(fields, id, report);
        let then = self.transition(fields, id, report);
        Some(Task {
            resource: resource?,
            arguments: arguments?,
            credentials,
            timeout,
            heartbeat,
            output: output?,
            assign,
            retry: retry?,
            catch: catch?,
            then: then?,
        })
    }

    /// An execution of type EXPRESS does not wait for others: AWS's rule for its children of a distributed Map too.
    fn type_fits(&self, resource: &Resource, member: &Member, report: &mut Report<'_>) {
        let waits = match &resource.kind {
            ResourceKind::Service { action, .. } => {
                [".sync", ".sync:2", ".waitForTaskToken"].into_iter().any(|pattern| action.ends_with(pattern))
            }
            ResourceKind::Activity => true,
            ResourceKind::Function => false,
        };
        if self.is_in_express && waits {
            let message =
                "an execution of type `EXPRESS` cannot wait for another, for a token or for an activity";
            report
                .error(member.value.span, code::MAP_MODE, message)
                .hint("give the distributed Map around it `\"ExecutionType\": \"STANDARD\"`");
        }
    }

    fn credentials(&mut self, fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<AnyTemplate> {
        let member = fields.take("Credentials")?;
        let Value::Object(members) = &member.value.value else {
            return wrong_type(&member.value, "Credentials", "an object with `RoleArn`", report);
        };
        let is_role =
            |key: &str| key == "RoleArn" || (key == "RoleArn.$" && self.language == QueryLanguage::JsonPath);
        match members.iter().find(|it| is_role(&it.key)) {
            None => {
                report.error(member.key_span, code::MISSING_FIELD, "`Credentials` needs the field `RoleArn`");
                report.in_aws_words("The field 'RoleArn' is required but was missing");
                None
            }
            Some(role) => {
                text(&role.value, &role.key, report)?;
                self.any_template(member, Moment::Before, report)
            }
        }
    }
}

fn resource(member: &Member, report: &mut Report<'_>) -> Option<Resource> {
    let arn = text(&member.value, "Resource", report)?;
    let resource = Resource::parse(&arn).filter(names_a_function_well);
    if resource.is_none() {
        let message = format!("`Resource` names nothing that a Task state can run, found `{arn}`");
        let hint = if arn.contains("${") {
            "put in what `${…}` stands for before the definition is deployed"
        } else {
            "for example `arn:aws:states:::lambda:invoke`, an activity's ARN or a function's ARN"
        };
        report.error(member.value.span, code::RESOURCE, message).hint(hint);
        report.in_aws_words("Value is not a valid resource ARN");
    }
    resource
}

/// A heartbeat is missed before the time is over, or it is no heartbeat.
fn heartbeat_fits(
    fields: &Fields<'_>,
    timeout: Option<&Seconds>,
    heartbeat: Option<&Seconds>,
    report: &mut Report<'_>,
) {
    if let (Some(Seconds::Literal(timeout)), Some(Seconds::Literal(heartbeat))) = (timeout, heartbeat)
        && heartbeat >= timeout
        && let Some(member) = fields.get("HeartbeatSeconds")
    {
        let message =
            format!("`HeartbeatSeconds` ({heartbeat}) must be less than `TimeoutSeconds` ({timeout})");
        report.error(member.value.span, code::RANGE, message);
    }
}

/// A function's own ARN ends in its name, and perhaps in a version or an alias.
fn names_a_function_well(resource: &Resource) -> bool {
    if resource.kind != ResourceKind::Function {
        return true;
    }
    let name = resource.arn.rsplit_once(":function:").map_or("", |(_, name)| name);
    let (name, qualifier) = name.split_once(':').unwrap_or((name, "$LATEST"));
    let is_word = |text: &str| {
        !text.is_empty() && text.chars().all(|char| char.is_ascii_alphanumeric() || "-_".contains(char))
    };
    is_word(name) && (qualifier == "$LATEST" || is_word(qualifier))
}

//! `Resource` of a Task state: what kind of work is asked, of whom, and how its events are called.
//!
//! `arn:aws:states:::<service>:<action>[.sync|.sync:2|.waitForTaskToken]`, `arn:aws:states:::aws-sdk:<service>:<action>`,
//! a function's or an activity's own ARN, and Baton's `arn:aws:states:::baton:<service>:<action>`.

#[cfg(test)]
mod tests;

use std::sync::Arc;

/// A parsed resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The ARN as it was written.
    pub arn: Arc<str>,
    /// What it names.
    pub kind: ResourceKind,
}

/// What a resource names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// A service integration.
    Service {
        /// For example `lambda`, `aws-sdk:s3`, `baton:sql`: what AWS's events call `resourceType`.
        service: Arc<str>,
        /// For example `invoke`, `putObject`, `invoke.waitForTaskToken`: what AWS's events call `resource`.
        action: Arc<str>,
    },
    /// A function by its own ARN (`LambdaFunction*` events).
    Function,
    /// An activity by its own ARN (`Activity*` events).
    Activity,
}

impl Resource {
    /// Parses an ARN; `None` if it names nothing that a Task state can name.
    pub fn parse(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", partition, service, region, account, rest] = parts[..] else { return None };
        if !matches!(partition.strip_prefix("aws"), Some(more) if more.is_empty() || more.starts_with('-')) {
            return None;
        }
        // An integration belongs to nobody, an activity to an account. A function that names neither region nor account
        // is one of this installation's.
        let is_owned = !region.is_empty() && !account.is_empty();
        let kind = match service {
            "lambda" if region.is_empty() == account.is_empty() => {
                named(rest, "function:").map(|()| ResourceKind::Function)
            }
            "states" if is_owned => named(rest, "activity:").map(|()| ResourceKind::Activity),
            "states" if region.is_empty() && account.is_empty() => integration(rest),
            _ => None,
        };
        kind.map(|kind| Self { arn: arn.into(), kind })
    }

    /// What AWS's failures call it: the service of an integration, the ARN of a function or an activity.
    pub fn caption(&self) -> &str {
        match &self.kind {
            ResourceKind::Service { service, .. } => service,
            ResourceKind::Function | ResourceKind::Activity => &self.arn,
        }
    }

    /// Whether somebody outside answers, with the token that the service was sent.
    pub fn waits_for_token(&self) -> bool {
        matches!(&self.kind, ResourceKind::Service { action, .. } if action.ends_with(".waitForTaskToken"))
    }

    /// Whether it is this integration.
    pub fn is(&self, wanted_service: &str, wanted_action: &str) -> bool {
        matches!(&self.kind, ResourceKind::Service { service, action } if &**service == wanted_service && &**action == wanted_action)
    }
}

fn named(rest: &str, kind: &str) -> Option<()> {
    rest.strip_prefix(kind).filter(|name| !name.is_empty()).map(|_| ())
}

/// `lambda:invoke.waitForTaskToken`, `states:startExecution.sync:2`, `aws-sdk:s3:putObject`, `baton:sql:transaction`.
fn integration(rest: &str) -> Option<ResourceKind> {
    let prefix = ["aws-sdk:", "baton:"].into_iter().find(|prefix| rest.starts_with(prefix)).unwrap_or("");
    let (service, action) = rest[prefix.len()..].split_once(':')?;
    let is_word_char = |char: char| char.is_ascii_alphanumeric() || "-_.:".contains(char);
    let is_word = |text: &str| !text.is_empty() && text.chars().all(is_word_char);
    (is_word(service) && is_word(action)).then(|| ResourceKind::Service {
        service: format!("{prefix}{service}").into(),
        action: action.into(),
    })
}

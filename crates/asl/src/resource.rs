//! `Resource` of a Task state: what kind of work is asked, of whom, and how its events are called.
//!
//! `arn:aws:states:::<service>:<action>[.sync|.sync:2|.waitForTaskToken]`, `arn:aws:states:::aws-sdk:<service>:<action>`,
//! a function's or an activity's own ARN, and Baton's `arn:aws:states:::baton:<service>:<action>`.

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
    pub fn parse(_arn: &str) -> Option<Self> {
        todo!()
    }
}

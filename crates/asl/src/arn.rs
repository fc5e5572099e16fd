//! ARNs: the one place that knows the account and the region. One installation is one account, as in AWS.

use std::sync::Arc;

/// Account and region of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// Twelve digits.
    pub account: Arc<str>,
    /// For example `us-east-1`.
    pub region: Arc<str>,
}

impl Default for Installation {
    fn default() -> Self {
        Self { account: "000000000000".into(), region: "us-east-1".into() }
    }
}

impl Installation {
    /// `arn:aws:states:<region>:<account>:stateMachine:<name>`
    pub fn state_machine(&self, name: &str) -> Arc<str> {
        self.states("stateMachine", name)
    }

    /// `arn:aws:states:<region>:<account>:execution:<machine>:<name>`
    pub fn execution(&self, machine: &str, name: &str) -> Arc<str> {
        self.states("execution", &format!("{machine}:{name}"))
    }

    /// `arn:aws:iam::<account>:role/<name>`
    pub fn role(&self, name: &str) -> Arc<str> {
        format!("arn:aws:iam::{}:role/{name}", self.account).into()
    }

    fn states(&self, kind: &str, rest: &str) -> Arc<str> {
        format!("arn:aws:states:{}:{}:{kind}:{rest}", self.region, self.account).into()
    }
}

//! How a function is configured, and what can be wrong with that.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::limits::{
    FUNCTION_CONCURRENCY, FUNCTION_CONNECT_TIMEOUT, FUNCTION_IDLE, FUNCTION_INIT_TIMEOUT,
    FUNCTION_MEMORY_MIB, FUNCTION_NAME_CHARS_MAX, FUNCTION_TIMEOUT,
};
use crate::objects::S3Credentials;

use super::name::is_name;

/// One function that tasks may call.
#[derive(Clone, Debug)]
pub struct FunctionConfig {
    /// What `FunctionName` says: `NAME`, or `NAME:QUALIFIER` for one version or alias; `*` for every name that is not
    /// configured, which only a remote place can serve.
    pub name: Arc<str>,
    /// Who answers.
    pub place: FunctionPlace,
}

/// Who answers for a function.
#[derive(Clone, Debug)]
pub enum FunctionPlace {
    /// Processes that are started here and speak the Runtime API.
    Local(Box<LocalConfig>),
    /// A service that speaks Lambda's Invoke API.
    Remote(Box<RemoteConfig>),
}

/// A function of this machine.
#[derive(Clone, Debug)]
pub struct LocalConfig {
    /// The program of a worker and its arguments.
    pub command: Vec<String>,
    /// Where it is started.
    pub folder: PathBuf,
    /// `_HANDLER`: which function of the code, for runtimes that read it there.
    pub handler: Option<String>,
    /// Variables of its environment, beyond those of the Runtime API.
    pub environment: Vec<(String, String)>,
    /// Workers at once, and so invocations at once.
    pub concurrency: usize,
    /// Whether an invocation beyond that is refused, as AWS does; otherwise it waits for its turn.
    pub throttles: bool,
    /// Resident memory of one worker and its children, in MiB.
    pub memory_mib: u64,
    /// Time of one invocation.
    pub timeout: Duration,
    /// Time until a new worker asks for its first invocation.
    pub init_timeout: Duration,
    /// How long a worker is kept that nobody needs.
    pub idle: Duration,
    /// The region that is told to workers and stands in the function's ARN.
    pub region: String,
    /// The account in the function's ARN.
    pub account: String,
    /// The file that the workers' output goes to; an older one stands beside it.
    pub log: PathBuf,
}

impl LocalConfig {
    /// A function of `command`, started in `folder`, that logs to `log`; the limits have their defaults.
    pub fn new(command: Vec<String>, folder: impl Into<PathBuf>, log: impl Into<PathBuf>) -> Self {
        let installation = asl::arn::Installation::default();
        Self {
            command,
            folder: folder.into(),
            handler: None,
            environment: Vec::new(),
            concurrency: FUNCTION_CONCURRENCY,
            throttles: false,
            memory_mib: FUNCTION_MEMORY_MIB,
            timeout: FUNCTION_TIMEOUT,
            init_timeout: FUNCTION_INIT_TIMEOUT,
            idle: FUNCTION_IDLE,
            region: installation.region.to_string(),
            account: installation.account.to_string(),
            log: log.into(),
        }
    }
}

/// A function of a service.
#[derive(Clone, Debug)]
pub struct RemoteConfig {
    /// Where the service is: `https://lambda.eu-west-1.amazonaws.com`.
    pub endpoint: String,
    /// The region that calls are signed for.
    pub region: String,
    /// Its name there, perhaps with a qualifier, where that is another one.
    pub function: Option<String>,
    /// Who calls; `None` for calls that are not signed.
    pub credentials: Option<S3Credentials>,
    /// Time of one call, its answer's body included.
    pub timeout: Duration,
    /// Time until a connection is there.
    pub connect_timeout: Duration,
}

impl RemoteConfig {
    /// A function at `endpoint`, called without signature, with the default limits.
    pub fn new(endpoint: impl Into<String>, region: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            region: region.into(),
            function: None,
            credentials: None,
            timeout: Duration::from_mins(15),
            connect_timeout: FUNCTION_CONNECT_TIMEOUT,
        }
    }
}

/// Why a configuration of functions is not acceptable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FunctionConfigError {
    /// Two functions of one name.
    #[error("function `{name}` is configured twice")]
    SameName {
        /// The name.
        name: Arc<str>,
    },
    /// No function can be called so.
    #[error(
        "`{name}` cannot be the name of a function: letters, digits, `-` and `_`, at most {FUNCTION_NAME_CHARS_MAX}, perhaps \
         `:` and a qualifier; or `*`, for every other name, with an `endpoint`"
    )]
    Name {
        /// The name.
        name: Arc<str>,
    },
    /// No client can be made for the service.
    #[error("function `{name}` cannot be called: {problem}")]
    Service {
        /// The name.
        name: Arc<str>,
        /// Why.
        problem: String,
    },
}

impl FunctionConfig {
    /// Whether it may be called so, here and there.
    pub(super) fn check_name(&self) -> Result<(), FunctionConfigError> {
        let is_remote = matches!(self.place, FunctionPlace::Remote(_));
        if let FunctionPlace::Remote(remote) = &self.place
            && let Some(name) = remote.function.as_deref().filter(|name| !is_name(name))
        {
            return Err(FunctionConfigError::Name { name: name.into() });
        }
        if is_name(&self.name) || (is_remote && &*self.name == "*") {
            return Ok(());
        }
        Err(FunctionConfigError::Name { name: self.name.clone() })
    }
}

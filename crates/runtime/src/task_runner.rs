//! Task runners: whoever carries out what a Task state asks.
//!
//! A runner knows three things that the interpreter does not: the **claim** (what makes an effect happen once), the
//! **check before commit** (a result that violates its contract must not have taken effect), and the **fate** of an
//! abandoned attempt (whether it can still take effect). One file per runner, in the room `tasks`.
//!
//! The caller's duties: `run` is called for an attempt only after the event that scheduled it is remembered, perhaps again
//! after a crash; `abandon` only after the event that requested it is; a future is never dropped before it is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use asl::resource::{Resource, ResourceKind};
use asl::{Failure, Json, Payload};
use futures_util::future::BoxFuture;
use machine::map_run::MapRun;

/// One attempt at a task.
#[derive(Clone)]
pub struct TaskRequest {
    /// What names the effect for ever: equal for every attempt and every delivery of one state entry.
    /// SHA-256 of (engine id, execution id, path, entry).
    pub key: [u8; 32],
    /// Which attempt; counts from 1, for ever, across retries.
    pub attempt: u32,
    /// Whether this attempt may have been delivered before, by a process that is gone: what it did then is not known.
    pub is_redelivery: bool,
    /// What is asked of whom.
    pub resource: Resource,
    /// What is sent.
    pub arguments: Payload,
    /// Seconds that the attempt may take, if that is bounded.
    pub timeout_seconds: Option<u32>,
    /// Bytes that the answer may have.
    pub result_bytes_max: usize,
    /// The execution's ARN and the state's name, for logs and for the claim's own columns.
    pub execution_arn: Arc<str>,
    /// The state's name.
    pub state: Arc<str>,
    /// The check before commit: whether an answer may be given at all. Runners with an effect that can be undone ask it
    /// before they commit; the interpreter asks again afterwards.
    pub check: ResultCheck,
    /// The Map Run that the attempt is, of a distributed Map.
    pub map_run: Option<Arc<MapRun>>,
    /// Where a runner says what it has submitted, before it waits for the end of that.
    pub submission: Submission,
}

/// Takes what a service answered when an attempt was handed over to it, while the attempt goes on (`.sync`). It is remembered in
/// the order in which it was told, so before the attempt's end. Told once for each delivery; what was told of the attempt on an
/// earlier delivery stands, and an answer larger than `result_bytes_max` is passed over.
#[derive(Clone, Default)]
pub struct Submission(Option<Arc<SubmissionInner>>);

struct SubmissionInner {
    is_told: AtomicBool,
    tell: Box<dyn Fn(Payload) + Send + Sync>,
}

impl Submission {
    /// One that hands what it is told to `tell`.
    pub fn new(tell: impl Fn(Payload) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(SubmissionInner { is_told: AtomicBool::new(false), tell: Box::new(tell) })))
    }

    /// Says what was submitted. Without effect where nobody listens, and the second time.
    pub fn tell(&self, output: Payload) {
        if let Some(inner) = self.0.as_ref().filter(|it| !it.is_told.swap(true, Ordering::AcqRel)) {
            (inner.tell)(output);
        }
    }
}

impl std::fmt::Debug for Submission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Submission").field("is_heard", &self.0.is_some()).finish_non_exhaustive()
    }
}

/// What a Map Run asks for, in the place of a Task state's resource.
pub const MAP_RUN_RESOURCE: &str = "arn:aws:states:::baton:map:run";

/// [`MAP_RUN_RESOURCE`], parsed.
pub fn map_run_resource() -> Resource {
    let kind = ResourceKind::Service { service: "baton:map".into(), action: "run".into() };
    Resource { arn: MAP_RUN_RESOURCE.into(), kind }
}

impl TaskRequest {
    /// A request of no execution, for whoever drives a runner by hand: the first attempt, under a key of zeros, without a bound of
    /// time, with AWS's bound of bytes, and with every answer accepted.
    pub fn alone(resource: Resource, arguments: Payload) -> Self {
        Self {
            key: [0; 32],
            attempt: 1,
            is_redelivery: false,
            resource,
            arguments,
            timeout_seconds: None,
            result_bytes_max: machine::Limits::default().payload_bytes_max,
            execution_arn: "arn:execution".into(),
            state: "State".into(),
            check: Arc::new(|_| Ok(())),
            map_run: None,
            submission: Submission::default(),
        }
    }
}

impl std::fmt::Debug for TaskRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskRequest")
            .field("state", &self.state)
            .field("attempt", &self.attempt)
            .field("resource", &self.resource.arn)
            .finish_non_exhaustive()
    }
}

/// Whether an answer may be given: `Err` is the failure (`Contract.ResultViolation`, `States.DataLimitExceeded`) that it would be.
pub type ResultCheck = Arc<dyn Fn(&Json) -> Result<(), Failure> + Send + Sync>;

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum TaskOutcome {
    /// It took effect (or had, on an earlier delivery), and this is the answer.
    Succeeded {
        /// The answer.
        output: Payload,
    },
    /// It failed, and this attempt can no longer take effect.
    Failed {
        /// The failure, as Retry and Catch see it.
        failure: Failure,
    },
    /// It lost its right to run: a later attempt, or an abandonment, has barred it. Nothing is reported of it.
    Barred,
}

/// What became of an abandoned attempt.
#[derive(Clone, Debug)]
pub enum AbandonOutcome {
    /// It can never take effect any more; or it never promised more than "at least once".
    Barred,
    /// It had taken effect; this is its recorded answer.
    Committed {
        /// The recorded answer.
        output: Payload,
    },
}

/// Somebody who carries out tasks of some resources.
pub trait TaskRunner: Send + Sync {
    /// How the runner is called in the actor of its events, for example `sql:shop`. May depend on the request.
    fn name(&self, request: &TaskRequest) -> Arc<str>;

    /// Whether it knows this resource. The first runner that does gets the task.
    fn accepts(&self, resource: &Resource) -> bool;

    /// Whether an attempt only waits for this engine itself. It then takes no place among the tasks that run at once: those it
    /// waits for may need one.
    fn waits_for_engine(&self, _resource: &Resource) -> bool {
        false
    }

    /// Runs one attempt to its end. What it cannot settle (a database out of reach with an ambiguous COMMIT) it keeps trying.
    fn run(&self, request: TaskRequest) -> BoxFuture<'_, TaskOutcome>;

    /// Makes sure that the attempt can no longer take effect, and says what became of it. Keeps trying until it knows.
    fn abandon(&self, request: TaskRequest) -> BoxFuture<'_, AbandonOutcome>;
}

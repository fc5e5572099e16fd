//! Local functions: workers that are started here and speak the Runtime API, a pool for each function.
//!
//! A worker serves one invocation at a time and is kept for the next. What goes wrong with it (it ends, hangs, takes too much
//! memory, answers too much) is the error that Lambda reports of it; the next invocation has another worker. Workers are not
//! frozen between invocations.

mod api;
mod desk;
mod guard;
mod log;
mod memory;
mod process;
mod worker;

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use asl::Json;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use tokio::sync::{Semaphore, oneshot};

pub(super) use self::guard::Guard;

use self::desk::{Invocation, Reply};
use self::log::LogFile;
use self::worker::{End, Worker};
use super::answer::{Answer, Local};
use super::call::{Call, InvocationType};
use super::config::LocalConfig;
use super::fault::Fault;
use super::name::FunctionName;
use super::now::now;
use crate::limits::{FUNCTION_EVENT_RETRIES, FUNCTION_LOG_SETTLE, FUNCTION_PAYLOAD_BYTES_MAX};

/// A function and its workers.
#[derive(Debug)]
pub(super) struct LocalFunction {
    name: FunctionName,
    arn: Arc<str>,
    config: LocalConfig,
    turns: Semaphore,
    /// Those that nobody needs now; the last one to come is the first to go, so that the others grow old.
    idle: Mutex<IdleWorkers>,
    file: Arc<LogFile>,
    guard: Arc<Guard>,
}

#[derive(Debug, Default)]
struct IdleWorkers {
    workers: Vec<Idle>,
    /// Whether somebody looks now and then for those that have grown old. One does.
    is_watched: bool,
}

#[derive(Debug)]
struct Idle {
    worker: Arc<Worker>,
    since: Instant,
}

/// The payload that came of an invocation, and whether it is an error.
struct Outcome {
    payload: Bytes,
    is_error: bool,
    log_result: Option<String>,
}

impl LocalFunction {
    pub(super) fn new(name: FunctionName, config: LocalConfig, guard: Arc<Guard>) -> Self {
        Self {
            arn: name.arn(&config.region, &config.account).into(),
            turns: Semaphore::new(config.concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            idle: Mutex::default(),
            file: Arc::new(LogFile::new(config.log.clone())),
            guard,
            name,
            config,
        }
    }

    /// Answers a call.
    pub(super) async fn call(self: &Arc<Self>, call: Call) -> Result<Answer, Fault> {
        let trace_id = trace_id(&call.request_id);
        let outcome = match call.invocation_type {
            InvocationType::RequestResponse => self.take_turn(&call, &trace_id).await?,
            InvocationType::Event => self.until_done(&call, &trace_id).await?,
            InvocationType::DryRun => Outcome { payload: Bytes::new(), is_error: false, log_result: None },
        };
        Ok(Answer::from(Local {
            invocation_type: call.invocation_type,
            payload: outcome.payload,
            is_error: outcome.is_error,
            version: self.name.qualifier.clone(),
            log_result: outcome.log_result,
            request_id: call.request_id,
            trace_id,
        }))
    }

    /// A call that nobody waits for. It is made again when it fails, as Lambda does; the answer comes after the last time,
    /// because nothing but the task itself would survive a crash in between.
    async fn until_done(self: &Arc<Self>, call: &Call, trace_id: &str) -> Result<Outcome, Fault> {
        let mut outcome = self.take_turn(call, trace_id).await?;
        for _ in 0..FUNCTION_EVENT_RETRIES {
            if !outcome.is_error || call.ended.is_off() {
                break;
            }
            outcome = self.take_turn(call, trace_id).await?;
        }
        Ok(outcome)
    }

    /// Waits for a turn, or is refused one.
    async fn take_turn(self: &Arc<Self>, call: &Call, trace_id: &str) -> Result<Outcome, Fault> {
        let _turn = if self.config.throttles {
            self.turns.try_acquire().map_err(|_| Fault::TooMany)?
        } else {
            self.turns.acquire().await.map_err(|_| Fault::TooMany)?
        };
        if call.ended.is_off() {
            return Err(Fault::Client("nobody waits for the answer any more".to_owned()));
        }
        loop {
            let worker = self.worker().await?;
            let (invocation, taken) = self.invocation(call, trace_id);
            let version = self.name.qualifier.as_deref().unwrap_or("$LATEST");
            worker.log(|log| log.begin(&format!("START RequestId: {} Version: {version}", call.request_id)));
            let (end, time) = worker.invoke(invocation, taken).await;
            if matches!(end, End::NotTaken) {
                continue;
            }
            let log_result = self.report(&worker, call, time).await;
            let is_usable = matches!(end, End::Replied(Reply::Response(_) | Reply::Error(_)));
            let (payload, is_error) = self.payload(call, end);
            if is_usable {
                self.keep(worker);
            }
            return Ok(Outcome { payload, is_error, log_result });
        }
    }

    fn invocation(&self, call: &Call, trace_id: &str) -> (Invocation, oneshot::Receiver<()>) {
        let (taken, told) = oneshot::channel();
        let invocation = Invocation {
            request_id: call.request_id.clone(),
            function_arn: self.arn.clone(),
            trace_id: trace_id.to_owned(),
            client_context: call.client_context_text(),
            payload: call.payload.clone(),
            timeout: self.config.timeout,
            taken,
        };
        (invocation, told)
    }

    /// One that is there, or a new one.
    async fn worker(&self) -> Result<Arc<Worker>, Fault> {
        let next = || self.idle.lock().unwrap_or_else(PoisonError::into_inner).workers.pop();
        while let Some(worker) = next() {
            if worker.worker.is_alive() {
                return Ok(worker.worker);
            }
        }
        match Worker::start(&self.config, &self.name, &self.file, &self.guard).await {
            Ok(worker) => Ok(Arc::new(worker)),
            Err(error) => {
                let folder = self.config.folder.display();
                Err(Fault::NoWorker(format!("no worker can be started in `{folder}`: {error}")))
            }
        }
    }

    /// Keeps a worker for the next invocation, for a while.
    fn keep(self: &Arc<Self>, worker: Arc<Worker>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.workers.push(Idle { worker, since: Instant::now() });
        if !std::mem::replace(&mut idle.is_watched, true) {
            tokio::spawn(watch(Arc::downgrade(self), self.config.idle));
        }
    }

    /// Ends those that nobody has needed for long, and forgets those that ended; says whether somebody is left to watch.
    fn retire(&self) -> bool {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.workers.retain(|it| it.since.elapsed() < self.config.idle && it.worker.is_alive());
        idle.is_watched = !idle.workers.is_empty();
        idle.is_watched
    }

    /// Ends the entry of an invocation in the log; the end of the log if that is wanted.
    async fn report(&self, worker: &Worker, call: &Call, time: Duration) -> Option<String> {
        if call.wants_log {
            tokio::time::sleep(FUNCTION_LOG_SETTLE).await;
        }
        let ms = time.as_secs_f64() * 1_000.0;
        let id = &call.request_id;
        worker.log(|log| {
            log.end(&format!("END RequestId: {id}"));
            log.say(&format!(
                "REPORT RequestId: {id}\tDuration: {ms:.2} ms\tMemory Size: {} MB",
                self.config.memory_mib
            ));
            call.wants_log.then(|| BASE64_STANDARD.encode(log.tail()))
        })
    }

    /// The payload of an end: the worker's own, or the error that Lambda makes of it.
    fn payload(&self, call: &Call, end: End) -> (Bytes, bool) {
        let id = &call.request_id;
        let failed = |error_type: &str, message: &str| {
            (error_document(error_type, &format!("RequestId: {id} Error: {message}")), true)
        };
        match end {
            End::Replied(Reply::Response(payload)) => (payload, false),
            End::Replied(Reply::Error(payload)) => (payload, true),
            End::Replied(Reply::TooLarge) => {
                let message = format!(
                    "Response payload size exceeded maximum allowed payload size ({FUNCTION_PAYLOAD_BYTES_MAX} bytes)."
                );
                (error_document("Function.ResponseSizeTooLarge", &message), true)
            }
            End::Exited(status) if process::is_not_started(status) => {
                let program = self.config.command.first().map_or("", String::as_str);
                failed(
                    "Runtime.InvalidEntrypoint",
                    &format!("`{program}` cannot be started; see the function's log"),
                )
            }
            End::Exited(status) => failed("Runtime.ExitError", &process::ending(status)),
            End::NotTaken => failed("Runtime.ExitError", "Runtime exited without providing a reason"),
            End::OutOfMemory => failed("Runtime.OutOfMemory", "Runtime exited with error: signal: killed"),
            End::InitTimedOut => {
                let seconds = self.config.init_timeout.as_secs_f64();
                failed("Sandbox.Timedout", &format!("Init timed out after {seconds:.2} seconds"))
            }
            End::TimedOut => {
                let seconds = self.config.timeout.as_secs_f64();
                failed("Sandbox.Timedout", &format!("Task timed out after {seconds:.2} seconds"))
            }
        }
    }
}

/// Looks for workers that nobody needs, until there are none.
async fn watch(pool: Weak<LocalFunction>, idle: Duration) {
    let pause = (idle / 4).max(Duration::from_millis(50));
    loop {
        tokio::time::sleep(pause).await;
        if !pool.upgrade().is_some_and(|pool| pool.retire()) {
            return;
        }
    }
}

/// An error as Lambda writes it.
fn error_document(error_type: &str, message: &str) -> Bytes {
    Json::object([("errorType", Json::string(error_type)), ("errorMessage", Json::string(message))])
        .to_text()
        .into()
}

/// A trace id in AWS's form; nobody collects traces, so it is not sampled.
fn trace_id(request_id: &str) -> String {
    let seconds = now().as_second();
    let hex: String = request_id.chars().filter(char::is_ascii_hexdigit).collect();
    format!("Root=1-{seconds:08x}-{};Parent={};Sampled=0", &hex[..24], &hex[hex.len() - 16..])
}

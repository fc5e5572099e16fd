//! A worker: one process that serves one invocation at a time.

use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt as _;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::api::Api;
use super::desk::{Desk, Invocation, Reply};
use super::guard::Guard;
use super::log::{LogFile, Stream, WorkerLog};
use super::memory::resident_bytes;
use super::process::{self, Group};
use crate::function::config::LocalConfig;
use crate::function::name::FunctionName;
use crate::limits::{FUNCTION_LAST_WORD, FUNCTION_MEMORY_LOOKUP};

/// One worker. Dropping it ends its process.
#[derive(Debug)]
pub(super) struct Worker {
    desk: Arc<Desk>,
    log: Arc<Mutex<WorkerLog>>,
    group: Group,
    exited: watch::Receiver<Option<ExitStatus>>,
    memory_bytes_max: u64,
    init_timeout: Duration,
    /// It has taken an invocation before.
    is_warm: AtomicBool,
    tasks: Vec<JoinHandle<()>>,
}

/// How an invocation ended.
#[derive(Debug)]
pub(super) enum End {
    /// The worker said something.
    Replied(Reply),
    /// It was never taken, by a worker that had served others: another may.
    NotTaken,
    /// The process ended.
    Exited(ExitStatus),
    /// A new worker did not ask for work in time.
    InitTimedOut,
    /// It took too long.
    TimedOut,
    /// The process took too much memory.
    OutOfMemory,
}

impl Worker {
    /// Starts one; it will ask for its first invocation by itself.
    pub(super) async fn start(
        config: &LocalConfig,
        name: &FunctionName,
        file: &Arc<LogFile>,
        guard: &Arc<Guard>,
    ) -> std::io::Result<Self> {
        let api = Api::bind().await?;
        let process = process::start(config, name, api.address, guard)?;
        let desk = Arc::new(Desk::new());
        let log = Arc::new(Mutex::new(WorkerLog::new(file.clone(), process.group.id())));
        let (exit, exited) = watch::channel(None);
        let mut child = process.child;
        let tasks = vec![
            tokio::spawn(api.serve(desk.clone())),
            tokio::spawn(read_on(process.stdout, Stream::Stdout, log.clone())),
            tokio::spawn(read_on(process.stderr, Stream::Stderr, log.clone())),
        ];
        // Not among `tasks`: whoever was killed is still to be waited for.
        tokio::spawn(async move {
            let status = child.wait().await.unwrap_or_default();
            exit.send_replace(Some(status));
        });
        Ok(Self {
            desk,
            log,
            group: process.group,
            exited,
            memory_bytes_max: config.memory_mib.saturating_mul(1_048_576),
            init_timeout: config.init_timeout,
            is_warm: AtomicBool::new(false),
            tasks,
        })
    }

    /// Whether its process has not ended.
    pub(super) fn is_alive(&self) -> bool {
        self.exited.borrow().is_none()
    }

    /// Its log, for lines around an invocation.
    pub(super) fn log<T>(&self, ask: impl FnOnce(&mut WorkerLog) -> T) -> T {
        ask(&mut self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gives it an invocation and waits for the end of it. After anything but a reply the worker is of no use any more.
    pub(super) async fn invoke(
        &self,
        invocation: Invocation,
        taken: oneshot::Receiver<()>,
    ) -> (End, Duration) {
        let is_warm = self.is_warm.load(Ordering::Relaxed);
        let time = invocation.timeout;
        let mut reply = self.desk.lay(invocation);
        let until_taken = if is_warm { time } else { self.init_timeout };
        let end = self.until_taken(&mut reply, taken, until_taken).await;
        let began = Instant::now();
        let end = match end {
            Some(End::Exited(_)) if is_warm => End::NotTaken,
            Some(End::InitTimedOut) if is_warm => End::TimedOut,
            Some(end) => end,
            None => {
                self.is_warm.store(true, Ordering::Relaxed);
                self.until_replied(&mut reply, time).await
            }
        };
        (end, began.elapsed())
    }

    /// Waits until the worker takes what lies on the desk: `None` then.
    async fn until_taken(
        &self,
        reply: &mut oneshot::Receiver<Reply>,
        taken: oneshot::Receiver<()>,
        time: Duration,
    ) -> Option<End> {
        tokio::select! {
            biased;
            Ok(()) = taken => None,
            end = self.said(reply) => Some(end),
            () = sleep(time) => Some(End::InitTimedOut),
        }
    }

    async fn until_replied(&self, reply: &mut oneshot::Receiver<Reply>, time: Duration) -> End {
        tokio::select! {
            biased;
            end = self.said(reply) => end,
            () = self.exceeded() => End::OutOfMemory,
            () = sleep(time) => End::TimedOut,
        }
    }

    /// What the worker says, or how it ends; what it said before its end may still be on its way.
    async fn said(&self, reply: &mut oneshot::Receiver<Reply>) -> End {
        let mut exited = self.exited.clone();
        let status = tokio::select! {
            biased;
            Ok(reply) = &mut *reply => return End::Replied(reply),
            status = exited.wait_for(Option::is_some) => status.ok().and_then(|it| *it).unwrap_or_default(),
        };
        match timeout(FUNCTION_LAST_WORD, reply).await {
            Ok(Ok(reply)) => End::Replied(reply),
            _ => End::Exited(status),
        }
    }

    /// Ends when the worker takes more memory than it may.
    async fn exceeded(&self) {
        loop {
            sleep(FUNCTION_MEMORY_LOOKUP).await;
            if resident_bytes(self.group.id()).is_some_and(|bytes| bytes > self.memory_bytes_max) {
                return;
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Reads what a worker writes, to its end.
async fn read_on(mut pipe: impl AsyncRead + Unpin, stream: Stream, log: Arc<Mutex<WorkerLog>>) {
    let mut buffer = vec![0; 65_536];
    while let Ok(count @ 1..) = pipe.read(&mut buffer).await {
        log.lock().unwrap_or_else(PoisonError::into_inner).take(stream, &buffer[..count]);
    }
}

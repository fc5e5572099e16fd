//! The desk between invocations and the one worker that serves them: one invocation at a time lies on it.
//!
//! Not here: HTTP (`api.rs`), and how long anybody waits (`worker.rs`).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};

/// What a worker is given.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) request_id: Arc<str>,
    pub(super) function_arn: Arc<str>,
    pub(super) trace_id: String,
    pub(super) client_context: Option<String>,
    pub(super) payload: Bytes,
    /// Time that it has from the moment it is taken.
    pub(super) timeout: Duration,
    /// Told when a worker takes it.
    pub(super) taken: oneshot::Sender<()>,
}

/// What a worker says.
#[derive(Debug)]
pub(super) enum Reply {
    /// Its answer.
    Response(Bytes),
    /// Its error, as JSON.
    Error(Bytes),
    /// More than an answer may have.
    TooLarge,
}

/// Where an invocation waits to be taken, and its reply to be collected.
#[derive(Debug)]
pub(super) struct Desk {
    put: mpsc::Sender<Invocation>,
    take: AsyncMutex<mpsc::Receiver<Invocation>>,
    open: Mutex<Option<Open>>,
}

#[derive(Debug)]
struct Open {
    request_id: Arc<str>,
    reply: oneshot::Sender<Reply>,
}

impl Desk {
    pub(super) fn new() -> Self {
        let (put, take) = mpsc::channel(1);
        Self { put, take: AsyncMutex::new(take), open: Mutex::new(None) }
    }

    /// Lays an invocation down. What was there before is gone: its worker is, too.
    pub(super) fn lay(&self, invocation: Invocation) -> oneshot::Receiver<Reply> {
        let (reply, collected) = oneshot::channel();
        let open = Open { request_id: invocation.request_id.clone(), reply };
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(open);
        // There is room: a worker that left one untaken is not asked again.
        let _ = self.put.try_send(invocation);
        collected
    }

    /// Takes the next invocation, once there is one.
    pub(super) async fn take(&self) -> Option<Invocation> {
        self.take.lock().await.recv().await
    }

    /// Hands over a reply to `request_id`, or to whatever lies here; false if it does not.
    pub(super) fn reply(&self, request_id: Option<&str>, reply: Reply) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |it: &mut Open| request_id.is_none_or(|id| *it.request_id == *id);
        // Whoever waited may have gone; the worker need not know.
        open.take_if(is_it).map(|open| open.reply.send(reply)).is_some()
    }
}

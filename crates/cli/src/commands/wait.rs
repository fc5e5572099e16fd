//! Waiting for executions, or for somebody who wants us to stop.

use runtime::{AccessError, ExecutionEnd, Until};
use store::ExecutionKey;

use crate::error::CliError;
use crate::wiring::Running;

/// How waiting ended.
#[derive(Clone, Debug)]
pub(crate) enum Waited {
    /// The execution has ended.
    Ended(ExecutionEnd),
    /// Somebody pressed Ctrl-C or sent SIGTERM first.
    Interrupted,
}

/// Waits until an execution has ended, or is settled.
pub(crate) fn wait(running: &Running, key: ExecutionKey, until: Until) -> Result<Waited, CliError> {
    let handle = running.engine.handle().clone();
    running.tokio.block_on(async move {
        tokio::select! {
            end = handle.wait_async(key, until) => match end {
                Ok(end) => Ok(Waited::Ended(end)),
                Err(error) => Err(of_access(error)),
            },
            () = interrupted() => Ok(Waited::Interrupted),
        }
    })
}

/// Ends when the process is asked to.
pub(crate) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

pub(crate) fn of_access(error: AccessError) -> CliError {
    match error {
        AccessError::Quarantined { key, reason } => {
            CliError::ExecutionQuarantined { id: format!("number {}", key.0), reason: reason.to_string() }
        }
        other @ (AccessError::Missing { .. }
        | AccessError::Store { .. }
        | AccessError::Busy { .. }
        | AccessError::Stopped) => CliError::EngineStopped { message: other.to_string() },
    }
}

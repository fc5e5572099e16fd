//! Stopping a statement from another thread: a cancel request on a connection of its own, and, if nobody obeys, the end of
//! the connection itself.
//!
//! A request that comes late would stop whatever the backend does then. So a session that was ever cancelled is not used for
//! another attempt, and the one attempt that may be hit by it has been given up anyway.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::login::{self, Backend};
use super::stream::{Socket, Stream, Tls};
use super::url::Host;
use super::wire::Wire;
use crate::limits::CANCEL_GRACE;
use crate::sql::session::Canceller;

/// How long one cancel request may take, and how long after it the next one follows.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(2);
const REQUEST_INTERVAL: Duration = Duration::from_millis(200);

/// What can stop a session's statement.
pub(crate) struct PostgresCanceller(Arc<Shared>);

struct Shared {
    host: Host,
    tls: Tls,
    backend: Backend,
    socket: Socket,
    /// The exchange that was to be stopped last; 0 where none was.
    asked: AtomicU64,
    /// Counts exchanges; odd while one is under way.
    exchange: Mutex<u64>,
    ended: Condvar,
}

impl PostgresCanceller {
    pub(crate) fn new(host: Host, tls: Tls, backend: Backend, socket: Socket) -> Self {
        Self(Arc::new(Shared {
            host,
            tls,
            backend,
            socket,
            asked: AtomicU64::new(0),
            exchange: Mutex::new(0),
            ended: Condvar::new(),
        }))
    }

    /// Whether an exchange of the session was ever to be stopped.
    pub(crate) fn was_asked(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst) != 0
    }

    /// An exchange with the server begins.
    pub(crate) fn begin(&self) {
        *self.0.exchange() += 1;
    }

    /// It has ended.
    pub(crate) fn end(&self) {
        *self.0.exchange() += 1;
        self.0.ended.notify_all();
    }

    /// Closes the connection under whoever waits on it.
    pub(crate) fn cut(&self) {
        self.0.socket.end();
    }
}

impl Canceller for PostgresCanceller {
    /// Does not block: a thread does what there is to do, until the statement has ended or its connection is cut.
    fn cancel(&self) {
        let shared = Arc::clone(&self.0);
        let exchange = *shared.exchange();
        // Between two exchanges there is nothing to stop, and whoever asks will ask again; one that is being stopped has its
        // thread already.
        if exchange.is_multiple_of(2) || shared.asked.swap(exchange, Ordering::SeqCst) == exchange {
            return;
        }
        let name = "baton-cancel".to_owned();
        if std::thread::Builder::new().name(name).spawn(move || shared.stop(exchange)).is_err() {
            self.cut();
        }
    }
}

impl Shared {
    fn stop(&self, exchange: u64) {
        let since = Instant::now();
        while self.is_under_way(exchange) {
            if since.elapsed() > CANCEL_GRACE {
                return self.socket.end();
            }
            // A server that takes no request is dealt with by the end of the grace.
            if let Ok(stream) = Stream::connect(&self.host, &self.tls, REQUEST_TIMEOUT) {
                let _ = login::cancel(&mut Wire::new(stream), self.backend);
            }
            self.wait(exchange, REQUEST_INTERVAL);
        }
    }

    fn is_under_way(&self, exchange: u64) -> bool {
        *self.exchange() == exchange
    }

    fn wait(&self, exchange: u64, timeout: Duration) {
        let is_under_way = |now: &mut u64| *now == exchange;
        drop(self.ended.wait_timeout_while(self.exchange(), timeout, is_under_way));
    }

    fn exchange(&self) -> MutexGuard<'_, u64> {
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

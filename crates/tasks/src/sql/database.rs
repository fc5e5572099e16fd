//! One configured database: its sessions, how many at once, and how often a transaction is tried.
//!
//! Sessions block, so each try runs on a thread for blocking work, and waiting between tries holds neither thread nor session.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use runtime::{AbandonOutcome, TaskOutcome, TaskRequest};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinHandle, spawn_blocking};

use super::backoff::pause;
use super::config::DatabaseConfig;
use super::control::Control;
use super::fault::{Class, Fault, Treatment};
use super::rule::{Attempt, ClaimRule, Tried, abandon_once};
use super::session::{Connector, Session};
use super::work::Work;
use crate::limits::RETRIES_MAX;

/// The tries that run now, by key and attempt.
type Running = BTreeMap<([u8; 32], u32), Vec<Arc<Control>>>;

/// A database and all that is going on in it.
pub(crate) struct Database {
    pub(crate) config: DatabaseConfig,
    pub(crate) connector: Box<dyn Connector>,
    idle: Mutex<Vec<Box<dyn Session>>>,
    workers: Arc<Semaphore>,
    /// One connection that no attempt can take, or attempts could keep others from being abandoned.
    resolvers: Arc<Semaphore>,
    running: Mutex<Running>,
}

impl Database {
    /// A database without any session yet.
    pub(crate) fn new(config: DatabaseConfig, connector: Box<dyn Connector>) -> Self {
        let workers = config.max_connections.min(connector.writers_max().unwrap_or(usize::MAX));
        Self {
            config,
            connector,
            idle: Mutex::default(),
            workers: Arc::new(Semaphore::new(workers.min(Semaphore::MAX_PERMITS))),
            resolvers: Arc::new(Semaphore::new(1)),
            running: Mutex::default(),
        }
    }

    /// Runs an attempt to its end.
    pub(crate) async fn run(
        self: &Arc<Self>,
        request: TaskRequest,
        work: Work,
        rule: ClaimRule,
    ) -> TaskOutcome {
        let control = Arc::new(Control::default());
        let _running = self.register(&request, &control);
        // What an earlier delivery did is settled by a claim, like a COMMIT without an answer, before a failure is reported.
        let mut is_unsettled = request.is_redelivery;
        let attempt = Arc::new(Attempt { request, work, rule, control });
        let mut retry = 0_u32;
        loop {
            retry = retry.saturating_add(1);
            let tried = self.try_once(&attempt).await;
            if let Tried::Again { has_claimed: true, .. } = tried {
                is_unsettled = false;
            }
            match tried {
                Tried::Done(outcome) => return outcome,
                // Whoever abandoned it settles it.
                _ if attempt.control.is_abandoned() => return TaskOutcome::Barred,
                Tried::Unsettled => is_unsettled = true,
                Tried::Again { fault, statement, .. } if !is_unsettled && is_last(&fault, retry) => {
                    return TaskOutcome::Failed { failure: attempt.failure(&fault, statement) };
                }
                Tried::Again { .. } => {}
            }
            tokio::time::sleep(pause(&attempt.request.key, attempt.request.attempt, retry)).await;
        }
    }

    /// Bars an attempt, or learns that it has taken effect. Does not end before.
    pub(crate) async fn abandon(
        self: &Arc<Self>,
        request: TaskRequest,
        sql_hash: [u8; 32],
        rule: ClaimRule,
    ) -> AbandonOutcome {
        let request = Arc::new(request);
        let mut retry = 0_u32;
        loop {
            retry = retry.saturating_add(1);
            self.stop(&request);
            let permit = permit_of(&self.resolvers).await;
            let (database, asked) = (Arc::clone(self), Arc::clone(&request));
            let tried = finished(spawn_blocking(move || {
                let _permit = permit;
                let mut session = database.session().ok()?;
                let outcome = abandon_once(&asked, sql_hash, rule, &mut *session);
                database.give_back(session);
                outcome
            }));
            if let Some(outcome) = tried.await {
                return outcome;
            }
            tokio::time::sleep(pause(&request.key, request.attempt, retry)).await;
        }
    }

    async fn try_once(self: &Arc<Self>, attempt: &Arc<Attempt>) -> Tried {
        let permit = permit_of(&self.workers).await;
        let (database, tried) = (Arc::clone(self), Arc::clone(attempt));
        let job = spawn_blocking(move || {
            let _permit = permit;
            database.try_blocking(&tried)
        });
        let mut job = std::pin::pin!(finished(job));
        let timeout = Duration::from_millis(self.config.statement_timeout_ms);
        loop {
            let look_again = attempt.control.tick(timeout);
            tokio::select! {
                tried = &mut job => return tried,
                () = tokio::time::sleep(look_again) => {}
            }
        }
    }

    fn try_blocking(&self, attempt: &Attempt) -> Tried {
        let mut session = match self.session() {
            Ok(session) => session,
            Err(fault) => return Tried::Again { fault, statement: None, has_claimed: false },
        };
        attempt.control.enter(&*session);
        let tried = attempt.try_once(&mut *session);
        attempt.control.leave();
        self.give_back(session);
        tried
    }

    fn session(&self) -> Result<Box<dyn Session>, Fault> {
        loop {
            // In a statement of its own: the lock is not held while a session is looked at or dropped.
            let idle = locked(&self.idle).pop();
            let Some(mut session) = idle else { return self.connector.connect() };
            // After a restart of the server all of them are gone.
            if session.is_alive() {
                return Ok(session);
            }
        }
    }

    fn give_back(&self, mut session: Box<dyn Session>) {
        if session.in_transaction() {
            session.rollback();
        }
        if !session.is_poisoned() && !session.in_transaction() {
            locked(&self.idle).push(session);
        }
    }

    fn register(self: &Arc<Self>, request: &TaskRequest, control: &Arc<Control>) -> Registered {
        let id = (request.key, request.attempt);
        locked(&self.running).entry(id).or_default().push(Arc::clone(control));
        Registered { database: Arc::clone(self), id, control: Arc::clone(control) }
    }

    /// Stops this attempt and those before it, wherever they are.
    fn stop(&self, request: &TaskRequest) {
        let running = locked(&self.running);
        let earlier = running.range((request.key, 0)..=(request.key, request.attempt));
        earlier.flat_map(|(_, controls)| controls).for_each(|control| control.abandon());
    }
}

/// An attempt that can be stopped, until this is dropped.
struct Registered {
    database: Arc<Database>,
    id: ([u8; 32], u32),
    control: Arc<Control>,
}

impl Drop for Registered {
    fn drop(&mut self) {
        let mut running = locked(&self.database.running);
        if let Some(controls) = running.get_mut(&self.id) {
            controls.retain(|control| !Arc::ptr_eq(control, &self.control));
            if controls.is_empty() {
                running.remove(&self.id);
            }
        }
    }
}

/// Whether a fault is reported now, and not tried again.
fn is_last(fault: &Fault, retry: u32) -> bool {
    fault.class.treatment() == Treatment::Report || retry > RETRIES_MAX
}

/// The failure of arguments that name no configured database.
pub(crate) fn unknown(name: &str) -> Fault {
    let name = crate::arguments::shown(name);
    Fault::new(Class::UnknownDatabase, format!("no database is configured for `{name}`"))
}

async fn permit_of(semaphore: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    Arc::clone(semaphore).acquire_owned().await.expect("the semaphore is never closed")
}

async fn finished<T>(job: JoinHandle<T>) -> T {
    match job.await {
        Ok(value) => value,
        // Blocking work cannot be cancelled once it runs, and nobody aborts it: it panicked.
        Err(error) => resume_unwind(error.into_panic()),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

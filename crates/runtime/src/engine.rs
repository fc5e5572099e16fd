//! The driver: one thread that owns the shard, waits for arrivals and timers, and lets out what a turn released.
//!
//! Nothing is lingered for: a commit takes what queued up while the last one was synced. Tasks run on the caller's tokio
//! runtime. Not here: what is decided (`shard.rs`).

pub mod handle;
mod observers;
mod tasks;
#[cfg(test)]
mod tests;
mod work;

use std::sync::Arc;
use std::thread::JoinHandle;

use store::{Store, StoreError};
use tokio::runtime::Handle;

use self::handle::{EngineHandle, Line};
use self::tasks::TaskPool;
use self::work::Worker;
use crate::clock::Clock;
use crate::limits::{REQUESTS_MAX, TASKS_CONCURRENT_MAX};
use crate::seed_source::{SeedSource, SharedSeeds};
use crate::shard::release::Notice;
use crate::shard::{self, Shard};
use crate::task_runner::TaskRunner;

/// What may be chosen about an engine.
pub struct Settings {
    /// About its shard.
    pub shard: shard::Settings,
    /// Tasks that run at once.
    pub tasks_concurrent_max: usize,
    /// Requests that may wait for their commit at once.
    pub requests_max: usize,
    /// Whether unsettled executions go on when the engine starts.
    pub recovers: bool,
    /// Told, on the engine's own thread, of what whoever runs the engine should know. Must not wait.
    pub on_notice: Option<Box<dyn Fn(&Notice) + Send>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            shard: shard::Settings::default(),
            tasks_concurrent_max: TASKS_CONCURRENT_MAX,
            requests_max: REQUESTS_MAX,
            recovers: true,
            on_notice: None,
        }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("shard", &self.shard).finish_non_exhaustive()
    }
}

/// The world that an engine acts in.
pub struct World {
    /// What remembers.
    pub store: Box<dyn Store>,
    /// Who carries out tasks; the first that accepts a resource gets it.
    pub runners: Vec<Arc<dyn TaskRunner>>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where entropy comes from.
    pub seeds: Box<dyn SeedSource>,
    /// Where tasks run. It must outlive the engine.
    pub tokio: Handle,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("runners", &self.runners.len()).finish_non_exhaustive()
    }
}

/// How many executions an engine took up when it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resumed {
    /// Executions that go on.
    pub executions: usize,
    /// Executions that are set aside.
    pub aside: usize,
    /// Attempts of tasks that were ordered again.
    pub tasks: usize,
}

/// A running engine. Dropping it drains it.
#[derive(Debug)]
pub struct Engine {
    handle: EngineHandle,
    thread: Option<JoinHandle<()>>,
    resumed: Resumed,
}

impl Engine {
    /// Takes up what is unsettled in the store, and starts the engine's thread.
    pub fn start(world: World, settings: Settings) -> Result<Self, StoreError> {
        let World { store, runners, clock, seeds, tokio } = world;
        let mut shard = Shard::new(store, settings.shard)?;
        let recovered = if settings.recovers { shard.recover()? } else { shard::Recovered::default() };
        let resumed =
            Resumed { executions: recovered.executions, aside: recovered.aside, tasks: recovered.tasks };
        let seeds = SharedSeeds::new(seeds);
        let (line, arrivals) = Line::new(settings.requests_max, clock.clone(), seeds.clone());
        let tasks = TaskPool::new(runners, tokio, clock.clone(), line.clone(), settings.tasks_concurrent_max);
        let mut worker = Worker::new(shard, arrivals, clock, seeds, tasks, settings.on_notice, line.clone());
        let thread = std::thread::Builder::new()
            .name("baton-engine".to_owned())
            .spawn(move || worker.run(recovered.released))
            .map_err(|error| StoreError::Unusable {
                message: format!("no thread can be started: {error}"),
            })?;
        Ok(Self { handle: EngineHandle::new(line), thread: Some(thread), resumed })
    }

    /// How to ask the engine for something, from any thread.
    pub fn handle(&self) -> &EngineHandle {
        &self.handle
    }

    /// What was taken up at the start.
    pub fn resumed(&self) -> Resumed {
        self.resumed
    }

    /// Takes no new work, finishes the commit that is under way, and lets the store go. Tasks that still run are not
    /// waited for and not interrupted: they are delivered again when their executions are resumed.
    pub fn drain(mut self) {
        self.close();
    }

    fn close(&mut self) {
        self.handle.close();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by the panic hook, and its callers know by their closed replies.
            let _ = thread.join();
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}

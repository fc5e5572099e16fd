//! The engine that a runner's tasks run for: known only once it is there, since its runners are made before it.

use runtime::EngineHandle;
use tokio::sync::watch;

/// Where the engine will be.
#[derive(Debug)]
pub(crate) struct EngineLink(watch::Sender<Option<EngineHandle>>);

impl Default for EngineLink {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl EngineLink {
    /// Says which engine it is.
    pub(crate) fn connect(&self, engine: EngineHandle) {
        self.0.send_replace(Some(engine));
    }

    /// The engine, once it is known.
    pub(crate) async fn engine(&self) -> EngineHandle {
        let mut engine = self.0.subscribe();
        loop {
            if let Some(engine) = engine.borrow_and_update().clone() {
                return engine;
            }
            // The sender lives as long as this link.
            let _ = engine.changed().await;
        }
    }
}

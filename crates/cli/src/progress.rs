//! Progress while an execution runs: on a terminal a bar that moves, in a pipe a line now and then.
//!
//! What is shown comes from the engine's own announcements of what is remembered; falling behind loses lines, never work.

pub(crate) mod counts;
mod lines;
mod terminal;

use std::io::IsTerminal as _;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use machine::{Event, ExecutionInfo, Revision};
use runtime::{Committed, EngineHandle};
use store::ExecutionKey;

use self::counts::Counts;

/// How often a silent engine is looked after.
const PATIENCE: Duration = Duration::from_millis(200);

/// Somebody who shows.
trait View: Send {
    /// What had been remembered before anybody looked on, and what it sums up to.
    fn recall(&mut self, revision: &Revision, events: &[Event], counts: &Counts);
    /// What was remembered since the last time, and what it sums up to.
    fn update(&mut self, revision: &Revision, news: &Committed, counts: &Counts, elapsed: Duration);
    /// Nothing more comes.
    fn finish(&mut self);
}

/// Progress of one execution.
pub(crate) struct Progress {
    shared: Option<Arc<Shared>>,
    thread: Option<JoinHandle<()>>,
    quiet: bool,
}

#[derive(Default)]
struct Shared {
    /// Which execution; unknown until its start is remembered.
    key: Mutex<Option<ExecutionKey>>,
    is_done: std::sync::atomic::AtomicBool,
}

impl Progress {
    /// Listens from now on; shows nothing when `quiet`. `past` is what is known of the execution already.
    pub(crate) fn start(
        handle: &EngineHandle,
        revision: Arc<Revision>,
        past: Vec<Event>,
        quiet: bool,
    ) -> Self {
        if quiet {
            return Self { shared: None, thread: None, quiet };
        }
        let news = handle.subscribe();
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("baton-progress".into())
            .spawn(move || follow(&news, &revision, &past, &theirs))
            .ok();
        Self { shared: Some(shared), thread, quiet }
    }

    /// Says which execution it is about.
    pub(crate) fn follow(&self, key: ExecutionKey, info: &ExecutionInfo, existed: bool) {
        if !self.quiet {
            let verb = if existed { "goes on with" } else { "runs" };
            crate::render::line(&format!("baton {verb} execution {}", crate::render::execution(info)));
        }
        // Only now: what is shown of it comes below that line.
        if let Some(shared) = &self.shared {
            *shared.key.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
        }
    }

    /// Shows the rest and takes the bar away.
    pub(crate) fn finish(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(shared) = &self.shared {
            shared.is_done.store(true, std::sync::atomic::Ordering::Release);
        }
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by the hook; progress is no reason to fail.
            let _ = thread.join();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

fn follow(news: &Receiver<Committed>, revision: &Revision, past: &[Event], shared: &Shared) {
    let mut view: Box<dyn View> = if std::io::stderr().is_terminal() {
        Box::new(terminal::Terminal::new())
    } else {
        Box::new(lines::Lines::new())
    };
    let began = Instant::now();
    let mut counts = Counts::default();
    counts.take(past);
    view.recall(revision, past, &counts);
    let mut early = Vec::new();
    loop {
        let is_done = shared.is_done.load(std::sync::atomic::Ordering::Acquire);
        match news.recv_timeout(if is_done { Duration::ZERO } else { PATIENCE }) {
            Ok(committed) => early.push(committed),
            Err(RecvTimeoutError::Timeout) if !is_done => continue,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
        // What came before the start was acknowledged waits until it is known whose it is.
        let Some(key) = *shared.key.lock().unwrap_or_else(PoisonError::into_inner) else { continue };
        for committed in early.drain(..).filter(|it| it.key == key) {
            counts.take(&committed.events);
            view.update(revision, &committed, &counts, began.elapsed());
        }
    }
    view.finish();
}

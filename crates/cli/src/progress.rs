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

use crossbeam_channel::{Receiver, Sender};
use machine::{Event, ExecutionInfo, Revision};
use runtime::{Committed, EngineHandle, MapRunRecord, MapRunStatus};
use store::ExecutionKey;

use self::counts::Counts;
use crate::limits::PROGRESS_LINE_MS;

/// Somebody who shows.
trait View: Send {
    /// What had been remembered before anybody looked on, and what it sums up to.
    fn recall(&mut self, revision: &Revision, events: &[Event], counts: &Counts);
    /// What was remembered since the last time, and what it sums up to.
    fn update(&mut self, revision: &Revision, news: &Committed, counts: &Counts, elapsed: Duration);
    /// How the Map Runs that are under way stand.
    fn map_runs(&mut self, runs: &[MapRunRecord], elapsed: Duration);
    /// Nothing more comes.
    fn finish(&mut self);
}

/// Progress of one execution.
pub(crate) struct Progress {
    /// Which execution; unknown until its start is remembered.
    key: Arc<Mutex<Option<ExecutionKey>>>,
    thread: Option<JoinHandle<()>>,
    /// Nothing is ever sent: letting it go says that no more news is awaited.
    awaits: Option<Sender<()>>,
    quiet: bool,
}

impl Progress {
    /// Listens from now on; shows nothing when `quiet`. `past` is what is known of the execution already.
    pub(crate) fn start(
        handle: &EngineHandle,
        revision: Arc<Revision>,
        past: Vec<Event>,
        quiet: bool,
    ) -> Self {
        let key = Arc::default();
        if quiet {
            return Self { key, thread: None, awaits: None, quiet };
        }
        let (awaits, end) = crossbeam_channel::bounded(0);
        let follower =
            Follower { news: handle.subscribe(), end, key: Arc::clone(&key), handle: handle.clone() };
        let thread = std::thread::Builder::new()
            .name("baton-progress".into())
            .spawn(move || follower.follow(&revision, &past))
            .ok();
        Self { key, thread, awaits: Some(awaits), quiet }
    }

    /// Says which execution it is about.
    pub(crate) fn follow(&self, key: ExecutionKey, info: &ExecutionInfo, existed: bool) {
        if !self.quiet {
            let verb = if existed { "goes on with" } else { "runs" };
            crate::render::line(&format!("baton {verb} execution {}", crate::render::execution(info)));
        }
        // Only now: what is shown of it comes below that line.
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
    }

    /// Shows the rest and takes the bar away.
    pub(crate) fn finish(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.awaits.take());
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

/// The thread's side.
struct Follower {
    news: Receiver<Committed>,
    end: Receiver<()>,
    key: Arc<Mutex<Option<ExecutionKey>>>,
    handle: EngineHandle,
}

/// What the follower wakes up for.
enum News {
    Committed(Committed),
    /// Nothing for a while.
    Quiet,
}

impl Follower {
    fn follow(&self, revision: &Revision, past: &[Event]) {
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
        while let Some(news) = self.next() {
            if let News::Committed(committed) = news {
                early.push(committed);
            }
            // What came before the start was acknowledged waits until it is known whose it is.
            let Some(key) = *self.key.lock().unwrap_or_else(PoisonError::into_inner) else { continue };
            if early.is_empty() && counts.map_runs > 0 {
                self.show_map_runs(key, &mut *view, began.elapsed());
            }
            for committed in early.drain(..).filter(|it| it.key == key) {
                counts.take(&committed.events);
                view.update(revision, &committed, &counts, began.elapsed());
            }
        }
        view.finish();
    }

    /// The children of a Map Run announce nothing: its record says once a second how it stands.
    fn show_map_runs(&self, key: ExecutionKey, view: &mut dyn View, elapsed: Duration) {
        let Ok(mut runs) = self.handle.map_runs(key) else { return };
        runs.retain(|run| run.status == MapRunStatus::Running);
        if !runs.is_empty() {
            view.map_runs(&runs, elapsed);
        }
    }

    /// The next news; after the end only what has arrived already.
    fn next(&self) -> Option<News> {
        crossbeam_channel::select_biased! {
            recv(self.news) -> it => it.ok().map(News::Committed),
            recv(self.end) -> _ => self.news.try_recv().ok().map(News::Committed),
            default(Duration::from_millis(PROGRESS_LINE_MS)) => Some(News::Quiet),
        }
    }
}

//! Progress in a pipe: the machine's own states as they are entered and left, and the counts once a second.

use std::time::{Duration, Instant};

use machine::{Event, Fact, FrameId, Revision};
use runtime::{Committed, MapRunCounts, MapRunRecord};

use super::View;
use super::counts::{Counts, is_at_top};
use crate::limits::PROGRESS_LINE_MS;
use crate::render::{line, number, time};

/// Lines of states in one interval; a machine that loops quickly is summed up.
const STATE_LINES_MAX: u32 = 20;

/// The view.
pub(crate) struct Lines {
    counted_at: Instant,
    state_lines: u32,
}

impl Lines {
    pub(crate) fn new() -> Self {
        Self { counted_at: Instant::now(), state_lines: 0 }
    }
}

impl View for Lines {
    /// What happened before is no news.
    fn recall(&mut self, _revision: &Revision, _events: &[Event], _counts: &Counts) {}

    fn update(&mut self, revision: &Revision, news: &Committed, counts: &Counts, elapsed: Duration) {
        for event in news.events.iter().filter(|it| is_at_top(&it.fact) || is_taken_up(&it.fact)) {
            self.state_lines += 1;
            if self.state_lines <= STATE_LINES_MAX {
                state_line(revision, &event.fact, elapsed);
            }
        }
        if self.counted_at.elapsed() >= Duration::from_millis(PROGRESS_LINE_MS) {
            self.counted_at = Instant::now();
            self.state_lines = 0;
            line(&format!("{} {}", stamp(elapsed), summed_up(counts)));
        }
    }

    fn map_runs(&mut self, runs: &[MapRunRecord], elapsed: Duration) {
        for run in runs {
            line(&format!("{} {}: {}", stamp(elapsed), label(run), items(run)));
        }
    }

    fn finish(&mut self) {}
}

/// What names a Map Run among those of its machine.
pub(crate) fn label(run: &MapRunRecord) -> &str {
    run.machine_arn.rsplit('/').next().unwrap_or_default()
}

/// How its items stand, in words; nothing of what there is none of.
pub(crate) fn items(run: &MapRunRecord) -> String {
    let MapRunCounts { succeeded, failed, timed_out, aborted, running, quarantined, .. } = run.items;
    let mut text = format!("{} items done", number(succeeded));
    for (count, what) in [
        (failed, "failed"),
        (timed_out, "timed out"),
        (aborted, "aborted"),
        (quarantined, "quarantined"),
        (running, "under way"),
    ] {
        if count > 0 {
            text = format!("{text}, {} {what}", number(count));
        }
    }
    text
}

/// Counts in one line.
pub(crate) fn summed_up(counts: &Counts) -> String {
    let mut text = format!(
        "{} transitions, {} tasks, {} retries, {} contract violations",
        number(counts.transitions),
        number(counts.tasks),
        number(counts.retries),
        number(counts.violations),
    );
    if counts.items > 0 {
        text = format!("{text}, {} of {} items", number(counts.iterations_ended), number(counts.items));
    }
    text
}

fn state_line(revision: &Revision, fact: &Fact, elapsed: Duration) {
    match fact {
        Fact::StateEntered { state, .. } => {
            let state = revision.machine.state(*state);
            line(&format!("{} → {} ({})", stamp(elapsed), state.name, state.kind.type_name()));
        }
        Fact::StateRedriven { .. } => line(&format!("{} ↻ the states that did not succeed", stamp(elapsed))),
        Fact::StateExited { state, .. } => {
            line(&format!("{} ✓ {}", stamp(elapsed), revision.machine.state(*state).name));
        }
        _ => {}
    }
}

/// A state of the machine itself is taken up after a redrive.
fn is_taken_up(fact: &Fact) -> bool {
    matches!(fact, Fact::StateRedriven { frame, .. } if *frame == FrameId::ROOT)
}

fn stamp(elapsed: Duration) -> String {
    format!("{:>9}", time::duration(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)))
}

//! Progress at a terminal: a line for every state of the machine that is over, and below them the one that runs, with a bar
//! while a Map does.
//!
//! Nothing is wider than the terminal, so that a line is always one line. Counts and durations
//! of one state are those between its own two events, so that they are those of the history.

use std::time::Duration;

use asl::{StateId, Timestamp};
use indicatif::{ProgressBar, ProgressStyle};
use machine::{Event, Fact, FrameId, Revision};
use runtime::{Committed, MapRunRecord};

use super::View;
use super::counts::{Counts, is_at_top};
use super::lines::{items, label};
use crate::limits::PROGRESS_LINE_MS;
use crate::render::{DIM, GREEN, YELLOW, line, number, short, time};

/// Characters of a name; longer ones are cut, so that the columns stay in line.
const NAME_CHARS_MAX: usize = 32;
/// The longest name of a kind is `Parallel`.
const KIND_CHARS: usize = 8;
/// Lines in one interval; a machine that loops quickly is summed up.
const LINES_MAX: u32 = 20;

/// The view.
pub(crate) struct Terminal {
    bar: ProgressBar,
    name_chars: usize,
    running: Option<RunningState>,
    /// Counts up to the event that is looked at.
    seen: Counts,
    lines: LineBudget,
}

/// The machine's state that was entered last.
struct RunningState {
    id: StateId,
    since: Timestamp,
    before: Counts,
}

/// When something happened: in the history, and since this process began.
#[derive(Clone, Copy)]
struct Moment {
    at: Timestamp,
    elapsed: Duration,
}

/// How many lines may still be printed in this interval.
#[derive(Default)]
struct LineBudget {
    interval: u128,
    printed: u32,
    hidden: u32,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            name_chars: 0,
            running: None,
            seen: Counts::default(),
            lines: LineBudget::default(),
        }
    }

    /// Nothing moves before there is something to show.
    fn begin(&mut self, revision: &Revision) {
        if self.name_chars > 0 {
            return;
        }
        let own = revision.machine.scopes.first().map(|scope| scope.states.as_slice()).unwrap_or_default();
        let chars = own.iter().map(|id| revision.machine.state(*id).name.chars().count());
        self.name_chars = chars.max().unwrap_or(0).clamp(1, NAME_CHARS_MAX);
        self.bar = ProgressBar::new_spinner();
        self.bar.set_style(style("  {spinner:.cyan} {prefix}  {wide_msg:.dim}"));
        self.bar.enable_steady_tick(Duration::from_millis(100));
    }

    fn enter(&mut self, revision: &Revision, id: StateId, moment: Moment) {
        // A state that was left without an exit failed, and its error was caught.
        self.leave(revision, moment, false);
        self.name(revision, id);
        self.running = Some(RunningState { id, since: moment.at, before: self.seen.clone() });
    }

    fn name(&mut self, revision: &Revision, id: StateId) {
        let state = revision.machine.state(id);
        self.bar.set_prefix(self.columns(&state.name, state.kind.type_name()));
        self.bar.set_style(style("  {spinner:.cyan} {prefix}  {wide_msg:.dim}"));
    }

    /// Prints the line of a state that is over.
    fn leave(&mut self, revision: &Revision, moment: Moment, is_well: bool) {
        let Some(it) = self.running.take() else { return };
        if !self.lines.takes(moment.elapsed, &self.bar) {
            return;
        }
        let state = revision.machine.state(it.id);
        let took = time::duration(moment.at.unix_ms.saturating_sub(it.since.unix_ms));
        let columns = self.columns(&state.name, state.kind.type_name());
        let mark = if is_well { format!("{GREEN}✓{GREEN:#}") } else { format!("{YELLOW}✗{YELLOW:#}") };
        let mut notes = since(&it.before, &self.seen, false);
        if !is_well {
            notes.insert(0, "caught".to_owned());
        }
        let notes = notes.join(", ");
        self.bar.suspend(|| line(format!("  {mark} {columns} {took:>10}  {DIM}{notes}{DIM:#}").trim_end()));
    }

    fn columns(&self, name: &str, kind: &str) -> String {
        let (name, chars) = (short(name, self.name_chars), self.name_chars);
        format!("{name:chars$}  {DIM}{kind:KIND_CHARS$}{DIM:#}")
    }

    /// The line of the state that runs.
    fn show(&mut self, counts: &Counts) {
        let Some(running) = &self.running else { return };
        let items = counts.items.saturating_sub(running.before.items);
        if items > 0 {
            self.bar.set_style(style("  {spinner:.cyan} {prefix}  {bar:20.cyan/dim}  {wide_msg:.dim}"));
            self.bar.set_length(items);
            self.bar.set_position(counts.iterations_ended.saturating_sub(running.before.iterations_ended));
        }
        let mut notes = since(&running.before, counts, true);
        if items > 0 {
            let ended = counts.iterations_ended.saturating_sub(running.before.iterations_ended);
            notes[0] = format!("{} of {} items", number(ended), number(items));
        }
        self.bar.set_message(notes.join(", "));
    }
}

impl View for Terminal {
    fn recall(&mut self, revision: &Revision, events: &[Event], _counts: &Counts) {
        let last = events.iter().rposition(|it| is_at_top(&it.fact));
        if let Some((at, Event { at: since, fact: Fact::StateEntered { state, .. }, .. })) =
            last.map(|at| (at, &events[at]))
        {
            let mut before = Counts::default();
            before.take(&events[..at]);
            self.running = Some(RunningState { id: *state, since: *since, before });
        }
        self.seen.take(events);
        if let Some(id) = self.running.as_ref().map(|it| it.id) {
            self.begin(revision);
            self.name(revision, id);
        }
    }

    fn update(&mut self, revision: &Revision, news: &Committed, counts: &Counts, elapsed: Duration) {
        self.begin(revision);
        for event in news.events.iter() {
            self.seen.take(std::slice::from_ref(event));
            let moment = Moment { at: event.at, elapsed };
            match &event.fact {
                Fact::StateEntered { frame, state, .. } if *frame == FrameId::ROOT => {
                    self.enter(revision, *state, moment);
                }
                Fact::StateExited { frame, .. } if *frame == FrameId::ROOT => {
                    self.leave(revision, moment, true);
                }
                _ => {}
            }
        }
        self.show(counts);
    }

    fn map_runs(&mut self, runs: &[MapRunRecord], _elapsed: Duration) {
        let one = |run: &MapRunRecord| match runs {
            [_] => items(run),
            _ => format!("{}: {}", label(run), items(run)),
        };
        self.bar.set_message(runs.iter().map(one).collect::<Vec<_>>().join("; "));
    }

    fn finish(&mut self) {
        self.bar.finish_and_clear();
        self.lines.close();
    }
}

impl LineBudget {
    /// Whether one more line may be printed at `elapsed`; says how many were not, when an interval is over.
    fn takes(&mut self, elapsed: Duration, bar: &ProgressBar) -> bool {
        let interval = elapsed.as_millis() / u128::from(PROGRESS_LINE_MS);
        if interval != self.interval {
            self.interval = interval;
            self.printed = 0;
            bar.suspend(|| self.close());
        }
        self.printed += 1;
        self.hidden += u32::from(self.printed > LINES_MAX);
        self.printed <= LINES_MAX
    }

    fn close(&mut self) {
        if self.hidden > 0 {
            line(&format!("    {DIM}… and {} more states{DIM:#}", number(u64::from(self.hidden))));
            self.hidden = 0;
        }
    }
}

/// What has happened since `before`, in words; nothing of what has not.
fn since(before: &Counts, now: &Counts, is_running: bool) -> Vec<String> {
    let mut words = Vec::new();
    let mut add = |now: u64, before: u64, one: &str, many: &str| match now.saturating_sub(before) {
        0 => {}
        1 => words.push(format!("1 {one}")),
        count => words.push(format!("{} {many}", number(count))),
    };
    add(now.items, before.items, "item", "items");
    if is_running || now.tasks.saturating_sub(before.tasks) > 1 {
        add(now.tasks, before.tasks, "task", "tasks");
    }
    add(now.violations, before.violations, "contract violation", "contract violations");
    add(now.retries, before.retries, "retry", "retries");
    words
}

/// A template that does not parse would leave the plain style, which shows the same words.
fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    style.progress_chars("━━─").tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
}

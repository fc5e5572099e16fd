//! Progress at a terminal: the state that the machine is in, the counts, and a bar while a Map runs.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use machine::{Fact, FrameId, Revision};
use runtime::Committed;

use super::View;
use super::counts::Counts;
use super::lines::summed_up;

/// The view.
pub(crate) struct Terminal {
    bar: ProgressBar,
    state: String,
    has_bar: bool,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, state: String::new(), has_bar: false }
    }

    fn style(&mut self, counts: &Counts) {
        if counts.items > 0 && !self.has_bar {
            self.has_bar = true;
            let template = "{spinner} {elapsed_precise} [{bar:30}] {pos}/{len} {msg}";
            // A template that does not parse would leave the plain style, which shows the same words.
            if let Ok(style) = ProgressStyle::with_template(template) {
                self.bar.set_style(style.progress_chars("=> "));
            }
        }
    }
}

impl View for Terminal {
    fn update(&mut self, revision: &Revision, news: &Committed, counts: &Counts, _elapsed: Duration) {
        for event in news.events.iter() {
            match &event.fact {
                Fact::StateEntered { frame, state, .. } if *frame == FrameId::ROOT => {
                    self.state = revision.machine.state(*state).name.to_string();
                }
                Fact::StateExited { frame, state, .. } if *frame == FrameId::ROOT => {
                    let state = revision.machine.state(*state);
                    self.bar.suspend(|| {
                        crate::render::line(&format!("  ✓ {} ({})", state.name, state.kind.type_name()));
                    });
                }
                _ => {}
            }
        }
        self.style(counts);
        if counts.items > 0 {
            self.bar.set_length(counts.items);
            self.bar.set_position(counts.iterations_ended);
        }
        self.bar.set_message(format!("{}: {}", self.state, summed_up(counts)));
    }

    fn finish(&mut self) {
        self.bar.finish_and_clear();
    }
}

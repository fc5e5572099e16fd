//! How a redrive brings back what had not succeeded: the frames as they stood when the execution ended, and below them the
//! branches and iterations that had failed or were aborted. What had succeeded is in the results of its Parallel or Map.

use asl::ErrorName;

use crate::event::{Due, Event};
use crate::execution::{Execution, Status};
use crate::frame::{Activity, At, Branches, Frame, Visit};
use crate::ids::FrameId;

impl Execution {
    pub(super) fn redriven(&mut self, event: &Event, count: u32, timeout: Option<Due>) {
        // Results that were too large together would be so again: AWS runs all of such a state anew.
        let is_too_large =
            self.failure.take().is_some_and(|it| it.error_str() == ErrorName::DATA_LIMIT_EXCEEDED);
        self.status = Status::Running;
        self.ended_at = None;
        self.redrives = count;
        self.redriven_at = Some(event.at);
        self.timeout = timeout.map(|due| due.timer);
        timeout.iter().for_each(|due| self.timer(due.timer));
        for (id, frame) in std::mem::take(&mut self.unsuccessful) {
            self.rise(id, frame, event.id, is_too_large);
        }
        // A parent comes before its children: its number is smaller.
        self.ready = self.frames.iter().filter(|(_, frame)| frame.is_ready()).map(|(id, _)| *id).collect();
    }

    /// A state that a redrive has brought back is taken up: from now on it is like any other.
    pub(super) fn taken_up(&mut self, event: &Event, id: FrameId) {
        self.no_longer_ready(id);
        self.touch(id, event);
        self.visit_mut(id).is_redriven = false;
    }

    fn rise(&mut self, id: FrameId, mut frame: Frame, redriven: u64, is_too_large: bool) {
        frame.last = redriven;
        let mut children = Vec::new();
        if let At::In(visit) = &mut frame.at {
            visit.is_redriven = true;
            visit.retries.fill(0);
            visit.token = None;
            visit.map_run = visit.map_run_under_way().or(visit.map_run.take());
            visit.activity = match branches_of(visit).filter(|it| !(is_too_large && it.is_complete())) {
                Some(mut branches) => {
                    children = std::mem::take(&mut branches.fallen);
                    branches.live += u32::try_from(children.len()).expect("a child's number has 32 bits");
                    branches.failing = None;
                    Activity::Branches(branches)
                }
                None => Activity::Deciding,
            };
        }
        self.frames.insert(id, frame);
        for (child, frame) in children {
            self.rise(child, frame, redriven, is_too_large);
        }
    }
}

/// The branches that ran when the visit was interrupted, or that had run when it failed.
fn branches_of(visit: &mut Visit) -> Option<Branches> {
    match std::mem::replace(&mut visit.activity, Activity::Deciding) {
        Activity::Branches(branches) => Some(branches),
        Activity::Deciding | Activity::Waiting(_) | Activity::Retrying(_) | Activity::Task(_) => {
            visit.run.take().map(|run| *run)
        }
    }
}

//! Which kinds of states meet which inputs: the table that the corpus covers.
//!
//! A state meets an input that leads to something while the state stands (entered and not left, the Map or Parallel around
//! included), or that leads to its being entered.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use machine::{Event, Fact, FrameId, Input, Revision};

const KINDS: [&str; 8] = ["Pass", "Task", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"];
const INPUTS: [&str; 12] = [
    "Started",
    "TaskSucceeded",
    "TaskFailed",
    "TaskSubmitted",
    "TaskHeartbeat",
    "CalledBack",
    "ActivityTaken",
    "TaskAbandoned",
    "TimerFired",
    "StopRequested",
    "Continue",
    "RedriveRequested",
];

/// Why some pairs cannot be: the kinds, the inputs, the reason.
const IMPOSSIBLE: [(&[&str], &[&str], &str); 1] = [(
    &["Pass", "Choice", "Succeed", "Fail"],
    &["TaskSubmitted", "TaskHeartbeat", "ActivityTaken", "StopRequested"],
    "it is left in the activation that entered it, so it never stands when an input comes; and this input enters no state",
)];

/// How often each pair was met.
#[derive(Default)]
pub(crate) struct Coverage(BTreeMap<(&'static str, &'static str), usize>);

impl Coverage {
    /// Notes what `input` met; what it led to is behind `before` in `events`.
    pub(crate) fn note(&mut self, revision: &Revision, events: &[Event], before: usize, input: &Input) {
        if events.len() == before {
            return;
        }
        let mut standing = Standing::default();
        events[..before].iter().for_each(|event| standing.apply(revision, &event.fact));
        let mut met: BTreeSet<&str> = standing.0.into_values().collect();
        let entered = |frame: FrameId, until: usize| {
            events[..until].iter().rev().find_map(|event| match event.fact {
                Fact::StateEntered { frame: of, state, .. } if of == frame => Some(kind(revision, state)),
                _ => None,
            })
        };
        met.extend((before..events.len()).filter_map(|at| match events[at].fact {
            Fact::StateEntered { state, .. } => Some(kind(revision, state)),
            Fact::StateRedriven { frame, .. } => entered(frame, at),
            _ => None,
        }));
        let input = name(input);
        met.into_iter().for_each(|kind| *self.0.entry((kind, input)).or_default() += 1);
    }

    pub(crate) fn add(&mut self, other: &Self) {
        other.0.iter().for_each(|(pair, count)| *self.0.entry(*pair).or_default() += count);
    }

    /// Every pair is covered, or stands in the list of those that cannot be; none is both.
    pub(crate) fn check(&self) {
        for (kind, input) in KINDS.iter().flat_map(|kind| INPUTS.map(|input| (*kind, input))) {
            let is_covered = self.0.contains_key(&(kind, input));
            match why_impossible(kind, input) {
                Some(reason) => assert!(!is_covered, "{kind} × {input} was met, though {reason}"),
                None => assert!(is_covered, "no transcript covers {kind} × {input}"),
            }
        }
    }
}

fn why_impossible(kind: &str, input: &str) -> Option<&'static str> {
    let is_it =
        |(kinds, inputs, _): &&(&[&str], &[&str], &str)| kinds.contains(&kind) && inputs.contains(&input);
    IMPOSSIBLE.iter().find(is_it).map(|(_, _, reason)| *reason)
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<10}", "")?;
        INPUTS.iter().try_for_each(|input| write!(f, "{input:>17}"))?;
        for kind in KINDS {
            write!(f, "\n{kind:<10}")?;
            for input in INPUTS {
                match self.0.get(&(kind, input)) {
                    Some(count) => write!(f, "{count:>17}")?,
                    None if why_impossible(kind, input).is_some() => write!(f, "{:>17}", "cannot be")?,
                    None => write!(f, "{:>17}", "-")?,
                }
            }
        }
        IMPOSSIBLE.iter().try_for_each(|(_, _, reason)| write!(f, "\ncannot be: {reason}"))
    }
}

/// The states that are entered and not left, by frame.
#[derive(Default)]
struct Standing(BTreeMap<FrameId, &'static str>);

impl Standing {
    fn apply(&mut self, revision: &Revision, fact: &Fact) {
        match fact {
            Fact::StateEntered { frame, state, .. } => {
                self.0.insert(*frame, kind(revision, *state));
            }
            Fact::StateExited { frame, .. }
            | Fact::StateAborted { frame }
            | Fact::TaskSettled { frame, .. }
            | Fact::MapIterationSucceeded { child: frame }
            | Fact::MapIterationFailed { child: frame }
            | Fact::MapIterationAborted { child: frame }
            | Fact::BranchSucceeded { child: frame }
            | Fact::BranchFailed { child: frame }
            | Fact::BranchAborted { child: frame } => {
                self.0.remove(frame);
            }
            // What is still owed then is owed to tasks.
            Fact::ExecutionSucceeded { .. }
            | Fact::ExecutionFailed { .. }
            | Fact::ExecutionTimedOut { .. }
            | Fact::ExecutionAborted { .. } => self.0.retain(|_, kind| *kind == "Task"),
            _ => {}
        }
    }
}

fn kind(revision: &Revision, state: asl::StateId) -> &'static str {
    revision.machine.state(state).kind.type_name()
}

fn name(input: &Input) -> &'static str {
    match input {
        Input::Started { .. } => "Started",
        Input::TaskSucceeded { .. } => "TaskSucceeded",
        Input::TaskFailed { .. } => "TaskFailed",
        Input::TaskSubmitted { .. } => "TaskSubmitted",
        Input::TaskHeartbeat { .. } => "TaskHeartbeat",
        Input::CalledBack { .. } => "CalledBack",
        Input::ActivityTaken { .. } => "ActivityTaken",
        Input::TaskAbandoned { .. } => "TaskAbandoned",
        Input::TimerFired { .. } => "TimerFired",
        Input::StopRequested { .. } => "StopRequested",
        Input::Continue => "Continue",
        Input::RedriveRequested => "RedriveRequested",
    }
}

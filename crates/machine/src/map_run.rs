//! A Map Run: the work of a distributed Map, as whoever drives it sees it. Pure: the driver has the clock and the entropy.
//!
//! The interpreter evaluates what the state says once ([`Plan`]) and orders one Map Run; its driver reads the items, asks
//! [`ItemSelector`] what each becomes, and starts an execution of [`MapRun::child_revision`] for it.
//! Source: AWS, "Using Map state in Distributed mode".

mod plan;
mod selector;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use asl::state::map::{Distributed, MapMode};
use asl::state::{Map, StateKind};
use asl::{Entropy, Failure, Json, Payload, State, StateId, StateMachine, Timestamp, Variables};

pub use self::plan::{Place, Plan};
pub use self::selector::{ItemCheck, ItemSelector, MapItem};
use crate::context;
use crate::execution::Execution;
use crate::frame::StartedMapRun;
use crate::ids::FrameId;
use crate::revision::Revision;

/// Characters of a label. AWS: 40.
const LABEL_CHARS_MAX: usize = 40;

/// A Map Run that was ordered.
#[derive(Clone, Debug)]
pub struct MapRun {
    /// Its ARN: `arn:aws:states:<region>:<account>:mapRun:<machine>/<label>:<uuid>`.
    pub arn: Arc<str>,
    /// The revision that the Map stands in.
    pub revision: Arc<Revision>,
    /// The Map.
    pub state: StateId,
    /// What was evaluated for it.
    pub plan: Plan,
    /// How often it was redriven: then it goes on with the children that did not succeed.
    pub redrives: u32,
    /// The items, where no reader reads them: an array, or an object whose members are the items.
    pub items: Option<Payload>,
    /// The state's raw input.
    input: Json,
    /// The context object, without an item.
    context: Json,
    variables: Variables,
    entered_at: Timestamp,
    /// The id of the state's `StateEntered`, which AWS's texts name.
    entered_event: u64,
}

impl MapRun {
    /// The Map Run that a frame's current attempt is.
    pub(crate) fn of(execution: &Execution, frame: FrameId, started: &StartedMapRun) -> Self {
        let visit = execution.visit(frame);
        let task = execution.frame(frame).task();
        let plan = task.map(|task| Plan::from_json(task.arguments.payload.value())).unwrap_or_default();
        Self {
            arn: started.arn.clone(),
            redrives: started.redrives,
            revision: execution.revision.clone(),
            state: visit.state,
            plan,
            items: started.items.as_ref().map(|items| items.payload.clone()),
            input: visit.input.payload.value().clone(),
            context: context::object(execution, frame, None),
            variables: execution.frame(frame).variables.clone(),
            entered_at: visit.entered_at,
            entered_event: visit.entered_event,
        }
    }

    /// The state's name.
    pub fn state_name(&self) -> &Arc<str> {
        &self.revision.machine.state(self.state).name
    }

    /// The Map, and what only a distributed one has.
    pub fn map(&self) -> (&Map, &Distributed) {
        let StateKind::Map(map) = &self.revision.machine.state(self.state).kind else {
            unreachable!("only a Map has a Map Run");
        };
        let MapMode::Distributed(distributed) = &map.mode else {
            unreachable!("only a distributed Map has a Map Run");
        };
        (map, distributed)
    }

    /// What the child executions run: the processor, as a machine `<machine>/<label>`.
    pub fn child_revision(&self) -> Revision {
        let (map, _) = self.map();
        Revision {
            name: self.part(&self.revision.name),
            arn: self.child_machine_arn(),
            role_arn: self.revision.role_arn.clone(),
            definition: self.revision.definition.clone(),
            machine: self.revision.machine.clone(),
            scope: map.processor,
            contracts: self.revision.contracts.clone(),
            limits: self.revision.limits,
        }
    }

    /// The ARN of that machine.
    pub fn child_machine_arn(&self) -> Arc<str> {
        self.part(&self.revision.arn)
    }

    fn part(&self, machine: &str) -> Arc<str> {
        format!("{}/{}", whole_machine(machine), label(&self.revision.machine, self.state)).into()
    }

    /// What each item becomes. Fails as the state's `InputPath` does.
    pub fn item_selector(&self, entropy: &mut Entropy) -> Result<ItemSelector<'_>, Failure> {
        ItemSelector::new(self, entropy)
    }

    /// AWS's preamble of a failure of evaluation: which state, and which event it was entered by.
    fn located(&self, failure: &Failure) -> Failure {
        let what = failure.cause.as_deref().unwrap_or("");
        let cause = format!(
            "An error occurred while executing the state '{}' (entered at the event id #{}). {what}",
            self.state_name(),
            self.entered_event
        );
        Failure { error: failure.error.clone(), cause: Some(cause.into()) }
    }
}

/// The ARN of a Map Run of a state.
pub(crate) fn arn(revision: &Revision, state: StateId, run_id: &str) -> Arc<str> {
    let machine = whole_machine(&revision.arn).replacen(":stateMachine:", ":mapRun:", 1);
    format!("{machine}/{}:{run_id}", label(&revision.machine, state)).into()
}

/// A machine's name or ARN without the label of a processor: Map Runs inside Map Runs are all of the one machine.
fn whole_machine(text: &str) -> &str {
    // A partition, a region or an account has no slash.
    text.split_once('/').map_or(text, |(whole, _)| whole)
}

/// What names the Map Runs of a state: its `Label`, or what of its name may stand in an ARN. Two states never share one.
pub fn label(machine: &StateMachine, state: StateId) -> String {
    // The parser has seen to it that these are unique.
    let own = |state: &State| explicit_label(state).map(str::to_owned);
    let mut taken: BTreeSet<String> = machine.states.iter().filter_map(own).collect();
    if let Some(label) = explicit_label(machine.state(state)) {
        return label.to_owned();
    }
    let is_before = |other: &&State| other.id < state && is_distributed(&other.kind);
    for other in machine.states.iter().filter(is_before).filter(|other| explicit_label(other).is_none()) {
        taken.insert(free_label(&taken, &other.name));
    }
    free_label(&taken, &machine.state(state).name)
}

fn explicit_label(state: &State) -> Option<&str> {
    let StateKind::Map(Map { mode: MapMode::Distributed(distributed), .. }) = &state.kind else {
        return None;
    };
    distributed.label.as_deref()
}

/// What of a name may stand in an ARN; numbered where others have that already.
fn free_label(taken: &BTreeSet<String>, name: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    let plain = |char| if is_plain(char) { char } else { '-' };
    let cut =
        |tail: &str| name.chars().map(plain).take(LABEL_CHARS_MAX - tail.len()).chain(tail.chars()).collect();
    let numbered = (2_u32..).map(|number| cut(&format!("-{number}")));
    let mut labels = std::iter::once(cut("")).chain(numbered);
    labels
        .find(|label: &String| !taken.contains(label))
        .expect("a machine has fewer states than there are numbers")
}

fn is_distributed(kind: &StateKind) -> bool {
    matches!(kind, StateKind::Map(Map { mode: MapMode::Distributed(_), .. }))
}

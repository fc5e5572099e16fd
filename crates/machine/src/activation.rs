//! An activation: what one input leads to, until the execution must wait for the world or the budget is used up.
//!
//! Every change of the execution is an event that was recorded here and applied at once, so what is remembered and what
//! is held are the same by construction.

use asl::jsonata;
use asl::measure::{Excess, measure};
use asl::{Context, Entropy, Env, Failure, Json, JsonLimits, Payload, StateId, Timestamp};
use contracts::bind::{Binding, ContractId};
use contracts::point::Point;

use crate::actor::Actor;
use crate::context;
use crate::dataflow::Sight;
use crate::effect::Effect;
use crate::event::{Check, Due, Event, Fact, Numbered, Verdict};
use crate::execution::{Execution, Status};
use crate::flow::Flow;
use crate::frame::{At, Item, Visit};
use crate::ids::{FrameId, PayloadId, TimerId};
use crate::input::Input;
use crate::limits::{
    ACTIVATION_BYTES_MAX, ACTIVATION_JSONATA_STEPS_MAX, ACTIVATION_TRANSITIONS_MAX, JSONATA_STEPS_MAX,
};
use crate::step::{NewPayload, Step};
use crate::test_state::Examined;
use crate::token::Secret;
use crate::{ending, redrive, state};

/// One activation in progress.
pub(crate) struct Activation<'a> {
    pub(crate) execution: &'a mut Execution,
    pub(crate) now: Timestamp,
    actor: Actor,
    entropy: &'a mut Entropy,
    step: Step,
    transitions: u32,
    /// Bytes of new payloads so far.
    bytes: usize,
    /// Steps of JSONata so far.
    jsonata_steps: u64,
    /// The value that fitted last, and its contract. A value that a state hands on as it came is the next state's
    /// input: what was held against a schema a moment ago is not held against it again.
    fitted: Option<(Json, ContractId)>,
    /// What is noted for whoever examines a state by itself.
    pub(crate) examined: Option<Box<Examined>>,
}

/// How a value stood up to its contract.
pub(crate) struct Held {
    /// To be recorded with the event that the value belongs to.
    pub(crate) checks: Vec<Check>,
    /// The failure, if the value may not go on.
    pub(crate) violation: Option<Violation>,
}

/// A violation that fails a state.
pub(crate) struct Violation {
    pub(crate) failure: Failure,
    pub(crate) location: &'static str,
    pub(crate) check: Check,
}

impl<'a> Activation<'a> {
    /// An activation at `now`; the first events are `actor`'s doing.
    pub(crate) fn new(
        execution: &'a mut Execution,
        now: Timestamp,
        actor: Actor,
        entropy: &'a mut Entropy,
    ) -> Self {
        Self {
            execution,
            now,
            actor,
            entropy,
            step: Step::default(),
            transitions: 0,
            bytes: 0,
            jsonata_steps: 0,
            fitted: None,
            examined: None,
        }
    }

    /// Takes the input itself into account.
    pub(crate) fn take(&mut self, input: Input) {
        match input {
            Input::Started { input } => ending::start(self, input),
            Input::TaskSucceeded { task, attempt, began_at, output } => {
                state::task::succeeded(self, task, attempt, began_at, output);
            }
            Input::TaskFailed { task, attempt, began_at, failure } => {
                state::task::failed(self, task, attempt, began_at, failure);
            }
            Input::TaskSubmitted { task, attempt, began_at, output } => {
                state::task::submitted(self, task, attempt, began_at, output);
            }
            Input::TaskHeartbeat { task, attempt } => state::task::heartbeat(self, task, attempt),
            Input::CalledBack { token, callback } => state::task::called_back(self, &token, callback),
            Input::ActivityTaken { task, attempt, worker } => {
                state::task::taken(self, task, attempt, worker);
            }
            Input::TaskAbandoned { task, attempt, fate } => state::task::abandoned(self, task, attempt, fate),
            Input::TimerFired { timer } => self.timer_fired(timer),
            Input::StopRequested { failure } => ending::stop(self, failure),
            Input::RedriveRequested => redrive::redrive(self),
            Input::Continue => state::map::top_up(self),
        }
        // What follows from it is the interpreter's own doing.
        self.actor = Actor::Engine;
    }

    /// Goes on, transition by transition, until nothing can move without the world or the budget is used up.
    pub(crate) fn run(&mut self) {
        while self.execution.status == Status::Running {
            if self.is_spent() {
                self.step.more = self.execution.is_interrupted();
                return;
            }
            let Some(&frame) = self.execution.ready.front() else { return };
            self.transition(frame);
        }
    }

    /// What is to be remembered and performed.
    pub(crate) fn into_step(self) -> Step {
        self.step
    }

    fn is_spent(&self) -> bool {
        self.transitions >= ACTIVATION_TRANSITIONS_MAX
            || self.bytes >= ACTIVATION_BYTES_MAX
            || self.has_calculated_enough()
    }

    /// Whether the expressions of this activation have taken their share of the engine's time.
    pub(crate) fn has_calculated_enough(&self) -> bool {
        self.jsonata_steps >= ACTIVATION_JSONATA_STEPS_MAX
    }

    /// One frame enters its next state, or takes up the one it is in. INVARIANT: every frame of `ready` is on its way.
    fn transition(&mut self, frame: FrameId) {
        self.transitions += 1;
        if ending::history_is_full(self) {
            return;
        }
        let (state, input) = match &self.execution.frame(frame).at {
            At::Before { state, input } => (*state, input.clone()),
            At::In(_) => return redrive::take_up(self, frame),
            At::Done { .. } => unreachable!("a frame that is done is not ready"),
        };
        let binding = self.binding(state);
        let held = self.hold_against(Some(state), Point::Input, binding.input, input.payload.value());
        let entered = Fact::StateEntered { frame, state, input, checks: held.checks };
        self.record_in(frame, entered);
        match held.violation {
            Some(violation) => self.violated(frame, violation),
            None => state::enter(self, frame),
        }
    }

    fn timer_fired(&mut self, timer: TimerId) {
        // The row goes with this commit, whatever the timer still means.
        self.perform(Effect::ClearTimer { timer });
        if self.execution.status != Status::Running {
            return;
        }
        self.actor = Actor::Timer;
        if self.execution.timeout == Some(timer) {
            return ending::timed_out(self);
        }
        let owner =
            self.execution.frames.iter().find(|(_, frame)| frame.visit().is_some_and(|it| it.owns(timer)));
        if let Some((&frame, _)) = owner {
            state::timer_fired(self, frame, timer);
        }
    }

    /// Records a fact of a frame; its cause is the frame's last visible event.
    pub(crate) fn record_in(&mut self, frame: FrameId, fact: Fact) -> u64 {
        self.record(self.execution.frame(frame).last, fact)
    }

    /// Records a fact with its cause, applies it, and answers with its id.
    pub(crate) fn record(&mut self, previous: u64, fact: Fact) -> u64 {
        self.record_at(self.now, previous, fact)
    }

    /// The same for a fact that is older than the activation.
    pub(crate) fn record_at(&mut self, at: Timestamp, previous: u64, fact: Fact) -> u64 {
        let id = if fact.is_visible() { self.execution.next.event } else { 0 };
        let event =
            Event { id, previous: if id > 0 { previous } else { 0 }, at, actor: self.actor.clone(), fact };
        self.execution.apply(&event);
        self.step.events.push(event);
        id
    }

    /// Orders something, to be performed once the events are remembered.
    pub(crate) fn perform(&mut self, effect: Effect) {
        self.step.effects.push(effect);
    }

    /// Gives a payload its number; from now on it can be referred to.
    pub(crate) fn number(&mut self, payload: Payload) -> Numbered {
        let id = PayloadId(self.execution.next.payload);
        self.execution.next.payload += 1;
        self.bytes += payload.text().len();
        self.step.payloads.push(NewPayload { id, payload: payload.clone(), salt: self.entropy.bytes() });
        Numbered { id, payload }
    }

    /// A payload that a state made, if it is within the limit; `of` names the state or the resource, as AWS does.
    pub(crate) fn bounded(&mut self, flow: Flow, of: &str) -> Result<Numbered, Failure> {
        let value = match flow {
            Flow::Kept(payload) => return Ok(payload),
            Flow::Made(value) => value,
        };
        let bytes_max = self.execution.revision.limits.payload_bytes_max;
        // Its text is needed at once, so measuring it first would be a walk too many.
        let payload = Payload::within(value, bytes_max, JsonLimits::PAYLOAD.depth_max);
        Ok(self.number(payload.map_err(|excess| unfit(excess, of))?))
    }

    /// Fails if a value made by a state is too large or too deep to be a payload; measured before its text is made, since
    /// a branch's output wraps its input once more at every turn of a loop.
    pub(crate) fn fits(&self, value: &Json, of: &str) -> Result<(), Failure> {
        let depth_max = JsonLimits::PAYLOAD.depth_max;
        let measured = measure(value, self.execution.revision.limits.payload_bytes_max, depth_max);
        measured.map(|_| ()).map_err(|excess| unfit(excess, of))
    }

    /// Fails with AWS's text if a payload that came from outside is too large.
    pub(crate) fn within_limit(&self, payload: &Payload, of: &str) -> Result<(), Failure> {
        if payload.text().len() <= self.execution.revision.limits.payload_bytes_max {
            return Ok(());
        }
        Err(too_large(of))
    }

    /// A timer that fires at `at`. The caller records it.
    pub(crate) fn due(&mut self, at: Timestamp) -> Due {
        let timer = TimerId(self.execution.next.timer);
        self.execution.next.timer += 1;
        self.perform(Effect::SetTimer { timer, at });
        Due { timer, at }
    }

    /// Forgets a timer, if there is one.
    pub(crate) fn clear(&mut self, due: Option<Due>) {
        if let Some(due) = due {
            self.perform(Effect::ClearTimer { timer: due.timer });
        }
    }

    /// Orders the frame's current attempt to be abandoned.
    pub(crate) fn order_abandon(&mut self, frame: FrameId) {
        if let Some(order) = self.execution.task_order(frame) {
            self.perform(Effect::AbandonTask(order));
        }
    }

    /// Orders the frame's current attempt to be run.
    pub(crate) fn order_run(&mut self, frame: FrameId) {
        if let Some(order) = self.execution.task_order(frame) {
            self.perform(Effect::RunTask(order));
        }
    }

    /// Evaluates something on `input` as the frame's current state sees the world.
    pub(crate) fn query<T>(
        &mut self,
        frame: FrameId,
        input: &Json,
        ask: impl FnOnce(&mut Env<'_>) -> T,
    ) -> T {
        self.query_item(frame, None, input, ask)
    }

    /// The same, with the item of an iteration that has no frame yet.
    pub(crate) fn query_item<T>(
        &mut self,
        frame: FrameId,
        item: Option<&Item>,
        input: &Json,
        ask: impl FnOnce(&mut Env<'_>) -> T,
    ) -> T {
        let execution: &Execution = self.execution;
        let examined = self.examined.as_deref();
        let make = || context_of(examined, execution, frame, item);
        let context = Context::new(&make);
        let variables = &execution.frame(frame).variables;
        ask(&mut Env { input, context: &context, variables, entropy: self.entropy })
    }

    /// Evaluates expressions of JSONata as the frame's current state sees the world, with one bound on their steps.
    pub(crate) fn jsonata<T>(
        &mut self,
        frame: FrameId,
        sight: Sight<'_>,
        ask: impl FnOnce(&mut jsonata::Env<'_>) -> T,
    ) -> T {
        let execution: &Execution = self.execution;
        let examined = self.examined.as_deref();
        let make = || context_of(examined, execution, frame, sight.item);
        let context = Context::new(&make);
        let mut steps_left = JSONATA_STEPS_MAX;
        let answer = ask(&mut jsonata::Env {
            input: execution.visit(frame).input.payload.value(),
            result: sight.result,
            error_output: sight.error_output,
            context: &context,
            variables: &execution.frame(frame).variables,
            now: self.now,
            entropy: self.entropy,
            steps_left: &mut steps_left,
        });
        self.jsonata_steps += JSONATA_STEPS_MAX - steps_left;
        answer
    }

    /// A number drawn uniformly from `0.0..1.0`.
    pub(crate) fn jitter(&mut self) -> f64 {
        self.entropy.unit()
    }

    /// Sixteen bytes that nobody can guess.
    pub(crate) fn secret(&mut self) -> Secret {
        Secret(self.entropy.bytes())
    }

    /// The text of a UUID that nothing else has.
    pub(crate) fn uuid(&mut self) -> String {
        self.entropy.uuid_v4()
    }

    /// What is bound to a state.
    pub(crate) fn binding(&self, state: StateId) -> Binding {
        let contracts = &self.execution.revision.contracts;
        if contracts.is_empty() { Binding::default() } else { contracts.state(state) }
    }

    /// Holds a value against a contract, if there is one.
    pub(crate) fn hold_against(
        &mut self,
        state: Option<StateId>,
        point: Point,
        contract: Option<ContractId>,
        value: &Json,
    ) -> Held {
        let Some(id) = contract else { return Held { checks: Vec::new(), violation: None } };
        let revision = &self.execution.revision;
        let contract = revision.contracts.get(id);
        let fits = || Held { checks: vec![Check { contract: id, verdict: Verdict::Fits }], violation: None };
        if let Some((fitted, with)) = &self.fitted
            && fitted.is_same(value)
            && revision.contracts.get(*with).asks_the_same_as(contract)
        {
            return fits();
        }
        let Err(violations) = contract.check(value) else {
            self.fitted = Some((value.clone(), id));
            return fits();
        };
        let count = u32::try_from(violations.list.len() + violations.more).unwrap_or(u32::MAX);
        if contract.mode == asl::contract::Mode::Warn {
            let verdict = Verdict::Warned { violations: count };
            return Held { checks: vec![Check { contract: id, verdict }], violation: None };
        }
        let name = state.map(|state| &*revision.machine.state(state).name);
        let cause = contracts::violation_cause(name, point, contract, &violations);
        let check = Check { contract: id, verdict: Verdict::Violated { violations: count } };
        let failure = Failure::new(point.error_name(), cause);
        Held { checks: Vec::new(), violation: Some(Violation { failure, location: point.location(), check }) }
    }

    /// Records a violation and lets the state fail with it.
    pub(crate) fn violated(&mut self, frame: FrameId, violation: Violation) {
        let state = self.execution.visit(frame).state;
        let failure = crate::committed::told(self, frame, violation.failure);
        let fact = Fact::EvaluationFailed {
            frame,
            state: Some(state),
            location: violation.location.into(),
            failure: failure.clone(),
            checks: vec![violation.check],
        };
        // As for AWS's own: it names no cause, and what follows names it.
        self.record(0, fact);
        crate::failing::fail(self, frame, failure);
    }
}

/// The context object that a state finds; whoever examines one may give another.
fn context_of(
    examined: Option<&Examined>,
    execution: &Execution,
    frame: FrameId,
    item: Option<&Item>,
) -> Json {
    match examined {
        Some(examined) => examined.context(execution, frame, item),
        None => context::object(execution, frame, item),
    }
}

fn unfit(excess: Excess, of: &str) -> Failure {
    match excess {
        Excess::Bytes => too_large(of),
        Excess::Depth => {
            let depth_max = JsonLimits::PAYLOAD.depth_max;
            Failure::runtime(format!(
                "The state/task '{of}' returned a result that nests deeper than {depth_max} levels."
            ))
        }
    }
}

fn too_large(of: &str) -> Failure {
    let cause = format!(
        "The state/task '{of}' returned a result with a size exceeding the maximum number of bytes service limit."
    );
    Failure::new(asl::ErrorName::DATA_LIMIT_EXCEEDED, cause)
}

impl Visit {
    /// Whether the visit waits for this timer.
    pub(crate) fn owns(&self, timer: TimerId) -> bool {
        use crate::frame::Activity;
        match &self.activity {
            Activity::Waiting(due) | Activity::Retrying(due) => due.timer == timer,
            Activity::Task(task) => {
                [task.timeout, task.heartbeat].into_iter().flatten().any(|due| due.timer == timer)
            }
            Activity::Deciding | Activity::Branches(_) => false,
        }
    }
}

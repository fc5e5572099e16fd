//! The check before commit: whether a task's answer may take effect at all, asked by runners whose effect can be undone.
//!
//! The interpreter asks the same question again when the answer arrives; both must answer alike.

use std::sync::Arc;

use asl::contract::Mode;
use asl::state::StateKind;
use asl::{ErrorName, Failure, Json, StateId};
use contracts::point::Point;
use machine::Revision;

use crate::task_runner::ResultCheck;

/// The check of the answers that `state` gets: its `Result` contract, and the limit of payloads.
pub fn result_check(revision: Arc<Revision>, state: StateId) -> ResultCheck {
    Arc::new(move |answer| {
        check_size(&revision, state, answer)?;
        check_contract(&revision, state, answer)
    })
}

fn check_size(revision: &Revision, state: StateId, answer: &Json) -> Result<(), Failure> {
    if answer.to_text().len() <= revision.limits.payload_bytes_max {
        return Ok(());
    }
    let state = revision.machine.state(state);
    let name = if let StateKind::Task(task) = &state.kind { &task.resource.arn } else { &state.name };
    let cause = format!(
        "The state/task '{name}' returned a result with a size exceeding the maximum number of bytes service limit."
    );
    Err(Failure::new(ErrorName::DATA_LIMIT_EXCEEDED, cause))
}

fn check_contract(revision: &Revision, state: StateId, answer: &Json) -> Result<(), Failure> {
    let contracts = &revision.contracts;
    if contracts.is_empty() {
        return Ok(());
    }
    let Some(contract) = contracts.state(state).result.map(|id| contracts.get(id)) else { return Ok(()) };
    if contract.mode == Mode::Warn {
        return Ok(());
    }
    let Err(violations) = contract.check(answer) else { return Ok(()) };
    let name = &revision.machine.state(state).name;
    let cause = contracts::violation_cause(Some(name), Point::Result, contract, &violations);
    Err(Failure::new(Point::Result.error_name(), cause))
}

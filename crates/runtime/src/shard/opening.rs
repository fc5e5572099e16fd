//! The first activation of an execution. It needs nothing of a shard but its number, so whoever starts one may decide it on
//! a thread of their own, beside the commits of others.

use asl::{Entropy, Timestamp};
use machine::{Execution, ExecutionId, ExecutionInfo, Input};
use store::{ExecutionKey, Opening};

use crate::shard::arrival::StartArrival;
use crate::shard::member::{Decided, Decision, decide};
use crate::shard::resident::Resident;

/// Stands where the shard puts the number, when it takes the activation up.
const UNNUMBERED: ExecutionKey = ExecutionKey(0);

impl StartArrival {
    /// Decides the first activation, unless that has been done.
    pub fn decide(&mut self, now: Timestamp, entropy: &mut Entropy) {
        if self.first.is_none() {
            self.first = Some(self.decided(now, entropy).map(Box::new));
        }
    }

    /// The first activation as the one numbered `key`; decided at `now`, if that has not been done. Fails with the words of
    /// our own assertion. What is not remembered is decided again.
    pub(crate) fn take_first(
        &mut self,
        key: ExecutionKey,
        now: Timestamp,
        entropy: impl FnOnce() -> Entropy,
    ) -> Result<Decided, String> {
        let first = match self.first.take() {
            Some(first) => first.map(|it| *it),
            None => self.decided(now, &mut entropy()),
        };
        first.map(|mut decided| {
            decided.commit.key = key;
            decided
        })
    }

    fn decided(&mut self, now: Timestamp, entropy: &mut Entropy) -> Result<Decided, String> {
        let request = self.admitted.request();
        let info = self
            .info
            .get_or_insert_with(|| info_of(&request.revision.arn, request.name.clone(), now, entropy))
            .clone();
        let opening = Opening {
            info: info.clone(),
            revision: request.revision_key,
            started_at: now,
            started_by: request.actor.clone(),
        };
        let execution = Execution::new(request.revision.clone(), info);
        let inputs = vec![(request.actor.clone(), Input::Started { input: request.input.clone() })];
        let resident = Resident { execution, activations: 0, closed_at: None };
        decide(Decision { key: UNNUMBERED, resident, inputs, opening: Some(opening) }, now, entropy)
    }
}

/// Who a new execution is; without a name it is called by its id.
fn info_of(
    machine_arn: &str,
    name: Option<std::sync::Arc<str>>,
    now: Timestamp,
    entropy: &mut Entropy,
) -> ExecutionInfo {
    let unix_ms = u64::try_from(now.unix_ms).unwrap_or_default();
    let id = uuid::Builder::from_unix_timestamp_millis(unix_ms, &entropy.bytes()).into_uuid();
    let name = name.unwrap_or_else(|| {
        let mut text = uuid::Uuid::encode_buffer();
        (*id.hyphenated().encode_lower(&mut text)).into()
    });
    let arn = format!("{}:{name}", machine_arn.replacen(":stateMachine:", ":execution:", 1)).into();
    ExecutionInfo { id: ExecutionId(id.into_bytes()), name, arn }
}

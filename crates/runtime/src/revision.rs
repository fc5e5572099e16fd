//! Revisions as they are kept, and back: an execution is resumed without the files that it came from.

use std::sync::Arc;

use asl::{Json, JsonLimits, Payload, Timestamp};
use contracts::Contracts;
use machine::{Actor, Limits, Revision};
use store::RevisionRecord;

/// What is kept of a revision.
pub fn record_of(revision: &Revision, created_at: Timestamp, created_by: Actor) -> RevisionRecord {
    RevisionRecord {
        name: revision.name.clone(),
        arn: revision.arn.clone(),
        role_arn: revision.role_arn.clone(),
        definition: revision.definition.clone(),
        scope: revision.scope,
        contracts: Payload::new(revision.contracts.to_pinned(&revision.machine)).text().clone(),
        payload_bytes_max: revision.limits.payload_bytes_max as u64,
        events_max: revision.limits.events_max,
        created_at,
        created_by,
    }
}

/// The revision that was kept. Fails with a sentence when this version of Baton cannot read it any more.
pub fn restore(record: &RevisionRecord) -> Result<Arc<Revision>, String> {
    let parsed = asl::parse_definition(&record.definition);
    let Some(machine) = parsed.machine else {
        let first = parsed.diagnostics.first().map(|it| format!("{}: {}", it.place.pointer, it.message));
        let first = first.unwrap_or_default();
        return Err(format!("the kept definition of `{}` cannot be read: {first}", record.name));
    };
    let contracts = pinned(&record.contracts)
        .and_then(|pinned| Contracts::from_pinned(&machine, &pinned))
        .map_err(|problem| format!("the kept contracts of `{}` cannot be read: {problem}", record.name))?;
    Ok(Arc::new(Revision {
        name: record.name.clone(),
        arn: record.arn.clone(),
        role_arn: record.role_arn.clone(),
        definition: record.definition.clone(),
        machine,
        scope: record.scope,
        contracts,
        limits: Limits {
            payload_bytes_max: usize::try_from(record.payload_bytes_max).unwrap_or(usize::MAX),
            events_max: record.events_max,
        },
    }))
}

/// The text is our own; its size is that of all schemas together.
fn pinned(text: &Arc<str>) -> Result<Json, String> {
    let limits = JsonLimits::DEFINITION.with_bytes_max(usize::MAX);
    Payload::parse(text.clone(), limits).map(|it| it.value().clone()).map_err(|error| error.to_string())
}

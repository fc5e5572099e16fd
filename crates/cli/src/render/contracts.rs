//! The contracts of a revision: which schema, in which version, with which fingerprint, guards which points.

use asl::Json;
use asl::contract::Unknown;
use contracts::{Contract, Contracts};

use super::table;

/// Digits of a fingerprint that are shown to people; programs get all 64.
const FINGERPRINT_DIGITS: usize = 16;

/// A table: one line for each schema, with the points that it guards.
pub(crate) fn table(contracts: &Contracts) -> String {
    let mut rows: Vec<(String, String, String, Vec<&str>)> = Vec::new();
    for (_, point, contract) in contracts.iter() {
        let (name, fingerprint) = (name(contract), contract.schema.fingerprint.to_string());
        if let Some(row) = rows.iter_mut().find(|row| row.0 == name && row.1 == fingerprint) {
            row.3.push(point.as_str());
        } else {
            let commit = contract.schema.commit.as_deref().unwrap_or("").chars().take(12).collect();
            rows.push((name, fingerprint, commit, vec![point.as_str()]));
        }
    }
    let mut table = table::new(&["contract", "fingerprint", "commit", "guards"]);
    for (name, fingerprint, commit, mut points) in rows {
        let count = points.len();
        points.sort_unstable();
        points.dedup();
        let guards = format!("{} ({})", points.join(", "), super::plural(count, "place"));
        table.add_row([name, fingerprint[..FINGERPRINT_DIGITS].to_owned(), commit, guards]);
    }
    table::text(&table)
}

/// Every contract, for programs.
pub(crate) fn to_json(contracts: &Contracts) -> impl Iterator<Item = Json> {
    contracts.iter().map(|(_, point, contract)| {
        let schema = &contract.schema;
        let text = |text: Option<&str>| text.map_or(Json::Null, Json::from);
        Json::object([
            ("point", Json::from(point.as_str())),
            ("subject", text(schema.subject.as_deref())),
            ("version", schema.version.map_or(Json::Null, Json::from)),
            ("fingerprint", Json::from(schema.fingerprint.to_string())),
            ("commit", text(schema.commit.as_deref())),
            ("mode", Json::from(contract.mode.as_str())),
            ("unknown", Json::from(if contract.unknown == Unknown::Reject { "reject" } else { "allow" })),
        ])
    })
}

/// `orders.Order@3`, or what stands for a schema written in place.
pub(crate) fn name(contract: &Contract) -> String {
    match (&contract.schema.subject, contract.schema.version) {
        (Some(subject), Some(version)) => format!("{subject}@{version}"),
        (Some(subject), None) => subject.to_string(),
        (None, _) => "(in place)".to_owned(),
    }
}

//! The stored form of a revision's contracts: which schemas, in full, and who is bound to which.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::contract::{Mode, Unknown};
use asl::{Json, StateMachine};

use super::{Binding, ContractId, Contracts, Owner};
use crate::check::Contract;
use crate::point::Point;
use crate::schema::Schema;
use crate::source::SchemaText;

const POINTS: [Point; 5] = [Point::Input, Point::Arguments, Point::Result, Point::Output, Point::Items];

impl Contracts {
    /// The stored form: schemas with subject, version, fingerprint and text, and who is bound to which.
    pub fn to_pinned(&self, machine: &StateMachine) -> Json {
        let mut schemas: Vec<Arc<Schema>> = Vec::new();
        let contracts: Vec<Json> =
            self.iter().map(|(_, point, contract)| contract_json(point, contract, &mut schemas)).collect();
        let name = |state: asl::StateId| Json::String(machine.state(state).name.clone());
        let own = [(Owner::Machine, self.machine)].into_iter();
        let states = machine.states.iter().map(|state| (Owner::State(state.id), self.state(state.id)));
        let others = self.others.iter().map(|(owner, binding)| (*owner, *binding));
        let bindings = own.chain(states).chain(others).filter(|(_, binding)| *binding != Binding::default());
        let bindings = bindings.map(|(owner, binding)| {
            let who = match owner {
                Owner::Machine => vec![],
                Owner::State(state) => vec![("state", name(state))],
                Owner::Catcher(state, at) => vec![("state", name(state)), ("catcher", Json::from(at as u64))],
                Owner::Rule(state, at) => vec![("state", name(state)), ("rule", Json::from(at as u64))],
            };
            let points = POINTS
                .iter()
                .filter_map(|point| Some((point.as_str(), Json::from(slot(&binding, *point)?.0))));
            Json::object(who.into_iter().chain(points))
        });
        Json::object([
            ("bindings", Json::array(bindings)),
            ("contracts", Json::array(contracts)),
            ("schemas", Json::array(schemas.iter().map(|schema| schema_json(schema)))),
        ])
    }

    /// Reads the stored form back; fails with a sentence when it does not fit the machine.
    pub fn from_pinned(machine: &StateMachine, pinned: &Json) -> Result<Self, String> {
        let list = |name: &str| {
            pinned
                .get(name)
                .and_then(Json::as_array)
                .ok_or_else(|| format!("the pinned contracts have no `{name}`"))
        };
        let schemas = list("schemas")?.iter().map(schema_from).collect::<Result<Vec<_>, _>>()?;
        let mut contracts = Self::default();
        for contract in list("contracts")? {
            let (point, contract) = contract_from(contract, &schemas)?;
            contracts.table.push(contract);
            contracts.points.push(point);
        }
        for entry in list("bindings")? {
            let owner = owner_from(machine, entry)?;
            let binding = binding_from(entry, contracts.table.len())?;
            contracts.put(owner, binding, machine.states.len());
        }
        Ok(contracts)
    }
}

fn slot(binding: &Binding, point: Point) -> Option<ContractId> {
    match point {
        Point::Input => binding.input,
        Point::Arguments => binding.arguments,
        Point::Result => binding.result,
        Point::Output => binding.output,
        Point::Items => binding.items,
    }
}

fn contract_json(point: Point, contract: &Contract, schemas: &mut Vec<Arc<Schema>>) -> Json {
    let found = schemas.iter().position(|schema| Arc::ptr_eq(schema, &contract.schema));
    let at = found.unwrap_or_else(|| {
        schemas.push(contract.schema.clone());
        schemas.len() - 1
    });
    Json::object([
        ("point", Json::from(point.as_str())),
        ("schema", Json::from(at as u64)),
        ("unknown", Json::from(if contract.unknown == Unknown::Allow { "allow" } else { "reject" })),
        ("mode", Json::from(contract.mode.as_str())),
    ])
}

fn schema_json(schema: &Schema) -> Json {
    let references = schema.references.iter().map(|text| {
        let named = named_json(Some(&text.subject), Some(text.version), text.commit.as_ref());
        Json::object(named.chain([("text", Json::String(text.text.clone()))]))
    });
    let named = named_json(schema.subject.as_ref(), schema.version, schema.commit.as_ref());
    Json::object(named.chain([
        ("fingerprint", Json::from(schema.fingerprint.to_string())),
        ("text", Json::String(schema.text.clone())),
        ("references", Json::array(references)),
    ]))
}

fn named_json(
    subject: Option<&Arc<str>>,
    version: Option<u32>,
    commit: Option<&Arc<str>>,
) -> impl Iterator<Item = (&'static str, Json)> {
    let text = |name, value: Option<&Arc<str>>| value.map(|value| (name, Json::String(value.clone())));
    let version = version.map(|version| ("version", Json::from(version)));
    [text("subject", subject), version, text("commit", commit)].into_iter().flatten()
}

fn schema_from(stored: &Json) -> Result<Arc<Schema>, String> {
    let references = stored.get("references").and_then(Json::as_array).unwrap_or(&[]);
    let references = references.iter().map(text_from).collect::<Option<Vec<_>>>();
    let references = references.ok_or("a schema that a pinned schema refers to is not complete")?;
    let by_name: BTreeMap<&str, &SchemaText> = references.iter().map(|text| (&*text.subject, text)).collect();
    let source = member(stored, "text").ok_or("a pinned schema has no text")?;
    let schema = Schema::parse_with(&source, &mut |name| Ok(by_name.get(name).copied().cloned()));
    let schema = schema.map_err(|error| format!("a pinned schema cannot be read: {error}"))?;
    let pinned = member(stored, "fingerprint").unwrap_or_default();
    let found = schema.fingerprint;
    if found.to_string() != *pinned {
        return Err(format!("a pinned schema has the fingerprint {found}, and was pinned with {pinned}"));
    }
    Ok(Arc::new(match member(stored, "subject").zip(version(stored)) {
        Some((subject, version)) => schema.of_subject(subject, version, member(stored, "commit")),
        None => schema,
    }))
}

fn text_from(stored: &Json) -> Option<SchemaText> {
    let subject = member(stored, "subject")?;
    let text = member(stored, "text")?;
    Some(SchemaText {
        origin: subject.clone(),
        subject,
        version: version(stored)?,
        text,
        commit: member(stored, "commit"),
    })
}

fn member(stored: &Json, name: &str) -> Option<Arc<str>> {
    stored.get(name).and_then(Json::as_str).map(Arc::from)
}

fn version(stored: &Json) -> Option<u32> {
    u32::try_from(stored.get("version")?.as_number()?.as_i64()?).ok()
}

fn contract_from(stored: &Json, schemas: &[Arc<Schema>]) -> Result<(Point, Contract), String> {
    let text = |name: &str| stored.get(name).and_then(Json::as_str).unwrap_or_default();
    let point = POINTS
        .into_iter()
        .find(|point| point.as_str() == text("point"))
        .ok_or("a pinned contract has no point")?;
    let at = stored
        .get("schema")
        .and_then(Json::as_number)
        .and_then(asl::Number::as_i64)
        .and_then(|at| usize::try_from(at).ok());
    let schema = at.and_then(|at| schemas.get(at)).ok_or("a pinned contract has no schema")?.clone();
    let unknown = if text("unknown") == "allow" { Unknown::Allow } else { Unknown::Reject };
    let modes = [Mode::Warn, Mode::Quarantine];
    let mode = modes.into_iter().find(|mode| text("mode") == mode.as_str()).unwrap_or(Mode::Enforce);
    Ok((point, Contract { schema, unknown, mode }))
}

fn owner_from(machine: &StateMachine, entry: &Json) -> Result<Owner, String> {
    let Some(name) = entry.get("state").and_then(Json::as_str) else { return Ok(Owner::Machine) };
    let state = machine
        .state_named(name)
        .ok_or_else(|| format!("a contract is pinned to `{name}`, which is no state of the machine"))?;
    let number = |name: &str| {
        entry
            .get(name)
            .and_then(Json::as_number)
            .and_then(asl::Number::as_i64)
            .and_then(|at| usize::try_from(at).ok())
    };
    Ok(match (number("catcher"), number("rule")) {
        (Some(catcher), _) => Owner::Catcher(state.id, catcher),
        (None, Some(rule)) => Owner::Rule(state.id, rule),
        (None, None) => Owner::State(state.id),
    })
}

fn binding_from(entry: &Json, count: usize) -> Result<Binding, String> {
    let point = |point: Point| match entry
        .get(point.as_str())
        .and_then(Json::as_number)
        .and_then(asl::Number::as_i64)
    {
        None => Ok(None),
        Some(at) => match u32::try_from(at) {
            Ok(at) if (at as usize) < count => Ok(Some(ContractId(at))),
            _ => Err("a binding names a contract that is not pinned".to_owned()),
        },
    };
    Ok(Binding {
        input: point(Point::Input)?,
        arguments: point(Point::Arguments)?,
        result: point(Point::Result)?,
        output: point(Point::Output)?,
        items: point(Point::Items)?,
    })
}

//! Binding: every reference of a machine becomes a pinned, compiled contract, or a located diagnostic.
//!
//! What is bound is kept with the revision ([`Contracts::to_pinned`]), so that what checked a payload can be proved
//! years later and a resumed execution needs no schema folder.

mod ambiguity;
mod pinned;
mod resolve;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use asl::contract::SideFile;
use asl::contract::{ContractDecl, ContractRef, Mode};
use asl::state::map::MapMode;
use asl::state::{Map, StateKind};
use asl::{Diagnostic, Severity, StateId, StateMachine};

use crate::check::Contract;
use crate::point::Point;
use crate::source::SchemaSource;

/// The number of a contract in its revision's table; what an event refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContractId(pub u32);

/// The contracts of one owner (machine, state, catcher, choice rule), by point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Binding {
    /// What arrives.
    pub input: Option<ContractId>,
    /// What is sent to the task.
    pub arguments: Option<ContractId>,
    /// What the task answered.
    pub result: Option<ContractId>,
    /// What is emitted.
    pub output: Option<ContractId>,
    /// Each item of a Map.
    pub items: Option<ContractId>,
}

/// Who carries a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    Machine,
    State(StateId),
    /// A catcher of a state, by its place in `Catch`.
    Catcher(StateId, usize),
    /// A rule of a Choice, by its place in `Choices`.
    Rule(StateId, usize),
}

/// Every contract of one revision.
#[derive(Clone, Debug, Default)]
pub struct Contracts {
    table: Vec<Contract>,
    /// Which point each entry of the table guards.
    points: Vec<Point>,
    machine: Binding,
    /// By state number; empty if no state has a contract.
    states: Vec<Binding>,
    others: BTreeMap<Owner, Binding>,
}

/// Pins and compiles every contract of `machine` (a side file's entries count where the definition has none).
pub fn bind(
    machine: &StateMachine,
    side: Option<&SideFile>,
    source: &dyn SchemaSource,
) -> (Contracts, Vec<Diagnostic>) {
    let mut resolver = resolve::Resolver::new(source);
    let mut contracts = Contracts::default();
    for (owner, decl) in declarations(machine, side) {
        let binding = bind_points(&mut contracts, &mut resolver, decl);
        resolver.diagnostics.extend(misplaced_quarantine(machine, owner, decl));
        contracts.put(owner, binding, machine.states.len());
    }
    (contracts, resolver.diagnostics)
}

/// Every contract that is written somewhere, with who carries it.
fn declarations<'a>(machine: &'a StateMachine, side: Option<&'a SideFile>) -> Vec<(Owner, &'a ContractDecl)> {
    let own = machine.contract.as_ref().or_else(|| side.and_then(|side| side.machine.as_ref()));
    let mut all: Vec<_> = own.map(|decl| (Owner::Machine, decl)).into_iter().collect();
    for state in &machine.states {
        let from_side = || side?.states.iter().find(|(name, _)| *name == state.name).map(|(_, decl)| decl);
        all.extend(state.contract.as_ref().or_else(from_side).map(|decl| (Owner::State(state.id), decl)));
        let catchers = match &state.kind {
            StateKind::Task(it) => &it.catch[..],
            StateKind::Parallel(it) => &it.catch[..],
            StateKind::Map(it) => &it.catch[..],
            StateKind::Choice(it) => {
                let rules = it.choices.iter().enumerate();
                all.extend(
                    rules.filter_map(|(at, rule)| Some((Owner::Rule(state.id, at), rule.contract.as_ref()?))),
                );
                &[]
            }
            StateKind::Pass(_) | StateKind::Wait(_) | StateKind::Succeed(_) | StateKind::Fail(_) => &[],
        };
        let catchers = catchers.iter().enumerate();
        all.extend(
            catchers.filter_map(|(at, it)| Some((Owner::Catcher(state.id, at), it.contract.as_ref()?))),
        );
    }
    all
}

/// `quarantine` needs a place: the bucket that a distributed Map writes its results to.
fn misplaced_quarantine(machine: &StateMachine, owner: Owner, decl: &ContractDecl) -> Option<Diagnostic> {
    let items = decl.items.as_ref().filter(|items| items.mode == Mode::Quarantine)?;
    let Owner::State(state) = owner else { return None };
    let has_place = match &machine.state(state).kind {
        StateKind::Map(Map { mode: MapMode::Distributed(it), .. }) => {
            it.result_writer.as_ref().is_some_and(|writer| writer.arguments.is_some())
        }
        _ => false,
    };
    (!has_place).then(|| Diagnostic {
        code: "CONTRACT_QUARANTINE_NOWHERE",
        severity: Severity::Error,
        place: items.place.clone(),
        message: "`quarantine` needs a place, and this state writes its results nowhere".to_owned(),
        hint: Some(
            "a distributed Map with `ResultWriter` and its bucket has one; elsewhere use `enforce` or `warn`"
                .to_owned(),
        ),
    })
}

fn bind_points(
    contracts: &mut Contracts,
    resolver: &mut resolve::Resolver<'_>,
    decl: &ContractDecl,
) -> Binding {
    let mut point = |point: Point, reference: &Option<ContractRef>| {
        let reference = reference.as_ref()?;
        let schema = resolver.schema(reference)?;
        Some(contracts.add(point, Contract { schema, unknown: reference.unknown, mode: reference.mode }))
    };
    Binding {
        input: point(Point::Input, &decl.input),
        arguments: point(Point::Arguments, &decl.arguments),
        result: point(Point::Result, &decl.result),
        output: point(Point::Output, &decl.output),
        items: point(Point::Items, &decl.items),
    }
}

impl Contracts {
    /// The machine's own.
    pub fn machine(&self) -> Binding {
        self.machine
    }

    /// A state's.
    pub fn state(&self, state: StateId) -> Binding {
        self.states.get(state.0 as usize).copied().unwrap_or_default()
    }

    /// What catcher number `catcher` of `state` produces.
    pub fn catcher(&self, state: StateId, catcher: usize) -> Binding {
        self.others.get(&Owner::Catcher(state, catcher)).copied().unwrap_or_default()
    }

    /// What rule number `rule` of a Choice emits.
    pub fn rule(&self, state: StateId, rule: usize) -> Binding {
        self.others.get(&Owner::Rule(state, rule)).copied().unwrap_or_default()
    }

    /// The contract of this number. INVARIANT: numbers come from this table.
    pub fn get(&self, id: ContractId) -> &Contract {
        &self.table[id.0 as usize]
    }

    /// Which point the contract of this number guards.
    pub fn point(&self, id: ContractId) -> Point {
        self.points[id.0 as usize]
    }

    /// Every contract, by number.
    pub fn iter(&self) -> impl Iterator<Item = (ContractId, Point, &Contract)> {
        self.table
            .iter()
            .zip(&self.points)
            .zip(0_u32..)
            .map(|((contract, point), id)| (ContractId(id), *point, contract))
    }

    /// Whether there is none at all, which lets the interpreter skip asking.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// One entry for each (schema, options, point): states that share a contract share it.
    fn add(&mut self, point: Point, contract: Contract) -> ContractId {
        let same = |(id, its_point, it): (ContractId, Point, &Contract)| {
            let is_same = its_point == point
                && Arc::ptr_eq(&it.schema, &contract.schema)
                && it.unknown == contract.unknown
                && it.mode == contract.mode;
            is_same.then_some(id)
        };
        if let Some(id) = self.iter().find_map(same) {
            return id;
        }
        let id = ContractId(
            u32::try_from(self.table.len()).expect("a definition has far fewer than 2^32 contracts"),
        );
        self.table.push(contract);
        self.points.push(point);
        id
    }

    fn put(&mut self, owner: Owner, binding: Binding, states: usize) {
        match owner {
            Owner::Machine => self.machine = binding,
            Owner::State(state) => {
                self.states.resize(states, Binding::default());
                self.states[state.0 as usize] = binding;
            }
            Owner::Catcher(..) | Owner::Rule(..) => _ = self.others.insert(owner, binding),
        }
    }
}

//! A scope: `StartAt` and `States`, of the machine, of a branch of Parallel, of the processor of Map.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fields::{Fields, text};
use super::report::Report;
use super::spelling::closest;
use super::{code, shared};
use crate::definition::{QueryLanguage, Scope, ScopeId, State, StateId};
use crate::diagnostic::Span;
use crate::jsonata::Budget;
use crate::limits::{SCOPE_DEPTH_MAX, STATE_NAME_CHARS_MAX, STATES_MAX};
use crate::source::{Member, Node, Value};

/// The tables of a machine while it is read.
pub(super) struct Builder {
    /// The language of states that name none.
    pub(super) query_language: QueryLanguage,
    /// The language of the state that is being read now.
    pub(super) language: QueryLanguage,
    /// What JSONata expressions may still hold.
    pub(super) budget: Budget,
    /// The state of which a catcher is being read now.
    pub(super) catching: Option<StateId>,
    /// The scope that is being read now.
    pub(super) here: ScopeId,
    /// Whether what is being read now runs in the EXPRESS children of a distributed Map.
    pub(super) is_in_express: bool,
    /// Every `Label`, and where it stands.
    pub(super) labels: BTreeMap<Arc<str>, Span>,
    /// Every name, and what it is in the graph; one for each `StateId`.
    pub(super) names: Vec<Name>,
    /// Every scope, and what is known of it before it is whole.
    pub(super) scopes: Vec<Draft>,
    /// Names that are assigned, and read.
    pub(super) assigned: Vec<Mention>,
    pub(super) read: Vec<Mention>,
    states: Vec<Option<State>>,
    by_name: BTreeMap<Arc<str>, StateId>,
    depth: usize,
}

/// A state as the graph sees it.
pub(super) struct Name {
    pub(super) text: Arc<str>,
    pub(super) span: Span,
    /// Where it can lead.
    pub(super) targets: Vec<StateId>,
    /// Whether it can end its scope.
    pub(super) is_terminal: bool,
}

/// A scope that is being read.
pub(super) struct Draft {
    pub(super) span: Span,
    pub(super) owner: Option<StateId>,
    pub(super) parent: Option<ScopeId>,
    pub(super) start_at: Option<StateId>,
    pub(super) states: Vec<StateId>,
    /// Whether some transition names no state, so that the graph is not known.
    pub(super) is_torn: bool,
    /// Whether it runs in executions of its own, where variables from outside are not there.
    pub(super) is_child: bool,
    /// By name, for `Next`.
    targets: BTreeMap<Arc<str>, StateId>,
}

/// A variable's name, in the scope where it is assigned or read.
pub(super) struct Mention {
    pub(super) scope: ScopeId,
    pub(super) name: Arc<str>,
    pub(super) span: Span,
    /// The language that it is written in.
    pub(super) language: QueryLanguage,
    /// The state whose catcher assigns it, if one does.
    pub(super) caught_by: Option<StateId>,
}

impl Builder {
    pub(super) fn new(query_language: QueryLanguage) -> Self {
        Self {
            query_language,
            language: query_language,
            budget: Budget::default(),
            catching: None,
            here: ScopeId(0),
            is_in_express: false,
            labels: BTreeMap::new(),
            names: Vec::new(),
            scopes: Vec::new(),
            assigned: Vec::new(),
            read: Vec::new(),
            states: Vec::new(),
            by_name: BTreeMap::new(),
            depth: 0,
        }
    }

    /// Reads `StartAt` and `States` of `fields`, and every state in them.
    ///
    /// Recursion (a state reads its branches) is bounded by `SCOPE_DEPTH_MAX`.
    pub(super) fn scope(
        &mut self,
        fields: &mut Fields<'_>,
        owner: Option<StateId>,
        report: &mut Report<'_>,
    ) -> Option<ScopeId> {
        let states = fields.require("States", report);
        let start_at = fields.require("StartAt", report);
        let states = states?;
        let Value::Object(members) = &states.value.value else {
            return super::fields::wrong_type(&states.value, "States", "an object of states", report);
        };
        if members.is_empty() {
            report.error(states.value.span, code::RANGE, "`States` may not be empty");
            report.in_aws_words("Value cannot be empty");
            return None;
        }
        if self.depth >= SCOPE_DEPTH_MAX {
            let message = format!("more than {SCOPE_DEPTH_MAX} Parallel and Map states inside each other");
            report.error(fields.span, code::TOO_DEEP, message);
            return None;
        }
        let id = self.open(fields.span, owner, members, report)?;
        let outer = std::mem::replace(&mut self.here, id);
        self.depth += 1;
        if let Some(member) = start_at {
            self.scopes[id.0 as usize].start_at = self.target(member, report);
        }
        let numbers = self.scopes[id.0 as usize].states.clone();
        for (member, number) in members.iter().zip(numbers) {
            self.states[number.0 as usize] = self.state(member, number, report);
        }
        self.depth -= 1;
        self.here = outer;
        Some(id)
    }

    /// The state of this scope that `member` names; remembered as wrong if there is none.
    pub(super) fn target(&mut self, member: &Member, report: &mut Report<'_>) -> Option<StateId> {
        let scope = &mut self.scopes[self.here.0 as usize];
        let Some(name) = text(&member.value, &member.key, report) else {
            scope.is_torn = true;
            return None;
        };
        if let Some(id) = scope.targets.get(&name) {
            return Some(*id);
        }
        scope.is_torn = true;
        let is_elsewhere = self.by_name.contains_key(&name);
        let known: Vec<&str> = scope.targets.keys().map(|name| &**name).collect();
        let where_to = if scope.parent.is_none() { "of this machine" } else { "of this branch or processor" };
        let message = format!("`{}` names `{name}`, which is not a state {where_to}", member.key);
        let diagnostic = report.error(member.value.span, code::TARGET, message);
        if is_elsewhere {
            diagnostic.hint(format!("`{name}` stands in another scope; a transition stays inside its own"));
        } else if let Some(close) = closest(&name, &known) {
            diagnostic.hint(format!("did you mean `{close}`?"));
        }
        report.in_aws_words(format!("Missing '{}' target: {name}", member.key));
        None
    }

    /// The target, remembered as a way from `from`.
    pub(super) fn lead(
        &mut self,
        from: StateId,
        member: &Member,
        report: &mut Report<'_>,
    ) -> Option<StateId> {
        let target = self.target(member, report)?;
        self.names[from.0 as usize].targets.push(target);
        Some(target)
    }

    /// Remembers that `from` can end its scope.
    pub(super) fn ends(&mut self, from: StateId) {
        self.names[from.0 as usize].is_terminal = true;
    }

    /// The tables, if every part of them could be read.
    pub(super) fn into_tables(self) -> Option<(Vec<Scope>, Vec<State>)> {
        let scopes = self
            .scopes
            .into_iter()
            .map(|draft| Some(Scope { start_at: draft.start_at?, states: draft.states, owner: draft.owner }));
        Some((scopes.collect::<Option<_>>()?, self.states.into_iter().collect::<Option<_>>()?))
    }

    /// Gives the scope and its states their numbers.
    fn open(
        &mut self,
        span: Span,
        owner: Option<StateId>,
        members: &[Member],
        report: &mut Report<'_>,
    ) -> Option<ScopeId> {
        if self.names.len() + members.len() > STATES_MAX {
            report.error(
                span,
                code::TOO_MANY_STATES,
                format!("more than {STATES_MAX} states in one definition"),
            );
            return None;
        }
        let id = ScopeId(narrow(self.scopes.len()));
        let parent = owner.map(|_| self.here);
        let mut draft = Draft {
            span,
            owner,
            parent,
            start_at: None,
            states: Vec::new(),
            is_torn: false,
            is_child: false,
            targets: BTreeMap::new(),
        };
        for member in members {
            let number = self.name(member, report);
            draft.states.push(number);
            draft.targets.insert(member.key.clone(), number);
        }
        self.scopes.push(draft);
        Some(id)
    }

    fn name(&mut self, member: &Member, report: &mut Report<'_>) -> StateId {
        let (name, span) = (&member.key, member.key_span);
        let id = StateId(narrow(self.names.len()));
        let length = name.chars().count();
        if name.is_empty() {
            report.error(span, code::STATE_NAME, "a state's name may not be empty");
        } else if length > STATE_NAME_CHARS_MAX {
            let message = format!(
                "a state's name has at most {STATE_NAME_CHARS_MAX} characters, this one has {length}"
            );
            report.error(span, code::STATE_NAME, message);
        }
        if let Some(first) = self.by_name.get(name) {
            let pointer = report.place(self.names[first.0 as usize].span).pointer;
            report
                .error(span, code::DUPLICATE_STATE, format!("another state is called `{name}` too"))
                .hint(format!("names are unique in the whole definition; the other one is `{pointer}`"));
            report.in_aws_words(format!("Duplicate State name: {name}"));
        } else {
            self.by_name.insert(name.clone(), id);
        }
        self.names.push(Name { text: name.clone(), span, targets: Vec::new(), is_terminal: false });
        self.states.push(None);
        id
    }

    /// Follows the transitions of a state that cannot be read otherwise, so that its targets do not seem unreachable.
    pub(super) fn follow_blindly(&mut self, from: StateId, node: &Node) {
        let Value::Object(members) = &node.value else { return };
        for member in members {
            match (&*member.key, &member.value.value) {
                ("Next" | "Default", Value::String(name)) => {
                    let target = self.scopes[self.here.0 as usize].targets.get(name).copied();
                    self.names[from.0 as usize].targets.extend(target);
                }
                ("Catch" | "Choices", Value::Array(items)) => {
                    for item in items {
                        self.follow_blindly(from, item);
                    }
                }
                ("End", _) => self.ends(from),
                _ => {}
            }
        }
    }

    /// The name of a state that is being read.
    pub(super) fn name_of(&self, id: StateId) -> Arc<str> {
        shared(&self.names[id.0 as usize].text)
    }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).expect("states and scopes are bounded far below 2^32")
}

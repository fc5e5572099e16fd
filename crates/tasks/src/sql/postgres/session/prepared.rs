//! The prepared statements of one connection: bounded, the one that was not used for longest goes first.

use std::collections::HashMap;
use std::sync::Arc;

use crate::limits::PREPARED_MAX;
use crate::sql::dialect::Dialect;
use crate::sql::parameters::numbered;
use crate::sql::postgres::types::{Oid, declared};
use crate::sql::session::{Hint, Statement};

/// A statement that the server knows by name.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) name: String,
    /// Its parameters, in the order of their numbers.
    pub(crate) names: Vec<Arc<str>>,
    /// Their types.
    pub(crate) parameters: Vec<Oid>,
    pub(crate) columns: Vec<Column>,
}

/// A column of what it returns.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: Arc<str>,
    pub(crate) oid: Oid,
    pub(crate) modifier: i32,
}

/// A statement to be prepared.
#[derive(Debug)]
pub(crate) struct New {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) names: Vec<Arc<str>>,
    /// The types that hints declare.
    pub(crate) declared: Vec<Oid>,
}

/// The text, and what is declared of its parameters: another declaration is another statement.
type Key = (Arc<str>, Vec<(Arc<str>, Hint)>);

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct PreparedStatements {
    known: HashMap<Key, (Arc<Prepared>, u64)>,
    /// Counts uses; the largest is the latest.
    uses: u64,
    /// Counts names, which are never used twice.
    names: u64,
}

impl PreparedStatements {
    /// The prepared form of a statement, if there is one.
    pub(crate) fn find(&mut self, statement: &Statement) -> Option<Arc<Prepared>> {
        self.uses += 1;
        let (prepared, used) = self.known.get_mut(&key_of(statement))?;
        *used = self.uses;
        Some(Arc::clone(prepared))
    }

    /// What is to be prepared for a statement, and the name of another one that makes room for it.
    pub(crate) fn make(&mut self, statement: &Statement) -> (New, Option<String>) {
        let (text, names) = numbered(&statement.sql, Dialect::Postgres);
        let hint =
            |name: &Arc<str>| statement.parameters.iter().find(|it| it.name == *name).map(|it| it.hint);
        let declared = names.iter().map(|name| hint(name).map_or(0, declared)).collect();
        self.names += 1;
        let new = New { name: format!("s{}", self.names), text, names, declared };
        (new, if self.known.len() >= PREPARED_MAX { self.evict() } else { None })
    }

    /// Keeps what the server has prepared.
    pub(crate) fn keep(&mut self, statement: &Statement, prepared: Prepared) -> Arc<Prepared> {
        let prepared = Arc::new(prepared);
        self.known.insert(key_of(statement), (Arc::clone(&prepared), self.uses));
        prepared
    }

    fn evict(&mut self) -> Option<String> {
        let key = self.known.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone())?;
        self.known.remove(&key).map(|(prepared, _)| prepared.name.clone())
    }
}

fn key_of(statement: &Statement) -> Key {
    let declaring = statement.parameters.iter().filter(|it| declared(it.hint) != 0);
    let mut hints: Vec<_> = declaring.map(|it| (Arc::clone(&it.name), it.hint)).collect();
    hints.sort();
    (Arc::clone(&statement.sql), hints)
}

//! The library: every function of JSONata 2.2, one file per family.

mod aggregate;
mod array;
mod boolean;
mod encoding;
mod higher_order;
mod matching;
mod misc;
mod number;
mod object;
mod string;
#[cfg(test)]
mod tests;
mod text_split;
mod time;

pub(crate) use number::unit as random_unit;
use std::sync::{Arc, LazyLock};

use crate::eval::{Evaluator, Outcome, Site};
use crate::signature::{Arguments, Signature};
use crate::value::Value;

/// A function of the library.
#[derive(Debug)]
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    pub(crate) signature: Signature,
    /// How many arguments higher-order functions pass to it.
    pub(crate) arity: usize,
    pub(crate) run: Run,
}

/// The body of a function. Arguments fit the signature.
pub(crate) type Run = fn(&mut Evaluator<'_, '_>, Args, Site<'_>) -> Outcome;

/// A function as its family lists it: name, signature, arity, body.
type Entry = (&'static str, &'static str, usize, Run);

/// The function called `name`, without its dollar sign.
pub(crate) fn builtin(name: &str) -> Option<&'static Builtin> {
    static TABLE: LazyLock<Vec<Builtin>> = LazyLock::new(table);
    let table = &*TABLE;
    table.binary_search_by(|it| it.name.cmp(name)).ok().map(|at| &table[at])
}

fn table() -> Vec<Builtin> {
    let families = [
        aggregate::FUNCTIONS,
        array::FUNCTIONS,
        boolean::FUNCTIONS,
        encoding::FUNCTIONS,
        higher_order::FUNCTIONS,
        misc::FUNCTIONS,
        number::FUNCTIONS,
        object::FUNCTIONS,
        string::FUNCTIONS,
        text_split::FUNCTIONS,
        time::FUNCTIONS,
    ];
    let mut table: Vec<Builtin> = families.into_iter().flatten().map(builtin_of).collect();
    table.sort_by_key(|it| it.name);
    table
}

fn builtin_of((name, signature, arity, run): &Entry) -> Builtin {
    let signature = Signature::parse(signature).expect("the signatures of the library can be read");
    Builtin { name, signature, arity: *arity, run: *run }
}

/// Arguments of a call; those that are left out are nothing.
#[derive(Debug)]
pub(crate) struct Args(Arguments);

impl Args {
    pub(crate) fn new(arguments: Arguments) -> Self {
        Self(arguments)
    }

    /// Takes the argument at `index`.
    fn take(&mut self, index: usize) -> Option<Value> {
        self.0.get_mut(index).and_then(Option::take)
    }

    fn get(&self, index: usize) -> Option<&Value> {
        self.0.get(index).and_then(Option::as_ref)
    }

    fn number(&self, index: usize) -> Option<f64> {
        self.get(index).and_then(Value::as_f64)
    }

    fn text(&self, index: usize) -> Option<Arc<str>> {
        match self.get(index) {
            Some(Value::String(text)) => Some(Arc::clone(text)),
            _ => None,
        }
    }

    /// All arguments, nothing included.
    fn all(self) -> Arguments {
        self.0
    }
}

/// A count from a number: rounded down, at least 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, which is what is wanted"
)]
fn count_of(number: f64) -> usize {
    number.floor().max(0.0) as usize
}

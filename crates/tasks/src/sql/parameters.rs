//! Named parameters: every `:name` in a text has a value, and every value has its `:name`.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::fault::{Class, Fault};
use super::scan::{Token, scan};
use super::session::Value;
use crate::arguments::shown;

/// Refuses parameters that do not fit the text. Values are never looked at.
pub(crate) fn verify(sql: &str, given: &[(Arc<str>, Value)]) -> Result<(), Fault> {
    let mut wanted = BTreeSet::new();
    for token in scan(sql) {
        match token {
            Token::Named(name) => {
                wanted.insert(name);
            }
            Token::Foreign(text) => {
                let problem = format!("`{}` is not a parameter that is served; write `:name`", shown(text));
                return Err(Fault::new(Class::BadRequest, problem));
            }
            Token::Word(_) | Token::Quoted(_) | Token::Semicolon | Token::Other(_) => {}
        }
    }
    let mut offered = BTreeSet::new();
    for (name, _) in given {
        if !offered.insert(&**name) {
            return Err(bad(name, "is given twice"));
        }
        if !wanted.contains(&**name) {
            return Err(bad(name, "is given, but the SQL has no such parameter"));
        }
    }
    match wanted.difference(&offered).next() {
        Some(name) => Err(bad(name, "is in the SQL, but not given")),
        None => Ok(()),
    }
}

fn bad(name: &str, problem: &str) -> Fault {
    Fault::new(Class::BadRequest, format!("the parameter `:{}` {problem}", shown(name)))
}

//! Named parameters: every `:name` in a text has a value, and every value has its `:name`.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::dialect::Dialect;
use super::fault::{Class, Fault};
use super::scan::{Token, scan};
use super::session::Parameter;
use crate::arguments::shown;

/// Refuses parameters that do not fit the text. Values are never looked at.
pub(crate) fn verify(sql: &str, given: &[Parameter], dialect: Dialect) -> Result<(), Fault> {
    fit(&wanted(sql, dialect)?, given)
}

/// The names that a text has.
pub(crate) fn wanted(sql: &str, dialect: Dialect) -> Result<BTreeSet<&str>, Fault> {
    let mut wanted = BTreeSet::new();
    for token in scan(sql, dialect) {
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
    Ok(wanted)
}

/// Refuses parameters that are not those names.
pub(crate) fn fit(wanted: &BTreeSet<&str>, given: &[Parameter]) -> Result<(), Fault> {
    let mut offered = BTreeSet::new();
    for Parameter { name, .. } in given {
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

/// The text with `$1`, `$2`, … for its names, and the names in that order; a name that stands twice has one number.
pub(crate) fn numbered(sql: &str, dialect: Dialect) -> (String, Vec<Arc<str>>) {
    let mut text = String::with_capacity(sql.len());
    let mut names: Vec<Arc<str>> = Vec::new();
    let mut copied = 0;
    let mut tokens = scan(sql, dialect);
    while let Some(token) = tokens.next() {
        let Token::Named(name) = token else { continue };
        let end = tokens.position();
        let number = match names.iter().position(|known| **known == *name) {
            Some(at) => at + 1,
            None => {
                names.push(name.into());
                names.len()
            }
        };
        text.push_str(&sql[copied..end - name.len() - 1]);
        text.push('$');
        text.push_str(&number.to_string());
        copied = end;
    }
    text.push_str(&sql[copied..]);
    (text, names)
}

fn bad(name: &str, problem: &str) -> Fault {
    Fault::new(Class::BadRequest, format!("the parameter `:{}` {problem}", shown(name)))
}

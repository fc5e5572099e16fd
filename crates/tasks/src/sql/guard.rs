//! The guard: SQL that is more than one statement, or that could leave the transaction, is refused before it is sent.
//!
//! Two judges, and both must agree: a plain scan with a list of the words that a statement may begin with, which needs no
//! grammar, and `sqlparser`, whose opinion counts when it understands the text. A third stands behind them: the rule asks
//! after each statement whether the session is still in its transaction.

#[cfg(test)]
mod tests;

use sqlparser::ast::Statement as Parsed;
use sqlparser::parser::Parser;

use super::dialect::Dialect;
use super::fault::{Class, Fault};
use super::scan::{Token, scan};
use crate::arguments::shown;
use crate::limits::{SQL_CHARS_MAX, SQL_DEPTH_MAX};

/// What begins or ends a transaction.
const CONTROL: [&str; 11] = [
    "BEGIN",
    "START",
    "COMMIT",
    "END",
    "ROLLBACK",
    "ABORT",
    "SAVEPOINT",
    "RELEASE",
    "PREPARE",
    "SET",
    "RESET",
];
/// The table of claims, which is nobody's but the engine's.
const CLAIMS: &str = "baton_claim";
/// Semicolons inside the body of a trigger or a function.
const BODY_SEMICOLONS_MAX: usize = 200;

/// Refuses `sql` if it is not exactly one statement that stays inside its transaction.
pub(crate) fn guard(sql: &str, dialect: Dialect) -> Result<(), Fault> {
    if sql.chars().nth(SQL_CHARS_MAX).is_some() {
        let problem = format!("the SQL has more than {SQL_CHARS_MAX} characters");
        return Err(Fault::new(Class::BadRequest, problem));
    }
    if sql.contains('\0') {
        return Err(Fault::new(Class::SyntaxError, "the SQL contains a NUL character"));
    }
    let tokens: Vec<Token<'_>> = scan(sql, dialect).collect();
    first_word(&tokens, dialect)?;
    no_claims(&tokens, dialect)?;
    nothing_temporary(&tokens, dialect)?;
    no_lasting_function(&tokens, dialect)?;
    one_statement(&tokens, dialect)?;
    understood(sql, &tokens, dialect)
}

fn first_word(tokens: &[Token<'_>], dialect: Dialect) -> Result<(), Fault> {
    let word = match tokens.first() {
        Some(Token::Word(word)) => *word,
        Some(Token::Semicolon) | None => return Err(Fault::new(Class::SyntaxError, "the SQL is empty")),
        Some(_) => return Err(Fault::new(Class::SyntaxError, "the SQL does not begin with a keyword")),
    };
    let is_in = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(word));
    if is_in(dialect.allowed()) || sets_constraints(tokens, dialect) {
        Ok(())
    } else if is_in(&CONTROL) {
        Err(control(word))
    } else if is_in(dialect.refused()) {
        Err(not_allowed(&format!("`{}` reaches past the transaction of the task", word.to_ascii_uppercase())))
    } else {
        Err(Fault::new(Class::SyntaxError, format!("no statement begins with `{}`", shown(word))))
    }
}

/// `SET CONSTRAINTS` is the one setting that cannot outlive the transaction.
fn sets_constraints(tokens: &[Token<'_>], dialect: Dialect) -> bool {
    dialect == Dialect::Postgres
        && tokens.first().is_some_and(|token| is_word(token, "SET"))
        && tokens.get(1).is_some_and(|token| is_word(token, "CONSTRAINTS"))
}

fn control(word: &str) -> Fault {
    let word = shown(&word.to_ascii_uppercase());
    Fault::new(
        Class::TransactionControlNotAllowed,
        format!("`{word}` controls the transaction, which belongs to the engine; leave it out"),
    )
}

fn not_allowed(what: &str) -> Fault {
    Fault::new(Class::StatementNotAllowed, what)
}

/// Also refuses the bare text `'baton_claim'`, because SQLite takes a string where it expects a name, and on PostgreSQL any
/// text that has the name in it, because the body of a function is a text.
fn no_claims(tokens: &[Token<'_>], dialect: Dialect) -> Result<(), Fault> {
    let touches = tokens.iter().any(|token| match token {
        Token::Quoted(text) if dialect == Dialect::Postgres => text.to_ascii_lowercase().contains(CLAIMS),
        Token::Word(name) | Token::Quoted(name) => name.eq_ignore_ascii_case(CLAIMS),
        Token::Named(_) | Token::Foreign(_) | Token::Semicolon | Token::Other(_) => false,
    });
    if touches { Err(not_allowed("the table `baton_claim` belongs to the engine")) } else { Ok(()) }
}

/// Temporary objects would outlive the transaction on a pooled connection and hide tables of the same name.
fn nothing_temporary(tokens: &[Token<'_>], dialect: Dialect) -> Result<(), Fault> {
    let is_temporary = |token: &Token<'_>| is_word(token, "TEMP") || is_word(token, "TEMPORARY");
    let is_creation = tokens.first().is_some_and(|token| is_word(token, "CREATE"));
    let is_selected_into = tokens.windows(2).any(|pair| is_word(&pair[0], "INTO") && is_temporary(&pair[1]));
    // `CREATE LOCAL TEMP TABLE`, `CREATE OR REPLACE TEMP VIEW`
    let is_created = is_creation && tokens.iter().take(5).any(is_temporary);
    let in_schema = tokens.windows(2).any(|pair| {
        matches!(pair[0], Token::Word(name) | Token::Quoted(name) if name.eq_ignore_ascii_case(dialect.temporary_schema()))
            && pair[1] == Token::Other(".")
    });
    let is_refused = match dialect {
        Dialect::Sqlite => is_created || (is_creation && in_schema),
        Dialect::Postgres => is_created || is_selected_into || in_schema,
    };
    if is_refused {
        return Err(not_allowed("a temporary object would outlive the transaction of the task"));
    }
    Ok(())
}

/// What a function does to its connection, or on another one, is not undone with the transaction.
fn no_lasting_function(tokens: &[Token<'_>], dialect: Dialect) -> Result<(), Fault> {
    let called = tokens.windows(2).find_map(|pair| match pair {
        [Token::Word(name) | Token::Quoted(name), Token::Other("(")] => {
            dialect.refused_functions().iter().find(|known| known.eq_ignore_ascii_case(name))
        }
        _ => None,
    });
    match called {
        Some(name) => Err(not_allowed(&format!("`{name}` reaches past the transaction of the task"))),
        None => Ok(()),
    }
}

fn one_statement(tokens: &[Token<'_>], dialect: Dialect) -> Result<(), Fault> {
    // What only semicolons follow is no statement.
    let end = tokens.iter().rposition(|token| *token != Token::Semicolon).map_or(0, |at| at + 1);
    let inner = tokens[..end].iter().filter(|token| **token == Token::Semicolon).count();
    if inner == 0 || (has_body(tokens, dialect) && inner <= BODY_SEMICOLONS_MAX) {
        return Ok(());
    }
    Err(several())
}

/// Whether the statement has statements inside: a trigger of SQLite, `BEGIN ATOMIC` of PostgreSQL. What follows the body is
/// refused by the database, which takes one statement at a time.
fn has_body(tokens: &[Token<'_>], dialect: Dialect) -> bool {
    let is_creation = tokens.first().is_some_and(|token| is_word(token, "CREATE"));
    is_creation
        && match dialect {
            Dialect::Sqlite => tokens.get(1).is_some_and(|token| is_word(token, "TRIGGER")),
            Dialect::Postgres => {
                tokens.windows(2).any(|pair| is_word(&pair[0], "BEGIN") && is_word(&pair[1], "ATOMIC"))
            }
        }
}

fn several() -> Fault {
    Fault::new(Class::MultipleStatements, "the SQL has several statements; give each an entry of its own")
}

/// The grammar's opinion; no opinion where it does not understand the text.
fn understood(sql: &str, tokens: &[Token<'_>], dialect: Dialect) -> Result<(), Fault> {
    let parsed = Parser::new(dialect.grammar())
        .with_recursion_limit(SQL_DEPTH_MAX)
        .try_with_sql(sql)
        .and_then(|mut parser| parser.parse_statements());
    let Ok(statements) = parsed else { return Ok(()) };
    if statements.len() > 1 && !has_body(tokens, dialect) {
        return Err(several());
    }
    match statements.first() {
        Some(Parsed::StartTransaction { .. }) => Err(control("BEGIN")),
        Some(Parsed::Commit { .. }) => Err(control("COMMIT")),
        Some(Parsed::Rollback { .. }) => Err(control("ROLLBACK")),
        Some(Parsed::Savepoint { .. }) => Err(control("SAVEPOINT")),
        Some(Parsed::ReleaseSavepoint { .. }) => Err(control("RELEASE")),
        Some(Parsed::Set(_)) if !sets_constraints(tokens, dialect) => Err(control("SET")),
        Some(Parsed::Pragma { .. } | Parsed::AttachDatabase { .. } | Parsed::Vacuum(_)) => {
            Err(not_allowed("the statement reaches past the transaction of the task"))
        }
        // Another crate's enum of a hundred variants: the list of first words has already narrowed them.
        Some(_) | None => Ok(()),
    }
}

fn is_word(token: &Token<'_>, word: &str) -> bool {
    matches!(token, Token::Word(found) if found.eq_ignore_ascii_case(word))
}

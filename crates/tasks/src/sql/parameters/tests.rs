use super::{numbered, verify};
use crate::sql::dialect::Dialect;
use crate::sql::session::{Hint, Parameter, Value};

#[track_caller]
fn check(sql: &str, names: &[&str], expected: &str) {
    let parameter = |name: &&str| Parameter { name: (*name).into(), value: Value::Null, hint: Hint::Plain };
    let given: Vec<Parameter> = names.iter().map(parameter).collect();
    let found = verify(sql, &given, Dialect::Sqlite).map_or_else(|fault| fault.message, |()| "ok".to_owned());
    assert_eq!(found, expected, "{sql}");
}

#[test]
fn a_parameter_may_stand_in_several_places() {
    check("SELECT :a, :a, :b", &["a", "b"], "ok");
    check("SELECT 1::int", &[], "ok");
}

#[test]
fn what_does_not_fit_is_named() {
    check("SELECT :a", &[], "the parameter `:a` is in the SQL, but not given");
    check("SELECT ':a'", &["a"], "the parameter `:a` is given, but the SQL has no such parameter");
    check("SELECT :a", &["a", "a"], "the parameter `:a` is given twice");
    check("SELECT @a", &["a"], "`@a` is not a parameter that is served; write `:name`");
}

#[test]
fn names_become_numbers_and_nothing_else_changes() {
    let numbered = |sql: &str| {
        let (text, names) = numbered(sql, Dialect::Postgres);
        format!("{text} | {}", names.join(","))
    };
    assert_eq!(numbered("SELECT :a, :b::int, :a -- :c"), "SELECT $1, $2::int, $1 -- :c | a,b");
    assert_eq!(numbered("SELECT ':a', $$:b$$, E'\\':c', \":d\""), "SELECT ':a', $$:b$$, E'\\':c', \":d\" | ");
    assert_eq!(numbered("SELECT x[1:2], :é/*:f/*:g*/:h*/"), "SELECT x[1:2], $1/*:f/*:g*/:h*/ | é");
    assert_eq!(numbered("SELECT a ? :b, a @> :c"), "SELECT a ? $1, a @> $2 | b,c");
}

use std::sync::Arc;

use super::verify;
use crate::sql::session::Value;

#[track_caller]
fn check(sql: &str, names: &[&str], expected: &str) {
    let given: Vec<(Arc<str>, Value)> =
        names.iter().map(|name| (Arc::from(*name), Value::Text("v".into()))).collect();
    let found = verify(sql, &given).map_or_else(|fault| fault.message, |()| "ok".to_owned());
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

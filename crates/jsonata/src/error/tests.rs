//! How errors read.

use crate::{Error, Value};

#[test]
fn an_error_reads_as_its_code_and_a_sentence() {
    let error = Error::new("T2001").about("+").value(Some(&Value::from("a"))).at(3);
    assert_eq!(error.to_string(), r#"T2001: The left side of the "+" operator must evaluate to a number"#);
    assert_eq!((error.position(), error.token()), (Some(3), Some("+")));
}

#[test]
fn the_first_place_and_word_stay() {
    let error = Error::new("T1006").at(3).about("f").at(9).about("g");
    assert_eq!((error.position(), error.token()), (Some(3), Some("f")));
}

#[test]
fn a_long_value_is_cut() {
    let error = Error::new("D3030").value(Some(&Value::string("x".repeat(5_000))));
    assert!(error.message().chars().count() < 260, "{error}");
}

#[test]
fn a_host_function_may_say_its_own_sentence() {
    assert_eq!(Error::new("D3137").saying("out of stock").to_string(), "D3137: out of stock");
}

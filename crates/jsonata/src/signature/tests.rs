//! Which arguments fit which signatures.

use super::Signature;
use crate::Value;

#[track_caller]
fn check(signature: &str, arguments: &str, context: Option<&Value>, wanted: Result<&str, &str>) {
    let signature = Signature::parse(signature).expect("it can be read");
    let given = Value::from_json(arguments).expect("JSON");
    let given = (0..given.len().unwrap_or(0)).map(|at| given.item(at)).collect();
    let found = signature.check(given, context).map_err(|it| it.code());
    let text = found.map(|it| Value::array(it.into_iter().flatten()).to_json(1_000).expect("short"));
    assert_eq!(text.as_deref().map_err(|it| *it), wanted);
}

#[test]
fn arguments_fit_or_are_named() {
    check("<s-n?:s>", r#"["a", 1]"#, None, Ok(r#"["a",1]"#));
    check("<s-n?:s>", r#"["a"]"#, None, Ok(r#"["a"]"#));
    check("<s-n?:s>", "[1]", Some(&Value::from("ctx")), Ok(r#"["ctx",1]"#));
    check("<s-n?:s>", "[1]", Some(&Value::from(true)), Err("T0411"));
    check("<s-n?:s>", "[true]", None, Err("T0410"));
    check("<nn:n>", "[1]", None, Err("T0410"));
    check("<nn:n>", "[1, 2, 3]", None, Err("T0410"));
    check("<n+s:n>", r#"[1, 2, "x"]"#, None, Ok(r#"[1,2,"x"]"#));
    check("<(sn)b:x>", "[1, true]", None, Ok("[1,true]"));
    check("<(sn)b:x>", "[[], true]", None, Err("T0410"));
}

#[test]
fn what_is_no_array_becomes_one() {
    check("<a:n>", "[5]", None, Ok("[[5]]"));
    check("<a<n>:n>", "[5]", None, Ok("[[5]]"));
    check("<a<n>:n>", "[[1, 2]]", None, Ok("[[1,2]]"));
    check("<a<n>:n>", r#"[[1, "x"]]"#, None, Err("T0412"));
    check("<a<n>:n>", r#"["x"]"#, None, Err("T0412"));
}

#[test]
fn what_is_no_signature_is_refused() {
    for (text, code) in [
        ("", "S0403"),
        ("<?>", "S0403"),
        ("<q>", "S0403"),
        ("<n<s>>", "S0401"),
        ("<(a<n>)>", "S0402"),
        ("<a<n>", "S0403"),
    ] {
        assert_eq!(Signature::parse(text).map(|_| ()).map_err(|it| it.code()), Err(code), "{text}");
    }
}

use super::Variables;
use crate::Json;

#[test]
fn variables_know_how_large_they_are() {
    let mut variables = Variables::default();
    variables.set("a".into(), Json::from("12345678"));
    variables.set("b".into(), Json::array([Json::from(1_i64)]));
    let size = |variables: &Variables| variables.bytes_with([]);
    assert_eq!(size(&variables), 13);
    assert_eq!(variables.bytes_with([("a", &Json::Null), ("c", &Json::Bool(true))]), 13 - 10 + 4 + 4);
    let outer = variables.clone();
    variables.set("a".into(), Json::Null);
    assert_eq!((size(&variables), size(&outer)), (7, 13));
}

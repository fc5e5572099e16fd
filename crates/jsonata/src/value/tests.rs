//! Numbers as text, objects by key, equality.

use super::{Number, ObjectBuilder, double_text, precise_15};
use crate::Value;

#[test]
fn values_can_be_shared_between_threads() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<Value>();
    is_shared::<crate::Expression>();
    is_shared::<crate::Error>();
}

#[test]
fn a_value_is_small() {
    assert_eq!(size_of::<Option<Value>>(), 24);
}

#[test]
fn doubles_print_as_in_javascript() {
    let table = [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e15, "1000000000000000"),
        (123_456_789_012_345_680_000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (1.25e22, "1.25e+22"),
        (0.000_001, "0.000001"),
        (1.5e-7, "1.5e-7"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (f64::NAN, "null"),
    ];
    for (value, text) in table {
        assert_eq!(double_text(value), text);
    }
    assert_eq!(double_text(precise_15(0.1 + 0.2)), "0.3");
}

#[test]
fn a_number_keeps_its_text_only_where_it_must() {
    for text in ["0", "7", "-12", "34.45", "0.5", "-0.25", "123456789012345"] {
        let number = Number::from_text(text).expect("a number");
        assert_eq!((number.exact_text(), number.to_string().as_str()), (None, text));
    }
    for text in ["12345678901234567890", "1.0", "1e3", "-0", "0.00000012", "1.10", "9007199254740993"] {
        let number = Number::from_text(text).expect("a number");
        assert_eq!((number.exact_text(), number.to_string().as_str()), (Some(text), text));
    }
    for text in ["", "x", "+1", "inf", "NaN", ".5"] {
        assert!(Number::from_text(text).is_none(), "{text}");
    }
}

#[test]
fn text_length_is_the_length_of_the_text() {
    for text in ["0", "-1", "10", "99999", "0.5", "1e300", "123456789012345678901", "-99"] {
        let number = Number::from_text(text).expect("a number");
        assert_eq!(number.text_len(), number.to_string().len(), "{text}");
    }
}

#[test]
fn objects_find_their_keys_whether_few_or_many() {
    for count in [3, 12, 13, 500] {
        let mut builder = ObjectBuilder::default();
        for at in (0..count).rev() {
            builder.insert(format!("k{at}").into(), Value::count(at));
        }
        builder.insert("k1".into(), Value::from("again"));
        builder.remove("k2");
        let object = builder.finish();
        assert_eq!(object.len(), Some(count - 1));
        assert_eq!(object.get("k1"), Some(Value::from("again")));
        assert_eq!(object.get("k0"), Some(Value::count(0)));
        assert_eq!((object.get("k2"), object.get("other")), (None, None));
        assert_eq!(
            object.entry(0).map(|it| it.0.to_string()),
            Some(format!("k{}", count - 1)).filter(|it| it != "k2").or(Some("k1".to_owned()))
        );
    }
}

#[test]
fn equality_is_deep_and_ignores_the_order_of_keys() {
    let value = |text| Value::from_json(text).expect("JSON");
    assert_eq!(value(r#"{"a": [1, {"b": null}], "c": 1.0}"#), value(r#"{"c": 1, "a": [1, {"b": null}]}"#));
    assert_ne!(value("[1, 2]"), value("[2, 1]"));
    assert_ne!(value("1"), value("\"1\""));
}

use proptest::prelude::*;

use crate::json::parse;
use crate::{Json, JsonLimits};

const LIMITS: JsonLimits = JsonLimits::PAYLOAD.with_bytes_max(usize::MAX);

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        "[ -~é😀\u{0}-\u{1f}\u{7f}]{0,20}".prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Json::array),
            prop::collection::vec((".{0,4}", inner), 0..20).prop_map(Json::object),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_the_same(value in json()) {
        let text = value.to_text();
        let again = parse(&text, LIMITS).unwrap();
        prop_assert_eq!(&again, &value);
        prop_assert_eq!(again.to_text(), text);
    }

    #[test]
    fn serde_json_reads_the_same_value(value in json()) {
        let text = value.to_text();
        let theirs: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(parse(&theirs.to_string(), LIMITS).unwrap(), value);
    }
}

#[test]
fn escapes_are_those_of_aws() {
    let value = Json::from("\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1f}\"\\/\u{7f}é\u{2028}");
    assert_eq!(value.to_string(), "\"\\u0000\\b\\t\\n\\u000B\\f\\r\\u001F\\\"\\\\/\u{7f}é\u{2028}\"");
}

#[test]
fn a_text_within_bounds_is_the_text_or_the_bound_that_measuring_names() {
    use crate::measure::{Excess, measure};
    for text in
        [r#"{"a":[1,"b\n",{"c":null}],"d":-1.50}"#, "[]", "\"x\"", "12345", r#"[[[[]]],"long enough"]"#]
    {
        let value = parse(text, JsonLimits::PAYLOAD).expect("it is JSON");
        assert_eq!(value.to_text_within(text.len(), 4).as_deref(), Ok(text));
        assert_eq!(measure(&value, text.len(), 4), Ok(text.len()));
        assert_eq!(value.to_text_within(text.len() - 1, 4), Err(Excess::Bytes), "{text}");
        if text.contains("[1") || text.contains("[[") {
            assert_eq!(value.to_text_within(text.len(), 1), Err(Excess::Depth), "{text}");
            assert_eq!(measure(&value, text.len(), 1), Err(Excess::Depth), "{text}");
        }
    }
}

#[test]
fn integers_are_written_as_fmt_writes_them() {
    let edges = [0, 1, -1, 9, 10, -10, 99, 100, i64::MAX, i64::MIN, i64::MIN + 1];
    let powers = (0..19).flat_map(|power| [10_i64.pow(power) - 1, 10_i64.pow(power), -(10_i64.pow(power))]);
    for value in edges.into_iter().chain(powers) {
        assert_eq!(Json::from(value).to_text(), value.to_string());
    }
}

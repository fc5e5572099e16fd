use proptest::prelude::*;

use super::{Excess, measure};
use crate::{Json, JsonLimits, json};

/// Values of every kind, three levels deep.
fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_filter_map("finite", |value| crate::Number::from_f64(value).map(Json::Number)),
        "\\PC{0,6}|[\\x00-\\x1f\"\\\\]{0,6}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::array),
            prop::collection::vec(("[a-c\n]{0,2}", inner), 0..4).prop_map(Json::object),
        ]
    })
}

proptest! {
    #[test]
    fn the_measure_is_the_length_of_the_text(value in any_json()) {
        let text = value.to_text();
        prop_assert_eq!(measure(&value, usize::MAX, 128), Ok(text.len()));
        prop_assert_eq!(measure(&value, text.len(), 128), Ok(text.len()));
        prop_assert_eq!(measure(&value, text.len() - 1, 128), Err(Excess::Bytes));
    }
}

#[test]
fn what_shares_its_parts_is_measured_without_being_written() {
    let doubled = (0..100).fold(Json::Null, |value, _| Json::array([value.clone(), value]));
    assert_eq!(measure(&doubled, 1 << 20, 128), Err(Excess::Bytes));
}

#[test]
fn depth_counts_arrays_and_objects() {
    let value = json::parse(r#"[{"a":[1]}]"#, JsonLimits::PAYLOAD).expect("JSON");
    assert_eq!(measure(&value, 100, 3), Ok(11));
    assert_eq!(measure(&value, 100, 2), Err(Excess::Depth));
}

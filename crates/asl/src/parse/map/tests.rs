use expect_test::expect;

use crate::parse::tests::check;

#[test]
fn tolerated_failures_are_read_and_change_nothing_inline() {
    check(
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "ToleratedFailureCount": -1, "ToleratedFailurePercentage": 100.5,
"ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}, "End": true}}}"#,
        expect![[r#"
            m.json:1:50: warning[UNSUPPORTED_MAP_MODE]: `ToleratedFailureCount` counts in a distributed Map only; an inline one fails with its first item that does
                1 | …": "M", "States": {"M": {"Type": "Map", "ToleratedFailureCount": -1, "ToleratedFailurePercentage": 1…
                  |                                          ^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ToleratedFailureCount
            m.json:1:75: error[OUT_OF_RANGE]: `ToleratedFailureCount` is a whole number from 0 to 2147483647, found `-1`
                1 | …", "States": {"M": {"Type": "Map", "ToleratedFailureCount": -1, "ToleratedFailurePercentage": 100.5,
                  |                                                              ^^
                  at: /States/M/ToleratedFailureCount
            m.json:1:79: warning[UNSUPPORTED_MAP_MODE]: `ToleratedFailurePercentage` counts in a distributed Map only; an inline one fails with its first item that does
                1 | …", "States": {"M": {"Type": "Map", "ToleratedFailureCount": -1, "ToleratedFailurePercentage": 100.5,
                  |                                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ToleratedFailurePercentage
            m.json:1:109: error[OUT_OF_RANGE]: `ToleratedFailurePercentage` is a number from 0 to 100, found `100.5`
                1 | …", "States": {"M": {"Type": "Map", "ToleratedFailureCount": -1, "ToleratedFailurePercentage": 100.5,
                  |                                                                                                ^^^^^
                  at: /States/M/ToleratedFailurePercentage
        "#]],
    );
    check(
        r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "ToleratedFailureCountPath": "$.n[*]", "ToleratedFailurePercentage": 5,
"ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}, "End": true}}}"#,
        expect![[r#"
            m.json:1:50: warning[UNSUPPORTED_MAP_MODE]: `ToleratedFailureCountPath` counts in a distributed Map only; an inline one fails with its first item that does
                1 | …": "M", "States": {"M": {"Type": "Map", "ToleratedFailureCountPath": "$.n[*]", "ToleratedFailurePerc…
                  |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ToleratedFailureCountPath
            m.json:1:79: error[INVALID_PATH]: `ToleratedFailureCountPath` needs a path that means one place, found `$.n[*]`
                1 | …ates": {"M": {"Type": "Map", "ToleratedFailureCountPath": "$.n[*]", "ToleratedFailurePercentage": 5,
                  |                                                            ^^^^^^^^
                  at: /States/M/ToleratedFailureCountPath
                hint: no `..`, `*`, filters, slices or lists of names
            m.json:1:89: warning[UNSUPPORTED_MAP_MODE]: `ToleratedFailurePercentage` counts in a distributed Map only; an inline one fails with its first item that does
                1 | …ates": {"M": {"Type": "Map", "ToleratedFailureCountPath": "$.n[*]", "ToleratedFailurePercentage": 5,
                  |                                                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  at: /States/M/ToleratedFailurePercentage
        "#]],
    );
}

//! Numbers as text and back.

use crate::testing::{check, check_codes};

#[test]
fn numbers_are_written_by_picture() {
    check(
        "{}",
        &[
            ("$formatNumber(12345.6, '#,###.00')", r#""12,345.60""#),
            ("$formatNumber(-6, '000')", r#""-006""#),
            ("$formatNumber(0.14, '01%')", r#""14%""#),
            ("$formatNumber(1234.5678, '00.000e0')", r#""12.346e2""#),
            ("$formatNumber(0, '0.0e0')", r#""0.0e0""#),
            ("$formatNumber(-3, '0;(0)')", r#""(3)""#),
            ("$formatNumber(1e25, '#,##0')", r#""10,000,000,000,000,000,905,969,664""#),
            (
                "$formatNumber(1234.5, '#.##0,00', {'decimal-separator': ',', 'grouping-separator': '.'})",
                r#""1.234,50""#,
            ),
        ],
    );
    check_codes(&[
        ("$formatNumber(1, '0;0;0')", "D3080"),
        ("$formatNumber(1, '0.0.0')", "D3081"),
        ("$formatNumber(1, '0%%')", "D3082"),
        ("$formatNumber(1, '0a0')", "D3086"),
        ("$formatNumber(1, '0,.0')", "D3087"),
        ("$formatNumber(1, '0,')", "D3088"),
        ("$formatNumber(1, '0,,0')", "D3089"),
        ("$formatNumber(1, '0#')", "D3090"),
        ("$formatNumber(1, '0.#0')", "D3091"),
        ("$formatNumber(1, $pad('0', 2000, '0'))", "U1009"),
    ]);
}

#[test]
fn integers_are_written_and_read_by_picture() {
    let table = [
        (1, "w", "one"),
        (21, "W", "TWENTY-ONE"),
        (342, "w", "three hundred and forty-two"),
        (1_000_001, "Ww", "One Million and One"),
        (12, "w;o", "twelfth"),
        (1999, "I", "MCMXCIX"),
        (28, "a", "ab"),
        (7, "000", "007"),
        (1_234_567, "#,##0", "1,234,567"),
        (22, "0;o", "22nd"),
        (112, "0;o", "112th"),
        (5, "\u{0660}", "\u{0665}"),
    ];
    for (number, picture, text) in table {
        check("{}", &[(&format!("$formatInteger({number}, '{picture}')"), &format!("{text:?}"))]);
        check("{}", &[(&format!("$parseInteger('{text}', '{picture}')"), &number.to_string())]);
    }
    check_codes(&[("$formatInteger(1, '\u{2460}')", "D3130"), ("$formatInteger(1, '0\u{0660}')", "D3131")]);
    check_codes(&[("$formatInteger(1e300, 'I')", "D3130")]);
}

#[test]
fn large_numbers_have_words_too() {
    check("{}", &[("$formatInteger(1e15, 'w')", r#""one thousand trillion""#)]);
    check("{}", &[("$length($formatInteger(1e308, 'w')) > 100", "true")]);
}

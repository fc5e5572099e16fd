//! Times as text and back.

use super::civil::{Civil, days_of};
use crate::testing::{check, check_codes};

#[test]
fn days_and_dates_are_each_other() {
    for days in (-1_000_000..1_000_000).step_by(37) {
        let civil = Civil::from_unix_ms(days * 86_400_000);
        assert_eq!(civil.days(), days);
        assert_eq!(days_of(civil.year, civil.month, civil.day), days);
    }
}

#[test]
fn iso_times_are_read_and_written() {
    check(
        "{}",
        &[
            ("$fromMillis(1510067557121)", r#""2017-11-07T15:12:37.121Z""#),
            ("$fromMillis(-1)", r#""1969-12-31T23:59:59.999Z""#),
            ("$toMillis('2017-11-07T15:12:37.121Z')", "1510067557121"),
            ("$toMillis('2017-11-07T15:12:37+0100')", "1510063957000"),
            ("$toMillis('1970')", "0"),
            ("$toMillis('1970-02')", "2678400000"),
            ("$now()", r#""2026-11-25T12:30:45.678Z""#),
            ("$millis()", "1795609845678"),
        ],
    );
    check_codes(&[
        ("$toMillis('yesterday')", "D3110"),
        ("$toMillis('2017-13-01')", "D3110"),
        ("$toMillis('2017-11-07T99:00:00Z')", "D3110"),
        ("$fromMillis(1e300)", "D1001"),
    ]);
}

#[test]
fn pictures_write_every_component() {
    let at = "1510067557121";
    let table = [
        ("[D1o] [MNn] [Y]", "7th November 2017"),
        ("[FNn,3-3], [D01] [MN,3-3] [Y,2-2]", "Tue, 07 NOV 17"),
        ("[h]:[m01] [P] and [H01]:[m] [PN]", "3:12 pm and 15:12 PM"),
        ("[d] of [Y], week [W] of [X], [w] of [xNn]", "311 of 2017, week 45 of 2017, 2 of November"),
        ("[[x]] [s].[f001]", "[x] 37.121"),
        ("[YI] [Dwo]", "MMXVII seventh"),
        ("[C] [E]", "ISO ISO"),
    ];
    for (picture, text) in table {
        check("{}", &[(&format!("$fromMillis({at}, '{picture}')"), &format!("\"{text}\""))]);
    }
    check(
        "{}",
        &[
            ("$fromMillis(0, '[H01]:[m01] [Z]', '+0530')", r#""05:30 +05:30""#),
            ("$fromMillis(0, '[H01]:[m01] [Z0001]', '-0530')", r#""18:30 -0530""#),
            ("$fromMillis(0, '[Z01:01t] [z]')", r#""Z GMT+00:00""#),
        ],
    );
    check_codes(&[
        ("$fromMillis(0, '[Q]')", "D3132"),
        ("$fromMillis(0, '[YN]')", "D3133"),
        ("$fromMillis(0, '[Z000001]')", "D3134"),
        ("$fromMillis(0, '[Y')", "D3135"),
    ]);
}

#[test]
fn pictures_read_what_they_write() {
    let table = [
        ("[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001]", "2017-11-07T15:12:37.121", "1510067557121"),
        ("[D1o] of [MNn], [Y]", "7th of November, 2017", "1510012800000"),
        ("[Y0001][M01][D01]", "20171107", "1510012800000"),
        ("[Yw], [Dw] [MNn]", "two thousand and seventeen, seven november", "1510012800000"),
        ("[Y]-[d]", "2017-311", "1510012800000"),
        ("[Y]-[M]-[D] [h]:[m] [P]", "2017-11-7 12:30 am", "1510014600000"),
        ("[Y]-[M]-[D] [H]:[m] [Z]", "2017-11-7 12:30 -05:00", "1510075800000"),
    ];
    for (picture, text, unix_ms) in table {
        check("{}", &[(&format!("$toMillis('{text}', '{picture}')"), unix_ms)]);
    }
    check(
        "{}",
        &[
            ("$toMillis('nonsense', '[Y]-[M]')", "nothing"),
            ("$fromMillis($toMillis('10:30', '[H]:[m]'))", r#""2026-11-25T10:30:00.000Z""#),
        ],
    );
    check_codes(&[("$toMillis('2017 7', '[Y] [D]')", "D3136")]);
}

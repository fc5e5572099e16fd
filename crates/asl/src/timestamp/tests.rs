use proptest::prelude::*;

use super::Timestamp;

#[track_caller]
fn check(text: &str, shown: Option<&str>) {
    assert_eq!(Timestamp::parse(text).map(|instant| instant.to_string()).as_deref(), shown, "{text}");
}

#[test]
fn what_rfc_3339_says_narrowly_is_read() {
    check("2016-03-14T01:59:00Z", Some("2016-03-14T01:59:00.000Z"));
    check("2016-08-18T17:33:00.123456Z", Some("2016-08-18T17:33:00.123Z"));
    check("2016-08-18T17:33:00+02:00", Some("2016-08-18T15:33:00.000Z"));
    check("1969-12-31T23:59:59.999Z", Some("1969-12-31T23:59:59.999Z"));
}

#[test]
fn what_is_wider_is_not() {
    for text in [
        "",
        "2016",
        "2016-03-14",
        "2016-03-14t01:59:00Z",
        "2016-03-14T01:59:00z",
        "2016-03-14 01:59:00Z",
        "2016-03-14T01:59:00",
        "2016-13-05T21:29:29Z",
        "2016-12-05T25:29:29Z",
        "05-12-2016T21:29:29Z",
        "2016-03-14T01:59:00.Z",
        "2016-03-14T01:59Z",
    ] {
        check(text, None);
    }
}

#[test]
fn seconds_are_rounded_up_so_that_no_timer_is_early() {
    assert_eq!(Timestamp::from_unix_ms(5).plus_seconds(0.0001).unix_ms, 6);
    assert_eq!(Timestamp::from_unix_ms(5).plus_seconds(1e300).unix_ms, i64::MAX);
}

proptest! {
    #[test]
    fn what_is_shown_is_read_back(unix_ms in -62_000_000_000_000..250_000_000_000_000_i64) {
        let instant = Timestamp::from_unix_ms(unix_ms);
        prop_assert_eq!(Timestamp::parse(&instant.to_string()), Some(instant));
    }

    #[test]
    fn any_text_is_read_or_not(text in "[0-9TZ:+.-]{0,30}|\\PC{0,30}") {
        let _ = Timestamp::parse(&text);
    }
}

//! Tests of spans and local times.

use super::*;
use proptest::prelude::*;

fn utc(text: &str) -> Utc {
    text.parse().unwrap()
}

#[test]
fn spans_are_written_with_units_and_never_negative() {
    for (seconds, two, one, exact) in [
        (0, "0s", "0s", "0s"),
        (8, "8s", "8s", "8s"),
        (60, "1m", "1m", "1m"),
        (2_530, "42m10s", "42m", "42m10s"),
        (-2_530, "42m10s", "42m", "42m10s"),
        (3_600, "1h", "1h", "1h"),
        (3_605, "1h", "1h", "1h5s"),
        (11_820, "3h17m", "3h", "3h17m"),
        (86_399, "23h59m", "23h", "23h59m59s"),
        (187_200, "2d4h", "2d", "2d4h"),
        (604_800, "7d", "7d", "1w"),
        (694_861, "8d1h", "8d", "8d1h1m1s"),
        (i64::MAX / 1_000, "106751991167d7h", "106751991167d", "106751991167d7h12m55s"),
    ] {
        let span = Span::try_seconds(seconds).unwrap();
        assert_eq!(format_span(span), two);
        assert_eq!(format_span_coarse(span), one);
        assert_eq!(exact_span(span), exact);
    }
    assert_eq!(format_span(Span::MIN), format_span(Span::MAX));
    assert_eq!(format_span(Span::milliseconds(-1)), "0s");
}

#[test]
fn spans_are_read() {
    for (text, seconds) in [
        ("90s", 90),
        ("1h30m", 5_400),
        ("2d", 172_800),
        ("15m", 900),
        ("1w", 604_800),
        ("1W2D3H4M5S", 788_645),
        ("0s", 0),
        ("36525d", 3_155_760_000),
    ] {
        assert_eq!(parse_span(text), Ok(Span::seconds(seconds)), "{text}");
    }
    let wrong = ["", "15", "m", "15x", "-15m", "1.5h", "1 h", "15m1h", "5m5m", "1h ", "½h", "٣m", "1h30"];
    for text in wrong {
        assert!(matches!(parse_span(text), Err(BadSpan::Form(_))), "{text}");
    }
    for text in ["36526d", "99999999999999999999s", "9223372036854775807w"] {
        assert!(matches!(parse_span(text), Err(BadSpan::TooLong(_))), "{text}");
    }
}

#[test]
fn what_follows_is_not_before_what_it_follows_unless_the_clock_was_set() {
    let before = utc("2026-07-01T22:30:05.500Z");
    for (now, put_off) in [
        ("2026-07-01T22:30:05.501Z", None),
        ("2026-07-01T22:30:05.500Z", None),
        ("2026-07-01T22:30:05.499Z", Some("ns=7001000000")),
        ("2026-07-01T22:30:03.500Z", Some("ns=9000000000")),
        ("2026-07-01T22:30:03.499Z", None),
    ] {
        let stamp = Stamp { at: utc(now), clock: "boot=1a2b3c4d ns=7000000000 sync=1".to_owned() };
        let later = put_off.map(|ns| Stamp { at: before, clock: format!("boot=1a2b3c4d {ns} sync=1") });
        assert_eq!(stamp.put_off(before), later, "{now}");
        // Nobody set a clock for that.
        if let Some(later) = later {
            assert_eq!(HostClock::stepped((stamp.at, stamp.host()), (later.at, later.host())), None);
        }
    }
}

#[test]
fn times_of_day_carry_their_zone() {
    let at = utc("2026-07-01T22:30:05Z");
    let berlin = Tz::named("Europe/Berlin").unwrap();
    assert_eq!(with_zone(at, Tz::UTC), "22:30");
    assert_eq!(with_zone(at, berlin), "00:30");
    assert_eq!(with_zone_seconds(at, Tz::named("Asia/Kolkata").unwrap()), "04:00:05");
    assert_eq!(day_in_zone(at, berlin), "Thu 2026-07-02");
    assert_eq!(zone_label(at, berlin), "CEST");
    assert_eq!(zone_label(utc("2026-01-01T00:00:00Z"), berlin), "CET");
    assert!(same_day(at, utc("2026-07-01T23:30:00Z"), berlin));
    assert!(!same_day(at, utc("2026-07-01T21:30:00Z"), berlin));
}

#[test]
fn local_times_in_gaps_and_overlaps() {
    for (zone, local, first, last) in [
        ("Europe/Berlin", "2026-06-01T12:00:00", "2026-06-01T10:00:00Z", "2026-06-01T10:00:00Z"),
        ("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
        ("America/New_York", "2026-03-08T02:00:00", "2026-03-08T07:00:00Z", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01T01:00:00", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:30:00Z", "2026-10-03T15:30:00Z"),
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
    ] {
        let zone = Tz::named(zone).unwrap();
        let read = local_instants(zone, local.parse().unwrap()).unwrap();
        assert_eq!(read, LocalInstants { first: utc(first), last: utc(last) }, "{zone} {local}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_span_or_a_problem(text in "\\PC*") {
        let _ = parse_span(&text);
    }

    #[test]
    fn exact_spans_come_back(seconds in 0_i64..3_155_760_000) {
        let span = Span::seconds(seconds);
        prop_assert_eq!(parse_span(&exact_span(span)), Ok(span));
    }

    #[test]
    fn an_instant_is_written_as_chrono_writes_it_and_comes_back(ms in -62_167_219_200_000_i64..253_402_300_800_000) {
        let at = DateTime::from_timestamp_millis(ms).unwrap();
        let written = rfc3339(at);
        prop_assert_eq!(&written, &at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
        prop_assert_eq!(from_rfc3339(&written), Some(at));
    }

    #[test]
    fn what_is_read_as_an_instant_is_written_so(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}.[0-9]{3}Z") {
        if let Some(at) = from_rfc3339(&text) {
            prop_assert_eq!(rfc3339(at), text);
        }
    }
}

#[test]
fn only_the_written_form_of_an_instant_is_read() {
    for text in [
        "",
        "2026-11-22T02:48:42Z",
        "2026-11-22T02:48:42.000z",
        "2026-11-22 02:48:42.000Z",
        "2026-11-22T02:48:42.0000",
        "2026-02-29T02:48:42.000Z",
        "2026-11-22T24:00:00.000Z",
        "2026-11-22T02:48:60.000Z",
        "+026-11-22T02:48:42.000Z",
    ] {
        assert_eq!(from_rfc3339(text), None, "{text}");
    }
}

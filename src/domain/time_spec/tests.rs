//! Tests of the ways to write a time.

use super::*;
use crate::domain::time::rfc3339;
use proptest::prelude::*;

fn ctx(now: &str, zone: Tz) -> Context {
    Context { now: now.parse().unwrap(), zone }
}

/// Reads `text`, which must be a time followed by ` rest`, and gives the instant with marks: `~` about, `!` day
/// named.
#[track_caller]
fn read(text: &str, ctx: &Context) -> String {
    let line = format!("{text} rest");
    let read = match parse_leading(&line, ctx) {
        Err(problem) => return problem.to_string(),
        Ok(None) => {
            assert!(parse_exact(text, ctx).is_err(), "{text}");
            return "text".into();
        }
        Ok(Some((moment, rest))) => {
            assert_eq!(rest, "rest", "{text}");
            assert_eq!(parse_exact(text, ctx), Ok(moment), "{text}");
            moment
        }
    };
    let at = rfc3339(read.at);
    let at = at.trim_end_matches('Z').trim_end_matches(".000");
    format!("{}{at}{}", if read.about { "~" } else { "" }, if read.day_named { "!" } else { "" })
}

#[test]
fn times_by_table() {
    let utc = ctx("2026-11-20T14:37:20Z", Tz::UTC);
    let berlin = ctx("2026-11-20T14:37:20Z", Tz::named("Europe/Berlin").unwrap());
    let kolkata = ctx("2026-11-20T20:00:00Z", Tz::named("Asia/Kolkata").unwrap());
    for (ctx, text, wanted) in [
        // ago
        (&utc, "-4m", "2026-11-20T14:33:20"),
        (&utc, "-90s", "2026-11-20T14:35:50"),
        (&utc, "-1h30m", "2026-11-20T13:07:20"),
        (&utc, "-2d", "2026-11-18T14:37:20"),
        (&utc, "-1w", "2026-11-13T14:37:20"),
        (&utc, "-0s", "2026-11-20T14:37:20"),
        (&utc, "~-4m", "~2026-11-20T14:33:20"),
        // clock times
        (&utc, "14:05", "2026-11-20T14:05:00"),
        (&utc, "14:05:30", "2026-11-20T14:05:30"),
        (&utc, "14:05:30.25", "2026-11-20T14:05:30.250"),
        (&utc, "9:05", "2026-11-20T09:05:00"),
        (&utc, "00:00", "2026-11-20T00:00:00"),
        (&utc, "14:05Z", "2026-11-20T14:05:00"),
        (&utc, "14:05z", "2026-11-20T14:05:00"),
        (&utc, "14:05+02:00", "2026-11-20T12:05:00"),
        (&utc, "09:05-0530", "2026-11-20T14:35:00"),
        (&utc, "15:05+01", "2026-11-20T14:05:00"),
        (&utc, "~14:05", "~2026-11-20T14:05:00"),
        (&berlin, "14:05", "2026-11-20T13:05:00"),
        (&berlin, "14:05Z", "2026-11-20T14:05:00"),
        (&kolkata, "01:15", "2026-11-20T19:45:00"),
        // up to two minutes ahead is taken as typed
        (&utc, "14:38", "2026-11-20T14:38:00"),
        (&utc, "14:39:20", "2026-11-20T14:39:20"),
        // more means the last past occurrence
        (&utc, "14:39:21", "2026-11-19T14:39:21!"),
        (&utc, "23:50", "2026-11-19T23:50:00!"),
        (&utc, "~23:50", "~2026-11-19T23:50:00!"),
        (&utc, "15:00Z", "2026-11-19T15:00:00!"),
        (&kolkata, "23:50", "2026-11-20T18:20:00!"),
        // at 20:00Z it is past midnight at +05:30: the day is that of the offset
        (&utc, "01:00+12:00", "2026-11-20T13:00:00"),
        // yesterday
        (&utc, "y 23:50", "2026-11-19T23:50:00"),
        (&utc, "y 09:00", "2026-11-19T09:00:00"),
        (&utc, "Y 09:00:10Z", "2026-11-19T09:00:10"),
        (&utc, "~y 09:00", "~2026-11-19T09:00:00"),
        (&berlin, "y 23:50", "2026-11-19T22:50:00"),
        // dates
        (&utc, "2026-11-20 14:05", "2026-11-20T14:05:00"),
        (&utc, "2026-11-20T14:05", "2026-11-20T14:05:00"),
        (&utc, "2026-11-20T14:05:30.123456Z", "2026-11-20T14:05:30.123"),
        (&utc, "2026-11-20T16:05:30+02:00", "2026-11-20T14:05:30"),
        (&utc, "2026-11-20 14:05Z", "2026-11-20T14:05:00"),
        (&utc, "~2026-11-20 14:05+02:00", "~2026-11-20T12:05:00"),
        (&utc, "1999-12-31 23:59:59", "1999-12-31T23:59:59"),
        (&berlin, "2026-07-01 14:05", "2026-07-01T12:05:00"),
        // leap day
        (&utc, "2024-02-29 12:00", "2024-02-29T12:00:00"),
        (&utc, "2026-02-29 12:00", "2026-02-29 12:00 is no day of the calendar; correct the date"),
        (&utc, "2026-13-01 12:00", "2026-13-01 12:00 is no day of the calendar; correct the date"),
        // text
        (&utc, "14", "text"),
        (&utc, "500", "text"),
        (&utc, "-v", "text"),
        (&utc, "-4", "text"),
        (&utc, "--4m", "text"),
        (&utc, "-4m,", "text"),
        (&utc, "+4m", "text"),
        (&utc, "4m", "text"),
        (&utc, "14:05pm", "text"),
        (&utc, "14:05,", "text"),
        (&utc, "14:05:", "text"),
        (&utc, "14:5", "text"),
        (&utc, "14:050", "text"),
        (&utc, "114:05", "text"),
        (&utc, "25:00", "text"),
        (&utc, "24:00", "text"),
        (&utc, "14:60", "text"),
        (&utc, "14:05:61", "text"),
        (&utc, "14:05:30.", "text"),
        (&utc, "14:05+", "text"),
        (&utc, "14:05+25:00", "text"),
        (&utc, "14:05+020", "text"),
        (&utc, "14:05+02:007", "text"),
        (&utc, "14:05-14:20", "text"),
        (&utc, "y", "text"),
        (&utc, "yes", "text"),
        (&utc, "y23:50", "text"),
        (&utc, "~", "text"),
        (&utc, "~~14:05", "text"),
        (&utc, "~500", "text"),
        (&utc, "2026-11-20", "text"),
        (&utc, "26-11-20 14:05", "text"),
        (&utc, "2026-11-20/14:05", "text"),
        (&utc, "10.0.0.1:80", "text"),
        (&utc, "::1", "text"),
        (&utc, "１４:05", "text"),
        (&utc, "14：05", "text"),
    ] {
        assert_eq!(read(text, ctx), wanted, "{text} in {}", ctx.zone);
    }
}

#[test]
fn the_future_is_refused_with_what_to_do() {
    let berlin = ctx("2026-11-20T14:37:20Z", Tz::named("Europe/Berlin").unwrap());
    for text in ["2026-11-20 15:40", "2026-11-20T14:39:21Z", "2026-12-31 00:00", "9999-12-31 23:59+00:00"] {
        let problem = parse_leading(&format!("{text} failover"), &berlin).unwrap_err().to_string();
        assert_eq!(
            problem,
            format!(
                "{text} is in the future (now 2026-11-20 15:37 CET); give a time that has passed, such as -4m or \
                 14:05"
            )
        );
    }
    assert!(parse_exact("2026-11-20 15:39", &berlin).is_ok());
    assert!(matches!(parse_exact("-40000d", &berlin), Err(TimeProblem::TooLong { .. })));
    assert!(matches!(parse_exact("14:05 x", &berlin), Err(TimeProblem::NotATime { .. })));
    assert!(matches!(parse_exact("", &berlin), Err(TimeProblem::NotATime { .. })));
    assert!(parse_exact("\t14:05\n", &berlin).is_ok());
}

#[test]
fn midnight_and_year_end() {
    for (now, zone, text, wanted) in [
        ("2026-11-20T00:00:30Z", Tz::UTC, "23:59", "2026-11-19T23:59:00!"),
        ("2026-11-20T00:00:30Z", Tz::UTC, "00:00", "2026-11-20T00:00:00"),
        ("2026-11-20T00:00:30Z", Tz::UTC, "-1m", "2026-11-19T23:59:30"),
        // a colleague's clock is half a minute ahead
        ("2026-11-20T23:59:30Z", Tz::UTC, "00:00", "2026-11-21T00:00:00!"),
        ("2026-11-20T23:59:30Z", Tz::UTC, "00:02", "2026-11-20T00:02:00"),
        ("2027-01-01T00:10:00Z", Tz::UTC, "23:50", "2026-12-31T23:50:00!"),
        ("2027-01-01T00:10:00Z", Tz::UTC, "y 23:50", "2026-12-31T23:50:00"),
        ("2026-12-31T23:30:00Z", Tz::named("Europe/Berlin").unwrap(), "00:15", "2026-12-31T23:15:00"),
        (
            "2026-12-31T23:30:00Z",
            Tz::named("Europe/Berlin").unwrap(),
            "2027-01-01 00:15",
            "2026-12-31T23:15:00",
        ),
        ("2024-02-29T12:00:00Z", Tz::UTC, "y 13:00", "2024-02-28T13:00:00"),
        ("2024-03-01T00:10:00Z", Tz::UTC, "23:50", "2024-02-29T23:50:00!"),
        ("2024-03-01T12:00:00Z", Tz::UTC, "-1d", "2024-02-29T12:00:00"),
    ] {
        assert_eq!(read(text, &ctx(now, zone)), wanted, "{now} {text}");
    }
}

#[test]
fn the_clocks_change() {
    let (de, ny) = (Tz::named("Europe/Berlin").unwrap(), Tz::named("America/New_York").unwrap());
    for (now, zone, text, wanted) in [
        // put forward: 02:30 does not exist, the first instant after is 03:00
        ("2026-03-29T10:00:00Z", de, "02:30", "2026-03-29T01:00:00"),
        ("2026-03-29T10:00:00Z", de, "01:59", "2026-03-29T00:59:00"),
        ("2026-03-29T10:00:00Z", de, "03:00", "2026-03-29T01:00:00"),
        ("2026-03-29T00:59:30Z", de, "02:00", "2026-03-29T01:00:00"),
        ("2026-03-29T00:30:00Z", de, "02:30", "2026-03-28T01:30:00!"),
        ("2026-03-30T10:00:00Z", de, "y 02:30", "2026-03-29T01:00:00"),
        ("2026-03-08T12:00:00Z", ny, "02:15", "2026-03-08T07:00:00"),
        ("2026-03-08T12:00:00Z", ny, "2026-03-08 03:15", "2026-03-08T07:15:00"),
        // put back: 02:30 exists twice, the later one that is not in the future
        ("2026-10-25T10:00:00Z", de, "02:30", "2026-10-25T01:30:00"),
        ("2026-10-25T01:00:00Z", de, "02:30", "2026-10-25T00:30:00"),
        ("2026-10-25T01:28:30Z", de, "02:30", "2026-10-25T01:30:00"),
        ("2026-10-25T00:10:00Z", de, "02:30", "2026-10-24T00:30:00!"),
        ("2026-10-25T10:00:00Z", de, "2026-10-25 02:30+02:00", "2026-10-25T00:30:00"),
        ("2026-11-01T12:00:00Z", ny, "01:30", "2026-11-01T06:30:00"),
        ("2026-11-01T05:45:00Z", ny, "01:30", "2026-11-01T05:30:00"),
        ("2026-11-01T12:00:00Z", ny, "2026-11-01 00:59", "2026-11-01T04:59:00"),
        // a span crosses the change on the wall clock of the world, not of the zone
        ("2026-10-25T10:00:00Z", de, "-1d", "2026-10-24T10:00:00"),
        // Samoa left out a whole day
        ("2011-12-30T11:00:00Z", Tz::named("Pacific/Apia").unwrap(), "y 12:00", "2011-12-30T10:00:00"),
        ("2011-12-30T10:30:00Z", Tz::named("Pacific/Apia").unwrap(), "12:00", "2011-12-30T10:00:00!"),
    ] {
        assert_eq!(read(text, &ctx(now, zone)), wanted, "{now} {text} {zone}");
    }
}

#[test]
fn what_follows_a_time_is_kept() {
    let ctx = ctx("2026-11-20T14:37:20Z", Tz::UTC);
    for (line, rest) in [
        ("-4m on-call  acknowledged ", "on-call  acknowledged "),
        ("14:05", ""),
        ("14:05\tx", "x"),
        ("14:05\nx\ny", "x\ny"),
        ("y 14:05   ! go", "! go"),
        ("14:05 14:06", "14:06"),
    ] {
        assert_eq!(parse_leading(line, &ctx).unwrap().unwrap().1, rest, "{line}");
    }
    for line in ["", " 14:05 x", "at 14:05", "14 nodes down", "500 errors/s", "-v flag"] {
        assert_eq!(parse_leading(line, &ctx), Ok(None), "{line}");
    }
}

fn zones() -> impl Strategy<Value = Tz> {
    prop::sample::select(Tz::all().collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in any::<String>(), zone in zones(), now in any::<i64>()) {
        let now = Utc::from_timestamp_millis(now).unwrap_or(Utc::MAX_UTC);
        let _ = parse_leading(&text, &Context { now, zone });
        let _ = parse_exact(&text, &Context { now, zone });
    }

    #[test]
    fn near_misses_are_read_without_panic(
        text in "~?(y )?[-+]?[0-9]{0,5}[-:]?[0-9]{0,3}[-:]?[0-9]{0,3}[ T]?[0-9:.]{0,9}[-+Z]?[0-9:]{0,6}[wdhms]? ?",
        zone in zones(),
        now in -3_000_000_000_000_i64..5_000_000_000_000,
    ) {
        let now = Utc::from_timestamp_millis(now).unwrap();
        if let Ok(Some((moment, _))) = parse_leading(&text, &Context { now, zone }) {
            prop_assert!(moment.at <= now + AHEAD);
        }
    }

    #[test]
    fn a_past_time_of_any_zone_comes_back(ago in 0_i64..1_000_000_000, zone in zones()) {
        let now: Utc = "2026-11-20T14:37:20Z".parse().unwrap();
        let at = now - Span::seconds(ago);
        let ctx = Context { now, zone };
        let local = at.with_timezone(&zone);
        // Zones of old had offsets with seconds; those cannot be written as +hh:mm.
        let written = local.format("%Y-%m-%d %H:%M:%S%:z").to_string();
        prop_assert_eq!(parse_exact(&written, &ctx).unwrap().at, at);
        let read = parse_exact(&local.format("%Y-%m-%dT%H:%M:%S").to_string(), &ctx).unwrap().at;
        prop_assert_eq!(read.with_timezone(&zone).naive_local(), local.naive_local());
    }

    #[test]
    fn a_bare_clock_time_is_within_the_last_day(h in 0_u32..24, m in 0_u32..60, zone in zones(), now in 0_i64..2_000_000_000) {
        let now = Utc::from_timestamp(now, 0).unwrap();
        let read = parse_exact(&format!("{h:02}:{m:02}"), &Context { now, zone }).unwrap();
        prop_assert!(read.at <= now + AHEAD);
        // A day of a zone has at most 25 hours, but for those that zones left out or ran through twice.
        prop_assert!(read.at > now - Span::hours(50), "{}", read.at);
    }
}

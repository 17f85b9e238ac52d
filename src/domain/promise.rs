//! The time of the next update as people write it: `30m`, `15:30Z`, `next 30m` at the end of a text, or its line
//! `Next update: 2026-11-25 15:06 UTC`. One reader for the composer, the commands and the rules. It must not read a
//! clock, and it must not guess: a zone that it does not know is no time.

use crate::domain::request::When;
use crate::domain::time::{Span, Utc, parse_span, zone_label};
use crate::domain::time_spec::{self, AHEAD, Context, TimeProblem};

/// Why a text is no time ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAhead {
    /// It is no time.
    NotATime,
    /// It is one that has passed.
    Passed(Utc),
}

/// How a line of an update begins that names the time of the next one.
const LEAD: &str = "next update";
/// The word before a time at the end of a text.
const MARKER: &str = "next";
/// Words between the beginning of such a line and the time.
const BETWEEN: [&str; 9] = ["by", "in", "at", "within", "is", "due", "expected", "about", "around"];

/// Reads a text that is a time ahead and nothing else: `15m`, `14:05`, `2026-11-20 14:05Z`. A bare clock time is the
/// next one from now; one of yesterday is no time ahead.
///
/// # Errors
/// When it is no time, or one that has passed.
pub fn ahead(text: &str, ctx: &Context) -> Result<When, NotAhead> {
    let text = text.trim();
    if let Ok(span) = parse_span(text.trim_start_matches('+')) {
        return if span > Span::zero() { Ok(When::In(span)) } else { Err(NotAhead::NotATime) };
    }
    // The last such time before tomorrow's now is the next one from here.
    let reach = |days: i64| {
        let now = ctx.now.checked_add_signed(Span::days(days)).and_then(|at| at.checked_sub_signed(AHEAD));
        time_spec::parse_exact(text, &Context { now: now.unwrap_or(Utc::MAX_UTC), zone: ctx.zone })
    };
    let moment = match reach(1) {
        Err(TimeProblem::Future { .. }) => reach(36_500),
        other => other,
    };
    match moment {
        // Read from tomorrow's now, yesterday would be today.
        Ok(moment) if text.starts_with(['-', 'y', 'Y']) || moment.about => Err(NotAhead::NotATime),
        Ok(moment) if moment.at <= ctx.now => Err(NotAhead::Passed(moment.at)),
        Ok(moment) => Ok(When::At(moment.at)),
        Err(_) => Err(NotAhead::NotATime),
    }
}

/// Takes `next 30m` or `next 15:30Z` from the end of a text. Gives the text without it.
#[must_use]
pub fn marker<'a>(text: &'a str, ctx: &Context) -> Option<(&'a str, When)> {
    let text = text.trim_end();
    let (before, time) = text.rsplit_once(char::is_whitespace)?;
    let before = before.trim_end();
    let rest = match before.rsplit_once(char::is_whitespace) {
        Some((rest, word)) if word.eq_ignore_ascii_case(MARKER) => rest,
        None if before.eq_ignore_ascii_case(MARKER) => "",
        _ => return None,
    };
    let when = ahead(time, ctx).ok()?;
    Some((rest.trim_end().trim_end_matches([',', ';']).trim_end(), when))
}

/// The time that the text itself promises: its last line that begins with `Next update`.
#[must_use]
pub fn stated(text: &str, ctx: &Context) -> Option<Result<When, NotAhead>> {
    let line = text.lines().rev().find_map(|line| {
        let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
        let (lead, rest) = line.split_at_checked(LEAD.len())?;
        lead.eq_ignore_ascii_case(LEAD).then_some(rest)
    })?;
    let mut words: Vec<&str> = line
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')'))
        .map(|w| w.trim_end_matches('.').trim_matches('*'))
        .filter(|w| !w.is_empty() && *w != ":")
        .collect();
    while words
        .first()
        .is_some_and(|w| BETWEEN.iter().any(|b| w.trim_end_matches(':').eq_ignore_ascii_case(b)))
    {
        words.remove(0);
    }
    let mut words = words.into_iter();
    let (first, second, third) = (words.next()?, words.next().unwrap_or(""), words.next().unwrap_or(""));
    if first.chars().all(|c| c.is_ascii_digit()) && !second.is_empty() {
        // `30 minutes`, `2 hours`
        let unit = second.to_ascii_lowercase();
        let unit = ["m", "h", "d"].into_iter().find(|u| {
            unit == *u
                || matches!((*u, unit.as_str()), ("m", "min" | "mins" | "minute" | "minutes"))
                || matches!((*u, unit.as_str()), ("h", "hour" | "hours") | ("d", "day" | "days"))
        });
        return unit.map(|u| ahead(&format!("{first}{u}"), ctx));
    }
    let dated = first.len() == 10 && first.contains('-');
    let (time, zone) = if dated { (format!("{first} {second}"), third) } else { (first.to_owned(), second) };
    match ahead(&with_zone(&time, zone, ctx)?, ctx) {
        Err(NotAhead::NotATime) => None,
        read => Some(read),
    }
}

/// A time with the zone that stands behind it, where that is one.
fn with_zone(time: &str, zone: &str, ctx: &Context) -> Option<String> {
    let is_zone = (2..=5).contains(&zone.len()) && zone.chars().all(|c| c.is_ascii_uppercase());
    if zone == "Z" || ["UTC", "GMT"].contains(&zone) {
        Some(format!("{time}Z"))
    } else if !is_zone || zone == zone_label(ctx.now, ctx.zone) {
        Some(time.to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::zone::Tz;

    fn at(text: &str) -> Utc {
        text.parse().unwrap()
    }

    fn ctx() -> Context {
        Context { now: at("2026-11-25T14:36:00Z"), zone: Tz::UTC }
    }

    #[test]
    fn a_time_ahead_is_a_span_a_clock_time_or_a_date() {
        let read = |text: &str| ahead(text, &ctx());
        assert_eq!(read("30m"), Ok(When::In(Span::minutes(30))));
        assert_eq!(read("+1h"), Ok(When::In(Span::hours(1))));
        assert_eq!(read("15:06"), Ok(When::At(at("2026-11-25T15:06:00Z"))));
        assert_eq!(read("14:00"), Ok(When::At(at("2026-11-26T14:00:00Z"))), "the next one");
        assert_eq!(read("2026-11-27 09:00"), Ok(When::At(at("2026-11-27T09:00:00Z"))));
        assert_eq!(read("2026-11-25 14:00Z"), Err(NotAhead::Passed(at("2026-11-25T14:00:00Z"))));
        for text in ["soon", "-4m", "~15:00", "0m", "", "y 23:50", "Y 23:50Z", "y 13:00"] {
            assert_eq!(read(text), Err(NotAhead::NotATime), "{text}");
        }
    }

    #[test]
    fn next_at_the_end_of_a_text_is_taken_out() {
        let read = |text: &'static str| marker(text, &ctx());
        assert_eq!(read("we are looking, next 30m"), Some(("we are looking", When::In(Span::minutes(30)))));
        assert_eq!(read("looking\nnext 15:06"), Some(("looking", When::At(at("2026-11-25T15:06:00Z")))));
        assert_eq!(read("next 30m"), Some(("", When::In(Span::minutes(30)))));
        for text in ["what happens next", "the next 30 minutes", "see you next week", "30m", "next"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_line_of_the_text_that_names_it_is_read() {
        let read = |text: &str| stated(text, &ctx());
        let clock = Some(Ok(When::At(at("2026-11-25T15:06:00Z"))));
        for text in [
            "Next update: 2026-11-25 15:06 UTC",
            "Status: x\nNext update: 15:06 UTC (16:06 CET)\n",
            "- next update by 15:06Z.",
            "Next update: 15:06",
            "**Next update:** 2026-11-25 15:06 UTC",
            "Next update at 15:06 UTC, or sooner",
        ] {
            assert_eq!(read(text), clock, "{text}");
        }
        let half = Some(Ok(When::In(Span::minutes(30))));
        for text in ["Next update: in 30 minutes", "next update within 30m", "Next update: 30 min"] {
            assert_eq!(read(text), half, "{text}");
        }
        assert_eq!(
            read("Next update: 2026-11-25 14:30 UTC"),
            Some(Err(NotAhead::Passed(at("2026-11-25T14:30:00Z"))))
        );
        for text in
            ["no promise", "Next update: none", "Next update: 16:06 CET", "Next update:", "Next updates"]
        {
            assert_eq!(read(text), None, "{text}: a zone that is not known, or no time, promises nothing");
        }
    }
}

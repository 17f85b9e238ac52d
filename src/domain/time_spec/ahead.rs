//! Times to come, as people write them: `30m`, `+2h`, `16:30`, `tomorrow 09:00`, `2026-11-20 14:05`. It must not read a clock.

use super::{AHEAD, Context, TimeProblem, parse_leading};
use crate::domain::time::{Span, Utc, parse_span, shortened, to_ms};

/// How far ahead a date may lie, in days.
const REACH: i64 = 36_500;

/// Reads a time to come at the very beginning of a text, and gives the rest without the white space in front of it.
/// A bare time of day is the next such. None when the text does not begin with one.
///
/// # Errors
/// [`TimeProblem`] when the text begins with a time that has passed or is no time of the calendar.
pub fn parse_ahead<'a>(input: &'a str, ctx: &Context) -> Result<Option<(Utc, &'a str)>, TimeProblem> {
    let input = input.trim_start();
    let first = input.split_whitespace().next().unwrap_or_default();
    let passed = || TimeProblem::Passed { text: shortened(first) };
    if let Ok(span) = parse_span(first.strip_prefix('+').unwrap_or(first)) {
        let at = ctx.now.checked_add_signed(span).filter(|_| span > Span::zero()).ok_or_else(passed)?;
        let rest = input.get(first.len()..).unwrap_or_default();
        return Ok(Some((to_ms(at), rest.trim_start())));
    }
    let rest = input.get(first.len()..).unwrap_or_default().trim_start();
    if first.eq_ignore_ascii_case("tomorrow") {
        let clock = rest.strip_prefix("at ").unwrap_or(rest).trim_start();
        return if begins_with_clock(clock) { on_the_morrow(clock, ctx) } else { Ok(None) };
    }
    if !first.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(None);
    }
    if chrono::NaiveDate::parse_from_str(first, "%Y-%m-%d").is_ok() && !begins_with_clock(rest) {
        // A day alone is meant as a whole: it ends with its last minute.
        let last = format!("{first} 23:59");
        let now = ctx.now.checked_add_signed(Span::days(REACH)).unwrap_or(Utc::MAX_UTC);
        let found = parse_leading(&last, &Context { now, zone: ctx.zone })?;
        return match found {
            Some((moment, _)) if moment.at > ctx.now => Ok(Some((moment.at, rest))),
            _ => Err(passed()),
        };
    }
    // The last such time before tomorrow's now is the next one from here.
    let reach = |days: i64| {
        let now = ctx.now.checked_add_signed(Span::days(days)).and_then(|at| at.checked_sub_signed(AHEAD));
        parse_leading(input, &Context { now: now.unwrap_or(Utc::MAX_UTC), zone: ctx.zone })
    };
    let found = match reach(1) {
        Err(TimeProblem::Future { .. }) => reach(REACH)?,
        other => other?,
    };
    match found {
        Some((moment, _)) if moment.at <= ctx.now => Err(passed()),
        found => Ok(found.map(|(moment, rest)| (moment.at, rest))),
    }
}

/// The time of day in front of a text, on the day that follows today; none where it names a zone in which that is another
/// one.
fn on_the_morrow<'a>(clock: &'a str, ctx: &Context) -> Result<Option<(Utc, &'a str)>, TimeProblem> {
    let end = clock.find(char::is_whitespace).unwrap_or(clock.len());
    let (time, rest) = clock.split_at_checked(end).unwrap_or((clock, ""));
    let today = ctx.now.with_timezone(&ctx.zone).date_naive();
    let bare = time.trim_end_matches(['Z', 'z']);
    let is_clock = bare.chars().all(|c| c.is_ascii_digit() || c == ':');
    let same = bare == time || ctx.now.date_naive() == today;
    let Some(day) = today.succ_opt().filter(|_| is_clock && same) else { return Ok(None) };
    let now = ctx.now.checked_add_signed(Span::days(3)).unwrap_or(Utc::MAX_UTC);
    let found = parse_leading(&format!("{day} {time}"), &Context { now, zone: ctx.zone })?
        .map(|(moment, _)| (moment.at, rest.trim_start()));
    Ok(found)
}

/// Whether a time of day follows: `14:05`.
fn begins_with_clock(text: &str) -> bool {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    (1..=2).contains(&digits) && text.get(digits..).is_some_and(|rest| rest.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::zone::Tz;

    fn read(text: &str) -> Result<Option<(String, String)>, String> {
        let now = "2026-11-20T14:00:00Z".parse().unwrap();
        let ctx = Context { now, zone: Tz::named("Europe/Berlin").unwrap() };
        parse_ahead(text, &ctx)
            .map(|found| found.map(|(at, rest)| (at.format("%d %H:%M").to_string(), rest.to_owned())))
            .map_err(|e| e.to_string())
    }

    #[test]
    fn spans_times_of_day_and_dates_are_read_with_what_follows() {
        let some = |at: &str, rest: &str| Ok(Some((at.to_owned(), rest.to_owned())));
        assert_eq!(read("30m vendor"), some("20 14:30", "vendor"));
        assert_eq!(read(" +2h"), some("20 16:00", ""));
        assert_eq!(read("16:30 the vendor calls"), some("20 15:30", "the vendor calls"));
        assert_eq!(read("16:30Z x"), some("20 16:30", "x"));
        assert_eq!(read("14:30 next day"), some("21 13:30", "next day"), "it has passed today");
        assert_eq!(read("2026-11-27 09:00 freeze"), some("27 08:00", "freeze"));
        assert_eq!(read("2026-11-27 the freeze ends"), some("27 22:59", "the freeze ends"));
        assert_eq!(read("2026-11-20"), some("20 22:59", ""), "today is not over");
        assert_eq!(read("tomorrow 09:00 the vendor calls"), some("21 08:00", "the vendor calls"));
        assert_eq!(read("Tomorrow at 09:00Z"), some("21 09:00", ""));
        assert_eq!(read("tomorrow the vendor calls"), Ok(None), "no time of day is guessed");
        assert_eq!(read("the vendor"), Ok(None));
        assert_eq!(read("-5m x"), Ok(None));
    }

    #[test]
    fn what_has_passed_is_refused() {
        assert!(read("2026-11-19 09:00 x").unwrap_err().contains("has passed"));
        assert!(read("2026-11-19 x").unwrap_err().contains("has passed"));
        assert!(read("0m x").unwrap_err().contains("has passed"));
        assert!(read("2026-13-01 09:00 x").unwrap_err().contains("calendar"));
    }
}

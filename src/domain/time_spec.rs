//! The ways in which people write a time: `-4m`, `14:05`, `14:05Z`, `y 23:50`, `2026-11-20 14:05`, `~14:05`. One
//! reader for the composer and for every `--at`. It must not read a clock: the caller says what now is. It must
//! not guess: a text that only looks like a time stays text, and a time in the future is refused.

mod ahead;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

use super::time::{BadSpan, Span, Utc, local_instants, parse_span, shortened, to_ms, zone_label};
use super::zone::Tz;

pub use ahead::parse_ahead;

/// How far ahead a time may lie before it counts as in the future: people's clocks differ.
pub const AHEAD: Span = Span::minutes(2);

/// What a time is read against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// The instant that relative times count from.
    pub now: Utc,
    /// The zone of times that name none: the one on screen; UTC on the command line.
    pub zone: Tz,
}

/// A time that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant, to the millisecond; at most [`AHEAD`] of now.
    pub at: Utc,
    /// Whether it was marked as approximate by `~`.
    pub about: bool,
    /// Whether a bare clock time turned out to lie on another day than today, so that a preview must name the day.
    pub day_named: bool,
}

/// Why a time cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeProblem {
    /// It lies more than [`AHEAD`] in the future.
    #[error("{text} is in the future (now {now}); give a time that has passed, such as -4m or 14:05")]
    Future {
        /// The time as typed.
        text: String,
        /// Now, written in the zone of the context.
        now: String,
    },
    /// The calendar has no such day.
    #[error("{text} is no day of the calendar; correct the date")]
    NoSuchDay {
        /// The time as typed.
        text: String,
    },
    /// It reaches further back than can be meant.
    #[error("{text} is more than a hundred years ago; give a date instead")]
    TooLong {
        /// The time as typed.
        text: String,
    },
    /// It should lie ahead and does not.
    #[error("{text} has passed; give a time ahead, such as 30m, 16:30 or '2026-11-20 16:30'")]
    Passed {
        /// The time as typed.
        text: String,
    },
    /// The text is no time at all.
    #[error(
        "{text:?} is not a time; write -4m, -1h30m, 14:05, 14:05Z, 14:05+02:00, 'y 23:50', '2026-11-20 14:05' \
         or ~14:05"
    )]
    NotATime {
        /// What was given.
        text: String,
    },
}

/// Reads a time at the very beginning of a text, followed by white space or the end, and gives the rest without
/// the white space in front of it. None when the text does not begin with a time.
///
/// # Errors
/// [`TimeProblem`] when the text begins with a time that cannot be meant.
pub fn parse_leading<'a>(input: &'a str, ctx: &Context) -> Result<Option<(Moment, &'a str)>, TimeProblem> {
    parse_leading_of(input, ctx, None)
}

/// The same for something that has a time already: a bare clock time is one of its own day, unless it lies in the
/// future there.
///
/// # Errors
/// As [`parse_leading`].
pub fn parse_leading_of<'a>(
    input: &'a str,
    ctx: &Context,
    own: Option<Utc>,
) -> Result<Option<(Moment, &'a str)>, TimeProblem> {
    let (about, body) = match input.strip_prefix('~') {
        Some(body) => (true, body),
        None => (false, input),
    };
    let Some((spec, rest)) = spec(body) else { return Ok(None) };
    let typed = input.get(..input.len() - rest.len()).unwrap_or(input);
    let (at, day_named) = spec.resolve(typed, ctx, own)?;
    Ok(Some((Moment { at: to_ms(at), about, day_named }, rest.trim_start())))
}

/// The time at the very beginning of a text, as typed, and the rest without the white space in front of it; whether
/// the time can be meant is not asked.
#[must_use]
pub fn split_leading(input: &str) -> Option<(&str, &str)> {
    let body = input.strip_prefix('~').unwrap_or(input);
    let (_, rest) = spec(body)?;
    let typed = input.get(..input.len() - rest.len())?;
    Some((typed, rest.trim_start()))
}

/// Reads a text that is a time and nothing else, as for `--at`; white space around it does not matter.
///
/// # Errors
/// [`TimeProblem`] when it is no time, or one that cannot be meant.
pub fn parse_exact(input: &str, ctx: &Context) -> Result<Moment, TimeProblem> {
    parse_exact_of(input, ctx, None)
}

/// The same for something that has a time already, as in [`parse_leading_of`].
///
/// # Errors
/// As [`parse_exact`].
pub fn parse_exact_of(input: &str, ctx: &Context, own: Option<Utc>) -> Result<Moment, TimeProblem> {
    match parse_leading_of(input.trim(), ctx, own)? {
        Some((moment, "")) => Ok(moment),
        _ => Err(TimeProblem::NotATime { text: shortened(input) }),
    }
}

/// A time as it stands in the text.
enum Spec {
    /// So long ago.
    Ago(Span),
    /// Reaches back too far.
    AgoTooLong,
    /// A clock time: of the day of what is amended, else of the last day that has it.
    Clock(Clock),
    /// A clock time of yesterday.
    Yesterday(Clock),
    /// A clock time of a day; no day when the calendar has none such.
    Dated(Option<NaiveDate>, Clock),
}

/// A time of day with the zone that it names.
struct Clock {
    time: NaiveTime,
    offset: Option<FixedOffset>,
}

impl Spec {
    /// The instant that is meant, and whether its day must be named.
    fn resolve(&self, typed: &str, ctx: &Context, own: Option<Utc>) -> Result<(Utc, bool), TimeProblem> {
        let text = || shortened(typed.trim_end());
        let future = || TimeProblem::Future { text: text(), now: written(ctx) };
        match self {
            Self::Ago(span) => {
                let at =
                    ctx.now.checked_sub_signed(*span).ok_or_else(|| TimeProblem::TooLong { text: text() });
                at.map(|at| (at, false))
            }
            Self::AgoTooLong => Err(TimeProblem::TooLong { text: text() }),
            Self::Clock(clock) => {
                let today = clock.today(ctx);
                let own = own.map(|at| clock.day_of(at, ctx)).filter(|day| *day < today);
                // Tomorrow first: at 23:59 somebody whose clock is ahead types 00:00. Three days back, because
                // a zone can leave out a whole day.
                let days = [own, today.succ_opt(), Some(today)].into_iter();
                let days = days.chain((1..=3).map(|back| today.checked_sub_days(Days::new(back)))).flatten();
                let mut found = days.filter_map(|day| clock.on(day, ctx).map(|at| (at, day != today)));
                found.next().ok_or_else(future)
            }
            Self::Yesterday(clock) => {
                let day = clock.today(ctx).pred_opt();
                day.and_then(|day| clock.on(day, ctx)).map(|at| (at, false)).ok_or_else(future)
            }
            Self::Dated(None, _) => Err(TimeProblem::NoSuchDay { text: text() }),
            Self::Dated(Some(day), clock) => clock.on(*day, ctx).map(|at| (at, false)).ok_or_else(future),
        }
    }
}

impl Clock {
    /// The day that it is now, where the clock hangs.
    fn today(&self, ctx: &Context) -> NaiveDate {
        self.day_of(ctx.now, ctx)
    }

    /// The day of an instant, where the clock hangs.
    fn day_of(&self, at: Utc, ctx: &Context) -> NaiveDate {
        match self.offset {
            Some(offset) => at.with_timezone(&offset).date_naive(),
            None => at.with_timezone(&ctx.zone).date_naive(),
        }
    }

    /// The instant of this time on a day, unless it lies in the future. A local time that exists twice is the
    /// later one that does not; one that does not exist is the first instant after.
    fn on(&self, day: NaiveDate, ctx: &Context) -> Option<Utc> {
        let local = day.and_time(self.time);
        let limit = ctx.now.checked_add_signed(AHEAD).unwrap_or(ctx.now);
        match self.offset {
            Some(offset) => in_offset(local, offset).filter(|at| *at <= limit),
            None => {
                let read = local_instants(ctx.zone, local)?;
                [read.last, read.first].into_iter().find(|at| *at <= limit)
            }
        }
    }
}

/// A local time at a fixed offset.
fn in_offset(local: NaiveDateTime, offset: FixedOffset) -> Option<Utc> {
    local.checked_sub_offset(offset).map(|at| DateTime::from_naive_utc_and_offset(at, chrono::Utc))
}

/// Now, as a message shows it: `2026-11-20 14:05 UTC`.
fn written(ctx: &Context) -> String {
    let now = ctx.now.with_timezone(&ctx.zone).format("%Y-%m-%d %H:%M");
    format!("{now} {}", zone_label(ctx.now, ctx.zone))
}

/// Reads a time without `~`, and checks that white space or the end follows.
fn spec(s: &str) -> Option<(Spec, &str)> {
    let (spec, rest) = ago(s).or_else(|| yesterday(s)).or_else(|| dated(s)).or_else(|| {
        let (clock, rest) = clock(s)?;
        Some((Spec::Clock(clock), rest))
    })?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((spec, rest))
}

/// `-1h30m`
fn ago(s: &str) -> Option<(Spec, &str)> {
    let body = s.strip_prefix('-')?;
    let end = body.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(body.len());
    let (word, rest) = body.split_at_checked(end)?;
    match parse_span(word) {
        Ok(span) => Some((Spec::Ago(span), rest)),
        Err(BadSpan::TooLong(_)) => Some((Spec::AgoTooLong, rest)),
        Err(BadSpan::Form(_)) => None,
    }
}

/// `y 23:50`
fn yesterday(s: &str) -> Option<(Spec, &str)> {
    let (clock, rest) = clock(s.strip_prefix(['y', 'Y'])?.strip_prefix(' ')?)?;
    Some((Spec::Yesterday(clock), rest))
}

/// `2026-11-20 14:05`, `2026-11-20T14:05:30.250Z`
fn dated(s: &str) -> Option<(Spec, &str)> {
    let (year, s) = digits(s, 4, 4)?;
    let (month, s) = digits(s.strip_prefix('-')?, 2, 2)?;
    let (day, s) = digits(s.strip_prefix('-')?, 2, 2)?;
    let (clock, rest) = clock(s.strip_prefix([' ', 'T', 't'])?)?;
    let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
    Some((Spec::Dated(date, clock), rest))
}

/// `14:05`, `9:05`, `14:05:30`, `14:05:30.250`, each with `Z` or an offset.
fn clock(s: &str) -> Option<(Clock, &str)> {
    let (hour, s) = digits(s, 1, 2)?;
    let (minute, s) = digits(s.strip_prefix(':')?, 2, 2)?;
    let (second, nano, s) = match s.strip_prefix(':') {
        None => (0, 0, s),
        Some(s) => {
            let (second, s) = digits(s, 2, 2)?;
            match s.strip_prefix('.').map(|s| (s, digits(s, 1, 9))) {
                None => (second, 0, s),
                Some((_, None)) => return None,
                Some((from, Some((fraction, s)))) => {
                    let places = u32::try_from(from.len() - s.len()).ok()?;
                    (second, fraction.checked_mul(10_u32.checked_pow(9_u32.checked_sub(places)?)?)?, s)
                }
            }
        }
    };
    let time = NaiveTime::from_hms_nano_opt(hour, minute, second, nano)?;
    let (offset, s) = offset(s)?;
    Some((Clock { time, offset }, s))
}

/// `Z`, `+02:00`, `-0530`, `+02`, or nothing. None when a sign is followed by something else.
fn offset(s: &str) -> Option<(Option<FixedOffset>, &str)> {
    if let Some(s) = s.strip_prefix(['Z', 'z']) {
        return Some((FixedOffset::east_opt(0), s));
    }
    let (sign, s) = match (s.strip_prefix('+'), s.strip_prefix('-')) {
        (Some(s), _) => (1, s),
        (_, Some(s)) => (-1, s),
        (None, None) => return Some((None, s)),
    };
    let (hours, s) = two_digits(s)?;
    let (minutes, s) = match s.strip_prefix(':') {
        Some(s) => two_digits(s)?,
        None => two_digits(s).unwrap_or((0, s)),
    };
    // Offsets in use reach from -12:00 to +14:00 and end on a quarter: `14:05-14:20` is a span of text, not one.
    if hours > if sign < 0 { 12 } else { 14 } || minutes % 15 != 0 || minutes > 45 {
        return None;
    }
    let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok()?;
    Some((Some(FixedOffset::east_opt(sign * seconds)?), s))
}

/// Reads two ASCII digits.
fn two_digits(s: &str) -> Option<(u32, &str)> {
    let (number, rest) = s.split_at_checked(2)?;
    let (number, _) = digits(number, 2, 2)?;
    Some((number, rest))
}

/// Reads all ASCII digits in front, when there are between `least` and `most` of them.
fn digits(s: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let end = s.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = s.split_at_checked(end)?;
    if end < least || end > most {
        return None;
    }
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests;

